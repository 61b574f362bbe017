"""Random kustomizations with the rarer fields: replacements, variables, plugins, schemas, orders, build metadata."""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from tests.conformance.overlays.test_random import FIELDS, KINDS, NAMES, Body, Fields, K, Kinds, layer, odd
from weir import yaml

TEXTS = (
    *("a:\n  b: 1 # one\n# two\nl:\n- x\n- {n: y}\n", "# head\n\na: {b: 'q'}\n", "a: plain\nl: []\n"),
    *("l: [1, 2]\nz: &v {b: 1}\na: *v\n", '{"a": {"b": 1}, "l": ["x"]}', '{\n  "a": {"b": "q"},\n  "l": []\n}\n'),
    *("no map", "- a: 1\n- a: 2\n", ""),
)
EVERYWHERE = ("metadata.name", "metadata.name", "metadata.labels.app")
READ = {"ConfigMap": ("data.k", "data.o", "data.text", "data.text.a"), "Foo": ("spec.l", "spec.z", "spec.l.0.name")}
POD = "spec.template.spec"
LABELS = ("metadata.labels.rep", "metadata.annotations.[a.b/c]", "metadata.labels.app", "metadata.name")
WRITE = {
    "ConfigMap": (
        *(
            "data.k",
            "data.new",
            "data.o",
            "data.text",
            "data.text.a.b",
            "data.text.l.0",
            "data.text.a",
            "data.text.new",
        ),
        *("data.text.l.*.n", "data.text.0.a", "data.text.l.[=x]", "data.k.a"),
    ),
    "Foo": ("spec.z", "spec.l.0.name", "spec.l.*.name", "spec.l.[name=a].new", "spec.l.1.v", "spec.l.2", "spec.l"),
    "Deployment": (f"{POD}.containers.*.image", f"{POD}.containers.[name=c].image", "spec.replicas", f"{POD}.x.0.y"),
    "Service": ("spec.ports.0.port", "spec.selector.app", "spec.ports.*.name", "spec.ports"),
}
WRITE["StatefulSet"] = WRITE["Deployment"]
SCHEMA = {
    "definitions": {
        "foo": {
            "x-kubernetes-group-version-kind": [{"group": "x.io", "version": "v1", "kind": "Foo"}],
            "properties": {
                "spec": {
                    "properties": {
                        "l": {
                            "type": "array",
                            "items": {"type": "object"},
                            "x-kubernetes-patch-merge-key": "name",
                            "x-kubernetes-patch-strategy": "merge",
                        }
                    }
                }
            },
        }
    }
}
CONFIGURATION = """images: [{path: spec/image, kind: Foo}]
namePrefix: [{path: metadata/annotations/app}]
commonLabels: [{path: spec/labels, kind: Foo, create: true}]
nameReference: [{kind: ConfigMap, version: v1, fieldSpecs: [{path: spec/ref, kind: Foo}, {path: data/k, kind: Secret}]}]
varReference: [{path: data, kind: ConfigMap}, {path: spec/z, kind: Foo}]
replicas: [{path: spec/z, kind: Foo}]
"""


def foo(random: Random) -> Body:
    labels = {"spec": {"l": [{"name": "a"}, {"name": "b", "v": 1}], "z": random.choice((1, "$(V)", None))}}
    labels["spec"] |= random.choice(({}, {"ref": random.choice(NAMES)}, {"image": "nginx:1"}, {"labels": {"q": "r"}}))
    return labels


MORE_KINDS: Kinds = {
    **KINDS,
    ("v1", "ConfigMap"): lambda random: {
        "data": {"k": random.choice(("1", "x", "$(V)", "a-b-c", odd(random))), "text": random.choice(TEXTS)}
    },
    ("x.io/v1", "Foo"): foo,
}


def selector(random: Random, made: list[Body]) -> Body:
    body = random.choice(made)
    known = {"kind": body["kind"], "name": body["metadata"]["name"]}
    wanted = random.choice(({"kind": body["kind"]}, known, {"name": ".*"}, {"kind": "C.*"}, {"labelSelector": "app"}))
    return dict(wanted)


def options(random: Random, chance: float) -> Body:
    found: Body = {"create": True} if random.random() < 0.75 else {}
    if random.random() < chance:
        found |= {"delimiter": random.choice("-:."), "index": random.choice((0, 0, 1, -1, 5))}
    return {"options": found} if found else {}


def replacement(random: Random, made: list[Body]) -> Body:
    body, other = random.choice(made), random.choice(made)
    source = {"kind": body["kind"], "name": body["metadata"]["name"]}
    source["fieldPath"] = random.choice(
        (*EVERYWHERE[: 2 + ("labels" in body["metadata"])], *READ.get(body["kind"], ()))
    )
    if random.random() < 0.15:
        source["options"] = {"delimiter": "-", "index": 0}
    target = {
        "select": {"kind": other["kind"]} if random.random() < 0.6 else selector(random, made),
        "fieldPaths": random.sample((*LABELS, *WRITE.get(other["kind"], ()) * 2), random.choice((1, 1, 2))),
        **options(random, 0.15),
        **({"reject": [selector(random, made)]} if random.random() < 0.2 else {}),
    }
    value = random.choice(("NEW", "7", "true", "a: b", "", "l1\nl2"))
    wanted: Body = {"sourceValue": value} if random.random() < 0.5 else {"source": source}
    return {**wanted, "targets": [target]}


def variable(random: Random, made: list[Body]) -> Body:
    body = random.choice(made)
    reference = {"apiVersion": body["apiVersion"], "kind": body["kind"], "name": body["metadata"]["name"]}
    field = random.choice(({}, {}, {"fieldref": {"fieldPath": random.choice(EVERYWHERE)}}))
    return {"name": random.choice("VW"), "objref": reference, **field}


