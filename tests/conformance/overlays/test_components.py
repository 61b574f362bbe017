"""Components (`spec/overlays.md` 19)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"


def pod(name: str) -> str:
    return f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{volumes: [{{name: v, configMap: {{name: {name}}}}}]}}\n"


CASES = {
    "a component": {
        K: "resources: [r.yaml]\ncomponents: [c]\nnamePrefix: t-",
        "r.yaml": CM + pod("cm"),
        f"c/{K}": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\nresources: [r.yaml]",
        "c/r.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
    },
    "two components": {
        K: "resources: [r.yaml]\ncomponents: [c, d]\nnamePrefix: t-",
        "r.yaml": CM,
        f"c/{K}": "kind: Component\nnamePrefix: c-",
        f"d/{K}": "kind: Component\nnamePrefix: d-\npatches: [{target: {kind: ConfigMap}, patch: '- {op: add, path: /data, value: {a: b}}'}]",
    },
    "a component twice": {
        K: "resources: [r.yaml]\ncomponents: [c, c]",
        "r.yaml": CM,
        f"c/{K}": "kind: Component\nnamePrefix: c-",
    },
    "a component merges the parent's generator": {
        K: "configMapGenerator: [{name: g, literals: [a=1]}]\ncomponents: [c]",
        f"c/{K}": "kind: Component\nconfigMapGenerator: [{name: g, behavior: merge, literals: [b=2]}]",
    },
    "a component among resources is refused": {K: "resources: [c]", f"c/{K}": "kind: Component\nnamePrefix: c-"},
    "a kustomization among components is refused": {K: "components: [c]", f"c/{K}": "namePrefix: c-"},
    "a missing component is refused": {K: "components: [c]"},
    "a file among components is refused": {K: "components: [c.yaml]", "c.yaml": CM},
}


@pytest.mark.parametrize("case", CASES)
def test_components(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
