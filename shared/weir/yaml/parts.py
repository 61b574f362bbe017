"""A YAML text as nodes that keep all of how it was written: order, styles, anchors, comments."""

from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from yaml import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from weir.yaml.commented import CommentParser
from weir.yaml.errors import YamlError
from weir.yaml.scalars import tag_of

MAX_DEPTH = 100
MAX_TEXT = 1 << 20
"""Characters; no object of an API server may be larger."""
_PREFIX = "tag:yaml.org,2002:"
Kind = Literal["map", "list", "scalar", "alias"]


@dataclass(slots=True)
class Part:
    """A node. A mapping's `content` holds keys and values in turn; `style` is a quote, `|`, `>`, `flow` or empty.

    `tag` is short (`!!int`, `!mine`) or empty for a node that was made, `tagged` says whether it was written.
    """

    kind: Kind
    text: str = ""
    tag: str = ""
    tagged: bool = False
    style: str = ""
    anchor: str = ""
    content: list["Part"] = field(default_factory=list)
    head: str = ""
    line: str = ""
    foot: str = ""


@dataclass(slots=True)
class Text:
    """The first document of a text."""

    root: Part
    head: str = ""
    foot: str = ""
    line: int = 0
    """On which the content begins, from 0."""


def parsed(text: str) -> Text | None:
    """The nodes of a text, None when it holds nothing. Raises `YamlError`."""
    if len(text) > MAX_TEXT:
        raise YamlError(f"the text has more than {MAX_TEXT} characters")
    try:
        return _Reader(text).document()
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as error:
        raise YamlError(str(getattr(error, "problem", None) or "not YAML")) from None


class _Reader:
    def __init__(self, text: str) -> None:
        self.parser = CommentParser(text)
        self.anchors: set[str] = set()

    def document(self) -> Text | None:
        self.parser.get_event()
        start: Any = self.parser.get_event()
        if isinstance(start, yaml.StreamEndEvent):
            return None
        first: Any = self.parser.peek_event()
        root = self.node(0)
        end: Any = self.parser.get_event()
        assert isinstance(end, DocumentEndEvent)
        return Text(root, _comments(start)[0], _comments(end)[2], first.start_mark.line)

    def node(self, depth: int) -> Part:
        event: Any = self.parser.get_event()
        head, line, foot = _comments(event)
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise YamlError(f"unknown anchor {event.anchor}")
            return Part("alias", event.anchor, head=head, line=line, foot=foot)
        part = Part("scalar", anchor=event.anchor or "", head=head, line=line, foot=foot)
        self.anchors.add(part.anchor)
        if event.tag and event.tag != "!":
            part.tagged, part.tag = True, _short(event.tag)
        if isinstance(event, ScalarEvent):
            part.text, part.style = event.value, event.style or ""
            part.tag = part.tag or ("!!str" if part.style else f"!!{tag_of(part.text)}")
            return part
        if depth >= MAX_DEPTH:
            raise YamlError(f"nested deeper than {MAX_DEPTH} levels")
        part.style = "flow" if event.flow_style else ""
        if isinstance(event, MappingStartEvent):
            return self.mapping(part, depth + 1)
        assert isinstance(event, SequenceStartEvent)
        return self.sequence(part, depth + 1)

    def sequence(self, part: Part, depth: int) -> Part:
        part.kind, part.tag = "list", part.tag or "!!seq"
        while not self.parser.check_event(SequenceEndEvent):
            part.content.append(self.node(depth))
        _, part.line, part.foot = _comments(self.parser.get_event())
        return part

    def mapping(self, part: Part, depth: int) -> Part:
        part.kind, part.tag = "map", part.tag or "!!map"
        content = part.content
        while not self.parser.check_event(MappingEndEvent):
            key = self.node(depth)
            content.append(key)
            if key.foot and not part.style and len(content) > 2:
                content[-3].foot, key.foot = key.foot, ""
            value = self.node(depth)
            content.append(value)
            if value.foot and not key.foot:
                key.foot, value.foot = value.foot, ""
        _, part.line, part.foot = _comments(self.parser.get_event())
        if part.foot and not part.style and len(content) > 1:
            content[-2].foot, part.foot = part.foot, ""
        return part


def _comments(event: Any) -> tuple[str, str, str]:
    found: tuple[str, str, str] = getattr(event, "comments", ("", "", ""))
    return found


def _short(tag: str) -> str:
    return f"!!{tag[len(_PREFIX) :]}" if tag.startswith(_PREFIX) else tag
