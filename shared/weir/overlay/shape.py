"""Typed reading of configuration: unknown keys and wrong types are refused, null means absent.

A shape is a literal: `S` (string), `B` (boolean), `I` (integer), `ANY`, `[shape]`, `{"*": shape}` (a map of any keys),
or `{key: shape}`. Keys match in any case; of several spellings the last in byte order wins (`spec/overlays.md` 2).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from weir.overlay.errors import BuildError
from weir.yaml.emit import number

S = "string"
B = "bool"
I = "int64"  # noqa: E741  the row of letters is the table's key
ANY = "any"
_ZERO: dict[str, Any] = {S: "", B: False, I: 0}


def decode(value: Any, shape: Any, field: str = "", unknown: list[str] | None = None) -> Any:
    """The value in its shape, canonical keys only. Raises `BuildError` with the field.

    Given a list for `unknown`, fields that the shape does not know are left out and named there.
    """
    if isinstance(shape, list):
        return _list(value, shape[0], field, unknown)
    if isinstance(shape, dict):
        if "*" in shape:
            return _map(value, shape["*"], field, unknown)
        return _struct(value, shape, field, unknown)
    return _scalar(value, shape, field)


def as_texts(value: Any, shape: Any) -> Any:
    """The value with plain values as texts where the shape wants strings, and only the keys that it knows.

    So it is for the objects that configure builtin plugins, whose keys have to be written exactly.
    """
    if isinstance(shape, list):
        return [as_texts(item, shape[0]) for item in value] if isinstance(value, list) else value
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return value
        rest = shape.get("*")
        known = {key: shape.get(key, rest) for key in value}
        return {key: as_texts(item, known[key]) for key, item in value.items() if known[key] is not None}
    if shape != S or isinstance(value, str | list | dict) or value is None:
        return value
    return (
        str(value).lower()
        if isinstance(value, bool)
        else number(float(value))
        if isinstance(value, float)
        else str(value)
    )


def _scalar(value: Any, shape: str, field: str) -> Any:
    if shape == ANY:
        return value
    if shape == I and isinstance(value, float) and value.is_integer():
        return int(value)
    wanted = {S: str, B: bool, I: int}[shape]
    if type(value) is not wanted:
        raise wrong(value, shape, field)
    return value


def wrong(value: Any, wanted: str, field: str) -> BuildError:
    """The error of a value of another type."""
    hint = ": put it in quotes" if wanted == S and isinstance(value, bool | int | float) else ""
    return BuildError(f"is a {_name(value)}, must be a {wanted}{hint}", field=field)


def _name(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "bool", int: "number", float: "number", str: "string", list: "list", dict: "map"}
    return names.get(type(value), type(value).__name__)


def _list(value: Any, shape: Any, field: str, unknown: list[str] | None) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(value, "list", field)
    return [_item(item, shape, f"{field}[{place}]", unknown) for place, item in enumerate(value)]


def _item(item: Any, shape: Any, field: str, unknown: list[str] | None) -> Any:
    if item is None:
        return _ZERO.get(shape) if isinstance(shape, str) else [] if isinstance(shape, list) else {}
    return decode(item, shape, field, unknown)


def _map(value: Any, shape: Any, field: str, unknown: list[str] | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(value, "map", field)
    return {key: _item(item, shape, f"{field}.{key}", unknown) for key, item in value.items()}


def _struct(value: Any, shape: Mapping[str, Any], field: str, unknown: list[str] | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(value, "map", field)
    known = _known(tuple(shape))
    found: dict[str, Any] = {}
    for key in sorted(value):
        name = known.get(key.lower())
        path = f"{field}.{name or key}" if field else name or key
        if name is None and unknown is not None:
            unknown.append(path)
            continue
        if name is None:
            raise BuildError(f"unknown field; known are {', '.join(sorted(shape))}", field=path)
        if value[key] is not None:
            found[name] = decode(value[key], shape[name], path, unknown)
    return found


@lru_cache(maxsize=256)
def _known(names: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in names}
