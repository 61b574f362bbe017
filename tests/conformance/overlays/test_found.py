"""Differences that random overlays found, each as the case that it came down to."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a"


def operation(text: str, metadata: str = "", rest: str = "") -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\npatches: [{{target: {{kind: ConfigMap}}, patch: '- {text}'}}]\n",
        "r.yaml": f"{HEAD}{metadata}}}\n{rest}",
    }


def old(text: str, fields: str = "") -> dict[str, str]:
    return {
        K: f"resources: [b]\npatchesJson6902: [{{target: {{version: v1, kind: ConfigMap, name: a}}, patch: '- {text}'}}]\n",
        f"b/{K}": f"resources: [r.yaml]\n{fields}",
        "b/r.yaml": f"{HEAD}, annotations: {{}}}}\n",
    }


def generated(metadata: str, behavior: str) -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\nconfigMapGenerator: [{{name: a, behavior: {behavior}, literals: [x=y]}}]\n",
        "r.yaml": f"{HEAD}, {metadata}}}\n",
    }


def merged(rest: str, *patches: str) -> dict[str, str]:
    texts = "".join(f"- patch: |\n    {HEAD.replace(chr(10), chr(10) + '    ')}}}\n    {patch}\n" for patch in patches)
    return {K: f"resources: [r.yaml]\npatches:\n{texts}", "r.yaml": f"{HEAD}}}\n{rest}"}


def aimed(metadata: str, old: str = "") -> dict[str, str]:
    """A patch with a target."""
    patch = f"{HEAD}, {metadata}}}".replace(chr(10), chr(10) + "    ")
    return {
        K: f"resources: [r.yaml]\npatches:\n- target: {{kind: ConfigMap}}\n  patch: |\n    {patch}\n    x: 1\n",
        "r.yaml": f"{HEAD}{old}}}\n",
    }


def ports(count: int, step: int, field: str) -> str:
    """A Service with ports, some of which have a protocol."""
    lines = [
        f"  - {{port: {n % 20}, {field}{n}{', protocol: ' + ('TCP', 'UDP')[n // 20] if n % step == 0 else ''}}}\n"
        for n in range(count)
    ]
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec:\n  ports:\n{''.join(lines)}"


def resource(text: str) -> dict[str, str]:
    return {K: "resources: [r.yaml]\n", "r.yaml": text}


def replaced(source: str, path: str, rest: str, options: str = "") -> dict[str, str]:
    entry = f"source: {{kind: ConfigMap, fieldPath: {source}}}, targets: [{{select: {{kind: ConfigMap}}, fieldPaths: ['{path}'], options: {{{options}}}}}]"
    return {K: f"resources: [r.yaml]\nreplacements: [{{{entry}}}]\n", "r.yaml": f"{HEAD}}}\n{rest}"}


def specified(use: str, field: str, path: str, more: str = "") -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\n{use}\nconfigurations: [c.yaml]\n",
        "c.yaml": f"{field}: [{{path: '{path}'{more}}}]\n",
        "r.yaml": f"{HEAD}}}\ndata: {{l: [x], n: null, m: {{a: b}}, e: {{}}}}\nl: [{{a: {{b: c}}}}]\n",
    }


LABELS = "commonLabels: {new: '1'}"
FOLDED = "data:\n  k: %s\n    a\n      b\n\n      c\n    d\n    e\n\n"
MAPS = "maps:\n- {name: a, v: 1, deep: [{k: q}]}\n- {name: ab, v: 2, deep: []}\n- {v: 3}\nnone: []\n"
ODD = "{a: 089, b: ~, c: 1_000, d: true, e: [1], f: {g: h}, h: '5', i: null, j: , k: 0777, l: 2001-01-01}"
COPY = "{op: copy, from: /metadata/annotations, path: /data}"
CASES = {
    "an annotation is added where there are none": operation("{op: add, path: /metadata/annotations/x, value: z}"),
    "an annotation is added where they are null": operation(
        "{op: add, path: /metadata/annotations/x, value: z}", ", annotations: null"
    ),
    "an annotation is added where they are empty": operation(
        "{op: add, path: /metadata/annotations/x, value: z}", ", annotations: {}"
    ),
    "annotations that are not there are removed": operation("{op: remove, path: /metadata/annotations}"),
    "annotations are never empty to a test": operation("{op: test, path: /metadata/annotations, value: {}}"),
    "annotations become values in a JSON patch": operation(
        "{op: add, path: /data, value: {a: b}}", f", annotations: {ODD}, labels: {ODD}"
    ),
    "annotations with what is remembered are copied": operation(COPY, ", annotations: {a: 0777}"),
    "annotations of a generated object are copied": {
        K: f"configMapGenerator: [{{name: a, literals: [x=y]}}]\nnamePrefix: p-\npatches: [{{target: {{kind: ConfigMap}}, patch: '- {COPY}'}}]\n",
    },
    "annotations of a renamed object are copied": {
        K: f"resources: [b]\nnamePrefix: o-\npatches: [{{target: {{kind: ConfigMap}}, patch: '- {COPY}'}}]\n",
        f"b/{K}": "configMapGenerator: [{name: a, behavior: create, literals: [x=y]}]\nnamePrefix: q-\nnameSuffix: -s\nnamespace: z\n",
    },
    "numbers beyond 64 bits in a JSON patch": operation(
        "{op: add, path: /x, value: 1}",
        "",
        "data: {o: 18446744073709551615, p: 99999999999999999999, q: -9223372036854775808}",
    ),
    "the old JSON field adds no annotation where there are none": old(
        "{op: add, path: /metadata/annotations/x, value: z}"
    ).copy()
    | {"b/r.yaml": HEAD + "}\n"},
    "the old JSON field adds an annotation to what was renamed": old(
        "{op: add, path: /metadata/annotations/x, value: z}", "namePrefix: p-\n"
    ),
    "a merged object's odd labels are texts": generated(f"labels: {ODD}", "merge"),
    "a replaced object's odd labels are texts": generated(f"labels: {ODD}", "replace"),
    "a merged object's odd annotations are texts": generated(f"annotations: {ODD}", "merge"),
    "a merged object's quoted numeric label is refused": generated("labels: {'1': x}", "merge"),
    "a merged object's quoted numeric annotation is refused": generated("annotations: {'1': x}", "replace"),
    "yes is changed": merged("data: {k: yes}", "data: {k: 7}"),
    "yes is passed by, then changed": merged("data: {k: yes, n: off}", "data: {j: x}", "data: {k: 7, n: 1.50}"),
    "yes is added, then changed": merged("data: {j: x}", "data: {k: yes}", "data: {k: 7}"),
    "yes is added in a map, then changed": merged("x: q", "data: {k: {l: yes}}", "data: {k: {l: 7}}"),
    "yes replaces a text, then is changed": merged("data: {k: x}", "data: {k: yes}", "data: {k: 7}"),
    "yes is passed by in a list": merged("data: {k: [yes, no]}", "data: {j: x}"),
    "base 60 is passed by, then changed": merged("data: {k: 12:30}", "data: {j: x}", "data: {k: 7}"),
    "yes with a tag in a JSON patch": operation("{op: add, path: /x, value: [!!bool yes, !!bool off, !!str on]}"),
    **{
        f"a pointer {path} to {what}": operation(text % path)
        for path in ('""', '"#"', "x", "x/kind")
        for what, text in (
            *(("copy from", "{op: copy, from: %s, path: /y}"), ("move from", "{op: move, from: %s, path: /y}")),
            *(
                ("add", "{op: add, path: %s, value: {kind: X, metadata: {name: q}}}"),
                ("remove", "{op: remove, path: %s}"),
            ),
            *(("replace", "{op: replace, path: %s, value: {kind: X, metadata: {name: q}}}"),),
            *(("test", "{op: test, path: %s, value: null}"), ("copy to", "{op: copy, from: /metadata, path: %s}")),
        )
    },
    **{
        f"a plain value on the way to a name: {rest}": resource(
            f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n{rest}\n"
        )
        for version, kind, rest in (
            *(("apps/v1", "Deployment", "spec: {template: 5}"), ("v1", "Pod", "spec: {containers: x}")),
            *(
                ("v1", "Pod", "spec: null"),
                ("v1", "Pod", "spec: {volumes: [{configMap: x}]}"),
                ("v1", "ConfigMap", "spec: 5"),
            ),
            *(
                ("networking.k8s.io/v1", "Ingress", "spec: {rules: true}"),
                ("v1", "ServiceAccount", "imagePullSecrets: [x]"),
            ),
            *(
                ("rbac.authorization.k8s.io/v1", "Role", "rules: [1]"),
                ("v1", "PersistentVolume", "spec: {azureFile: 5}"),
            ),
        )
    },
    "a field spec that is empty where there is an empty field": {
        **specified(LABELS, "commonLabels", ""),
        "r.yaml": f'{HEAD}}}\n"": {{a: b}}\n',
    },
    "a value that is missing, merged": resource(f"{HEAD}}}\nx: &a {{k v, l: [1]}}\ny: *a\nz: {{<<: *a}}\n"),
    "an object's own field may be a number": resource(f"{HEAD}}}\n0777: x\ntrue: y\n1.5: z\n2001-01-01: w\n"),
    "an object's own field may not be null": resource(f"{HEAD}}}\n~: x\n"),
    "a field below may not be a number": resource(f"{HEAD}}}\ndata: {{0777: x}}\n"),
    "an own field that is a number passes a JSON patch": operation("{op: add, path: /x, value: 1}", "", "1: x\n"),
    "a key with a tag that its text is not": resource(f"{HEAD}}}\n!!float 3z: x\n"),
    "a key with a tag": resource(f"{HEAD}}}\ndata: {{!!str 3: x}}\n"),
    "an alias for a key": resource(f"{HEAD}}}\nx: &a b\n*a : c\ny: &n 1\n*n : d\n"),
    "an alias of a map for a key": resource(f"{HEAD}}}\nx: &a {{b: c}}\n*a : d\n"),
    "a patch with a repeated key": merged("x: {z: 1}\n", "x: {y: 1, y: 2}\n    y: 1\n    y: 2"),
    "what stands behind a document": resource('{"kind": "X", "metadata": {"name": "a"}}} x\n'),
    "a text that begins with a byte order mark": resource(
        f'{HEAD}}}\ndata: {{a: "\\uFEFFab \\u00e9 c", b: "x\\uFEFF y"}}\n'
    ),
    **{f"a folded text {hint}": resource(f"{HEAD}}}\n{FOLDED % hint}") for hint in (">", ">-", ">+", ">2")},
    "a folded text that begins indented": resource(f"{HEAD}}}\ndata:\n  k: >2\n      a\n    b\n    c\n\n    d\n"),
    "a folded text that is patched": merged(FOLDED % ">", 'data: {k: "q\\n  r\\ns"}'),
    "a folded text in a JSON patch": operation("{op: add, path: /x, value: 1}", "", FOLDED % ">"),
    "a folded text in an annotation": resource(
        f"{HEAD[:-8]}\n  name: a\n  annotations:\n    k: >\n      a\n        b\n      c\n"
    ),
    "a label null in a patch with a target": aimed("labels: {a: null, b: ~, c: 5, d: [x]}", ", labels: {a: x}"),
    "labels null in a patch with a target": aimed(
        "labels: null, annotations: {}", ", labels: {a: x}, annotations: {b: y}"
    ),
    "labels that are text in a patch with a target": aimed("labels: x", ", labels: {a: x}"),
    "an apiVersion that is a list in a patch with a target": {
        K: "resources: [r.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '{apiVersion: [x], kind: Y, metadata: {name: z}, q: 1}'}]\n",
        "r.yaml": f"{HEAD}}}\n",
    },
    "a replacement in some elements of a list": replaced("metadata.name", "maps.*.deep.[k=q].k", MAPS),
    "a replacement in no element of a list": replaced("metadata.name", "maps.*.deep.[k=z].k", MAPS),
    "a replacement of a field that some elements have": replaced("metadata.name", "maps.*.name", MAPS),
    "a replacement beyond the elements of one list": replaced("metadata.name", "maps.[name=a].deep.0.k", MAPS),
    "a replacement that makes an element on the way": replaced("metadata.name", "none.0.k", MAPS, "create: true"),
    "a replacement that makes every element": replaced("metadata.name", "new.*.k", MAPS, "create: true"),
    "a replacement in brackets that choose nothing": replaced(
        "metadata.name", "[data]", "data: {a: b}\n", "create: true"
    ),
    **{
        f"a field spec with {path}": specified(LABELS, "commonLabels", path, ", create: true")
        for path in ("-/x", "data/*", "data/0", "data/[a=b]", "data/", "data//x", "l/[a=b]/a", "data/1.5", "1.5")
    },
    "labels at a null that is not made": specified(LABELS, "commonLabels", "data/n"),
    "labels at a list": specified(LABELS, "commonLabels", "data/l"),
    "a label over a map": resource(f"{HEAD}, labels: {{new: {{a: b}}}}}}\n") | {K: f"resources: [r.yaml]\n{LABELS}\n"},
    "an image that is a list": specified("images: [{name: x, newTag: z}]", "images", "data/l"),
    "a namespace that is a map": specified("namespace: x", "namespace", "data/m", ", create: true"),
    **{
        f"a field spec covered by {first}": specified(
            LABELS, "commonLabels", "data/e", f"{first}}}, {{path: data/e{second}"
        )
        for first, second in (
            *((", version: v2", ""), ("", ", version: v2"), ("", ", kind: Foo, create: true"), (", group: apps", "")),
            *((", create: true", ", version: v1"), (", kind: ConfigMap", ", create: true")),
        )
    },
    "a field spec against the defaults": specified(
        LABELS, "commonLabels", "metadata/labels", ", create: false, group: apps"
    ),
    "labels against a configuration": specified(
        "labels: [{pairs: {a: b}}]", "labels", "metadata/labels", ", create: false, kind: Foo"
    ),
    **{
        f"a list of more than a few ports, every {step}. {without}": {
            K: "resources: [r.yaml]\npatches: [{path: p.yaml}]\n",
            "r.yaml": ports(24, step, "targetPort: 80"),
            "p.yaml": ports(30, 3, "name: n"),
        }
        for step, without in (
            (100, "without protocol"),
            (1, "with protocol"),
            (2, "with protocol"),
            (3, "with protocol"),
        )
    },
    **{
        f"data: {data!r}": {
            K: "resources: [r.yaml]",
            "r.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{data}\n",
        }
        for data in (
            "  a: ! 5",
            "  a: ! true\n  b: ! \n  c: ! '5'",
            "  a: ! 2001-01-01",
            "  ! 5: b",
            "  a: [! 5, ! ]\n  b: {c: ! }",
            "  a: {b: &k, '5': [x, &k]}",
            "  a: {b: &k }\n  c: *k\n  d: [*k]",
            "  a: &k\n  c: *k\n  d: [*k]\n  e: [&l 2001-1-1T1:2:3Z, *l]\n  f: *l",
            "  a: [2001-1-1T1:2:3Z]\n  b: {c: 2001-01-01 01:02:03}\n  d: 2001-1-1T1:2:3Z",
            "  a: {b: 2001-01-01T01:02:03.5Z, c: !!timestamp 2001-01-01T1:02:03Z, d: 2001-1-1}",
        )
    },
    "yes for a number of replicas": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]\nreplicas: [{name: a, count: 4}]",
        "r.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: yes}",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_found(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
