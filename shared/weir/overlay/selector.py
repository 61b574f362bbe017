"""Which objects a patch or replacement means (`spec/overlays.md` 10)."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from weir.overlay.errors import BuildError
from weir.overlay.expression import compiled
from weir.overlay.resource import Resource
from weir.yaml.nodes import Scalar, text_of

_LITERAL = re.compile(r"[A-Za-z0-9_/-]*", re.ASCII)
_KEY = r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
_PIECE = r"\s*(?:(==|!=|[=!<>(),])|([^\s=!<>(),]+))"
"""Patterns of label selectors, compiled when there is one."""


class Exact(NamedTuple):
    """A text that matches itself."""

    text: str

    def fullmatch(self, other: str) -> bool:
        """Whether the other text is the same."""
        return self.text == other


@lru_cache(maxsize=1024)
def pattern(text: str) -> Any:
    """What matches a whole text, None for no constraint. Raises `BuildError` when it is no expression."""
    if not text:
        return None
    return Exact(text) if _LITERAL.fullmatch(text) else compiled(f"^(?:{text})$")


class Requirement(NamedTuple):
    """One condition of a label selector."""

    key: str
    operator: str
    values: frozenset[str]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it."""
        value = labels.get(self.key)
        return _OPERATORS[self.operator](value, self.values)


def _number(value: str | None) -> int | None:
    """An integer of 64 bits, None for anything else."""
    return int(value) if value is not None and re.fullmatch(r"[-+]?\d{1,19}", value, re.ASCII) else None


def _compare(value: str | None, values: frozenset[str], sign: int) -> bool:
    left, right = _number(value), _number(next(iter(values)))
    return left is not None and right is not None and (left - right) * sign > 0


_OPERATORS: dict[str, Callable[[str | None, frozenset[str]], bool]] = {
    "exists": lambda value, _: value is not None,
    "!": lambda value, _: value is None,
    "in": lambda value, values: value in values,
    "notin": lambda value, values: value not in values,
    ">": lambda value, values: _compare(value, values, 1),
    "<": lambda value, values: _compare(value, values, -1),
}


@lru_cache(maxsize=1024)
def requirements(text: str) -> tuple[Requirement, ...]:
    """The conditions of a selector such as `a=b,c in (d,e),!f`. Raises `BuildError` when it is not one."""
    tokens = [found[1] or found[2] for found in re.finditer(_PIECE, text)]
    found: list[Requirement] = []
    if not tokens:
        return ()
    place = 0
    while True:
        requirement, place = _requirement(tokens, place)
        found.append(requirement)
        if place == len(tokens):
            return tuple(found)
        if tokens[place] != ",":
            raise _bad(tokens, place, "',' or the end")
        place += 1


def _bad(tokens: list[str], place: int, wanted: str) -> BuildError:
    there = f"'{tokens[place]}'" if place < len(tokens) else "the end"
    return BuildError(f"is no label selector: found {there} where {wanted} is expected")


def _requirement(tokens: list[str], place: int) -> tuple[Requirement, int]:
    absent = place < len(tokens) and tokens[place] == "!"
    place += absent
    if place >= len(tokens) or not re.fullmatch(_KEY, tokens[place]):
        raise _bad(tokens, place, "a label's key")
    key = tokens[place]
    place += 1
    operator = tokens[place] if place < len(tokens) else ","
    if absent or operator == ",":
        return Requirement(key, "!" if absent else "exists", frozenset()), place
    if operator in {"in", "notin"}:
        values, place = _values(tokens, place + 1)
        return Requirement(key, operator, values), place
    if operator not in {"=", "==", "!=", "<", ">"}:
        raise _bad(tokens, place, "an operator")
    value, place = _value(tokens, place + 1)
    if operator in "<>":
        if _number(value) is None:
            raise BuildError(f"is no label selector: {operator} needs an integer")
        return Requirement(key, operator, frozenset((value,))), place
    return Requirement(key, "notin" if operator == "!=" else "in", frozenset((value,))), place


def _value(tokens: list[str], place: int) -> tuple[str, int]:
    if place >= len(tokens) or tokens[place] in {",", ")"}:
        return "", place
    if not re.fullmatch(_VALUE, tokens[place]):
        raise _bad(tokens, place, "a label's value")
    return tokens[place], place + 1


def _values(tokens: list[str], place: int) -> tuple[frozenset[str], int]:
    if place >= len(tokens) or tokens[place] != "(":
        raise _bad(tokens, place, "'('")
    found: list[str] = []
    while True:
        value, place = _value(tokens, place + 1)
        found.append(value)
        if place < len(tokens) and tokens[place] == ")":
            return frozenset(found), place + 1
        if place >= len(tokens) or tokens[place] != ",":
            raise _bad(tokens, place, "',' or ')'")


class Selector(NamedTuple):
    """A compiled selector."""

    group: Any
    version: Any
    kind: Any
    name: Any
    namespace: Any
    labels: tuple[Requirement, ...]
    annotations: tuple[Requirement, ...]
    wrong: BuildError | None
    """What is wrong with its labels or annotations: an error once an object is asked for them."""

    def matches(self, resource: Resource) -> bool:
        """Whether an object is meant: type by what it is now, name and namespace also by what they were at first.

        Raises `BuildError` when its label or annotation selector is none.
        """
        type_ = resource.type
        if not (_full(self.kind, type_.kind) and _full(self.group, type_.group) and _full(self.version, type_.version)):
            return False
        now, first = resource.id, resource.original
        if not (_full(self.name, first.name) or _full(self.name, now.name)):
            return False
        if not (_full(self.namespace, first.namespace) or _full(self.namespace, now.namespace)):
            return False
        self.check()
        return _hold(self.labels, resource, "labels") and _hold(self.annotations, resource, "annotations")

    def check(self) -> None:
        """Raise `BuildError` when its label or annotation selector is none."""
        if self.wrong is not None:
            raise self.wrong


def _full(expression: Any, text: str) -> bool:
    return expression is None or bool(expression.fullmatch(text))


def _hold(wanted: tuple[Requirement, ...], resource: Resource, field: str) -> bool:
    if not wanted:
        return True
    texts = texts_of(resource, field)
    return all(requirement.holds(texts) for requirement in wanted)


def texts_of(resource: Resource, field: str) -> dict[str, str]:
    """Labels or annotations as texts."""
    node = resource.metadata.get(field)
    if type(node) is not dict:
        return {}
    return {key: text_of(value) for key, value in node.items() if isinstance(value, str | Scalar)}


def compile_(target: Mapping[str, Any], field: str = "target") -> Selector:
    """A selector as written. Raises `BuildError` with the field that is no expression."""

    def part(name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(target.get(name, ""))
        except BuildError as error:
            raise BuildError(error.message, field=f"{field}.{name}") from None

    named = {name: part(name, pattern) for name in ("group", "version", "kind", "name", "namespace")}
    try:
        labels, annotations = part("labelSelector", requirements), part("annotationSelector", requirements)
    except BuildError as error:
        return Selector(**named, labels=(), annotations=(), wrong=error)
    return Selector(**named, labels=labels, annotations=annotations, wrong=None)
