"""The plain part of YAML, line by line: what most manifests are written in, read in a fraction of the time.

It knows block mappings and sequences of plain, quoted and flat flow values on one line each, and literal blocks.
Whatever else stands in a text, right or wrong, makes it give up: libyaml then reads the whole text. What it does read,
it reads as libyaml does; tests hold the two together.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from weir.yaml.dialects import Dialect
from weir.yaml.errors import YamlError
from weir.yaml.nodes import Document, Node, copy

_USUAL = bytes(range(0x20, 0x7F)) + b"\n"
_KEY = r"[A-Za-z_][A-Za-z0-9_./-]{0,200}"
_LINE = re.compile(rf"( *)(- )?(?:({_KEY}):(?: +(\S.*))?|(\S.*))?", re.ASCII)
_INNER = r"[A-Za-z0-9_./@=+;()$<>~-]"
_BLOCK = r"[A-Za-z0-9_./@=+;()$<>~,-]"
_PLAIN = re.compile(rf"-?[A-Za-z0-9_./](?:{_BLOCK}| +(?={_BLOCK})|:(?={_BLOCK}))*", re.ASCII)
_FLOW = re.compile(rf"-?[A-Za-z0-9_./](?:{_INNER}| +(?={_INNER})|:(?={_INNER}))*", re.ASCII)
_PAIR = re.compile(rf"({_KEY}): +(\S.*)", re.ASCII)
_QUOTED = re.compile(r"\"([^\"\\]*)\"|'([^']*)'")
_DEEPEST = 60
"""Columns; far from the depth at which a text is refused."""
_KNOWN = 20_000
_LONGEST = 120
"""How many lines are remembered, and up to what length."""
_SEPARATOR, _READY, _OPEN, _FLAT, _LITERAL = range(5)


class _GiveUpError(Exception):
    """Something that this reader does not know."""


_Line = tuple[int, bool, str | None, Node, int]
"""A line: its column, whether it begins an element, its key, its value, and by kind what that is.

`_READY`: as it stands. `_OPEN`: on the lines below, else it stands. `_FLAT`: a flow value, to be copied.
`_LITERAL`: the block below, with its last line break if the value is true. `_SEPARATOR`: the line is `---`.
"""


class Lines(dict[str, _Line | None]):
    """Lines of a dialect and what they say, each read once: manifests repeat them. None: nothing."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self.plain, self.quoted = dialect.plain, dialect.quoted

    def __missing__(self, text: str) -> _Line | None:
        line = self._line(text.rstrip(" "))
        if len(text) <= _LONGEST:
            if len(self) >= _KNOWN:
                self.clear()
            self[text] = line
        return line

    def _line(self, text: str) -> _Line | None:
        found = _LINE.fullmatch(text)
        if found is None or found.end(1) > _DEEPEST:
            raise _GiveUpError
        blanks, dash, key, value, item = found.groups()
        if key is None:
            if item is None or (item[0] == "#" and not dash):
                return None
            if text == "---":
                return 0, dash is not None, None, None, _SEPARATOR
            if not dash:
                raise _GiveUpError
            return len(blanks), dash is not None, None, *self._value(item)
        if type(self._typed(key)) is not str:
            raise _GiveUpError
        node, kind = (self.plain(""), _OPEN) if value is None else self._value(value)
        return len(blanks), dash is not None, key, node, kind

    def _value(self, text: str) -> tuple[Node, int]:
        first = text[0]
        if first == "{":
            return self._flow_mapping(text), _FLAT
        if first == "[":
            return [self._flow(part) for part in _parts(text, "]")], _FLAT
        if first == "|":
            if text not in {"|", "|-"}:
                raise _GiveUpError
            return text == "|", _LITERAL
        if first in "\"'":
            return self._quoted(text), _READY
        if not _PLAIN.fullmatch(text):
            raise _GiveUpError
        return self._typed(text), _READY

    def _typed(self, text: str) -> Node:
        try:
            return self.plain(text)
        except YamlError:
            raise _GiveUpError from None

    def _quoted(self, text: str) -> Node:
        found = _QUOTED.fullmatch(text)
        if found is None:
            raise _GiveUpError
        return self.quoted(found[1] if found[1] is not None else found[2])

    def _flow_mapping(self, text: str) -> dict[str, Node]:
        result: dict[str, Node] = {}
        for part in _parts(text, "}"):
            pair = _PAIR.fullmatch(part.strip(" "))
            if pair is None or pair[1] in result or type(self._typed(pair[1])) is not str:
                raise _GiveUpError
            result[pair[1]] = self._flow(pair[2])
        return result

    def _flow(self, text: str) -> Node:
        text = text.strip(" ")
        if text[:1] in {'"', "'"}:
            return self._quoted(text)
        if not _FLOW.fullmatch(text):
            raise _GiveUpError
        value = self._typed(text)
        if ":" in text and type(value) is not str:
            raise _GiveUpError
        return value


