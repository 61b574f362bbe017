"""The kustomization file: its fields and their types (`spec/overlays.md` 2)."""

from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.shape import ANY, B, I, S, decode

TEXTS = {"*": S}
SELECTOR = dict.fromkeys(("group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector"), S)
FIELD_SPEC = {"group": S, "version": S, "kind": S, "path": S, "create": B}
GENERATOR_OPTIONS = {"labels": TEXTS, "annotations": TEXTS, "disableNameSuffixHash": B, "immutable": B}
GENERATOR = {
    "name": S,
    "namespace": S,
    "behavior": S,
    "literals": [S],
    "files": [S],
    "envs": [S],
    "env": S,
    "options": GENERATOR_OPTIONS,
}
PATCH = {"path": S, "patch": S, "target": SELECTOR, "options": {"allowNameChange": B, "allowKindChange": B}}
IMAGE = {"name": S, "newName": S, "newTag": S, "digest": S, "tagSuffix": S}
REPLACEMENT_OPTIONS = {"delimiter": S, "index": I, "create": B, "encoding": S}
_ID = dict.fromkeys(("group", "version", "kind", "name", "namespace"), S)
REPLACEMENT = {
    "path": S,
    "source": {**_ID, "fieldPath": S, "options": REPLACEMENT_OPTIONS},
    "sourceValue": S,
    "targets": [{"select": SELECTOR, "reject": [SELECTOR], "fieldPaths": [S], "options": REPLACEMENT_OPTIONS}],
}
LABEL = {"pairs": TEXTS, "includeSelectors": B, "includeTemplates": B, "fields": [FIELD_SPEC]}
VAR = {
    "name": S,
    "objref": {"apiVersion": S, **_ID},
    "fieldref": {"fieldPath": S},
}
HELM_CHART = {
    **dict.fromkeys(("name", "version", "repo", "releaseName", "namespace", "valuesFile", "valuesMerge"), S),
    **dict.fromkeys(("kubeVersion", "nameTemplate"), S),
    **dict.fromkeys(("includeCRDs", "skipHooks", "skipTests", "debug", "devel"), B),
    "additionalValuesFiles": [S],
    "apiVersions": [S],
    "valuesInline": {"*": ANY},
}
_OLD_HELM_CHART = {
    **dict.fromkeys(("chartHome", "chartName", "chartVersion", "chartRepoUrl", "values", "releaseName"), S),
    **dict.fromkeys(("releaseNamespace", "helmBin", "helmHome", "valuesMerge", "chartRepoName"), S),
    "valuesLocal": {"*": ANY},
    "extraArgs": [S],
}
SHAPE: dict[str, Any] = {
    "apiVersion": S,
    "kind": S,
    "metadata": {"name": S, "namespace": S, "labels": TEXTS, "annotations": TEXTS},
    "openapi": TEXTS,
    **{
        key: [S]
        for key in (
            "resources",
            "components",
            "crds",
            "configurations",
            "generators",
            "transformers",
            "validators",
            "bases",
        )
    },
    **dict.fromkeys(("namespace", "namePrefix", "nameSuffix"), S),
    "commonLabels": TEXTS,
    "labels": [LABEL],
    "commonAnnotations": TEXTS,
    "patches": [PATCH],
    "patchesStrategicMerge": [S],
    "patchesJson6902": [PATCH],
    "images": [IMAGE],
    "imageTags": [IMAGE],
    "replicas": [{"name": S, "count": I}],
    "replacements": [REPLACEMENT],
    "configMapGenerator": [GENERATOR],
    "secretGenerator": [{**GENERATOR, "type": S}],
    "generatorOptions": GENERATOR_OPTIONS,
    "vars": [VAR],
    "helmGlobals": {"chartHome": S, "configHome": S},
    "helmCharts": [HELM_CHART],
    "helmChartInflationGenerator": [_OLD_HELM_CHART],
    "sortOptions": {"order": S, "legacySortOptions": {"orderFirst": [S], "orderLast": [S]}},
    "buildMetadata": [S],
}
_VERSIONS = {
    "Kustomization": "kustomize.config.k8s.io/v1beta1",
    "Component": "kustomize.config.k8s.io/v1alpha1",
}
_DEPRECATED = {
    "bases": "resources",
    "commonLabels": "labels",
    "imageTags": "images",
    "patchesJson6902": "patches",
    "patchesStrategicMerge": "patches",
    "vars": "replacements",
}


def read(value: Any, unknown: list[str] | None = None) -> dict[str, Any]:
    """The kustomization in canonical fields. Raises `BuildError` with the field.

    Given a list for `unknown`, an empty file is accepted, and unknown fields are named there instead of refused.
    """
    if value is not None and not isinstance(value, dict):
        raise BuildError("a kustomization file must hold a map of fields")
    found = decode(value or {}, SHAPE, "", unknown)
    _check_kind(found)
    if unknown is None and not any(field not in {"apiVersion", "kind"} for field in found):
        raise BuildError("the kustomization file is empty: name at least one resource or setting")
    return modern(found)


def _check_kind(found: dict[str, Any]) -> None:
    kind = found.get("kind") or "Kustomization"
    if kind not in _VERSIONS:
        raise BuildError(f"is {kind}, should be Kustomization or Component", field="kind")
    version = found.get("apiVersion") or _VERSIONS[kind]
    if version != _VERSIONS[kind]:
        raise BuildError(f"is {version}, should be {_VERSIONS[kind]} for a {kind}", field="apiVersion")
    found["kind"] = kind
    found["apiVersion"] = version


def modern(found: dict[str, Any]) -> dict[str, Any]:
    """Deprecated spellings moved to where they belong (2.8)."""
    for old, new in (("bases", "resources"), ("imageTags", "images")):
        if old in found:
            found[new] = [*found.get(new, ()), *found.pop(old)]
    if found.get("labels"):
        found.setdefault("commonLabels", {})
    for field in ("configMapGenerator", "secretGenerator"):
        for entry in found.get(field, ()):
            env = entry.pop("env", "")
            if env:
                entry["envs"] = [*entry.get("envs", ()), env]
    old = found.pop("helmChartInflationGenerator", None)
    if old is not None:
        found["helmCharts"] = [*found.get("helmCharts", ()), *map(_chart, old)]
        homes = {new: [entry[name] for entry in old if entry.get(name)] for name, new in _HOMES.items()}
        found.setdefault("helmGlobals", {name: texts[-1] for name, texts in homes.items() if texts})
    return found


_HOMES = {"chartHome": "chartHome", "helmHome": "configHome"}
_CHART = {
    "chartName": "name",
    "chartVersion": "version",
    "chartRepoUrl": "repo",
    "values": "valuesFile",
    "valuesLocal": "valuesInline",
    "valuesMerge": "valuesMerge",
    "releaseName": "releaseName",
}


def _chart(old: dict[str, Any]) -> dict[str, Any]:
    return {new: old[name] for name, new in _CHART.items() if name in old}


def warnings(value: Any) -> list[str]:
    """One line for each deprecated field that is there, as `kustomize build` prints them."""
    if not isinstance(value, dict):
        return []
    present = {key.lower() for key, item in value.items() if item is not None}
    return [
        f"# Warning: '{old}' is deprecated. Please use '{new}' instead. "
        + ("[EXPERIMENTAL] " if old == "vars" else "")
        + "Run 'kustomize edit fix' to update your Kustomization automatically."
        for old, new in _DEPRECATED.items()
        if old.lower() in present
    ]
