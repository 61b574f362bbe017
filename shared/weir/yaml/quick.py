"""The plain part of YAML, line by line: what most manifests are written in, read in a third of the time.

It knows block mappings and sequences of plain, quoted and flat flow values on one line each. Whatever else stands in a
text, right or wrong, makes it give up: libyaml then reads the whole text. What it does read, it reads as libyaml does;
tests hold the two together.
"""

import re
from collections.abc import Iterator
from typing import Any

from weir.yaml.compose import Document
from weir.yaml.nodes import Node, Quoted
from weir.yaml.scalars import typed

_UNUSUAL = re.compile(r"[^\x20-\x7e\n]")
_KEY = r"[A-Za-z_][A-Za-z0-9_./-]*"
_LINE = re.compile(rf"( *)(- )?(?:({_KEY}):(?: +(\S.*))?|(\S.*))?", re.ASCII)
_INNER = r"[A-Za-z0-9_./@=+;()$<>~-]"
_BLOCK = r"[A-Za-z0-9_./@=+;()$<>~,-]"
_PLAIN = re.compile(rf"-?[A-Za-z0-9_./](?:{_BLOCK}| +(?={_BLOCK})|:(?={_BLOCK}))*", re.ASCII)
_FLOW = re.compile(rf"-?[A-Za-z0-9_./](?: *{_INNER})*", re.ASCII)
_PAIR = re.compile(rf"({_KEY}): +(\S.*)", re.ASCII)
_QUOTED = re.compile(r"\"([^\"\\]*)\"|'([^']*)'")
_DEEPEST = 60
"""Columns; far from the depth at which a text is refused."""
_KNOWN = 20_000
_NULL = typed("")


class _GiveUpError(Exception):
    """Something that this reader does not know."""


class _Typed(dict[str, Node]):
    """Plain texts and what they are, looked up once for each."""

    def __missing__(self, text: str) -> Node:
        if not _PLAIN.fullmatch(text):
            raise _GiveUpError
        if len(self) >= _KNOWN:
            self.clear()
        node = self[text] = typed(text)
        return node


_TYPED = _Typed()


def quick_documents(data: bytes) -> tuple[Document, ...] | None:
    """The documents of a text, None when it holds anything unusual."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return None
    if _UNUSUAL.search(text):
        return None
    try:
        return tuple(_documents(text.split("\n")))
    except _GiveUpError:
        return None


def _documents(lines: list[str]) -> Iterator[Document]:
    start = 0
    for place, line in enumerate((*lines, "---")):
        if line.startswith(("---", "...", "%")):
            if line.rstrip(" ") != "---":
                raise _GiveUpError
            found = _document(lines, start, place)
            if found is not None:
                yield found
            start = place + 1


def _document(lines: list[str], start: int, end: int) -> Document | None:
    """One document, None when it is empty."""
    reader = _Reader()
    first = 0
    for place in range(start, end):
        found = _LINE.fullmatch(lines[place].rstrip(" "))
        if found is None:
            raise _GiveUpError
        blanks, dash, key, value, item = found.groups()
        if not dash and key is None and (item is None or item[0] == "#"):
            continue
        first = first or place + 1
        reader.line(len(blanks), dash is not None, key, value, item)
    return Document(reader.root, first) if first else None


class _Reader:
    """Open containers with their columns, the innermost last."""

    __slots__ = ("open", "pending", "root")

    def __init__(self) -> None:
        self.root: dict[str, Node] = {}
        self.open: list[tuple[int, Any]] = [(0, self.root)]
        self.pending: tuple[int, dict[str, Node], str] | None = None

    def line(self, column: int, dash: bool, key: str | None, value: str | None, item: str | None) -> None:
        """Take one line."""
        if column > _DEEPEST:
            raise _GiveUpError
        if self.pending is not None:
            self._answer(column, dash)
        found = self._container(column, dash)
        if dash:
            if type(found) is not list:
                raise _GiveUpError
            if key is None:
                if item is None:
                    raise _GiveUpError
                found.append(_value(item))
                return
            mapping: dict[str, Node] = {}
            found.append(mapping)
            column += 2
            self.open.append((column, mapping))
            found = mapping
        if type(found) is not dict or key is None or key in found or type(_TYPED[key]) is not str:
            raise _GiveUpError
        if value is None:
            self.pending = (column, found, key)
            found[key] = _NULL
        else:
            found[key] = _value(value)

    def _answer(self, column: int, dash: bool) -> None:
        """What the last key without a value holds: a list, a mapping, or nothing."""
        assert self.pending is not None
        above, mapping, key = self.pending
        self.pending = None
        if dash and column >= above:
            child: Any = []
        elif not dash and column > above:
            child = {}
        else:
            return
        mapping[key] = child
        self.open.append((column, child))

    def _container(self, column: int, dash: bool) -> Any:
        """Where the line belongs."""
        stack = self.open
        while stack[-1][0] > column:
            stack.pop()
        if not dash and type(stack[-1][1]) is list:
            stack.pop()
        if not stack or stack[-1][0] != column:
            raise _GiveUpError
        return stack[-1][1]


def _value(text: str) -> Node:
    first = text[0]
    if first in "\"'":
        return _quoted(text)
    if first == "{":
        return _flow_mapping(text)
    if first == "[":
        return [_flow(part) for part in _parts(text, "]")]
    return _TYPED[text]


def _quoted(text: str) -> Quoted:
    found = _QUOTED.fullmatch(text)
    if found is None:
        raise _GiveUpError
    return Quoted(found[1] if found[1] is not None else found[2])


def _parts(text: str, closing: str) -> list[str]:
    if len(text) < 2 or text[-1] != closing:
        raise _GiveUpError
    inner = text[1:-1].strip(" ")
    return inner.split(",") if inner else []


def _flow_mapping(text: str) -> dict[str, Node]:
    result: dict[str, Node] = {}
    for part in _parts(text, "}"):
        pair = _PAIR.fullmatch(part.strip(" "))
        if pair is None or pair[1] in result or type(_TYPED[pair[1]]) is not str:
            raise _GiveUpError
        result[pair[1]] = _flow(pair[2])
    return result


def _flow(text: str) -> Node:
    text = text.strip(" ")
    if text[:1] in {'"', "'"}:
        return _quoted(text)
    if not _FLOW.fullmatch(text):
        raise _GiveUpError
    return _TYPED[text]
