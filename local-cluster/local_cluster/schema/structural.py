"""What an API server does to an object before it looks at its values: defaults of a CRD, dropping unknown fields."""

import copy
from typing import Any

from .node import Node


def default(value: Any, node: Node) -> None:
    """Set the defaults of a structural schema inside `value`; a null that may not stand goes first.

    Source of the rules: apiextensions `structuraldefaulting`.
    """
    if isinstance(value, dict):
        for name, child in node.properties.items():
            if value.get(name, child) is None and not child.nullable:
                del value[name]
            if name not in value and child.default is not None:
                value[name] = copy.deepcopy(child.default)
        for name, part in value.items():
            default(part, node.field(name))
    elif isinstance(value, list):
        for item in value:
            default(item, node.items)


def prune(value: Any, node: Node, path: str = "") -> list[str]:
    """Drop fields that the schema does not know, in place; their paths, in order (`spec.foo`, `spec.list[0].bar`)."""
    unknown: list[str] = []
    if isinstance(value, dict):
        for name in list(value):
            here = f"{path}.{name}" if path else name
            if node.knows(name):
                unknown += prune(value[name], node.field(name), here)
            else:
                unknown.append(here)
                del value[name]
    elif isinstance(value, list):
        for i, item in enumerate(value):
            unknown += prune(item, node.items, f"{path}[{i}]")
    return unknown


_ZEROES = {"object": dict, "array": list, "string": str, "integer": int, "number": int, "boolean": bool}


def drop_nulls(value: Any, node: Node) -> None:
    """Take nulls out of a built-in object, in place: to Go a null field is absent, a null item or value empty."""
    if isinstance(value, dict):
        for name in [name for name, part in value.items() if part is None and not node.field(name).preserves]:
            zero = _ZEROES.get(node.field(name).type) if node.additional else None
            if zero:
                value[name] = zero()
            else:
                del value[name]
        for name, part in value.items():
            drop_nulls(part, node.field(name))
    elif isinstance(value, list):
        zero = _ZEROES.get(node.items.type)
        for i, item in enumerate(value):
            if item is None and zero:
                value[i] = zero()
            drop_nulls(value[i], node.items)
