"""Places in an object as field managers name them.

A path is a tuple of elements, each written as in `fieldsV1`: `f:spec` a field, `k:{"name":"c"}` the item of a list with
these keys, `v:"x"` the item of a set, `i:0` an index. Rules: structured-merge-diff, `fieldpath`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

Path = tuple[str, ...]

SELF = "."
"""Stands in a tree of elements for the place itself."""


class Shape(Protocol):
    """What a schema says of one place, as far as ownership of fields goes."""

    @property
    def atomic_map(self) -> bool:
        """Whether an object here is one leaf."""

    @property
    def list_type(self) -> str:
        """`atomic`, `set` or `map`."""

    @property
    def list_keys(self) -> tuple[str, ...]:
        """The fields that tell the items of a `map` list apart."""

    @property
    def items(self) -> "Shape":
        """The place of a list's item."""

    @property
    def default(self) -> Any:
        """The value when absent; it also stands in for an absent key of a list's item."""

    def declares(self, name: str) -> bool:
        """Whether the schema names this field (a key of a free map is not named)."""

    def field(self, name: str) -> "Shape":
        """The place of an object's field."""


class Deduced:
    """The shape of what no schema describes: objects are made of parts, lists are leaves."""

    atomic_map = False
    list_type = "atomic"
    list_keys: tuple[str, ...] = ()
    default = None

    @property
    def items(self) -> Shape:
        """Anything."""
        return self

    def declares(self, name: str) -> bool:  # noqa: ARG002  the protocol's signature
        """Tell that no field is declared."""
        return False

    def field(self, name: str) -> Shape:  # noqa: ARG002  the protocol's signature
        """Anything."""
        return self


DEDUCED = Deduced()


def text(path: Path) -> str:
    """A path as the API server prints it: `.spec.containers[name="c"].image`."""
    return "".join(map(_element_text, path))


def canonical(element: str) -> str:
    """The one spelling of an element. Raises `ValueError` when it is none."""
    prefix, body = element[:2], element[2:]
    if prefix == "f:":
        return element
    try:
        if prefix in ("k:", "v:"):
            return prefix + _json(msgspec.json.decode(body))
        return f"i:{int(body)}" if prefix == "i:" else _refuse(element)
    except (ValueError, msgspec.DecodeError) as error:
        raise ValueError(f"{element!r} is no path element of a field set") from error


def element(item: Any, shape: Shape) -> str:
    """The element for an item of the `set` or `map` list at `shape`.

    A key that the item lacks and that has no default is left out. Raises `ValueError` when that leaves none.
    """
    if shape.list_type == "set":
        return "v:" + _json(item)
    if not isinstance(item, Mapping):
        raise ValueError("associative list with keys may not have non-map elements")  # noqa: TRY004  one error for bad input
    found = {name: item[name] if name in item else shape.items.field(name).default for name in shape.list_keys}
    keys = {name: value for name, value in found.items() if value is not None}
    if not keys:
        names = " ".join(map(_json, shape.list_keys))
        missing = f"associative list with keys has an element that omits all key fields [{names}]"
        raise ValueError(f"{missing} (and doesn't have default values for any key fields)")
    return "k:" + _json(keys)


def order(key: str) -> tuple[int, Any]:
    """The sort key of an element: fields, then keys, values, indexes."""
    kind = ". f:k:v:i:".find(key[:2]) if key != SELF else -1
    if key.startswith("k:"):
        return kind, sorted((name, _rank(value)) for name, value in msgspec.json.decode(key[2:]).items())
    if key.startswith("v:"):
        return kind, _rank(msgspec.json.decode(key[2:]))
    return kind, int(key[2:]) if key.startswith("i:") else key


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (3, _json(value))


def _element_text(key: str) -> str:
    body = key[2:]
    match key[:2]:
        case "f:":
            return f".{body}"
        case "k:":
            return "[" + ",".join(f"{name}={_json(value)}" for name, value in msgspec.json.decode(body).items()) + "]"
        case "v:":
            return f"[={body}]"
        case _:
            return f"[{body}]"


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _refuse(element: str) -> str:
    raise ValueError(element)
