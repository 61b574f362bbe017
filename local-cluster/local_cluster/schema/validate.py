"""An object against its schema, in the API server's words. What an update leaves as it was is not judged again.

Rules in CEL are judged when nothing else is so wrong that they could not be (`customresource/strategy.go`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from weir.apply.fieldset import element

from . import causes
from .compare import same
from .errors import Cause
from .expressions import ABSENT, rule_causes
from .metadata import metadata_causes
from .node import Node
from .values import fits, type_of, value_causes


def structural_causes(obj: Mapping[str, Any], old: Mapping[str, Any] | None, root: Node) -> list[Cause]:
    """What is wrong with `obj`; `old` is the stored object that it replaces."""
    before = ABSENT if old is None else old
    found = [*metadata_causes(obj.get("metadata") or {}, "metadata"), *_place(obj, before, root, "")]
    if not root.ruled:
        return found
    if any(cause.reason in _BLOCKING for cause in found):
        return [*found, Cause("FieldValueInvalid", f"Invalid value: null: {_UNCHECKED}", "<nil>")]
    return [*found, *_ruled(obj, before, root, "")]


_BLOCKING = frozenset(f"FieldValue{why}" for why in ("NotSupported", "Required", "TooLong", "TooMany", "TypeInvalid"))
_UNCHECKED = (
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete "
    "validation"
)


def _ruled(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    """The rules of a place, then those inside it."""
    if not node.ruled or (old is not ABSENT and same(value, old)):
        return
    yield from rule_causes(value, old, node, path)
    if isinstance(value, dict):
        before = old if isinstance(old, dict) else {}
        for name, part in value.items():
            place = f"{path}[{name}]" if node.additional and not node.declares(name) else causes.join(path, name)
            yield from _ruled(part, before.get(name, ABSENT), node.field(name), place)
    elif isinstance(value, list):
        named = dict(_named(old, node)) if isinstance(old, list) and node.list_type == "map" else {}
        for i, item in enumerate(value):
            name = _name(item, node) if node.list_type == "map" else None
            yield from _ruled(item, named.get(name, ABSENT), node.items, f"{path}[{i}]")


def _place(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    if old is not ABSENT and same(value, old):
        return
    if value is None and (node.nullable or node.typed):
        return
    if not fits(value, node):
        yield causes.type_invalid(path, type_of(value), "integer,string" if node.type == "int-or-string" else node.type)
        if node.type == "integer" and isinstance(value, float):
            format_ = f"with format {node.raw['format']}" if node.raw.get("format") else "(default format)"
            yield causes.of_whole(f"Checked value must be of type integer {format_} in {path}")
        yield from _combined(value, node, path)
        return
    yield from value_causes(value, node, path)
    yield from _parts(value, old, node, path)
    yield from _combined(value, node, path)


def _parts(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    if isinstance(value, dict):
        before = old if isinstance(old, dict) else {}
        if node.raw.get("x-kubernetes-embedded-resource"):
            yield from _embedded(value, path)
        for name in node.raw.get("required", ()):
            if name not in value:
                yield causes.required(causes.join(path, name))
        for name, part in value.items():
            yield from _place(part, before.get(name, ABSENT), node.field(name), causes.join(path, name))
    elif isinstance(value, list):
        yield from _items(value, old if isinstance(old, list) else [], node, path)


def _embedded(value: dict[str, Any], path: str) -> Iterator[Cause]:
    """A whole object inside another."""
    for name in ("apiVersion", "kind"):
        if not value.get(name):
            yield causes.required(causes.join(path, name))
    metadata = value.get("metadata")
    if isinstance(metadata, dict):
        yield from metadata_causes(metadata, f"{path}.metadata")


def _items(value: list[Any], old: list[Any], node: Node, path: str) -> Iterator[Cause]:
    before = dict(_named(old, node)) if node.list_type == "map" else {}
    seen: set[str] = set()
    for i, item in enumerate(value):
        name = _name(item, node) if node.list_type != "atomic" else None
        if name in seen:
            yield causes.duplicate(f"{path}[{i}]", _keys(item, node))
        elif name is not None:
            seen.add(name)
        yield from _place(item, before.get(name, ABSENT), node.items, f"{path}[{i}]")


def _named(items: list[Any], node: Node) -> Iterator[tuple[str | None, Any]]:
    return ((_name(item, node), item) for item in items)


def _name(item: Any, node: Node) -> str | None:
    try:
        return element(item, node)
    except ValueError:
        return None


def _keys(item: Any, node: Node) -> Any:
    return {name: item.get(name) for name in node.list_keys if name in item} if node.list_type == "map" else item


def _combined(value: Any, node: Node, path: str) -> Iterator[Cause]:
    """`allOf`, `anyOf`, `oneOf`, `not`."""
    if node.type in ("int-or-string", "quantity"):
        return
    for each in node.variants("allOf"):
        yield from _place(value, ABSENT, each, path)
    any_of, one_of = node.variants("anyOf"), node.variants("oneOf")
    if any_of and not any(_holds(value, each, path) for each in any_of):
        yield causes.of_whole(f'"{path}" must validate at least one schema (anyOf)')
        yield from _place(value, ABSENT, any_of[0], path)
    valid = sum(_holds(value, each, path) for each in one_of)
    if one_of and valid != 1:
        found = f"Found {valid} valid alternatives" if valid else "Found none valid"
        yield causes.of_whole(f'"{path}" must validate one and only one schema (oneOf). {found}')
        if not valid:
            yield from _place(value, ABSENT, one_of[0], path)
    if any(_holds(value, each, path) for each in node.variants("not")):
        yield causes.of_whole(f'"{path}" must not validate the schema (not)')


def _holds(value: Any, node: Node, path: str) -> bool:
    return next(_place(value, ABSENT, node, path), None) is None
