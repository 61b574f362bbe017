"""The builtin ValueAddTransformer: one value at many places (`spec/overlays.md` 21.3)."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from weir.overlay import selector
from weir.overlay.documents import read_config
from weir.overlay.errors import BuildError
from weir.overlay.fieldpath import index, selection
from weir.overlay.fieldspec import words
from weir.overlay.kustomization import SELECTOR
from weir.overlay.meter import spend
from weir.overlay.objects import Objects
from weir.overlay.resource import Resource
from weir.overlay.shape import I, S, as_texts, decode
from weir.overlay.site import Site
from weir.overlay.transformers import namespace
from weir.overlay.values import set_loose
from weir.yaml.nodes import Scalar, is_null, text_of
from weir.yaml.scalars import loose

TARGET = {"selector": SELECTOR, "fieldPath": S, "filePathPosition": I}


def transform(objects: Objects, config: Mapping[str, Any], site: Site) -> None:
    """Write the value at each target's field. Raises `BuildError`."""
    value = config.get("value", "").strip() or posixpath.basename(site.root)
    targets = [*config.get("targets", ()), *_more(config.get("targetFilePath", ""), site)]
    if not targets:
        raise BuildError("is needed: at least one, here or in the file of targetFilePath", field="targets")
    for place, target in enumerate(targets):
        try:
            _one(objects, value, target)
        except BuildError as error:
            raise BuildError(error.message, file=error.file, field=f"targets[{place}].{error.field}") from None


def _more(entry: str, site: Site) -> list[dict[str, Any]]:
    """The targets of the file."""
    if not entry:
        return []
    try:
        path, data = site.content(entry)
    except BuildError as error:
        raise error.at(field="targetFilePath") from None
    value = read_config(data, path, cached=site.cached(path)) or {}
    shape = {"targets": [TARGET]}
    try:
        found: list[dict[str, Any]] = decode(as_texts(value, shape), shape).get("targets", [])
    except BuildError as error:
        raise error.at(path) from None
    return found


def _one(objects: Objects, value: str, target: Mapping[str, Any]) -> None:
    path, position = target.get("fieldPath", ""), target.get("filePathPosition", 0)
    if not path:
        raise BuildError("is needed", field="fieldPath")
    if position < 0:
        raise BuildError("may not be negative", field="filePathPosition")
    chosen = selector.compile_(target.get("selector", {}), "selector")
    for resource in objects.all:
        if chosen.matches(resource):
            resource.own()
            spend(len(value))
            try:
                _write(resource, path, value, position)
            except BuildError as error:
                raise BuildError(f"{resource.id}: {error.message}", field="fieldPath") from None
    objects.renamed()


def _write(resource: Resource, path: str, value: str, position: int) -> None:
    if path == "metadata/namespace":
        namespace.change(value, ())(resource)
        return
    for container, key in _place(resource.body, [part.strip() for part in words(path) if part.strip()]):
        old = container[key]
        if type(old) in {dict, list}:
            raise BuildError("there is a map or a list, a plain value is needed")
        text = text_of(old) if isinstance(old, str | Scalar) else ""
        set_loose(container, key, _inserted(text, value, position) if position > 0 else value)


def _place(body: dict[str, Any], path: list[str]) -> Iterator[tuple[Any, Any]]:
    """Container and key of the field, made where it is missing; none where a null or a short list is in the way."""
    node: Any = body
    for place, part in enumerate(path):
        if is_null(node):
            return
        key = _key(node, part)
        if key is None:
            return
        if type(node) is dict and key not in node:
            last = place == len(path) - 1
            node[key] = "" if last else [] if selection(path[place + 1]) else {}
        if place == len(path) - 1:
            yield node, key
        node = node[key]


def _key(node: Any, part: str) -> Any:
    """Where one part of the path leads, None for nowhere."""
    chosen = selection(part)
    if chosen is None and part != "-" and not part.lstrip("-").isdecimal():
        if type(node) is not dict:
            raise BuildError(f"there is no map above {part}")
        return part
    if type(node) is not list:
        raise BuildError(f"there is no list above {part}")
    if chosen is not None:
        return _chosen(node, *chosen)
    if part == "-":
        return len(node) - 1 if node else None
    if part.startswith("-"):
        raise BuildError(f"{part} is no place in a list")
    return index(part) if index(part) < len(node) else None


def _chosen(node: list[Any], name: str, value: str) -> int:
    for place, item in enumerate(node):
        found = item.get(name) if name and type(item) is dict else item if not name else None
        if isinstance(found, str | Scalar) and text_of(found) == value:
            return place
    node.append({name: loose(value)} if name else loose(value))
    return len(node) - 1


def _inserted(path: str, value: str, position: int) -> str:
    lead = "/" if path.startswith("/") else ""
    parts = [part for part in path.split("/") if part]
    parts.insert(position - 1, value)
    return lead + "/".join(parts)
