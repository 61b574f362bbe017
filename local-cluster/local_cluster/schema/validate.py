"""Values against a structural schema, in the API server's words (apiextensions `validation`)."""

from collections.abc import Mapping
from typing import Any

from .errors import Cause
from .node import Node

REQUIRED = "FieldValueRequired"
INVALID = "FieldValueInvalid"
TYPE = "FieldValueTypeInvalid"
UNSUPPORTED = "FieldValueNotSupported"
DUPLICATE = "FieldValueDuplicate"


def structural_causes(obj: Mapping[str, Any], old: Mapping[str, Any] | None, root: Node) -> list[Cause]:  # noqa: ARG001  transition rules compare with it
    """What is wrong with `obj`."""
    return _place(obj, root, "")


def _place(value: Any, node: Node, path: str) -> list[Cause]:
    if isinstance(value, Mapping):
        causes = [
            Cause(REQUIRED, "Required value", _join(path, name))
            for name in node.raw.get("required", ())
            if name not in value
        ]
        for name, part in value.items():
            causes += _place(part, node.field(name), _join(path, name))
        return causes
    if isinstance(value, list):
        return [cause for i, item in enumerate(value) for cause in _place(item, node.items, f"{path}[{i}]")]
    allowed = node.raw.get("enum")
    if allowed is not None and value not in allowed:
        shown = ", ".join(f'"{each}"' for each in allowed)
        return [Cause(UNSUPPORTED, f'Unsupported value: "{value}": supported values: {shown}', path)]
    return []


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
