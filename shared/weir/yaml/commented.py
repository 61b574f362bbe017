"""YAML events that keep their comments, for texts that are changed in one place and printed again.

kustomize does that with go-yaml v3, which says which node a comment belongs to: the rules here are its own, on top of
PyYAML's parser, which shares its structure.
"""

from typing import Any

from yaml import (
    AliasEvent,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from yaml.parser import Parser

from weir.yaml.comments import CommentScanner


class CommentParser(CommentScanner, Parser):
    """Events with `comments`: head, line and foot."""

    def __init__(self, text: str) -> None:
        CommentScanner.__init__(self, text)
        Parser.__init__(self)
        self.head = self.line_text = self.foot = self.stem = ""

    def check_token(self, *choices: Any) -> bool:
        """Whether the next token is one of these."""
        found = bool(super().check_token(*choices))
        self._take()
        return found

    def peek_token(self) -> Any:
        """The next token."""
        token = super().peek_token()
        self._take()
        return token

    def get_token(self) -> Any:
        """The next token, taken."""
        before = self.head
        token = super().get_token()
        inner = (BlockSequenceStartToken, BlockMappingStartToken)
        if isinstance(token, BlockEntryToken) and before and self.check_token(*inner):
            self.stem, self.head = before, self.head[len(before) + 1 :]
        return token

    def _take(self) -> None:
        """Take the comments that wait for the next token."""
        if not self.tokens:
            return
        token = self.tokens[0]
        while self.comments and token.start_mark.index >= self.comments[0].token:
            comment = self.comments[0]
            if comment.head and isinstance(token, BlockEndToken):
                return
            self.head = _joined(self.head, comment.head)
            self.foot = _joined(self.foot, comment.foot)
            self.line_text = _joined(self.line_text, comment.line)
            del self.comments[0]

    def _give(self, event: Any) -> Any:
        event.comments = (self.head, self.line_text, self.foot)
        self.head = self.line_text = self.foot = self.stem = ""
        return event

    def parse_node(self, block: bool = False, indentless_sequence: bool = False) -> Any:
        """A node's first event."""
        event: Any = super().parse_node(block, indentless_sequence)
        if isinstance(event, AliasEvent):
            return self._give(event)
        if isinstance(event, ScalarEvent):
            return self._give(event) if event.value or event.style else event
        if event.flow_style:
            return self._give(event)
        if self.stem and not self.check_token(BlockEntryToken):
            event.comments = (self.stem, "", "")
            self.stem = ""
        return event

    def parse_block_mapping_key(self) -> Any:
        """A key, or the end of a mapping."""
        return self._ended(super().parse_block_mapping_key())

    def parse_flow_sequence_entry(self, first: bool = False) -> Any:
        """An entry, or the end of a list."""
        return self._ended(super().parse_flow_sequence_entry(first))

    def parse_flow_mapping_key(self, first: bool = False) -> Any:
        """A key, or the end of a mapping."""
        return self._ended(super().parse_flow_mapping_key(first))

    def _ended(self, event: Any) -> Any:
        return self._give(event) if isinstance(event, MappingEndEvent | SequenceEndEvent) else event

    def parse_implicit_document_start(self) -> Any:
        """The beginning; of the comments there, those before the last empty line are the document's."""
        event: Any = super().parse_implicit_document_start()
        if self.head.endswith("\n"):
            event.comments, self.head = (self.head[:-1], "", ""), ""
        elif "\n\n" in self.head:
            above, _, self.head = self.head.rpartition("\n\n")
            event.comments = (above, "", "")
        return event

    def parse_document_end(self) -> Any:
        """The end of the document."""
        event: Any = super().parse_document_end()
        head, line, foot = self._give(event).comments
        event.comments = (head, line, foot) if foot else ("", line, head)
        return event


def _joined(one: str, other: str) -> str:
    return f"{one}\n{other}" if one and other else one or other
