"""What buildMetadata tells when something changes the annotations themselves (`spec/overlays.md` 22.4)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
R = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {m: True, n: 1, 'q': '1', z: null}\n  annotations: {b: c}\n"
B = "buildMetadata: [%s]\n"
S = "namePrefix: p-\npatches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: null}}'}]\n"
J = "namePrefix: p-\npatches: [{target: {kind: ConfigMap}, patch: '- {op: %s, path: /metadata/annotations%s}'}]\n"
CASES = {
    "the managed-by label beside odd ones": {K: "resources: [r.yaml]\n" + B % "managedByLabel", "r.yaml": R},
    "the managed-by label where labels are null": {
        K: "resources: [r.yaml]\n" + B % "managedByLabel",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: null}\n",
    },
    "the managed-by label over another": {
        K: "resources: [r.yaml]\n" + B % "managedByLabel",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: {y: z}, 'k': [1], app.kubernetes.io/managed-by: me}}\n",
    },
    "a merge that drops the annotations": {
        K: "resources: [r.yaml]\n" + S + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R,
    },
    "a JSON patch that drops the annotations": {
        K: "resources: [r.yaml]\n" + J % ("remove", "") + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R,
    },
    "a JSON patch that replaces the annotations": {
        K: "resources: [r.yaml]\n"
        + J % ("replace", ", value: {x: y}")
        + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R,
    },
    "a JSON patch that drops what is only told": {
        K: "resources: [r.yaml]\n" + J % ("remove", "") + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R.replace("  annotations: {b: c}\n", ""),
    },
    "a JSON patch that drops the origin": {
        K: "resources: [r.yaml]\n" + J % ("remove", "") + B % "originAnnotations",
        "r.yaml": R.replace("  annotations: {b: c}\n", ""),
    },
    "a JSON patch that copies what is told": {
        K: "resources: [r.yaml]\nnamePrefix: p-\npatches: [{target: {kind: ConfigMap}, patch: '- {op: copy, from: /metadata/annotations, path: /data}'}]\n"
        + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R,
    },
    "an old JSON patch that drops the annotations": {
        K: 'resources: [b]\npatchesJson6902: [{target: {version: v1, kind: ConfigMap, name: p-a}, patch: \'[{"op": "remove", "path": "/metadata/annotations"}]\'}]\n'
        + B % "originAnnotations, transformerAnnotations",
        "b/" + K: "namePrefix: p-\nresources: [r.yaml]\n",
        "b/r.yaml": R,
    },
    "a JSON patch that replaces a generated object's annotations": {
        K: "configMapGenerator: [{name: g, literals: [a=b]}]\n"
        + J % ("replace", ", value: {x: y}")
        + B % "originAnnotations, transformerAnnotations"
    },
    "an origin that was written": {
        K: "resources: [r.yaml]\n" + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R.replace(
            "{b: c}", "{config.kubernetes.io/origin: mine, alpha.config.kubernetes.io/transformations: mine}"
        ),
    },
    "transformations that were written are refused": {
        K: "resources: [r.yaml]\nnamePrefix: p-\n" + B % "transformerAnnotations",
        "r.yaml": R.replace(
            "{b: c}", "{config.kubernetes.io/origin: mine, alpha.config.kubernetes.io/transformations: mine}"
        ),
    },
    "transformations that were written are refused for an origin too": {
        K: "resources: [r.yaml]\nnamePrefix: p-\n" + B % "originAnnotations",
        "r.yaml": R.replace(
            "{b: c}", "{config.kubernetes.io/origin: mine, alpha.config.kubernetes.io/transformations: mine}"
        ),
    },
    "a replacement over the annotations": {
        K: "resources: [r.yaml]\nnamePrefix: p-\nreplacements: [{sourceValue: x, targets: [{select: {kind: ConfigMap}, fieldPaths: [metadata.annotations], options: {create: true}}]}]\n"
        + B % "originAnnotations, transformerAnnotations",
        "r.yaml": R,
    },
}


@pytest.mark.parametrize("case", CASES)
def test_told(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
