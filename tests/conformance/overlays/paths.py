"""Random patches of one object: pointers, field paths, field specs and strategic merges that mostly nearly fit."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from weir import yaml

Files = st.SearchStrategy[dict[str, str]]
K = "kustomization.yaml"
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: nNUMBER
  labels: {app: 'x', a.b/c: "1"}
  annotations: {k: v}
data:
  s: 'text'
  n: 5
  a/b: slash
  m~n: tilde
  a.b: dotted
  json: '{"a": {"b": 1}, "l": [1, {"c": "d"}]}'
  words: one,two,three
l: [x, y, 3]
maps:
- {name: a, v: 1, deep: [{k: q}]}
- {name: ab, v: '2', deep: []}
- {v: null}
nil: null
empty: {}
none: []
"": blank
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: nNUMBER, finalizers: [f, g]}
spec:
  replicas: 1
  strategy: {type: Recreate}
  template:
    spec:
      containers:
      - name: c
        image: img:1
        args: [x, y]
        ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP, name: u}]
        env: [{name: E, value: '1'}, {name: F, valueFrom: {fieldRef: {fieldPath: x}}}]
      - {name: d, volumeMounts: [{name: v, mountPath: /v}]}
      volumes: [{name: v, emptyDir: {}}]
"""
CUSTOM = """\
apiVersion: x.io/v1
kind: Foo
metadata: {name: nNUMBER}
spec: {l: [{name: a}, {name: b, x: 1}], m: {k: {z: 1}}, p: [1, 2]}
"""
plain: st.SearchStrategy[Any] = st.sampled_from((0, 1, 1.5, True, None, "", "x", "5", "yes", "~", "a\nb", 1 << 60))
tree: st.SearchStrategy[Any] = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(("name", "v", "a", "0", "-")), inner, max_size=2)
    ),
    max_leaves=4,
)


def kustomization(fields: Mapping[str, Any], body: str, **files: str) -> dict[str, str]:
    return {K: yaml.dump({"resources": ["r.yaml"], **fields}), "r.yaml": body, **files}


FIELDS = ("data", "l", "maps", "nil", "empty", "none", "metadata", "zz", "", "kind", "apiVersion")
STEPS = (
    *(
        "0",
        "1",
        "2",
        "3",
        "9",
        "-",
        "-1",
        "-2",
        "-9",
        "+1",
        "01",
        "1.0",
        "0x1",
        "00",
        "9" * 20,
        "s",
        "n",
        "a~1b",
        "m~0n",
    ),
    *(
        *("~", "~2", "~01", "name", "v", "deep", "k", "labels", "annotations", "a.b~1c", "a/b", " ", "json", "é", "*"),
        *("finalizers",),
    ),
)
there = st.sampled_from(
    (
        *(
            "/data/s",
            "/data/n",
            "/l/0",
            "/l/-",
            "/maps/0/name",
            "/maps/1",
            "/data/a~1b",
            "/data/m~0n",
            "/metadata/labels",
        ),
        *("/metadata/labels/a.b~1c", "/maps/0/deep/0/k", "/l/-1", "/none/-", "/empty/x", "/nil", "/data/new"),
    )
)
pointers = st.one_of(
    there,
    there,
    there,
    st.builds(
        lambda field, steps: "/".join(("", field, *steps)),
        st.sampled_from(FIELDS),
        st.lists(st.sampled_from(STEPS), max_size=3),
    ),
    st.sampled_from(("", "/", "//", "data/s", "s", "/data/", "/l/-/x", "/data/s/x", "/maps/-", "/maps/01")),
)
operations = st.fixed_dictionaries(
    {
        "op": st.sampled_from(("add", "add", "add", "remove", "replace", "replace", "test", "move", "copy", "copy")),
        "path": pointers,
    },
    optional={"value": tree, "from": pointers},
)


