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
    "yes for a number of replicas": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]\nreplicas: [{name: a, count: 4}]",
        "r.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: yes}",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_found(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
