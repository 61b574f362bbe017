"""Reading an object's JSON without trusting its shape: a wrong type is named, an absent field is absent."""

from collections.abc import Mapping
from typing import Any

Object = Mapping[str, Any]


class MalformedError(ValueError):
    """A field has a type that its meaning does not allow. The text names the field, never the value."""


def group_kind(obj: Object) -> tuple[str, str]:
    """API group (empty for core) and kind."""
    version = obj.get("apiVersion")
    kind = obj.get("kind")
    return (version if isinstance(version, str) else "").rpartition("/")[0], kind if isinstance(kind, str) else ""


def at(obj: Object, *path: str) -> Any:
    """The value at a path of keys, or None. Raises `MalformedError` when something on the way is no object."""
    value: Any = obj
    for depth, key in enumerate(path):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise MalformedError(f"{'.'.join(path[:depth])} is not an object")
        value = value.get(key)
    return value


def mapping(obj: Object, *path: str) -> Mapping[str, Any]:
    """The object at a path, empty when absent. Raises `MalformedError`."""
    value = at(obj, *path)
    if value is not None and not isinstance(value, Mapping):
        raise MalformedError(f"{'.'.join(path)} is not an object")
    return value or {}


def integer(obj: Object, *path: str) -> int | None:
    """The integer at a path, or None when absent. Raises `MalformedError`."""
    value = at(obj, *path)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise MalformedError(f"{'.'.join(path)} is not a number")
    return value


def text(obj: Object, *path: str) -> str:
    """The string at a path, empty when absent. Raises `MalformedError`."""
    value = at(obj, *path)
    if value is not None and not isinstance(value, str):
        raise MalformedError(f"{'.'.join(path)} is not a string")
    return value or ""


def conditions(obj: Object) -> list[Mapping[str, Any]]:
    """`status.conditions`, each with string `type` and `status`. Raises `MalformedError`."""
    value = at(obj, "status", "conditions")
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError("status.conditions is not a list")
    for index, condition in enumerate(value):
        if not isinstance(condition, Mapping):
            raise MalformedError(f"status.conditions[{index}] is not an object")
        if not isinstance(condition.get("type"), str) or not isinstance(condition.get("status"), str):
            raise MalformedError(f"status.conditions[{index}] lacks a type or status")
    return value


def state(obj: Object, type_: str) -> Mapping[str, Any] | None:
    """The condition of that type, if it is there. Raises `MalformedError`."""
    return next((condition for condition in conditions(obj) if condition["type"] == type_), None)
