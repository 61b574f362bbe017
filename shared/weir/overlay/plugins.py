"""`generators`, `transformers`, `validators`: builtin ones configured by objects (`spec/overlays.md` 21).

Programs and containers are never run: such a configuration is refused.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from weir.overlay import charts, generators, hashing
from weir.overlay.documents import read
from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import Specs, from_map
from weir.overlay.kustomization import FIELD_SPEC, GENERATOR, HELM_CHART, IMAGE, PATCH, REPLACEMENT, SELECTOR, TEXTS
from weir.overlay.manifests import resources
from weir.overlay.objects import Objects
from weir.overlay.output import finished, plain
from weir.overlay.resource import Resource
from weir.overlay.shape import ANY, B, I, S, as_texts, decode
from weir.overlay.transformers import images, labels, names, namespace, patches, replacements, replicas, value_add
from weir.overlay.tree import join

if TYPE_CHECKING:
    from weir.overlay.layer import Layer

Act = Callable[["Layer", dict[str, Any], Resource], None]
SPECS = [FIELD_SPEC]
_FUNCTION = ("config.kubernetes.io/function", "config.k8s.io/function")


class Loaded(NamedTuple):
    """A configuration; `entry` is the place of its text such as `[2]` when that is the entry itself."""

    object: Resource
    entry: str


def transform(layer: "Layer", entries: list[str], _: str) -> None:
    """Run the transformers of the entries. Raises `BuildError`."""
    for loaded in _loaded(layer, entries):
        kind = _run(layer, loaded, TRANSFORMERS, "transformer")
        by = plain(loaded.object.metadata)
        layer.build.metadata.acted(layer.objects.all, loaded.object.origin, kind, by["name"], by.get("namespace", ""))


def generate(layer: "Layer", entries: list[str], _: str) -> None:
    """Run the generators of the entries. Raises `BuildError`."""
    for loaded in _loaded(layer, entries):
        _run(layer, loaded, GENERATORS, "generator")


def validate(layer: "Layer", entries: list[str], _: str) -> None:
    """Run transformers that may change nothing but the label `validated-by`. Raises `BuildError`."""
    for loaded in _loaded(layer, entries):
        before = [finished(resource.body) for resource in layer.objects.all]
        _run(layer, loaded, TRANSFORMERS, "validator")
        if [_unmarked(resource) for resource in layer.objects.all] != before:
            text = f"the validator {loaded.object.name} changed an object: it may only add the label validated-by"
            raise _placed(BuildError(text), loaded)


def _loaded(layer: "Layer", entries: list[str]) -> list[Loaded]:
    """The configurations of all entries, each once."""
    found = Objects(layer.build.options.limits)
    inline: dict[int, str] = {}
    for place, entry in enumerate(entries):
        try:
            objects = _inline(layer, entry)
            inline |= {id(one): f"[{place}]" for one in objects}
            found.add_all(objects or _named(layer, entry))
        except BuildError as error:
            raise (error if error.file else error.inside(f"[{place}]")) from None
    return [Loaded(one, inline.get(id(one), "")) for one in found.all]


def _inline(layer: "Layer", entry: str) -> list[Resource]:
    """The objects that the entry is, none when it names something."""
    try:
        return resources(read(entry.encode(), layer.file, cached=layer.site.cached(layer.file)), layer.file)
    except BuildError:
        return []


def _named(layer: "Layer", entry: str) -> list[Resource]:
    """The objects of a file, or what a directory builds."""
    if layer.site.tree.is_folder(join(layer.site.root, entry)):
        return layer.below(layer.site.below(entry)).run().objects.all
    name, data = layer.site.content(entry)
    return resources(read(data, name, cached=layer.site.cached(name)), name, remote=layer.site.tree.name)


def _unmarked(resource: Resource) -> dict[str, Any]:
    body = finished(resource.body)
    known = body["metadata"].get("labels")
    if isinstance(known, dict) and "validated-by" in known:
        body["metadata"]["labels"] = {key: value for key, value in known.items() if key != "validated-by"}
        if not body["metadata"]["labels"]:
            del body["metadata"]["labels"]
    return body


def _placed(error: BuildError, loaded: Loaded) -> BuildError:
    """The error in the file of the configuration, or in the entry that it is."""
    if error.file or loaded.entry:
        return error if error.file else error.inside(loaded.entry)
    return error.at(loaded.object.origin.file, loaded.object.origin.line)


def _run(layer: "Layer", loaded: Loaded, table: dict[str, tuple[dict[str, Any], Act]], what: str) -> str:
    """Do what a configuration asks for; its kind. Raises `BuildError`."""
    try:
        kind = _done(layer, loaded.object, table, what)
    except BuildError as error:
        raise _placed(error, loaded) from None
    layer.objects.keep(lambda resource: resource.body)
    return kind


def _done(layer: "Layer", configuration: Resource, table: dict[str, tuple[dict[str, Any], Act]], what: str) -> str:
    body = plain(configuration.body)
    if body.get("apiVersion") != "builtin":
        raise BuildError(_refusal(body), field="apiVersion")
    kind = str(body["kind"])
    if kind not in table:
        raise BuildError(f"there is no builtin {what} {kind}; known are {', '.join(table)}", field="kind")
    shape, act = {**_COMMON, **table[kind][0]}, table[kind][1]
    act(layer, decode(body if table is GENERATORS else as_texts(body, shape), shape, "", []), configuration)
    return kind


def _refusal(body: dict[str, Any]) -> str:
    notes = body.get("metadata", {}).get("annotations") or {}
    text = next((str(notes[name]) for name in _FUNCTION if name in notes), "")
    ways = {"container": "run a container", "exec": "run a program", "starlark": "run a script"}
    would = next((way for word, way in ways.items() if word in text), "run a program")
    return (
        f"{body.get('apiVersion')} {body.get('kind')} would {would}, which is never done here: "
        "run it yourself and list its output under resources, or use a builtin configuration"
    )


_COMMON = {"apiVersion": S, "kind": S, "metadata": {"name": S, "namespace": S, "labels": ANY, "annotations": ANY}}


def _specs(config: dict[str, Any]) -> Specs:
    return tuple(from_map(entry) for entry in config.get("fieldSpecs", ()))


def _pairs(field: str) -> Act:
    def act(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
        layer.objects.each(labels.change(config.get(field, {}), _specs(config)))

    return act


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
    for place, entry in enumerate(config.get("replacements", ())):
        try:
            replacements.run(layer.objects, entry, layer.site)
        except BuildError as error:
            raise (error if error.file else error.inside(f"replacements[{place}]")) from None


def _value(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    value_add.transform(layer.objects, config, layer.site)


def _hash(layer: "Layer", config: dict[str, Any], _: Resource) -> None:
    del config
    for resource in layer.objects.all:
        if resource.hashed:
            hashing.rename(resource)
    layer.objects.renamed()


def _add(layer: "Layer", made: Resource, config: dict[str, Any]) -> None:
    metadata = config.get("metadata", {})
    layer.build.metadata.generated(made, config["kind"], metadata.get("name", ""), metadata.get("namespace", ""))
    generators.absorb(layer.objects, made)


def _account(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
    """A ServiceAccount that acts as one of Google's."""
    cloud = config.get("cloud", "")
    if cloud != "gke":
        raise BuildError(f"is {cloud or 'missing'}: only gke is known", field="cloud")
    known, acts = config.get("kubernetesService", {}), config.get("serviceAccount", {})
    if not known.get("name"):
        raise BuildError("is needed: the name of the Kubernetes service account", field="kubernetesService.name")
    address = f"{acts.get('name', '')}@{acts.get('projectId', '')}.iam.gserviceaccount.com"
    metadata = {"name": known["name"], "annotations": {"iam.gke.io/gcp-service-account": address}}
    if known.get("namespace"):
        metadata["namespace"] = known["namespace"]
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    _add(layer, Resource(body, configuration.origin), config)


