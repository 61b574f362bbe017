"""The builtin ValueAddTransformer (`spec/overlays.md` 21.3)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
RES = """apiVersion: apps/v1
kind: Deployment
metadata: {name: dep}
spec: {replicas: 1, template: {spec: {containers: [{name: a, image: 'nginx:1', envFrom: [{configMapRef: {name: cm}}]}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: here}
data: {a: b, p: /x/y}
"""


def run(kind: str, text: str, what: str = "transformers", res: str = RES, **files: str) -> dict[str, str]:
    config = f"apiVersion: builtin\nkind: {kind}\nmetadata: {{name: t}}\n{text}\n"
    return {K: f"resources: [r.yaml]\n{what}: [t.yaml]", "r.yaml": res, "t.yaml": config, **files}


def va(target: str, value: str = "v") -> dict[str, str]:
    return run("ValueAddTransformer", f"value: {value}\ntargets: [{target}]")


CASES = {
    "targets in a file": run(
        "ValueAddTransformer",
        "value: v\ntargetFilePath: x.yaml",
        **{"x.yaml": "targets:\n- selector: {kind: ConfigMap}\n  fieldPath: data/a\n"},
    ),
    "targets here and in a file": run(
        "ValueAddTransformer",
        "value: v\ntargetFilePath: x.yaml\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/p}]",
        **{"x.yaml": "targets:\n- selector: {kind: ConfigMap}\n  fieldPath: data/a\n"},
    ),
    "a missing file of targets is refused": run("ValueAddTransformer", "value: v\ntargetFilePath: x.yaml"),
    "a list as file of targets is refused": run(
        "ValueAddTransformer",
        "value: v\ntargetFilePath: x.yaml",
        **{"x.yaml": "- selector: {kind: ConfigMap}\n  fieldPath: data/a\n"},
    ),
    "no targets are refused": run("ValueAddTransformer", "value: v"),
    "a value as namespace": run(
        "ValueAddTransformer", "value: v\ntargets: [{selector: {kind: Deployment}, fieldPath: metadata/namespace}]"
    ),
    "a value where there is none": run(
        "ValueAddTransformer", "value: v\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/zz}]"
    ),
    "a value in every element is refused": run(
        "ValueAddTransformer",
        "value: v\ntargets: [{selector: {kind: Deployment}, fieldPath: spec/template/spec/containers/image}]",
    ),
    "a position behind the end": run(
        "ValueAddTransformer",
        "value: v\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: 7}]",
    ),
    "a negative position is refused": run(
        "ValueAddTransformer",
        "value: v\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: -1}]",
    ),
    "a value by label": run(
        "ValueAddTransformer", "value: v\ntargets: [{selector: {labelSelector: a=b}, fieldPath: data/p}]"
    ),
    "a value for everything": run("ValueAddTransformer", "value: v\ntargets: [{fieldPath: metadata/name}]"),
    "unknown fields are passed by": run(
        "ValueAddTransformer", "value: v\nzap: 1\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/p}]"
    ),
    "a value by number": va("{selector: {kind: Deployment}, fieldPath: spec/template/spec/containers/0/image}"),
    "a value by choice": va(
        "{selector: {kind: Deployment}, fieldPath: 'spec/template/spec/containers/[name=a]/image'}"
    ),
    "a value by choice of what is not there": va(
        "{selector: {kind: Deployment}, fieldPath: 'spec/template/spec/containers/[name=z]/image'}"
    ),
    "a value and the maps above": va("{selector: {kind: ConfigMap}, fieldPath: spec/a/b}"),
    "a value over a map is refused": va("{selector: {kind: ConfigMap}, fieldPath: data}"),
    "a value below a null is lost": va("{selector: {kind: ConfigMap}, fieldPath: x/y}") | {"r.yaml": RES + "x: null\n"},
    "a value over a null": va("{selector: {kind: ConfigMap}, fieldPath: x}") | {"r.yaml": RES + "x: null\n"},
    "a value over a quoted one": va("{selector: {kind: ConfigMap}, fieldPath: x}", "7") | {"r.yaml": RES + "x: '1'\n"},
    "a number over a number": va("{selector: {kind: ConfigMap}, fieldPath: x}", "'7'") | {"r.yaml": RES + "x: 1\n"},
    "a string over a number": va("{selector: {kind: ConfigMap}, fieldPath: x}", "'q'") | {"r.yaml": RES + "x: 1\n"},
    "a number over a string": va("{selector: {kind: ConfigMap}, fieldPath: data/a}", "'7'"),
    "a number as value": va("{selector: {kind: ConfigMap}, fieldPath: data/a}", "7"),
    "a number where there is nothing": va("{selector: {kind: ConfigMap}, fieldPath: data/zz}", "'7'"),
    "a slash in a field": va("{selector: {kind: ConfigMap}, fieldPath: 'metadata/annotations/a.b\\/c'}"),
    "a path that begins with a slash": va("{selector: {kind: ConfigMap}, fieldPath: '/data/a'}"),
    "an empty path is refused": va("{selector: {kind: ConfigMap}, fieldPath: ''}"),
    "no path is refused": va("{selector: {kind: ConfigMap}}"),
    "a value without a selector": va("{fieldPath: data/a}"),
    "a first segment": va("{selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: 1}"),
    "a second segment": va("{selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: 2}"),
    "segments are cleaned": va("{selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: 2}")
    | {"r.yaml": RES.replace("/x/y", "x//y/")},
    "a segment of nothing": va("{selector: {kind: ConfigMap}, fieldPath: data/zz, filePathPosition: 2}"),
    "a segment of a map is refused": va("{selector: {kind: ConfigMap}, fieldPath: data, filePathPosition: 2}"),
    "a value of two segments": va("{selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: 1}", "a/b"),
    "a namespace has no segments": va(
        "{selector: {kind: ConfigMap}, fieldPath: metadata/namespace, filePathPosition: 1}"
    ),
    "a value as namespace of all": va("{fieldPath: metadata/namespace}")
    | {
        "r.yaml": RES
        + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\nsubjects: [{kind: ServiceAccount, name: default}]\n"
    },
    "the directory as value": {
        "@": "d/e",
        "d/e/" + K: "resources: [r.yaml]\ntransformers: [t.yaml]",
        "d/e/r.yaml": RES,
        "d/e/t.yaml": "apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: t}\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/a}]\n",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_value_add(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
