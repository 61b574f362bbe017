"""`generators`, `transformers`, `validators`: builtin ones configured by objects (`spec/overlays.md` 21).

Programs, containers and charts are never run: such a configuration is refused.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from weir.overlay import generators
from weir.overlay.documents import read
from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import Specs, from_map
from weir.overlay.kustomization import FIELD_SPEC, GENERATOR, IMAGE, PATCH, REPLACEMENT, SELECTOR, TEXTS
from weir.overlay.manifests import resources
from weir.overlay.output import finished, plain
from weir.overlay.resource import Origin, Resource
from weir.overlay.shape import ANY, B, I, S, decode
from weir.overlay.transformers import images, labels, names, namespace, patches, replacements, replicas, value_add

if TYPE_CHECKING:
    from weir.overlay.layer import Layer

Act = Callable[["Layer", dict[str, Any], Resource], None]
SPECS = [FIELD_SPEC]
_FUNCTION = ("config.kubernetes.io/function", "config.k8s.io/function")


def configurations(layer: "Layer", entry: str) -> list[Resource]:
    """The objects of an entry: inline, a file's, or what a directory builds. Raises `BuildError`."""
    try:
        found = resources(read(entry.encode(), layer.file, cached=layer.site.cached(layer.file)), layer.file)
    except BuildError:
        found = []
    if found:
        return found
    path = layer.site.root + "/" + entry if layer.site.root else entry
    if layer.site.tree.is_folder(path.rstrip("/")):
        return layer.below(layer.site.below(entry)).run().objects.all
    name, data = layer.site.content(entry)
    return resources(read(data, name, cached=layer.site.cached(name)), name, remote=layer.site.tree.name)


def transform(layer: "Layer", entry: str, _: str) -> None:
    """Run the transformers of an entry. Raises `BuildError`."""
    _each(layer, entry, TRANSFORMERS, "transformer")


def generate(layer: "Layer", entry: str, _: str) -> None:
    """Run the generators of an entry. Raises `BuildError`."""
    _each(layer, entry, GENERATORS, "generator")


def validate(layer: "Layer", entry: str, _: str) -> None:
    """Run transformers that may change nothing but the label `validated-by`. Raises `BuildError`."""
    before = [_unmarked(resource) for resource in layer.objects.all]
    transform(layer, entry, _)
    if [_unmarked(resource) for resource in layer.objects.all] != before:
        raise BuildError("a validator changed an object")


def _unmarked(resource: Resource) -> dict[str, Any]:
    body = finished(resource.body)
    known = body["metadata"].get("labels")
    if isinstance(known, dict) and "validated-by" in known:
        body["metadata"]["labels"] = {key: value for key, value in known.items() if key != "validated-by"}
        if not body["metadata"]["labels"]:
            del body["metadata"]["labels"]
    return body


def _each(layer: "Layer", entry: str, table: dict[str, tuple[dict[str, Any], Act]], what: str) -> None:
    for configuration in configurations(layer, entry):
        origin = configuration.origin
        try:
            _run(layer, configuration, table, what)
        except BuildError as error:
            raise error.at(origin.file, origin.line) from None


def _run(layer: "Layer", configuration: Resource, table: dict[str, tuple[dict[str, Any], Act]], what: str) -> None:
    body = plain(configuration.body)
    kind, api_version = body.get("kind"), body.get("apiVersion")
    notes = body.get("metadata", {}).get("annotations") or {}
    if api_version != "builtin" or any(name in notes for name in _FUNCTION):
        raise BuildError(f"{api_version} {kind} would run a program: only `builtin` is allowed", field="apiVersion")
    if kind not in table:
        raise BuildError(f"there is no builtin {what} {kind}; known are {', '.join(table)}", field="kind")
    shape, act = table[kind]
    act(layer, decode(body, {**_COMMON, **shape}, "", []), configuration)
    layer.objects.keep(lambda resource: resource.body)


_COMMON = {"apiVersion": S, "kind": S, "metadata": {"name": S, "namespace": S, "labels": ANY, "annotations": ANY}}


def _specs(config: dict[str, Any]) -> Specs:
    return tuple(from_map(entry) for entry in config.get("fieldSpecs", ()))


