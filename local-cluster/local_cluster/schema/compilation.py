"""Rules in CEL when a definition is written: their syntax, the fields that they speak of, a result that is no bool.

Our engine checks no types. What is refused here the API server refuses too; it also refuses operators and functions
whose operands have other types, and rules that may cost too much.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from weir import cel
from weir.cel import CelError

from . import causes
from .errors import Cause
from .expressions import escape

Raw = Mapping[str, Any]

_LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//[^\n]*')
_SELF = re.compile(r"(?<![\w.])self((?:\.[A-Za-z_]\w*)*)(\()?")
_SYNTAX = re.compile(r"<input>:(\d+):(\d+): (Syntax error: .*)")
_TEXT: Raw = {"type": "string"}
_OBJECT: dict[str, Raw] = {
    "apiVersion": _TEXT,
    "kind": _TEXT,
    "metadata": {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}},
}
"""What rules can see of any object."""
_ANY: Raw = {}


def compilation_causes(schema: Raw, path: str, *, whole: bool = True) -> Iterator[Cause]:
    """The rules of a schema, and of those inside it, that do not compile; `whole`: it is that of an object."""
    whole = whole or bool(schema.get("x-kubernetes-embedded-resource"))
    for name, part in (schema.get("properties") or {}).items():
        yield from compilation_causes(part, f"{path}.properties[{name}]", whole=False)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), Mapping):
            yield from compilation_causes(schema[name], f"{path}.{name}", whole=False)
    seen = {**schema, "properties": {**(schema.get("properties") or {}), **_OBJECT}} if whole else schema
    for i, rule in enumerate(schema.get("x-kubernetes-validations") or ()):
        place = f"{path}.x-kubernetes-validations[{i}].rule"
        text = str(rule.get("rule") or "")
        if not text.strip():
            yield causes.required(place, "rule is not specified")
        elif fault := _fault(text, seen):
            yield causes.invalid(place, _shown(rule), fault)


def _shown(rule: Raw) -> dict[str, Any]:
    """A rule as Go shows it."""
    texts = {name: rule.get(name[0].lower() + name[1:]) or "" for name in ("Rule", "Message", "MessageExpression")}
    rest = {"Reason": rule.get("reason"), "FieldPath": rule.get("fieldPath") or ""}
    return {**texts, **rest, "OptionalOldSelf": rule.get("optionalOldSelf")}


def _fault(text: str, schema: Raw) -> str:
    try:
        cel.program(text)
    except CelError as error:
        found = _SYNTAX.match(str(error))  # anything else is what our engine cannot
        return _failed(text, int(found[1]), int(found[2]), found[3]) if found else ""
    bare = _LITERAL.sub(lambda found: " " * len(found[0]), text)
    for found in _SELF.finditer(bare):
        kind, at = schema, found.start(1)
        names = found[1].split(".")[1:]
        for name in names[: len(names) - bool(found[2])]:
            inside = _field(kind, name)
            if inside is None:
                tested = bare[: found.start()].endswith("has(") and at + len(name) + 1 == found.end(1)
                at = found.start() - 1 if tested else at  # then the macro's place is told
                line = bare.count("\n", 0, at) + 1
                return _failed(text, line, at - bare.rfind("\n", 0, at), f"undefined field '{name}'")
            kind, at = inside, at + len(name) + 1
        if found[0] == text.strip() and kind.get("type", "boolean") != "boolean":
            return "cel expression must evaluate to a bool"
    return ""


def _failed(text: str, line: int, column: int, why: str) -> str:
    """An error with its place, as CEL shows it."""
    shown = text.split("\n")[line - 1]
    return f"compilation failed: ERROR: <input>:{line}:{column}: {why}\n | {shown}\n | {'.' * (column - 1)}^"


def _field(schema: Raw, name: str) -> Raw | None:
    """The schema of a field; None when there is no such field."""
    if schema.get("type") != "object" or schema.get("x-kubernetes-preserve-unknown-fields"):
        return _ANY
    if schema.get("additionalProperties"):
        free = schema["additionalProperties"]
        return free if isinstance(free, Mapping) else _ANY
    return {escape(each): part for each, part in (schema.get("properties") or {}).items()}.get(name)