NAMED = [{"path": "metadata/name"}]
LABELLED = [{"path": "metadata/labels", "create": True}]
PLUGINS: tuple[tuple[str, Callable[[Random, list[Body]], Body]], ...] = (
    ("PrefixTransformer", lambda _random, _made: {"prefix": "x-", "fieldSpecs": [{"path": "metadata/name"}]}),
    (
        "SuffixTransformer",
        lambda _random, _made: {"suffix": "-x", "fieldSpecs": [{"path": "metadata/name", "kind": "Foo"}]},
    ),
    ("LabelTransformer", lambda random, _: {"labels": {"p": random.choice(("v", 1, True))}, "fieldSpecs": LABELLED}),
    ("AnnotationsTransformer", lambda _random, _made: {"annotations": {"p": "v"}, "fieldSpecs": LABELLED}),
    (
        "NamespaceTransformer",
        lambda random, _: {
            "unsetOnly": random.random() < 0.5,
            "setRoleBindingSubjects": random.choice(("none", "allServiceAccounts", "defaultOnly")),
        },
    ),
    ("ImageTagTransformer", lambda random, _: {"imageTag": {"name": "nginx", "newTag": random.choice(("5", 5))}}),
    ("HashTransformer", lambda _random, _made: {}),
    (
        "ValueAddTransformer",
        lambda random, made: {
            "value": random.choice(("v", 7)),
            "targets": [
                {
                    "selector": selector(random, made),
                    "fieldPath": random.choice(("data/k", "metadata/labels/app", "metadata/namespace")),
                    "filePathPosition": random.choice((0, 0, 2)),
                }
            ],
        },
    ),
)


def plugin(random: Random, made: list[Body]) -> str:
    kind, make = random.choice(PLUGINS)
    named = {"name": "t", "namespace": "tn"}
    return yaml.dump({"apiVersion": "builtin", "kind": kind, "metadata": named, **make(random, made)})


def generated(random: Random, _: list[Body]) -> str:
    kind = random.choice(("ConfigMapGenerator", "SecretGenerator"))
    fields = random.choice(({}, {"options": {"disableNameSuffixHash": True}}, {"name": "gg"}))
    body = {"apiVersion": "builtin", "kind": kind, "metadata": {"name": random.choice(NAMES)}, "literals": ["p=q"]}
    return yaml.dump({**body, **fields})


def merge(random: Random, made: list[Body]) -> str:
    body = random.choice(made)
    known = {key: value for key, value in body["metadata"].items() if key in {"name", "namespace"}}
    change = random.choice(
        (
            {"spec": {"l": [{"name": "a", "w": 1}]}},
            {"data": {"k": "m"}},
            {"metadata": {**known, "labels": {"m": odd(random)}}},
        )
    )
    return yaml.dump({"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": known, **change})


def operations(random: Random, made: list[Body]) -> Body:
    body = random.choice(made)
    group, _, version = body["apiVersion"].rpartition("/")
    target = {"group": group, "version": version, "kind": body["kind"], "name": body["metadata"]["name"]}
    change = random.choice(
        (
            {"op": "add", "path": "/metadata/labels", "value": {"o": "p"}},
            {"op": "replace", "path": "/metadata/name", "value": body["metadata"]["name"]},
            {"op": "add", "path": "/spec", "value": {"n": 1.0, "m": None}},
        )
    )
    return {"target": {key: text for key, text in target.items() if text}, "patch": json.dumps([change])}


def once(make: Callable[[Random, list[Body]], Any]) -> Callable[[Random, list[Body]], Any]:
    return lambda random, made: [make(random, made)]


ORDERS = (
    {"order": "fifo"},
    {"order": "legacy"},
    {"order": "legacy", "legacySortOptions": {"orderFirst": ["Foo"], "orderLast": ["ConfigMap"]}},
)
METADATA = ("originAnnotations", "transformerAnnotations", "managedByLabel")
MORE: Fields = {
    **{name: (chance / 2, make) for name, (chance, make) in FIELDS.items() if name != "replicas"},
    "replacements": (0.5, lambda random, made: [replacement(random, made) for _ in range(random.randint(1, 2))]),
    "vars": (0.15, once(variable)),
    "transformers": (0.3, once(plugin)),
    "generators": (0.15, once(generated)),
    "patchesStrategicMerge": (0.15, once(merge)),
    "patchesJson6902": (0.15, once(operations)),
    "sortOptions": (0.15, lambda random, _: random.choice(ORDERS)),
    "buildMetadata": (0.25, lambda random, _: random.sample(METADATA, random.randint(1, 3))),
    "openapi": (0.1, lambda random, _: random.choice(({"path": "s.json"}, {"version": "v1.21.2"}))),
    "configurations": (0.2, lambda _random, _made: ["c.yaml"]),
    "generatorOptions": (0.15, lambda random, _: random.choice(({"labels": {"go": "1"}}, {"immutable": True}))),
}


def case(seed: int) -> dict[str, str]:
    random = Random(seed)
    files: dict[str, str] = {}
    layer(random, files, "", random.choice((0, 0, 1, 1, 2)), kinds=MORE_KINDS, more=MORE)
    folders = {name.removesuffix(K) for name in files if name.endswith(K)}
    extra = {"s.json": json.dumps(SCHEMA), "c.yaml": CONFIGURATION}
    return files | {folder + name: text for folder in folders for name, text in extra.items()}


@pytest.mark.parametrize("seed", range(60))
def test_random_fields(seed: int, same: Callable[[Mapping[str, str]], None]) -> None:
    same(case(seed))