def _parts(text: str, closing: str) -> list[str]:
    if len(text) < 2 or text[-1] != closing:
        raise _GiveUpError
    inner = text[1:-1].strip(" ")
    return inner.split(",") if inner else []


def quick_documents(data: bytes, known: Lines) -> tuple[Document, ...] | None:
    """The documents of a text, None when it holds anything unusual. `known` learns its lines."""
    if data.translate(None, _USUAL):
        return None
    try:
        return tuple(_documents(data.decode("ascii").split("\n"), known))
    except _GiveUpError:
        return None


def _documents(lines: Sequence[str], known: Lines) -> Iterator[Document]:
    place = 0
    while place < len(lines):
        found, place = _document(lines, place, known)
        if found is not None:
            yield found


def _document(  # noqa: C901, PLR0912  # size: the loop over all lines of a repository; calls would double its time
    lines: Sequence[str], place: int, known: Lines
) -> tuple[Document | None, int]:
    """The document that begins at a place, None when it is empty, and where the next one begins."""
    around: list[tuple[int, Any]] = []
    top: Any = None
    root, left, first = top, 0, 0
    waiting: str | None = None
    """The innermost container `top` begins in column `left`; its key `waiting` may get another value below."""
    while place < len(lines):
        line = known[lines[place]]
        place += 1
        if line is None:
            continue
        column, dash, key, value, kind = line
        if kind == _SEPARATOR:
            break
        if column != left or dash or type(top) is not dict:
            if top is None:
                root, first = [] if dash else {}, place
                top = root
            elif waiting is not None and (column >= left if dash else column > left):
                around.append((left, top))
                top[waiting] = [] if dash else {}
                left, top = column, top[waiting]
            while left > column:
                left, top = around.pop()
            if not dash and type(top) is list and around:
                left, top = around.pop()
            if left != column or (type(top) is list) is not dash:
                raise _GiveUpError
            if dash and key is not None:
                around.append((left, top))
                left, top = left + 2, {}
                around[-1][1].append(top)
        waiting = None
        if kind != _READY:
            if kind == _OPEN:
                waiting = key
            elif kind == _FLAT:
                value = copy(value)
            else:
                value, place = _literal(lines, place, left, known, clip=value)
        if key is None:
            top.append(value)
        elif key in top:
            raise _GiveUpError
        else:
            top[key] = value
    return (Document(root, first) if first else None), place


def _literal(lines: Sequence[str], place: int, above: int, known: Lines, *, clip: bool) -> tuple[Node, int]:
    """The block of text that begins at a place, deeper than column `above`, and where it ends."""
    start = place
    while place < len(lines) and not lines[place]:
        place += 1
    content = lines[place] if place < len(lines) else ""
    indent = len(content) - len(content.lstrip(" "))
    if indent <= above or indent == len(content):
        raise _GiveUpError
    pad = " " * indent
    while place < len(lines) and (lines[place].startswith(pad) or not lines[place].strip(" ")):
        place += 1
    if place == len(lines) and lines[-1]:
        raise _GiveUpError
    text = "\n".join(line[indent:] for line in lines[start:place]).rstrip("\n")
    return known.quoted(text + "\n" if clip else text), place
