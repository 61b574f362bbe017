"""`x-kubernetes-validations`: rules in CEL about a place, and about how it may change."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from weir import cel
from weir.cel import CelError

from . import causes
from .budget import LIMIT, units
from .errors import Cause
from .node import Node
from .rules_core import quantity

_RESERVED = {"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"}
_RESERVED |= {"import", "let", "loop", "package", "namespace", "return", "var", "void", "while"}
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_TOO_MUCH = "no further validation rules will be run due to call cost exceeds limit for rule"

ABSENT = object()
"""Stands for an old value that there is none of."""


def rule_causes(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    """The rules at this place that do not hold; `old` is `ABSENT` when there is nothing to compare with."""
    for rule in node.raw.get("x-kubernetes-validations", ()):
        cause = _judge(rule, value, old, node, path)
        if cause:
            yield cause


def _judge(rule: Mapping[str, Any], value: Any, old: Any, node: Node, path: str) -> Cause | None:
    text = str(rule.get("rule", "")).strip()
    try:
        compares = "oldSelf" in cel.program(text).variables()
    except CelError as error:
        return causes.invalid(path, text, f"rule compile error: {error}")
    if compares and old is ABSENT and not rule.get("optionalOldSelf"):
        return None
    variables = {"self": escaped(value, node)}
    if compares:
        variables["oldSelf"] = _optional(old, node) if rule.get("optionalOldSelf") else escaped(old, node)
    if units(text, variables) > LIMIT:
        return _broken(rule, node, path, f"{_TOO_MUCH}: {rule.get('message') or text}")
    try:
        holds = cel.evaluate(text, variables, _FUNCTIONS)
    except CelError as error:
        return _broken(rule, node, path, f"{error} evaluating rule: {rule.get('message') or text}")
    return None if holds is True else _failed(rule, node, path, value, _message(rule, variables))


def _broken(rule: Mapping[str, Any], node: Node, path: str, why: str) -> Cause:
    """The rule could not be judged."""
    return causes.invalid(_where(rule, path) or "<nil>", node.type or "object", why)


def _where(rule: Mapping[str, Any], path: str) -> str:
    return path + str(rule.get("fieldPath", "")) if path else str(rule.get("fieldPath", "")).removeprefix(".")


def _failed(rule: Mapping[str, Any], node: Node, path: str, value: Any, message: str) -> Cause:
    where = _where(rule, path)
    match rule.get("reason"):
        case "FieldValueRequired":
            return causes.required(where or "<nil>", message)
        case "FieldValueForbidden":
            return causes.forbidden(where or "<nil>", message)
        case "FieldValueDuplicate":
            return causes.duplicate(where or "<nil>", node.type or "object")
        case _:
            shown = "" if isinstance(value, dict | list) else f"{causes.shown(value)}: "
            return Cause("FieldValueInvalid", f"Invalid value: {shown}{message}", where or "<nil>")


def _message(rule: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    """What the rule wants said; as at the API server the fixed message if that cannot be made."""
    built = str(rule.get("messageExpression", "")).strip()
    if built and units(built, variables) <= LIMIT:
        with suppress(CelError):
            return str(cel.evaluate(built, variables, _FUNCTIONS))
    return str(rule.get("message") or f"failed rule: {str(rule.get('rule', '')).strip()}")


def escaped(value: Any, node: Node) -> Any:
    """The value with field names as CEL can say them; keys of free maps stay."""
    if isinstance(value, Mapping):
        return {
            (escape(name) if node.declares(name) else name): escaped(part, node.field(name))
            for name, part in value.items()
        }
    return [escaped(item, node.items) for item in value] if isinstance(value, list) else value


def escape(name: str) -> str:
    """A field name as CEL can say it."""
    if name in _RESERVED:
        return f"__{name}__"
    for plain, spoken in _ESCAPES.items():
        name = name.replace(plain, spoken)
    return name


def _optional(old: Any, node: Node) -> Any:
    there = old is not ABSENT
    return cel.optional(escaped(old, node) if there else None, there=there)


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and (parts.netloc or parts.path.startswith("/")))


def _is_quantity(text: str) -> bool:
    return quantity(text) is not None


_FUNCTIONS = {"isURL": _is_url, "isQuantity": _is_quantity}
"""What the API server has beyond the libraries."""
