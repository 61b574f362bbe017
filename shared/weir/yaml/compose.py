"""Events of libyaml to trees.

One pass, no intermediate node objects. Anchors, aliases and merge keys are gone afterwards: an alias becomes a copy of
its own, and what aliases add is counted, so that a small text cannot become a large tree.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent
from yaml._yaml import CParser

from weir.yaml.dialects import Dialect
from weir.yaml.errors import YamlError
from weir.yaml.nodes import NULL, VOID, Document, Node, Scalar, copy, size, text_of

MAX_DEPTH = 100
"""Nested mappings and sequences."""
MAX_ALIASED = 100_000
"""Nodes that the aliases of one text may add; 64 characters of text count as one."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_SLASH = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_MERGE = object()
_OPEN = object()


def documents(data: bytes | str, dialect: Dialect, *, name: str = "", line: int = 1) -> Iterator[Document]:
    """The documents of a text, those without content left out.

    `line` is the number of the text's first line. Raises `YamlError`.
    """
    if isinstance(data, str) and _SURROGATE.search(data):
        raise YamlError("the text is not Unicode", name=name)
    parser = CParser(data)
    try:
        yield from _Composer(parser, dialect, line, _slashed(data)).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        text = error.problem or error.context or "not YAML"
        where = (mark.line + line, mark.column + 1) if mark else (0, 0)
        raise YamlError(text, name=name, line=where[0], column=where[1]) from None
    except yaml.reader.ReaderError as error:
        raise YamlError(error.reason, name=name) from None
    except YamlError as error:
        raise YamlError(error.problem, name=name, line=error.line, column=error.column) from None
    finally:
        parser.dispose()


def _slashed(data: bytes | str) -> str:
    r"""The text if it may hold the escape `\/`, which kustomize's YAML does not know; else nothing."""
    if isinstance(data, str):
        return data if "\\/" in data else ""
    return data.decode(errors="replace") if b"\\/" in data else ""


class _Composer:
    __slots__ = ("aliased", "anchors", "dialect", "get", "offset", "plain", "quoted", "scalar", "slashed")

    def __init__(self, parser: Any, dialect: Dialect, line: int, slashed: str) -> None:
        self.slashed = slashed
        self.get = parser.get_event
        self.dialect = dialect
        self.scalar, self.plain, self.quoted = dialect.scalar, dialect.plain, dialect.quoted
        self.offset = line
        self.anchors: dict[str, Node] = {}
        self.aliased = 0

    def documents(self) -> Iterator[Document]:
        self.get()
        while isinstance(self.get(), yaml.DocumentStartEvent):
            self.anchors = {}
            event = self.get()
            line = event.start_mark.line + self.offset
            empty = type(event) is ScalarEvent and not event.value and event.implicit[0] and not event.anchor
            value = self.node(event, 0)
            self.get()
            if not empty:
                yield Document(value, line)

    def node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is AliasEvent:
            return self.alias(event)
        anchor = event.anchor
        if anchor is not None:
            self.anchors[anchor] = _OPEN
        if kind is ScalarEvent:
            value = self.leaf(event)
        elif depth >= MAX_DEPTH:
            raise self.at(event, f"nested deeper than {MAX_DEPTH} levels")
        else:
            value = self.mapping(event, depth + 1) if kind is MappingStartEvent else self.sequence(event, depth + 1)
        if anchor is not None:
            self.anchors[anchor] = value
        return value

    def leaf(self, event: Any) -> Node:
        try:
            if self.slashed:
                self.check(event)
            if _is_plain(event):
                return self.plain(event.value)
            if event.tag is None:
                return self.dialect.folded(event.value) if event.style == ">" else self.quoted(event.value)
            return self.scalar(event.value, event.tag, plain=not event.style)
        except YamlError as error:
            raise self.at(event, error.problem) from None

    def check(self, event: Any) -> None:
        """Refuse an escaped slash."""
        if event.style == '"' and _SLASH.search(self.slashed[event.start_mark.index : event.end_mark.index]):
            raise self.at(event, "unknown escape character /: write the slash alone")

    def sequence(self, start: Any, depth: int) -> list[Node]:
        get, in_flow = self.get, self.dialect.in_flow if start.flow_style else None
        items: list[Node] = []
        while type(event := get()) is not SequenceEndEvent:
            value = self.leaf(event) if type(event) is ScalarEvent and event.anchor is None else self.node(event, depth)
            if in_flow and _may_be_plain(event):
                value = in_flow(value)
            items.append(value)
        return items

    def mapping(self, start: Any, depth: int) -> dict[str, Node]:
        get, in_flow = self.get, self.dialect.in_flow if start.flow_style else None
        result: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merges: list[Node] | None = None
        while type(event := get()) is not MappingEndEvent:
            key = self.key(event)
            value_event = get()
            if key is _MERGE:
                if merges is not None:
                    raise self.at(event, "the merge key << is there twice")
                merges = self.merged(value_event, depth)
                continue
            if type(value_event) is ScalarEvent and value_event.anchor is None:
                value = self.leaf(value_event)
            else:
                value = self.node(value_event, depth)
            if in_flow and _may_be_plain(value_event):
                value = in_flow(value)
            line = event.start_mark.line + self.offset
            if key in result:
                self.dialect.repeated(result, key, value, lines[key], line)
            else:
                result[key] = value
                lines[key] = line
        for mapping in merges or ():
            for key, value in mapping.items():
                if key not in result:
                    result[key] = NULL if value is VOID and not start.flow_style else value
        return result

    def key(self, event: Any) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            text = event.value
            if self.slashed:
                self.check(event)
            if event.tag is None and not event.style and text == "<<":
                return _MERGE
            value = self.leaf(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = value
        elif kind is AliasEvent:
            value = self.alias(event)
            text = text_of(value) if isinstance(value, str | Scalar) else str(value)
        else:
            raise self.at(event, "a key must be a string")
        if isinstance(value, str):
            return text
        if isinstance(value, dict | list):
            raise self.at(event, "a key must be a string")
        try:
            return self.dialect.odd_key(text, value)
        except YamlError as error:
            raise self.at(event, error.problem) from None

    def merged(self, event: Any, depth: int) -> list[Node]:
        if type(event) is SequenceStartEvent and event.anchor is None:
            items = self.sequence(event, depth + 1)
        else:
            items = [self.node(event, depth)]
        if not all(isinstance(item, dict) for item in items):
            raise self.at(event, "invalid map merge: << needs a mapping or a list of mappings")
        return items

    def alias(self, event: Any) -> Node:
        target = self.anchors.get(event.anchor, self)
        if target is self:
            raise self.at(event, f"unknown anchor {event.anchor}")
        if target is _OPEN:
            raise self.at(event, f"anchor {event.anchor} contains itself")
        self.aliased += size(target, MAX_ALIASED)
        if self.aliased > MAX_ALIASED:
            raise self.at(event, f"aliases add more than {MAX_ALIASED} nodes")
        return copy(target)

    def at(self, event: Any, message: str) -> YamlError:
        mark = event.start_mark
        return YamlError(message, line=mark.line + self.offset, column=mark.column + 1)


def _is_plain(scalar: Any) -> bool:
    return not scalar.style and scalar.tag in (None, "!")


def _may_be_plain(event: Any) -> bool:
    """Whether it is a plain scalar, or stands for something that may be one."""
    return type(event) is AliasEvent or (type(event) is ScalarEvent and _is_plain(event))
