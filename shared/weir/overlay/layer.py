"""One kustomization, top to bottom: what it gathers, then what it changes (`spec/overlays.md` 3.1).

To add a transformer, write a file in `transformers` and a row in `TRANSFORMERS`: the rows run in their order
(`docs/overlay.md`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from weir.overlay import charts, configuration, generators, openapi, plugins, sort, variables
from weir.overlay.changes import Changes
from weir.overlay.crds import configuration_of
from weir.overlay.documents import read, read_config
from weir.overlay.errors import BuildError, RemotesNeeded, joined
from weir.overlay.gathered import Build, Gathered
from weir.overlay.lines import line_of
from weir.overlay.manifests import resources
from weir.overlay.remotes import place, wanted
from weir.overlay.resource import Change, Origin, Resource
from weir.overlay.site import Site, as_written, is_remote
from weir.overlay.transformers import patches, replacements
from weir.overlay.tree import join

GENERATORS = (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret"))


Read = tuple[str, dict[str, Any], list[str]]
"""A kustomization: its file, its fields, warnings."""


class Layer:
    """A kustomization being run."""

    def __init__(
        self,
        build: Build,
        site: Site,
        into: Gathered | None = None,
        top: Read | None = None,
        above: "Layer | None" = None,
    ) -> None:
        self.build = build
        self.site = site
        self.file, self.fields, warnings = top or site.read()
        self.origin = Origin(self.file, 0, site.tree.name)
        self.own: dict[str, int] = {}
        """How many entries of a field are the file's own; those behind them come from the object that asks."""
        self.namespace: str = self.fields.get("namespace") or (above.namespace if above else "")
        """Its own, else the next one above it that has one: where charts are rendered for."""
        build.warnings += warnings
        self.gathered = into or Gathered(build)
        self.objects = self.gathered.objects

    @property
    def kept(self) -> bool:
        """Whether what the layer makes of shared forms may hang on them."""
        return self.site.cached(self.file) and not self.build.metadata.told

    def run(self) -> Gathered:
        """Gather and transform. Raises `BuildError`, `RemotesNeeded`."""
        for field, act in GATHER:
            if field in self.fields:
                self._field(field, act)
        changes = Changes(self)
        for field, whole in TRANSFORMERS:
            if field not in self.fields:
                continue
            if whole is not None:
                changes.flush()
            self._field(field, changes.add if whole is None else whole)
        changes.flush()
        return self.gathered

    def below(self, site: Site) -> "Layer":
        """The layer of a directory that this one names."""
        return Layer(self.build, site, above=self)

    def _field(self, field: str, act: "Act") -> None:
        value = self.fields[field]
        entries = enumerate(value) if isinstance(value, list) and field not in _WHOLE else [(None, value)]
        for index, entry in entries:
            path = field if index is None else f"{field}[{index}]"
            try:
                act(self, entry, path)
            except BuildError as error:
                raise self.placed(error, path) from None

    def placed(self, error: BuildError, path: str) -> BuildError:
        """The error with the file and line of the field at fault, unless it knows its own."""
        if error.file:
            return error
        data = self.site.tree.files.get(self.file, b"")
        path, asked = self._asked(as_written(data, path))
        field = joined(path, error.field)
        if asked:
            return BuildError(error.message, field=field)
        return BuildError(error.message, file=self.file, line=line_of(data, field), field=field)

    def _asked(self, path: str) -> tuple[str, bool]:
        """The path as the object that asks for the build has it, if the entry is its own."""
        field, bracket, rest = path.partition("[")
        place = int(rest.removesuffix("]")) if bracket else 0
        if field not in self.own or not bracket or place < self.own[field]:
            return path, False
        return f"spec.{field}[{place - self.own[field]}]", True

    def changed(self, kind: str) -> None:
        """Remember who acted, if the build is asked to."""
        self.build.metadata.acted(self.objects.all, self.origin, kind)

    def acted(self, kind: str) -> Change | None:
        """The same for one object, None when nobody asked."""
        metadata, origin = self.build.metadata, self.origin
        if not metadata.told:
            return None

        def act(resource: Resource) -> None:
            metadata.acted((resource,), origin, kind)

        return act


Act = Callable[[Layer, Any, str], None]
"""Takes the layer, an entry of the field, and its path such as `patches[2]`."""


def _resource(layer: Layer, entry: str, _: str) -> None:
    site = layer.site
    path = join(site.root, entry) if entry else ""
    if entry and site.tree.has(path):
        name, data = site.content(entry)
        found = resources(read(data, name, cached=site.cached(name)), name, remote=site.tree.name)
        layer.objects.add_all(layer.build.metadata.read(found))
    elif is_remote(entry) and not site.tree.is_folder(path):
        _remote(layer, entry)
    else:
        _folder(layer, site.below(entry))


def _remote(layer: Layer, entry: str) -> None:
    found = layer.build.remote(entry)
    if found is None:
        raise RemotesNeeded(wanted(layer.build.tree, layer.site))
    if isinstance(found, bytes):
        layer.objects.add_all(layer.build.metadata.read(resources(read(found, entry), entry, remote=entry)))
    else:
        _folder(layer, layer.site.enter(place(found, entry, layer.site.options)))