def _generator(kind: str) -> Act:
    def act(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
        metadata = config.get("metadata", {})
        entry = {**config, "name": config.get("name") or metadata.get("name", "")}
        if not entry.get("namespace"):
            entry["namespace"] = metadata.get("namespace", "")
        if entry.get("env"):
            entry["envs"] = [*entry.get("envs", ()), entry["env"]]
        _add(layer, generators.generate(kind, entry, {}, layer.site, configuration.origin), config)

    return act


def _chart(layer: "Layer", config: dict[str, Any], configuration: Resource) -> None:
    by = config.get("metadata", {})
    for resource in charts.rendered(layer, config, config.get("chartHome", "")):
        name, namespace_ = by.get("name", ""), by.get("namespace", "")
        layer.build.metadata.generated(resource, charts.KIND, name, namespace_, by=configuration.origin)
        layer.objects.add(resource)


_AFFIXES = {"prefix": S, "suffix": S, "fieldSpecs": SPECS}
TRANSFORMERS: dict[str, tuple[dict[str, Any], Act]] = {
    "AnnotationsTransformer": ({"annotations": TEXTS, "fieldSpecs": SPECS}, _pairs("annotations")),
    "LabelTransformer": ({"labels": TEXTS, "fieldSpecs": SPECS}, _pairs("labels")),
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
    "HashTransformer": ({}, _hash),
    "ValueAddTransformer": (
        {
            "value": S,
            "targets": [value_add.TARGET],
            "targetFilePath": S,
        },
        _value,
    ),
}
GENERATORS: dict[str, tuple[dict[str, Any], Act]] = {
    "ConfigMapGenerator": (GENERATOR, _generator("ConfigMap")),
    "SecretGenerator": ({**GENERATOR, "type": S}, _generator("Secret")),
    charts.KIND: ({**HELM_CHART, "chartHome": S, "configHome": S}, _chart),
    "IAMPolicyGenerator": (
        {"cloud": S, "kubernetesService": {"namespace": S, "name": S}, "serviceAccount": {"name": S, "projectId": S}},
        _account,
    ),
}
