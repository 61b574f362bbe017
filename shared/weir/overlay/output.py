"""Nodes to plain values, and back (`spec/overlays.md` 1.6, 5.5, 9.3, 23.7)."""

import math
import re
from collections.abc import Callable
from typing import Any

import msgspec

from weir.overlay.errors import BuildError
from weir.yaml.emit import UNPRINTABLE, whole
from weir.yaml.errors import YamlError
from weir.yaml.folding import refolded
from weir.yaml.nodes import NULL, Folded, OddKey, Quoted, RepeatedKey, Scalar, text_of
from weir.yaml.scalars import FIRST, tag_of, value_of

_STRINGS = frozenset(("str", "merge"))
_NAMELESS = frozenset(("null", "str"))
"""What an odd key may not read as: no name, or another type than its tag says."""
_ENCODER = msgspec.json.Encoder()
_EXACT = 1 << 53
"""Integers below are exact as doubles."""
_KEPT = "internal.config.kubernetes.io/"
HISTORY = frozenset(
    {
        *(
            _KEPT + name
            for name in (
                *("previousNames", "previousNamespaces", "previousKinds", "prefixes", "suffixes", "refBy"),
                *("generatorBehavior", "needsHashSuffix", "allowNameChange", "allowKindChange"),
                *("path", "index", "seqindent", "id", "annotations-migration-resource-id", "helm-generated"),
            )
        ),
        *("config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/id"),
    }
)
"""Annotations in which kustomize keeps what it remembers."""
INTERNAL = HISTORY | {"config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations"}
"""Annotations that never reach the output as they came."""


def plain(node: Any) -> Any:
    """The value of a node. Raises `BuildError` with the field that has none."""
    kind = type(node)
    if kind is dict:
        return _mapping(node)
    if kind is Scalar:
        return _value(node)
    if kind is list:
        return _sequence(node, plain)
    return refolded(str(node)) if kind is Folded else str(node)


def settled(node: Any) -> Any:
    """A node as it is once it was printed and read again, numbers as doubles. Raises `BuildError` with the field."""
    kind = type(node)
    if kind is dict:
        return _settled(node)
    return _sequence(node, settled) if kind is list else nodes(plain(node))


def _mapping(node: dict[str, Any]) -> dict[str, Any]:
    result = node.copy()
    for key, value in node.items():
        if type(key) is not str:
            raise _odd(key)
        kind = type(value)
        if kind is not str:
            try:
                result[key] = _mapping(value) if kind is dict else plain(value)
            except BuildError as error:
                raise error.inside(key) from None
    return result


def _settled(node: dict[str, Any]) -> dict[str, Any]:
    result = node.copy()
    for key, value in node.items():
        if type(key) is not str:
            raise _odd(key)
        if type(value) is str:
            if value == "" or value[0] in FIRST or "\n" in value:
                result[key] = nodes(value)
            continue
        try:
            result[key] = settled(value)
        except BuildError as error:
            raise error.inside(key) from None
    return result


def _sequence(node: list[Any], read: Callable[[Any], Any]) -> list[Any]:
    result = []
    for place, item in enumerate(node):
        try:
            result.append(read(item))
        except BuildError as error:
            raise error.inside(f"[{place}]") from None
    return result


def _odd(key: str) -> BuildError:
    if type(key) is RepeatedKey:
        return BuildError(f"the key {key} is there twice (lines {key.first} and {key.line})")
    return BuildError(f"the key {key} is no string: put it in quotes")


def _value(node: Scalar) -> Any:
    try:
        value = value_of(node)
    except YamlError as error:
        raise BuildError(error.problem) from None
    return number(value) if type(value) is float else value


def number(value: float) -> int | float:
    """A float as it comes back through JSON: whole ones of 64 bits are integers."""
    if value.is_integer() and -(2.0**63) <= value < 2.0**64:
        digits = whole(value)
        return digits if -(1 << 63) <= digits < 1 << 64 else value
    return value


def annotations(node: Any) -> dict[str, str]:
    """The annotations as they are printed: texts, whatever they were (5.5)."""
    if type(node) is not dict:
        return {}
    found = {}
    for key, value in node.items():
        if key in INTERNAL:
            continue
        if type(key) is not str or tag_of(key) != "str":
            raise BuildError(f"the key {key} would not be a string", field="metadata.annotations")
        found[key] = value if type(value) is str else text_of(value) if isinstance(value, str | Scalar) else ""
    return found


def fields(body: dict[str, Any]) -> dict[str, Any]:
    """An object's nodes by names that are strings: unlike those below, its own may read as anything but null."""
    if all(type(key) is str for key in body):
        return body
    return {str(key) if tag_of(key) not in _NAMELESS and type(key) is OddKey else key: body[key] for key in body}


def finished(body: dict[str, Any]) -> dict[str, Any]:
    """An object as it is printed. Raises `BuildError` with the field."""
    body = fields(body)
    metadata = body.get("metadata")
    if type(metadata) is not dict or "annotations" not in metadata:
        return _mapping(body)
    rest = metadata.copy()
    del rest["annotations"]
    value = _mapping({**body, "metadata": rest})
    texts = annotations(metadata["annotations"])
    if texts:
        value["metadata"]["annotations"] = texts
    return value


def encoded(value: Any) -> bytes:
    """A finished object as JSON, about as long as it is as text; empty for what JSON cannot hold."""
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.ValidationError):
        return b""


def is_odd(text: bytes) -> bool:
    """Whether an object's JSON may hold something that `readable` has to see."""
    return not text.isascii() or b"\x7f" in text


def readable(value: Any, field: str = "") -> Any:
    """The value as kustomize prints it after reading its own JSON as YAML: there, U+0085 is a line break that folds.

    Raises `BuildError` with the field for control characters.
    """
    if isinstance(value, dict):
        for key in value:
            _check_printable(key, field)
            if "\x85" in key:
                raise BuildError("a key holds a line break (U+0085)", field=field)
        return {key: readable(item, f"{field}.{key}" if field else key) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item, f"{field}[{place}]") for place, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    _check_printable(value, field)
    return _NEXT_LINES.sub(_folded, value) if "\x85" in value else value


def _check_printable(text: str, field: str) -> None:
    if re.search(UNPRINTABLE, text):
        raise BuildError("a string holds control characters: encode it, or leave them out", field=field)


def _folded(found: re.Match[str]) -> str:
    return "\n" * (found[0].count("\x85") - 1) or " "


_NEXT_LINES = re.compile(r" *\x85(?: *\x85)* *")


def doubles(value: Any) -> Any:
    """A copy in which numbers are what a double holds."""
    if isinstance(value, dict):
        return {key: doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [doubles(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return number(float(value))


def nodes(value: Any) -> Any:
    """Plain values as nodes, as if they had been printed and read again, numbers as doubles."""
    if type(value) is str:
        return value if tag_of(value) in _STRINGS and "\n" not in value else Quoted(value)
    if type(value) is dict:
        return {key: nodes(item) for key, item in value.items()}
    if type(value) is list:
        return [nodes(item) for item in value]
    if value is None:
        return NULL
    if isinstance(value, bool):
        return Scalar("true" if value else "false", "bool")
    if isinstance(value, int) and not -_EXACT < value < _EXACT:
        value = number(float(value))
    if isinstance(value, int):
        return Scalar(str(value), "int")
    if isinstance(value, float):
        return Scalar(_float_text(value), "float")
    raise TypeError(type(value))


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        raise BuildError("infinity and not-a-number cannot be written")
    return repr(value)