def _annotations(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    layer.objects.each(labels.change(config.get("annotations", {}), _specs(config)))


def _labels(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    layer.objects.each(labels.change(config.get("labels", {}), _specs(config)))


def _namespace(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    name = config.get("metadata", {}).get("namespace", "")
    subjects = config.get("setRoleBindingSubjects") or "defaultOnly"
    if subjects not in {"defaultOnly", "allServiceAccounts", "none"}:
        raise BuildError("must be defaultOnly, none or allServiceAccounts", field="setRoleBindingSubjects")
    if name:
        unset = config.get("unsetOnly", False)
        namespace.transform(layer.objects, name, _specs(config), unset_only=unset, subjects=subjects)


def _affixes(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    if "fieldSpecs" not in config:
        raise BuildError("is needed", field="fieldSpecs")
    prefix, suffix = config.get("prefix", ""), config.get("suffix", "")
    if prefix:
        layer.objects.each(names.change(prefix, "", _specs(config)))
    if suffix:
        layer.objects.each(names.change("", suffix, _specs(config)))


def _image(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    layer.objects.each(images.change([config.get("imageTag", {})], _specs(config)))


def _replica(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    wanted = config.get("replica", {})
    replicas.check(layer.objects, wanted.get("name", ""), _specs(config))
    layer.objects.each(replicas.change(wanted.get("name", ""), wanted.get("count", 0), _specs(config)))


def _patch(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
    patch = patches.load(config, layer.site, configuration.origin.file)
    if patch is not None:
        patches.apply(layer.objects, patch, layer.build.schemas)


def _strategic(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
    texts = [*config.get("paths", ()), *filter(None, (config.get("patches"),))]
    if not texts:
        raise BuildError("has neither paths nor patches")
    for text in texts:
        patch = patches.strategic(text, layer.site, configuration.origin.file)
        patches.apply(layer.objects, patch, layer.build.schemas)


def _json(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
    entry = {"target": config.get("target", {}), "path": config.get("path", ""), "patch": config.get("jsonOp", "")}
    patches.apply_json(layer.objects, patches.json6902(entry, layer.site, configuration.origin.file))


def _replacement(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    for entry in config.get("replacements", ()):
        for replacement in replacements.load(entry, layer.site):
            replacements.transform(layer.objects, replacement)


def _value(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    value_add.transform(layer.objects, config, layer.site.root)


def _generator(kind: str) -> Act:
    def act(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
        metadata = config.get("metadata", {})
        entry = {**config, "name": config.get("name") or metadata.get("name", "")}
        if not entry.get("namespace"):
            entry["namespace"] = metadata.get("namespace", "")
        if entry.get("env"):
            entry["envs"] = [*entry.get("envs", ()), entry["env"]]
        made = generators.generate(kind, entry, {}, layer.site, Origin(*configuration.origin))
        generators.absorb(layer.objects, made)

    return act


_AFFIXES = {"prefix": S, "suffix": S, "fieldSpecs": SPECS}
TRANSFORMERS: dict[str, tuple[dict[str, Any], Act]] = {
    "AnnotationsTransformer": ({"annotations": TEXTS, "fieldSpecs": SPECS}, _annotations),
    "LabelTransformer": ({"labels": TEXTS, "fieldSpecs": SPECS}, _labels),
    "NamespaceTransformer": ({"fieldSpecs": SPECS, "unsetOnly": B, "setRoleBindingSubjects": S}, _namespace),
    "PrefixTransformer": (_AFFIXES, _affixes),
    "SuffixTransformer": (_AFFIXES, _affixes),
    "PrefixSuffixTransformer": (_AFFIXES, _affixes),
    "ImageTagTransformer": ({"imageTag": IMAGE, "fieldSpecs": SPECS}, _image),
    "ReplicaCountTransformer": ({"replica": {"name": S, "count": I}, "fieldSpecs": SPECS}, _replica),
    "PatchTransformer": (PATCH, _patch),
    "PatchStrategicMergeTransformer": ({"paths": [S], "patches": S}, _strategic),
    "PatchJson6902Transformer": ({"target": SELECTOR, "path": S, "jsonOp": S}, _json),
    "ReplacementTransformer": ({"replacements": [REPLACEMENT]}, _replacement),
    "ValueAddTransformer": (
        {
            "value": S,
            "targets": [{"selector": SELECTOR, "fieldPath": S, "filePathPosition": I}],
            "targetFilePath": S,
        },
        _value,
    ),
}
GENERATORS: dict[str, tuple[dict[str, Any], Act]] = {
    "ConfigMapGenerator": (GENERATOR, _generator("ConfigMap")),
    "SecretGenerator": ({**GENERATOR, "type": S}, _generator("Secret")),
}
