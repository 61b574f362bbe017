"""One value against the keywords of its place, in the API server's words (kube-openapi `validation`)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import re2

from . import causes
from .errors import Cause
from .formats import CHECKS
from .node import Node

QUANTITY = r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
_INT32, _INT64 = 1 << 31, 1 << 63


_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
}


def type_of(value: Any) -> str:
    """The JSON type of a value, with whole numbers as `integer`."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _TYPES.get(type(value), "object")


def fits(value: Any, node: Node) -> bool:
    """Whether the value is of the place's type."""
    found = type_of(value)
    match node.type:
        case "":
            return True
        case "int-or-string":
            return found in ("integer", "string")
        case "quantity":
            return found in ("integer", "string", "number")
        case "number":
            return found in ("integer", "number")
        case wanted:
            return found == wanted


def value_causes(value: Any, node: Node, path: str) -> Iterator[Cause]:
    """What is wrong with the value itself, not with its parts; its type fits."""
    raw = node.raw
    if isinstance(value, str):
        yield from _text(value, node, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, raw, path)
    elif isinstance(value, list):
        yield from _list(value, raw, path)
    elif isinstance(value, dict):
        yield from _size(len(value), raw, path)
    allowed = raw.get("enum")
    if allowed is not None and value not in allowed:
        yield causes.unsupported(path, value, _listed(allowed, node, path))


_ORDERS = {
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "dnsPolicy": ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
    "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "completionMode": ("NonIndexed", "Indexed"),
    "operator": ("Equal", "Exists"),
    "policyTypes": ("Ingress", "Egress"),
    "protocol": ("TCP", "UDP", "SCTP"),
}
"""Orders in which the server lists what a field of a built-in kind may be, where it is not the alphabet's."""


def _listed(allowed: Sequence[Any], node: Node, path: str) -> Sequence[Any]:
    if not node.typed:
        return allowed
    name = path.rpartition(".")[2].partition("[")[0]
    order = _ORDERS.get(name, ()) if name != "protocol" or ".ingress" in path or ".egress" in path else ()
    return order if order and set(order) <= set(allowed) else sorted(allowed, key=str)


def _text(value: str, node: Node, path: str) -> Iterator[Cause]:
    raw, pattern = node.raw, node.raw.get("pattern")
    if len(value) > raw.get("maxLength", math.inf):
        yield causes.too_long(path, raw["maxLength"])
    elif len(value) < raw.get("minLength", 0):
        yield causes.invalid(path, value, f"{path} in body should be at least {raw['minLength']} chars long")
    elif pattern is not None and not matches(pattern, value):
        yield causes.invalid(path, value, f"{path} in body should match '{pattern}'")
    check = CHECKS.get(raw.get("format", "")) if node.type == "string" else None
    if check and not check(value):
        text = f'Invalid value: {causes.shown(value)}: {path} in body must be of type {raw["format"]}: "{value}"'
        yield Cause("FieldValueTypeInvalid", text, path)
    if node.type == "quantity" and not matches(QUANTITY, value):
        yield causes.invalid(path, value, f"quantities must match the regular expression '{QUANTITY}'")


def _number(value: float, raw: Mapping[str, Any], path: str) -> Iterator[Cause]:
    low, high = raw.get("minimum", -math.inf), raw.get("maximum", math.inf)
    if raw.get("exclusiveMinimum") and value <= low:
        yield causes.invalid(path, value, f"{path} in body should be greater than {low}")
    elif value < low:
        yield causes.invalid(path, value, f"{path} in body should be greater than or equal to {low}")
    if raw.get("exclusiveMaximum") and value >= high:
        yield causes.invalid(path, value, f"{path} in body should be less than {high}")
    elif value > high:
        yield causes.invalid(path, value, f"{path} in body should be less than or equal to {high}")
    step = raw.get("multipleOf")
    if step and value % step:
        yield causes.invalid(path, value, f"{path} in body should be a multiple of {step}")
    bound = {"int32": _INT32, "int64": _INT64}.get(raw.get("format", ""))
    if bound and not -bound <= value < bound:
        yield causes.of_whole(f"Checked value must be of type integer with format {raw['format']} in {path}")


def _list(value: list[Any], raw: Mapping[str, Any], path: str) -> Iterator[Cause]:
    count = len(value)
    if count > raw.get("maxItems", math.inf):
        yield causes.too_many(path, count, raw["maxItems"])
    if count < raw.get("minItems", 0):
        yield causes.invalid(path, count, f"{path} in body should have at least {raw['minItems']} items")
    if raw.get("uniqueItems") and any(item in value[:i] for i, item in enumerate(value)):
        yield causes.invalid(path, value, f"{path} in body shouldn't contain duplicates")


def _size(count: int, raw: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if count > raw.get("maxProperties", math.inf):
        yield causes.too_many(path, count, raw["maxProperties"])
    if count < raw.get("minProperties", 0):
        yield causes.invalid(path, count, f"{path} in body should have at least {raw['minProperties']} properties")


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in the text; a pattern that cannot be read matches nothing."""
    compiled = _compiled(pattern)
    return compiled is not None and compiled.search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    try:
        return re2.compile(pattern)
    except re2.error:
        return None
