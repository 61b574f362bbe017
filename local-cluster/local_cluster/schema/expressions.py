"""`x-kubernetes-validations`: rules in CEL about a place, and about how it may change."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from . import causes
from .errors import Cause
from .node import Node

_LIBRARIES = ("core", "strings", "sets", "encoders")
_RESERVED = {"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"}
_RESERVED |= {"import", "let", "loop", "package", "namespace", "return", "var", "void", "while"}
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}

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
    program = _compile(text)
    if isinstance(program, str):
        return causes.invalid(path, text, f"rule compile error: {program}")
    compares = "oldSelf" in program.variables()
    if compares and old is ABSENT and not rule.get("optionalOldSelf"):
        return None
    variables = {"self": escaped(value, node)}
    if compares:
        variables["oldSelf"] = _optional(old, node) if rule.get("optionalOldSelf") else escaped(old, node)
    try:
        holds = _run(program, variables)
    except Exception as error:  # noqa: BLE001  the engine raises whatever a program makes it raise
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return _failed(rule, node, path, f"{_message(rule, variables)}: {why}" if rule.get("message") else why)
    return None if holds is True else _failed(rule, node, path, _message(rule, variables))


def _failed(rule: Mapping[str, Any], node: Node, path: str, message: str) -> Cause:
    where = path + str(rule.get("fieldPath", "")) if path else str(rule.get("fieldPath", "")).removeprefix(".")
    match rule.get("reason"):
        case "FieldValueRequired":
            return causes.required(where or "<nil>", message)
        case "FieldValueForbidden":
            return causes.forbidden(where or "<nil>", message)
        case "FieldValueDuplicate":
            return causes.duplicate(where or "<nil>", node.type or "object")
        case _:
            return causes.invalid(where or "<nil>", node.type or "object", message)


def _message(rule: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
    built = _compile(str(rule.get("messageExpression", "")).strip()) if rule.get("messageExpression") else ""
    if not isinstance(built, str):
        try:
            return str(_run(built, variables))
        except Exception:  # noqa: BLE001  as the API server does, fall back to the fixed message
            return _fixed(rule)
    return _fixed(rule)


def _fixed(rule: Mapping[str, Any]) -> str:
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
    import cel  # noqa: PLC0415  half a second; only CRDs with rules need it

    return cel.OptionalValue.none() if old is ABSENT else cel.OptionalValue.of(escaped(old, node))


def _run(program: Any, variables: Mapping[str, Any]) -> Any:
    import cel  # noqa: PLC0415  half a second; only CRDs with rules need it

    return program.execute(cel.Context(variables=dict(variables), functions=_functions()))


@lru_cache(maxsize=1024)
def _compile(text: str) -> Any:
    """The program, or why there is none."""
    import cel  # noqa: PLC0415  half a second; only CRDs with rules need it

    try:
        return cel.compile(text)
    except Exception as error:  # noqa: BLE001  the engine raises whatever a text makes it raise
        return str(error).splitlines()[0] if str(error) else type(error).__name__


@cache
def _functions() -> dict[str, Any]:
    from cel.stdlib import EXTENSIONS  # noqa: PLC0415  half a second; only CRDs with rules need it

    functions = {name: function for library in _LIBRARIES for name, function in EXTENSIONS[library].items()}
    return {**functions, "isURL": _is_url}


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and (parts.netloc or parts.path.startswith("/")))
