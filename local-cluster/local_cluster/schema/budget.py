"""How much work a CEL rule can be on given values, at most: an estimate that needs no clock.

The API server counts what evaluation costs and ends it at a limit. Our engine cannot be stopped, so a rule is refused
before it starts. A unit is one token evaluated once, about a quarter of a microsecond; what scans text costs one more
for every fifty bytes. Values that a rule builds are counted at their largest.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

LIMIT = 5_000_000
"""Units that one evaluation may need: about a second."""

_BYTES_PER_UNIT = 50
_TOKEN = re.compile(r"""[rRbB]{0,2}(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\w+|==|!=|[^\s\w]""", re.DOTALL)
_MACROS = {"all": 1, "exists": 1, "exists_one": 1, "map": 2, "filter": 2}
"""How often a macro goes through its list: those that build one copy it with every item."""
_SCANS = frozenset({"==", "!=", "+", "in", "contains", "startsWith", "endsWith", "matches", "replace", "split", "join"})
_SCANS |= {"size", "indexOf", "lastIndexOf", "lowerAscii", "upperAscii", "trim", "substring", "encode", "decode"}
_SCANS |= {"equivalent", "intersects", "string", "bytes"}
_REPEATS = re.compile(r"\{(\d{1,6})(?:,(\d{0,6}))?\}")


class Plan(NamedTuple):
    """What of an expression decides how much work it is."""

    tokens: int
    depth: int
    """Loops inside each other."""
    scans: int
    plus: int
    replaces: int
    joins: int
    splits: int
    longest_literal: int
    repeats: int
    """The largest number of repetitions in a regular expression; 0 when none is matched."""


class Size(NamedTuple):
    """How large values are."""

    items: int
    """Of the longest list or map."""
    text: int
    """Of the longest text."""
    total: int
    """Characters and items of everything."""


@lru_cache(maxsize=1024)
def plan(expression: str) -> Plan:
    """Read an expression."""
    tokens = _TOKEN.findall(expression)
    count = tokens.count
    repeats = [int(number) for pair in _REPEATS.findall(expression) for number in pair if number]
    return Plan(
        tokens=len(tokens),
        depth=max(_depths(tokens), default=0),
        scans=sum(token in _SCANS for token in tokens),
        plus=count("+"),
        replaces=count("replace"),
        joins=count("join"),
        splits=count("split"),
        longest_literal=max(map(len, tokens), default=0),
        repeats=max([1, *repeats]) if count("matches") else 0,
    )


def units(expression: str, variables: Mapping[str, Any]) -> float:
    """Units of work that evaluation may need, at most."""
    how = plan(expression)
    if not (how.depth or how.replaces or how.joins or how.splits or how.repeats):
        return how.tokens
    size = _size(variables)
    text = max(size.text, how.longest_literal, 1) * (how.plus + 1)
    items = max(size.items, how.tokens, text if how.splits else 1) * (how.plus + 1)
    scanned = (size.total + text) * float(text) ** how.replaces * float(items) ** how.joins * max(how.repeats, 1)
    return float(items) ** how.depth * (how.tokens + how.scans * scanned / _BYTES_PER_UNIT)


def _depths(tokens: list[str]) -> Iterator[int]:
    inside: list[int] = []
    before = ""
    for each in tokens:
        if each in "([{":
            inside.append(_MACROS.get(before, 0) if each == "(" else 0)
            yield sum(inside)
        elif each in ")]}" and inside:
            inside.pop()
        before = each


def _size(value: Any) -> Size:
    if isinstance(value, str):
        return Size(0, len(value), len(value) + 1)
    if not isinstance(value, Mapping | list):
        return Size(0, 0, 1)
    parts = [_size(part) for part in (value.values() if isinstance(value, Mapping) else value)]
    return Size(
        max(len(parts), *(part.items for part in parts)) if parts else 0,
        max((part.text for part in parts), default=0),
        sum(part.total for part in parts) + 1,
    )