def _folder(layer: Layer, site: Site) -> None:
    below = layer.below(site)
    if below.fields["kind"] == "Component":
        raise BuildError(f"{site.root} is a Component: list it under components")
    gathered = below.run()
    layer.objects.add_all(gathered.objects.all)
    own = layer.gathered
    own.configuration = own.configuration.add(gathered.configuration)
    for variable in gathered.variables:
        if any(variable.name == one.name for one in own.variables):
            raise BuildError(f"the variable {variable.name} is declared in two bases")
    own.variables += gathered.variables


def _component(layer: Layer, entry: str, _: str) -> None:
    site = layer.site
    if is_remote(entry) and not site.tree.is_folder(join(site.root, entry)):
        found = layer.build.remote(entry)
        if found is None or isinstance(found, bytes):
            raise RemotesNeeded(wanted(layer.build.tree, site))
        inner = site.enter(place(found, entry, site.options))
    else:
        inner = site.below(entry)
    component = Layer(layer.build, inner, layer.gathered, above=layer)
    if component.fields["kind"] != "Component":
        raise BuildError(f"{entry} is a Kustomization: list it under resources")
    component.run()


def _configuration(layer: Layer, entry: str, _: str) -> None:
    path, data = layer.site.content(entry)
    value = read_config(data, path, cached=layer.site.cached(path))
    try:
        layer.gathered.configuration = layer.gathered.configuration.add(configuration.read(value))
    except BuildError as error:
        raise error.at(path) from None


def _crds(layer: Layer, entry: str, _: str) -> None:
    path, data = layer.site.content(entry)
    value = read_config(data, path, cached=layer.site.cached(path))
    layer.gathered.configuration = layer.gathered.configuration.add(configuration_of(value, path))


def _generator(kind: str) -> Act:
    def act(layer: Layer, entry: dict[str, Any], _: str) -> None:
        shared = layer.fields.get("generatorOptions", {})
        made = generators.generate(kind, entry, shared, layer.site, layer.origin)
        layer.build.metadata.generated(made, f"{kind}Generator")
        generators.absorb(layer.objects, made)

    return act


def _strategic(layer: Layer, entries: list[str], _: str) -> None:
    for number, entry in enumerate(entries):
        with _at(number):
            patches.apply(layer.objects, patches.strategic(entry, layer.site, layer.file), layer.build.schemas)
    layer.changed("PatchStrategicMergeTransformer")


@contextmanager
def _at(number: int) -> Iterator[None]:
    """What goes wrong is placed in an entry."""
    try:
        yield
    except BuildError as error:
        raise (error if error.file else error.inside(f"[{number}]")) from None


def _patch(layer: Layer, entry: dict[str, Any], _: str) -> None:
    patch = patches.load(entry, layer.site, layer.file)
    if patch is not None:
        patches.apply(layer.objects, patch, layer.build.schemas)
    layer.changed("PatchTransformer")


def _json(layer: Layer, entry: dict[str, Any], _: str) -> None:
    patch = patches.json6902(entry, layer.site, layer.file)
    patches.apply_json(layer.objects, patch)
    layer.changed("PatchJson6902Transformer")


def _replacements(layer: Layer, entries: list[dict[str, Any]], _: str) -> None:
    for number, entry in enumerate(entries):
        with _at(number):
            replacements.run(layer.objects, entry, layer.site)
    layer.changed("ReplacementTransformer")


def _variables(layer: Layer, value: list[dict[str, Any]], _: str) -> None:
    layer.gathered.variables = variables.declare(value, layer.gathered.variables, layer.objects, layer.file)


def _sort_options(layer: Layer, value: dict[str, Any], _: str) -> None:
    del layer
    sort.check(value)


def _openapi(layer: Layer, value: dict[str, str], _: str) -> None:
    openapi.use(layer.build, layer.site, value)


_WHOLE = frozenset(
    ("patchesStrategicMerge", "images", "replacements", "vars", "generators", "transformers", "validators")
)
GATHER: tuple[tuple[str, Act], ...] = (
    ("openapi", _openapi),
    ("sortOptions", _sort_options),
    ("resources", _resource),
    ("configurations", _configuration),
    ("crds", _crds),
    *((field, _generator(kind)) for field, kind in GENERATORS),
    ("helmCharts", charts.inflate),
    ("generators", plugins.generate),
    ("components", _component),
)
TRANSFORMERS: tuple[tuple[str, Act | None], ...] = (
    ("patchesStrategicMerge", _strategic),
    ("patches", _patch),
    ("namespace", None),
    ("namePrefix", None),
    ("nameSuffix", None),
    ("labels", None),
    ("commonLabels", None),
    ("commonAnnotations", None),
    ("patchesJson6902", _json),
    ("replicas", None),
    ("images", None),
    ("replacements", _replacements),
    ("transformers", plugins.transform),
    ("validators", plugins.validate),
    ("vars", _variables),
)
"""None: it looks at one object at a time and stands in `changes.EACH`."""