def json_patch(found: list[dict[str, Any]], old: bool) -> dict[str, str]:
    target = {"kind": "ConfigMap", "name": "nNUMBER"} | ({"version": "v1"} if old else {})
    field = "patchesJson6902" if old else "patches"
    return kustomization({field: [{"target": target, "patch": yaml.dump(found)}]}, CONFIG_MAP)


json_patches: Files = st.builds(json_patch, st.lists(operations, min_size=1, max_size=3), st.booleans())

PARTS = (
    *(
        *("data", "data", "maps", "maps", "l", "metadata", "labels", "annotations", "name", "s", "n", "v", "deep", "k"),
        *("zz", "nil"),
    ),
    *("0", "1", "3", "-1", "-", "01", "*", "[name=a]", "[name=b]", "[name=^a$]", "[v=1]", "[=x]", "[=zz]", "[name=]"),
    *(
        *(
            "[a.b/c]",
            "a\\.b",
            "a\\.b/c",
            "[a.b]",
            "a.b",
            "a/b",
            "json",
            "words",
            "empty",
            "none",
            "[name=a",
            "name]",
            "",
        ),
        *("app", "[k]"),
    ),
    *("[name=a.b]", "[a=b=c]", "[]", "[=]", "[*]", "'s'", "é"),
)
dotted = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map(".".join)
known = st.sampled_from(
    (
        *(
            "data.s",
            "data.n",
            "data.a\\.b",
            "metadata.labels.[a.b/c]",
            "maps.[name=a].v",
            "maps.0.v",
            "maps.*.v",
            "l.0",
        ),
        *("data.words", "data.json.a.b", "data.json.l.1.c", "metadata.name", "maps", "data", "l.[=x]"),
        *("maps.[name=a].deep.[k=q].k", "maps.*.deep.[k=q].k", "data.s"),
    )
)
field_paths = st.one_of(known, dotted, st.builds(lambda a, b: f"{a}.{b}", known, dotted))
split = st.fixed_dictionaries(
    {},
    optional={
        "create": st.booleans(),
        "delimiter": st.sampled_from((",", "e", "", ".")),
        "index": st.sampled_from((0, 1, 2, 9, -1)),
    },
)
options = st.one_of(st.just({}), st.just({"create": True}), split)


