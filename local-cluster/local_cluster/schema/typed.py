"""Does an applied object fit the schema well enough to be merged (structured-merge-diff `typed`, Validate)."""

from collections.abc import Mapping
from typing import Any

from weir.apply.fieldset import element, text

from . import causes
from .go import go
from .node import Node

_GO = {str: "string", bool: "bool", dict: "map[string]interface {}", list: "[]interface {}"}
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
}


def misfits(value: Any, node: Node, path: str = "") -> list[str]:
    """What the API server says against the object; empty when it fits."""
    if value is None:
        return []
    if node.type == "object" or (isinstance(value, Mapping) and not node.type):
        return _object(value, node, path)
    if node.type == "array":
        return _array(value, node, path)
    expected = _SCALARS.get(node.type)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected)):
        return [f"{path}: {_unexpected(value, node.type)}"]
    return []


def _unexpected(value: Any, wanted: str) -> str:
    if wanted in ("integer", "number"):
        return f"expected numeric (int or float), got {_GO[type(value)]}"
    shown = value if isinstance(value, Mapping | list) else causes.shown(value)
    return f"expected {wanted}, got &value.valueUnstructured{{Value:{shown}}}"


def _object(value: Any, node: Node, path: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{path}: expected map, got &{{{go(value)}}}"]
    errors: list[str] = []
    for name, part in value.items():
        if not node.knows(name):
            errors.append(f"{path}.{name}: field not declared in schema")
        else:
            errors += misfits(part, node.field(name), f"{path}.{name}")
    return errors


def _array(value: Any, node: Node, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: expected list, got &{{{go(value)}}}"]
    if node.list_type == "atomic":
        return [error for i, item in enumerate(value) for error in misfits(item, node.items, f"{path}[{i}]")]
    errors: list[str] = []
    seen: set[str] = set()
    for i, item in enumerate(value):
        try:
            name = element(item, node)
        except ValueError as error:
            errors.append(f"{path}: element {i}: {error}")
            continue
        if name in seen:
            errors.append(f"{path}: duplicate entries for key {text((name,))}")
        seen.add(name)
        errors += misfits(item, node.items, path + text((name,)))
    return errors
