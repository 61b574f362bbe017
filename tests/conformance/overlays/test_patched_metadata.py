"""Labels and annotations of patches that are not for one object of `patches`: texts, nulls too (`spec/overlays.md` 8.4)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
ODD = (
    "True",
    "true",
    "TRUE",
    "False",
    "1",
    "1.5",
    "0777",
    "yes",
    "~",
    "2001-01-01",
    "12:30",
    "0x10",
    "1e3",
    "'5'",
    '"true"',
    "x",
)
L = "".join(f"    k{place}: {text}\n" for place, text in enumerate(ODD))


def patched(version: str, kind: str, res: str, patch: str, how: str) -> dict[str, str]:
    head = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: b\n"
    lines = {depth: "".join(f"{' ' * depth}{line}\n" for line in (head + patch).splitlines()) for depth in (2, 4)}
    fields = {
        "a file": "patchesStrategicMerge: [p.yaml]\n",
        "a text": f"patchesStrategicMerge:\n- |\n{lines[2]}",
        "a patch": f"patches:\n- patch: |\n{lines[4]}",
    }
    return {K: f"resources: [r.yaml]\n{fields[how]}", "r.yaml": head + res, "p.yaml": head + patch}


def f(res: str, patch: str, version: str = "v1", kind: str = "ConfigMap") -> dict[str, str]:
    return patched(version, kind, res, patch, "a file")


CASES = {
    "the object's labels stay as they were": f("  labels:\n" + L, "data: {a: b}\n"),
    "a label more": f("  labels:\n" + L, "  labels: {z: 1}\n"),
    "a label more of an unknown type": f("  labels:\n" + L, "  labels: {z: 1}\n", "x/v1", "Foo"),
    "the object's annotations": f("  annotations:\n" + L, "data: {a: b}\n"),
    "an annotation more": f("  annotations:\n" + L, "  annotations: {z: 1}\n"),
    "annotations are texts": f("", "  annotations:\n" + L),
    "labels over labels": f("  labels:\n" + L, "  labels:\n" + "".join(f"    k{i}: q\n" for i in range(len(ODD)))),
    "numbers over labels": f("  labels: {a: x, b: 'x', c: 1, d: \"2\"}\n", "  labels: {a: 5, b: 6, c: 7, d: 8}\n"),
    "a null label is a text": f("  labels: {a: x, b: y}\n", "  labels: {a: , b: null}\n"),
    "an empty label is a text": f("  labels: {a: x, b: y}\n", "  labels:\n    a:\n    b: ~\n"),
    "null labels change nothing": f("  labels: {a: x, b: y}\n", "  labels: null\n"),
    "null labels where there are none": f("", "  labels: null\n"),
    "empty labels change nothing": f("  labels: {a: x, b: y}\n", "  labels: {}\n"),
    "labels are deleted by a directive": f("  labels: {a: x, b: y}\n", "  labels: {$patch: delete}\n"),
    "labels are replaced by a directive": f("  labels: {a: x, b: y}\n", "  labels: {$patch: replace, c: d}\n"),
    "null annotations change nothing": f("  annotations: {a: x, b: y}\n", "  annotations: null\n"),
    "a null annotation is a text": f("  annotations: {a: x, b: y}\n", "  annotations: {a: null}\n"),
    "annotations are deleted by a directive": f("  annotations: {a: x, b: y}\n", "  annotations: {$patch: delete}\n"),
    "a map as label": f("  labels: {a: {x: y}, b: [1]}\n", "  labels: {c: {d: e}}\n"),
    "a number as label key is refused": f("  labels: {'1': x}\n", "  labels: {'2': y}\n"),
    "a word as label key is refused": f("", "  labels: {true: y}\n"),
    "metadata are not replaced": f("  labels: {a: b}\n", "  labels: {a: c}\n  $patch: replace\n"),
    "the object is deleted": f("  labels: {a: b}\n", "$patch: delete\n"),
    "the object was renamed": {
        K: "resources: [b]\npatchesStrategicMerge: [p.yaml]\n",
        "b/" + K: "resources: [r.yaml]\nnamePrefix: p-\nnamespace: q\n",
        "b/r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: 1}}\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {y: 2}}\ndata: {n: m}\n",
    },
    "the object was moved": {
        K: "resources: [b]\npatchesStrategicMerge: [p.yaml]\n",
        "b/" + K: "resources: [r.yaml]\nnamespace: q\n",
        "b/r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: z}\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: z}\ndata: {n: m}\n",
    },
    "by a plugin": {
        K: "resources: [r.yaml]\ntransformers: [t.yaml]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: 1}}\n",
        "t.yaml": "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\nmetadata: {name: t}\npaths: [p.yaml]\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {y: 2}}\n",
    },
    "in patches with a target": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: 1}}\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {y: 2, z: null}, annotations: {q: null}}\n",
    },
    "a generated object": {
        K: "configMapGenerator: [{name: a, literals: [x=y]}]\npatchesStrategicMerge: [p.yaml]\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {y: 2}}\n",
    },
    **{
        f"{where} of a {kind} in {how}": patched(version, kind, "", text, how)
        for how in ("a file", "a text", "a patch")
        for version, kind in (("v1", "ConfigMap"), ("x/v1", "Foo"))
        for where, text in (("labels", "  labels:\n" + L), ("data", "data:\n" + L.replace("    ", "  ")))
    },
}


@pytest.mark.parametrize("case", CASES)
def test_patched_metadata(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
