"""A tree in, objects out: the whole build, top to bottom (`spec/overlays.md` 3.2).

Pure: it opens no file and asks no network. What it saw is in the result's closure.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from weir import yaml
from weir.overlay import hashing, manifests, provenance, sort
from weir.overlay.errors import BuildError
from weir.overlay.gathered import Build, Gathered
from weir.overlay.layer import Layer
from weir.overlay.lines import placed
from weir.overlay.meter import beyond, metered, tick
from weir.overlay.options import Options
from weir.overlay.output import encoded, finished, is_odd, readable
from weir.overlay.resolve import resolve
from weir.overlay.resource import Origin, Resource
from weir.overlay.site import Site
from weir.overlay.tree import Closure, Tree, join
from weir.overlay.variables import substitute
from weir.yaml.nodes import Scalar, text_of

VERSION = "v5.8.1"
"""The kustomize that this engine equals, for the managed-by label."""
_LOCAL = "config.kubernetes.io/local-config"


class Built(msgspec.Struct, frozen=True):
    """The objects of a build in their order, where each was written, and what the build saw."""

    objects: tuple[dict[str, Any], ...]
    origins: tuple[Origin, ...]
    closure: Closure
    warnings: tuple[str, ...] = ()


def build(tree: Mapping[str, bytes], path: str, *, options: Options | None = None) -> Built:
    """Build the kustomization in the directory `path` of a tree.

    Args:
        tree: paths such as `apps/web/kustomization.yaml` to contents. Links are resolved or left out before.
        path: the directory, `` or `.` for the root.
        options: how; the defaults are those of `kustomize build`.

    Raises:
        BuildError: the tree cannot be built.
        RemotesNeeded: it names remote resources that `options.remotes` does not hold.

    """
    state, site = start(tree, path, options or Options())
    return finish(state, Layer(state, site))


def start(tree: Mapping[str, bytes], path: str, options: Options) -> tuple[Build, Site]:
    """The state of a new build, and its directory. Raises `BuildError` when it is none."""
    state = Build(Tree(tree, options.limits), options)
    site = Site(state.tree, join("", path or "."), options)
    if not state.tree.is_folder(site.root):
        text = "is a file, a directory is needed" if state.tree.has(site.root) else "does not exist"
        raise BuildError(f"the directory {text}", file=path)
    return state, site


@contextmanager
def _uncollected() -> Iterator[None]:
    """The collector off: a build makes many small trees and no cycles.

    What is left of it goes to the oldest generation at once, instead of being looked through on the way there.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@_uncollected()
def finish(state: Build, layer: Layer) -> Built:
    """Run the top layer, then do what is done once. Raises `BuildError`, `RemotesNeeded`."""
    try:
        with metered(state.options.limits):
            return _finish(state, layer)
    except BuildError as error:
        raise placed(error.at(layer.file), {} if state.used else state.tree.files) from None


def _finish(state: Build, layer: Layer) -> Built:
    state.metadata = provenance.Metadata(layer.fields.get("buildMetadata", ()), layer.site.root)
    gathered = layer.run()
    _settle(gathered)
    ordered = sort.arranged(
        [resource for resource in gathered.objects.all if not _is_local(resource)],
        layer.fields.get("sortOptions"),
        reorder=state.options.reorder == "legacy",
    )
    objects = _objects(ordered, state)
    closure = msgspec.structs.replace(state.tree.closure(), remotes=tuple(sorted(state.used)))
    return Built(objects, tuple(one.origin for one in ordered), closure, tuple(state.warnings))


def _settle(gathered: Gathered) -> None:
    objects = gathered.objects
    for resource in objects.all:
        manifests.check(resource.body, resource.origin.file, resource.origin.line)
    objects.check_unique()
    for resource in objects.all:
        if resource.hashed:
            resource.change("hash", hashing.rename)
    objects.renamed()
    resolve(objects.all, gathered.configuration.nameReference)
    substitute(objects.all, gathered.variables, gathered.configuration.varReference)


def _is_local(resource: Resource) -> bool:
    annotations = resource.metadata.get("annotations")
    if type(annotations) is not dict or _LOCAL not in annotations:
        return False
    value = annotations[_LOCAL]
    return not (isinstance(value, str | Scalar) and text_of(value) == "false")


def _objects(ordered: Sequence[Resource], state: Build) -> tuple[dict[str, Any], ...]:
    """The finished objects. Raises `BuildError` when they are too much."""
    found: list[dict[str, Any]] = []
    left = state.options.limits.output_bytes
    for resource in ordered:
        tick()
        body, size = _object(resource, state.metadata)
        left -= size
        if left < 0:
            origin = resource.origin
            text = "the objects hold more than {} bytes"
            raise beyond(state.options.limits, "output_bytes", text).at(origin.file, origin.line)
        found.append(body)
    return tuple(found)


def _object(resource: Resource, asked: provenance.Metadata) -> tuple[dict[str, Any], int]:
    """An object and its size in bytes. What goes wrong is placed where it was written."""
    try:
        body = _finished(resource)
        _annotate(body, asked.annotations(resource), managed=asked.managed)
        text = encoded(body)
        return readable(body) if is_odd(text) else body, len(text)
    except BuildError as error:
        origin = resource.origin
        problem = f"{resource.id}: {error.message}"
        raise BuildError(problem, file=origin.file, line=origin.line, field=error.field) from None


def _finished(resource: Resource) -> dict[str, Any]:
    """The object as values, the caller's own."""
    form = resource.form
    if form is None:
        return finished(resource.body)
    if form.finished is None:
        form.finished = finished(resource.body)
    own: dict[str, Any] = msgspec.to_builtins(form.finished)
    return own


def _annotate(body: dict[str, Any], annotations: dict[str, str], *, managed: bool) -> None:
    metadata = body["metadata"]
    if managed:
        metadata["labels"] = {**(metadata.get("labels") or {}), "app.kubernetes.io/managed-by": f"kustomize-{VERSION}"}
    if annotations:
        metadata["annotations"] = {**metadata.get("annotations", {}), **annotations}


def yaml_text(built: Built) -> str:
    """The objects as `kustomize build` prints them."""
    return yaml.dump_all(built.objects)