def replacement(source: str, given: dict[str, Any], targets: list[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    select = {"kind": "ConfigMap", "name": "nNUMBER"}
    entry = {
        "source": {**select, "fieldPath": source, "options": {k: v for k, v in given.items() if k != "create"}},
        "targets": [{"select": select, "fieldPaths": [path], "options": how} for path, how in targets],
    }
    return kustomization({"replacements": [entry]}, CONFIG_MAP)


replacements: Files = st.builds(
    replacement,
    st.one_of(known, known, field_paths),
    options,
    st.lists(st.tuples(st.one_of(known, known, field_paths), options), min_size=1, max_size=2),
)

SPEC_PARTS = (
    *(
        *("metadata", "labels", "annotations", "data", "maps", "l", "v", "deep", "name", "zz", "nil", "empty", "none"),
        *("s", "n"),
    ),
    *("maps[]", "l[]", "zz[]", "*", "a\\/b", "a/b", "", "[name=a]", "0", "-", "é", "m~n", "a.b", "app", "none[]", "k"),
)
specs = st.fixed_dictionaries(
    {"path": st.one_of(
        st.lists(st.sampled_from(SPEC_PARTS), min_size=1, max_size=4).map("/".join),
        st.sampled_from(("metadata/labels", "/data/s", "maps/v", "maps[]/v", "data/a\\/b", "nil/x", "maps/deep/k/x")),
    )},
    optional={
        "create": st.booleans(),
        "kind": st.sampled_from(("ConfigMap", "Foo", "")),
        "group": st.sampled_from(("", "apps")),
        "version": st.sampled_from(("v1", "v2")),
    },
)  # fmt: skip
USES = {
    "namePrefix": {"namePrefix": "p-"},
    "nameSuffix": {"nameSuffix": "-s"},
    "commonLabels": {"commonLabels": {"new": "1", "app": "y"}},
    "labels": {"labels": [{"pairs": {"new": "yes"}}]},
    "commonAnnotations": {"commonAnnotations": {"new": "1"}},
    "namespace": {"namespace": "ns"},
    "replicas": {"replicas": [{"name": "nNUMBER", "count": 3}]},
    "images": {"images": [{"name": "text", "newTag": "2"}]},
    "varReference": {"vars": [{"name": "V", "objref": {"apiVersion": "v1", "kind": "ConfigMap", "name": "nNUMBER"}}]},
}


def configured(use: str, found: list[dict[str, Any]]) -> dict[str, str]:
    return kustomization({**USES[use], "configurations": ["c.yaml"]}, CONFIG_MAP, **{"c.yaml": yaml.dump({use: found})})


configurations: Files = st.builds(configured, st.sampled_from(tuple(USES)), st.lists(specs, min_size=1, max_size=2))

DIRECTIVES = st.sampled_from(
    (
        *({"$patch": "delete"}, {"$patch": "replace"}, {"$patch": "merge"}, {"$patch": "zap"}, {"$patch": None}),
        *({"$retainKeys": ["type"]}, {"$setElementOrder/containers": [{"name": "d"}]}),
        *({"$deleteFromPrimitiveList/args": ["x"]}, {"$deleteFromPrimitiveList/finalizers": ["f"]}),
    )
)


def mapping(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Some of the fields, at times a directive, at times something else altogether."""
    some = st.fixed_dictionaries({}, optional=fields)
    wished = st.builds(lambda body, wish: {**body, **wish}, some, DIRECTIVES)
    return st.one_of(some, some, some, wished, plain)


def listing(element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(element, max_size=3), st.lists(st.one_of(element, DIRECTIVES), max_size=3))


ports = mapping(
    containerPort=st.sampled_from((80, 81, "80", None)), protocol=st.sampled_from(("UDP", "TCP", None)), name=plain
)
env = mapping(name=st.sampled_from(("E", "F", "G", None)), value=plain, valueFrom=tree)
containers = mapping(
    name=st.sampled_from(("c", "d", "e", "", None)),
    image=plain,
    args=listing(plain),
    ports=listing(ports),
    env=listing(env),
    volumeMounts=listing(mapping(mountPath=st.sampled_from(("/v", "/w")), name=plain)),
)
pod = mapping(
    containers=listing(containers),
    volumes=listing(mapping(name=st.sampled_from(("v", "w")), emptyDir=tree, configMap=tree)),
)
deployment = mapping(
    replicas=plain, strategy=mapping(type=plain, rollingUpdate=tree), template=mapping(spec=pod, metadata=tree)
)
element = mapping(name=st.sampled_from(("a", "b", "c")), x=plain, y=tree)
custom = mapping(l=listing(element), m=mapping(k=mapping(z=plain, y=tree), j=tree), p=listing(plain), q=tree)


def strategic(kind: str, spec: Any, metadata: Any, target: bool) -> dict[str, str]:
    version, body = ("apps/v1", DEPLOYMENT) if kind == "Deployment" else ("x.io/v1", CUSTOM)
    more = metadata if isinstance(metadata, dict) else {}
    patch = {"apiVersion": version, "kind": kind, "metadata": {**more, "name": "nNUMBER"}, "spec": spec}
    entry = {"patch": yaml.dump(patch), **({"target": {"kind": kind, "name": "nNUMBER"}} if target else {})}
    return kustomization({"patches": [entry]}, body)


about = mapping(
    finalizers=listing(plain),
    labels=mapping(a=plain),
    annotations=mapping(a=plain),
    ownerReferences=listing(mapping(uid=plain)),
)
merges: Files = st.one_of(
    st.builds(strategic, st.just("Deployment"), deployment, about, st.booleans()),
    st.builds(strategic, st.just("Foo"), custom, about, st.booleans()),
)
