"""Selectors and names that are malformed: refused when somebody is asked for them (`spec/overlays.md` 10, 15, 17)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
DEP = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: 'nginx:1@sha512:abc'}]}}}\n"
STS = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: d}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], template: {spec: {volumes: [{name: v, image: {reference: 'nginx:1'}}], containers: [{name: c, image: nginx}]}}}\n"


def k(fields: str, res: str = CM, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": res, **more}


J = 'patch: \'[{"op":"add","path":"/x","value":1}]\''
CASES = {
    "a bad label selector that nobody is asked for": k(
        f"patches: [{{target: {{kind: Zap, labelSelector: 'a in 1'}}, {J}}}]\n"
    ),
    "a bad label selector is refused": k(f"patches: [{{target: {{kind: ConfigMap, labelSelector: 'a in 1'}}, {J}}}]\n"),
    "a bad annotation selector that nobody is asked for": k(
        f"patches: [{{target: {{kind: Zap, annotationSelector: 'a=*'}}, {J}}}]\n"
    ),
    "a bad name is refused": k(f"patches: [{{target: {{kind: Zap, name: '['}}, {J}}}]\n"),
    "a bad name of an empty patch": k("patches: [{target: {kind: Zap, name: '['}, patch: '[]'}]\n"),
    "a bad selector of a replacement is refused": k(
        "replacements: [{sourceValue: x, targets: [{select: {kind: Zap, labelSelector: 'a in 1'}, fieldPaths: [data.x]}]}]\n"
    ),
    "a bad name of a replacement is refused": k(
        "replacements: [{sourceValue: x, targets: [{select: {kind: Zap, name: '['}, fieldPaths: [data.x]}]}]\n"
    ),
    "a bad name among the rejected is refused": k(
        "replacements: [{sourceValue: x, targets: [{select: {kind: ConfigMap}, reject: [{name: '['}], fieldPaths: [data.x]}]}]\n"
    ),
    "a bad selector among the rejected is refused": k(
        "replacements: [{sourceValue: x, targets: [{select: {kind: ConfigMap}, reject: [{labelSelector: 'a in 1'}], fieldPaths: [data.x]}]}]\n"
    ),
    "a bad selector of the rejected that nobody is asked for": k(
        "replacements: [{sourceValue: x, targets: [{select: {kind: Zap}, reject: [{labelSelector: 'a in 1'}], fieldPaths: [data.x]}]}]\n"
    ),
    "a bad image name without images": k("images: [{name: 'n(', newTag: '2'}]\n"),
    "a bad image name is refused once there is one": k("images: [{name: 'n(', newTag: '2'}]\n", DEP),
    "a second bad image name is refused": k("images: [{name: nginx, newName: q}, {name: 'n(', newTag: '2'}]\n", DEP),
    "a bad selector of a merge that nobody is asked for": k(
        "patches: [{target: {kind: Zap, labelSelector: 'a in 1'}, path: p.yaml}]\n", CM, **{"p.yaml": CM}
    ),
    "a bad name in the old field is refused": k("patchesJson6902: [{target: {kind: Zap, name: '['}, " + J + "}]\n"),
    "nobody in the old field": k("patchesJson6902: [{target: {kind: Zap, name: q}, " + J + "}]\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_selectors(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
