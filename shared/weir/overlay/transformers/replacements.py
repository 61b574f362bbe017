"""`replacements`: values copied from one object into others (`spec/overlays.md` 17)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from weir.overlay.documents import read_config
from weir.overlay.errors import BuildError, joined
from weir.overlay.fieldpath import lookup
from weir.overlay.ids import Id
from weir.overlay.jsonpatch import MAX_COPY
from weir.overlay.kustomization import REPLACEMENT
from weir.overlay.objects import Objects
from weir.overlay.resource import Resource
from weir.overlay.selector import Selector, compile_, texts_of
from weir.overlay.shape import decode
from weir.overlay.site import Site
from weir.overlay.writing import Write
from weir.yaml.nodes import Scalar, is_null, size, text_of
from weir.yaml.scalars import loose, typed

Read = Callable[[], Any]


def load(entry: Mapping[str, Any], site: Site) -> list[tuple[dict[str, Any], str, str]]:
    """The replacements of an entry: its own, or those of its file; each with file and place in it.

    Raises `BuildError`.
    """
    if "path" not in entry or not entry["path"]:
        return [(dict(entry), "", "")]
    if "source" in entry or "targets" in entry:
        raise BuildError("has both path and a replacement: keep one")
    try:
        path, data = site.content(entry["path"])
    except BuildError as error:
        raise error.at(field="path") from None
    value = read_config(data, path, cached=site.cached(path))
    found = []
    for place, item in enumerate(value if isinstance(value, list) else [value]):
        where = f"[{place}]" if isinstance(value, list) else ""
        try:
            found.append((decode(item or {}, {**REPLACEMENT}), path, where))
        except BuildError as error:
            raise BuildError(error.message, file=path, field=joined(where, error.field)) from None
    return found


def run(objects: Objects, entry: Mapping[str, Any], site: Site) -> None:
    """Do the replacements of an entry. Raises `BuildError`."""
    for replacement, file, where in load(entry, site):
        try:
            transform(objects, replacement)
        except BuildError as error:
            raise BuildError(error.message, file=error.file or file, field=joined(where, error.field)) from None


def transform(objects: Objects, entry: Mapping[str, Any]) -> None:
    """Copy the source's value into every target. Raises `BuildError`."""
    targets = entry.get("targets", ())
    source = entry.get("source")
    text = entry.get("sourceValue")
    if not targets or (source is None and text is None):
        raise BuildError("needs a source and at least one target")
    if source is not None and text is not None:
        raise BuildError("has both source and sourceValue: keep one")
    value: Read = partial(loose, text) if text is not None else _source(objects, source or {})
    if size(value(), MAX_COPY) > MAX_COPY:
        raise BuildError(f"copies more than {MAX_COPY} values", field="source")
    for place, target in enumerate(targets):
        try:
            _target(objects, value, target)
        except BuildError as error:
            raise BuildError(error.message, file=error.file, field=f"targets[{place}].{error.field}") from None
    objects.renamed()


def _source(objects: Objects, source: Mapping[str, Any]) -> Read:
    """Reads the value. The source may be a target too: what is copied from it then is what it says now."""
    chosen = [resource for resource in objects.all if any(_exact(id_, source) for id_ in resource.ids())]
    if len(chosen) != 1:
        many = f"{len(chosen)} objects match" if chosen else "no object matches"
        raise BuildError(f"{many}: name exactly one", field="source")
    path = source.get("fieldPath") or "metadata.name"
    node = lookup(chosen[0].body, path)
    if node is None or is_null(node) or node in ({}, []):
        raise BuildError(f"{chosen[0].id} has no {path}", field="source.fieldPath")
    options = source.get("options", {})
    if not options.get("delimiter"):
        return lambda: lookup(chosen[0].body, path) or node
    if type(node) in {dict, list}:
        raise BuildError("only a plain value can be split", field="source.options.delimiter")
    pieces = text_of(node).split(options["delimiter"])
    index = options.get("index", 0)
    if not 0 <= index < len(pieces):
        raise BuildError(f"the value has {len(pieces)} parts, there is no {index}", field="source.options.index")
    piece = typed(pieces[index]) if type(node) is Scalar else type(node)(pieces[index])
    return lambda: piece


def _exact(id_: Id, wanted: Mapping[str, str]) -> bool:
    type_ = id_.type
    return (
        type_.selected_by(wanted.get("group", ""), wanted.get("version", ""), wanted.get("kind", ""))
        and (not wanted.get("name") or wanted["name"] == id_.name)
        and (not wanted.get("namespace") or wanted["namespace"] == id_.namespace)
    )


def _target(objects: Objects, value: Read, target: Mapping[str, Any]) -> None:
    select = target.get("select")
    if select is None:
        raise BuildError("must say which objects to change", field="select")
    wanted = compile_(select, "select")
    rejected = [(compile_(one, f"reject[{at}]"), one) for at, one in enumerate(target.get("reject", ()))]
    for one in (wanted, *(selector for selector, _ in rejected)):
        one.check()
    for resource in list(objects.all):
        if not _selected(resource, wanted) or any(_rejects(resource, *one) for one in rejected):
            continue
        resource.own()
        paths = target.get("fieldPaths")
        for place, path in enumerate(paths or ("metadata.name",)):
            try:
                Write(value(), target.get("options", {})).at(resource.body, path)
            except BuildError as error:
                text = f"{path} of {resource.id}: {error.message}"
                raise BuildError(text, field=f"fieldPaths[{place}]" if paths else "select") from None


def _selected(resource: Resource, wanted: Selector) -> bool:
    if not any(_ids_match(id_, wanted) for id_ in resource.ids()):
        return False
    return _labelled(resource, wanted)


def _labelled(resource: Resource, wanted: Selector) -> bool:
    return all(one.holds(texts_of(resource, "labels")) for one in wanted.labels) and all(
        one.holds(texts_of(resource, "annotations")) for one in wanted.annotations
    )


def _ids_match(id_: Id, wanted: Selector) -> bool:
    pairs = (
        (wanted.group, id_.type.group),
        (wanted.version, id_.type.version),
        (wanted.kind, id_.type.kind),
        (wanted.name, id_.name),
        (wanted.namespace, id_.namespace),
    )
    return all(expression is None or expression.fullmatch(text) for expression, text in pairs)


def _rejects(resource: Resource, rejected: Selector, written: Mapping[str, str]) -> bool:
    """The parts of the id and the labels count separately (17.3)."""
    named = any(written.get(part) for part in ("group", "version", "kind", "name", "namespace"))
    if named and any(_ids_match(id_, rejected) for id_ in resource.ids()):
        return True
    return bool(rejected.labels or rejected.annotations) and _labelled(resource, rejected)
