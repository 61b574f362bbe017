"""`patches` of both kinds, `patchesStrategicMerge`, `patchesJson6902` (`spec/overlays.md` 8, 9)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec

from weir.overlay import jsonpatch, selector
from weir.overlay.documents import digest, read, read_config
from weir.overlay.errors import BuildError, joined
from weir.overlay.manifests import resources
from weir.overlay.meter import spend, weight
from weir.overlay.objects import Objects
from weir.overlay.output import HISTORY, fields, nodes, settled
from weir.overlay.resource import Resource
from weir.overlay.schema import BUILT_IN, Schemas
from weir.overlay.site import Site
from weir.overlay.strategic import Merge
from weir.overlay.values import texts
from weir.yaml.scalars import loose


class Patch(NamedTuple):
    """A patch read: documents to merge or operations, and whom it is for."""

    documents: list[Resource]
    operations: list[dict[str, Any]] | None
    selector: selector.Selector | None
    rename: bool
    rekind: bool
    file: str
    key: bytes | None
    """What tells it from others, None when nothing of it may be kept."""
    field: str = "patch"
    """What holds its text when it has no file."""
    texts: bool = False
    """Whether labels and annotations are texts although it is for one object."""


def load(entry: Mapping[str, Any], site: Site, file: str) -> Patch | None:
    """A `patches` entry, None when it holds nothing. Raises `BuildError` with the field."""
    path, text = entry.get("path", ""), entry.get("patch", "")
    if path and text:
        raise BuildError("has both path and patch: keep one")
    if not path and not text:
        raise BuildError("has neither path nor patch")
    name, data, cached = _source(path, text, site, file)
    target = entry.get("target")
    options = entry.get("options", {})
    rename, rekind = options.get("allowNameChange", False), options.get("allowKindChange", False)
    with within(name):
        documents, operations = _either(data, name, cached=cached)
    if operations is not None and target is None:
        raise BuildError("a JSON patch needs a target", field="target")
    if operations is None and target is not None and len(documents) > 1:
        raise BuildError("several documents cannot share a target: make an entry of each", field="target")
    if not documents and operations is None:
        return None
    chosen = selector.compile_(target) if target is not None else None
    return Patch(documents, operations, chosen, rename, rekind, name, digest(data) if cached else None)


@contextmanager
def within(file: str, field: str = "patch") -> Iterator[None]:
    """What goes wrong inside a patch without a file of its own is placed in its entry: the field, and its line."""
    try:
        yield
    except BuildError as error:
        if file or error.file:
            raise
        line = f" (line {error.line} of the patch)" if error.line > 1 else ""
        raise BuildError(error.message + line, field=joined(field, error.field)) from None


def _source(path: str, text: str, site: Site, file: str) -> tuple[str, bytes, bool]:
    if not path:
        return "", text.encode(errors="surrogatepass"), site.cached(file)
    try:
        name, data = site.content(path)
    except BuildError as error:
        raise error.at(field="path") from None
    return name, data, site.cached(name)


def _either(data: bytes, name: str, *, cached: bool) -> tuple[list[Resource], list[dict[str, Any]] | None]:
    """The patch as objects, or as operations."""
    try:
        return resources(read(data, name, cached=cached), name), None
    except BuildError as error:
        found = _operations(data, name, cached=cached)
        if found is None:
            raise BuildError(
                f"is neither an object to merge nor a list of operations: {error.message}",
                file=error.file,
                line=error.line,
            ) from None
        return [], found or None


def _operations(data: bytes, name: str, *, cached: bool) -> list[dict[str, Any]] | None:
    try:
        value = msgspec.json.decode(data) if data.startswith(b"[") else read_config(data, name, cached=cached)
    except (BuildError, msgspec.DecodeError):
        return None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return value


def apply(objects: Objects, patch: Patch, schemas: Schemas) -> None:
    """Patch whom it is for. Raises `BuildError` when a patch without target finds nobody."""
    chosen = _chosen(objects, patch)
    with within(patch.file, patch.field):
        _apply(objects, patch, schemas, chosen)


def _apply(objects: Objects, patch: Patch, schemas: Schemas, chosen: list[Resource]) -> None:
    if patch.operations is not None:
        _operate_all(objects, chosen, patch)
        return
    if patch.selector is not None:
        _merge_all(objects, [(resource, patch.documents[0]) for resource in chosen], patch, schemas)
        return
    for document in patch.documents:
        _merge_all(objects, [(_only(objects, document), document)], patch, schemas)


def _operate_all(objects: Objects, chosen: Sequence[Resource], patch: Patch) -> None:
    renamed = False

    def act(resource: Resource) -> None:
        resource.remember()
        operate(resource, patch.operations or [], patch.file)

    for resource in chosen:
        before, resource.notes = resource.id, None
        resource.change(patch.key and (patch.key, "operations"), act)
        renamed = renamed or before != resource.id
    if renamed:
        objects.renamed()


def _merge_all(objects: Objects, pairs: Sequence[tuple[Resource, Resource]], patch: Patch, schemas: Schemas) -> None:
    for resource, document in pairs:
        _merge_one(resource, document, patch, schemas)
    if patch.rename or patch.rekind:
        objects.renamed()
        objects.check_unique()
    if any(not resource.body for resource, _ in pairs):
        objects.keep(lambda resource: resource.body)


def _merge_one(resource: Resource, document: Resource, patch: Patch, schemas: Schemas) -> None:
    """The result hangs on the text of the patch, which of its documents it is, and how it may be used."""
    how = (document.origin.line, patch.rename, patch.rekind, patch.selector is None)
    known = patch.key is not None and schemas is BUILT_IN and len(patch.documents) == 1
    resource.change((patch.key, how) if known else None, lambda one: merge(one, document, patch, schemas))


def _chosen(objects: Objects, patch: Patch) -> list[Resource]:
    """Whom the target selects; nobody without one."""
    return [resource for resource in objects.all if patch.selector.matches(resource)] if patch.selector else []


def _only(objects: Objects, document: Resource) -> Resource:
    id_ = document.id
    found = objects.known_as(id_)
    if len(found) == 1:
        return found[0]
    text = f"{len(found)} objects are called {id_}" if found else f"there is no {id_} to patch"
    hint = ": name a target instead" if found else ": check apiVersion, kind, name and namespace"
    raise BuildError(text + hint, file=document.origin.file, line=document.origin.line)


def merge(resource: Resource, document: Resource, patch: Patch, schemas: Schemas) -> None:
    """Strategic merge into one object; an empty body is what a deletion leaves."""
    spend(weight(document.body))
    resource.own()
    body = resource.body
    name, namespace = resource.metadata.get("name"), resource.metadata.get("namespace")
    kind, api_version = body.get("kind"), body.get("apiVersion")
    if patch.rename or patch.rekind:
        resource.record()
    try:
        wanted = _aimed(document.body) if patch.selector is not None or patch.texts else document.body
        merged = Merge(schemas).whole(body, wanted, resource.notes, document.notes)
    except BuildError as error:
        if error.file:
            raise
        line = document.origin.line
        text = f"{error.message} (the object is in {resource.origin.file}, line {resource.origin.line})"
        raise BuildError(text, file=document.origin.file, line=line, field=error.field) from None
    if not merged:
        resource.body = {}
        return
    resource.body = merged
    if not patch.rekind:
        _restore(merged, "kind", kind)
    if patch.selector is not None:
        _restore(merged, "apiVersion", api_version)
    if not patch.rename:
        _restore(resource.metadata, "name", name)
    _restore(resource.metadata, "namespace", namespace)


def _aimed(body: dict[str, Any]) -> dict[str, Any]:
    """A patch for whatever its target selects: no apiVersion, and its labels and annotations are texts, null too."""
    wanted = {key: value for key, value in body.items() if key != "apiVersion"}
    metadata = body.get("metadata")
    if type(metadata) is dict:
        wanted["metadata"] = {key: value for key, value in metadata.items() if key not in _TEXTS}
        for field in _TEXTS:
            value = metadata.get(field)
            if type(value) is list and value:
                raise BuildError("must be a map", field=f"metadata.{field}")
            if type(value) is dict and value:
                wanted["metadata"][field] = texts(value)
    return wanted


_TEXTS = ("labels", "annotations")


def _restore(body: dict[str, Any], field: str, value: Any) -> None:
    if value is None:
        body.pop(field, None)
    else:
        body[field] = loose(value) if type(value) is str else value


def operate(resource: Resource, operations: Sequence[Mapping[str, Any]], file: str) -> None:
    """JSON patch of one object, which is printed and read again on the way."""
    spend(weight(operations))
    try:
        value = jsonpatch.apply(_settled(resource), operations)
    except BuildError as error:
        text = f"{error.message} (the object is in {resource.origin.file}, line {resource.origin.line})"
        raise BuildError(text, file=error.file or file, field=error.field) from None
    if not isinstance(value, dict):
        raise BuildError("the patch leaves no object", file=file)
    resource.form, resource.owned = None, True
    resource.body = _without_history(value)
    resource.linked = False


def _settled(resource: Resource) -> dict[str, Any]:
    """The object, printed and read. What is remembered of it stands among its annotations, so mostly there are some."""
    value: dict[str, Any] = settled(fields(resource.body))
    history = nodes(resource.history())
    metadata = value.get("metadata")
    if history and isinstance(metadata, dict):
        known = metadata.get("annotations")
        metadata["annotations"] = {**(known if isinstance(known, dict) else {}), **history}
    return value


def _without_history(value: dict[str, Any]) -> dict[str, Any]:
    metadata = value.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(annotations, dict) and isinstance(metadata, dict):
        metadata["annotations"] = {key: text for key, text in annotations.items() if key not in HISTORY}
    return value


def apply_json(objects: Objects, patch: Patch) -> None:
    """Patch as `patchesJson6902` does: former names are not remembered. Raises `BuildError`."""
    chosen = _chosen(objects, patch)
    with within(patch.file):
        for resource in chosen:
            resource.notes = None
            operate(resource, patch.operations or [], patch.file)
    objects.renamed()


def strategic(entry: str, site: Site, file: str) -> Patch:
    """A `patchesStrategicMerge` entry: text or a file. Raises `BuildError`."""
    name = ""
    try:
        documents = resources(read(entry.encode(), "", cached=site.cached(file)), "")
    except BuildError:
        name, data = site.content(entry)
        documents = resources(read(data, name, cached=site.cached(name)), name)
    return Patch(documents, None, None, rename=False, rekind=False, file=name, key=None, field="", texts=True)


def json6902(entry: Mapping[str, Any], site: Site, file: str) -> Patch:
    """A `patchesJson6902` entry. Raises `BuildError`."""
    path, text = entry.get("path", ""), entry.get("patch", "")
    if bool(path) == bool(text):
        raise BuildError("has both path and patch: keep one" if path else "has neither path nor patch")
    target = entry.get("target", {})
    if not target.get("name"):
        raise BuildError("the target must name one object", field="target.name")
    name, data, cached = _source(path, text, site, file)
    found = _operations(data, name, cached=cached)
    if found is None:
        raise BuildError("is no list of operations", file=name, field="" if name else "patch")
    chosen = selector.compile_(target)
    return Patch([], found, chosen, rename=False, rekind=False, file=name, key=None)
