"""Why a body cannot be read as its built-in type: what Go's decoder says, and repeated fields in the text."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .node import Node
from .rules_core import undecodable_data
from .values import fits, type_of

_GO_TYPES = {"string": "string", "boolean": "bool", "number": "float64"}
_FOUND = {"integer": "number", "boolean": "bool"}


def undecodable(obj: Mapping[str, Any], root: Node) -> str:
    """The first field whose value is of another type, as `json: cannot unmarshal ...`; empty when the object reads.

    Of a custom resource only the metadata has Go types.
    """
    if root.typed:
        found = next(_mismatches(obj, root, root, ""), "")
    else:
        found = next(_mismatches(obj.get("metadata"), root.field("metadata"), root, "metadata"), "")
    return found or (undecodable_data(obj) if root.component == "core.v1.Secret" else "")


def _mismatches(value: Any, node: Node, owner: Node, path: str) -> Iterator[str]:
    if value is None or not node.typed:
        return
    if not fits(value, node):
        found = _FOUND.get(type_of(value), type_of(value))
        place = f"{owner.component.rsplit('.', 1)[-1]}.{path}"
        yield f"json: cannot unmarshal {found} into Go struct field {place} of type {_go_type(node)}"
        return
    owner = node if node.component else owner
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _mismatches(part, node.field(name), owner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _mismatches(item, node.items, owner, path)


def _go_type(node: Node) -> str:
    if node.type == "integer":
        return str(node.raw.get("format", "int64"))
    if node.type == "array":
        return f"[]{_go_type(node.items)}"
    if node.component:
        _, version, name = f".{node.component}".rsplit(".", 2)
        return f"{version}.{name}"
    if node.additional:
        return f"map[string]{_go_type(node.additional)}"
    return _GO_TYPES.get(node.type, "interface {}")


class _Pairs(list[tuple[str, Any]]):
    """An object as its fields were written."""


def duplicates(raw: bytes) -> list[str]:
    """The paths of fields that a JSON text repeats within one object, such as `spec.replicas`; `[]` when it is no JSON.

    msgspec keeps the last of repeated fields and tells nobody, hence the standard library's reader.
    """
    try:
        value = json.loads(raw, object_pairs_hook=_Pairs)
    except ValueError:
        return []
    return list(_repeated(value, ""))


def _repeated(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, part in value:
            place = f"{path}.{name}" if path else name
            if name in seen:
                yield place
            seen.add(name)
            yield from _repeated(part, place)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _repeated(item, f"{path}[{i}]")
