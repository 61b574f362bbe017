"""Tokens of YAML, and the comments between them: whether each is a head (above), a line (behind) or a foot (below).

The rules are go-yaml v3's, on top of PyYAML's scanner, which shares its structure.
"""

from dataclasses import dataclass
from typing import Any

import yaml
from yaml import (
    BlockEndToken,
    BlockEntryToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    StreamEndToken,
    ValueToken,
)
from yaml.reader import Reader
from yaml.scanner import Scanner

_BLANKS = " \t"
_ENDS = "\0\r\n\x85\u2028\u2029"
_FAR = 512
"""How many blanks and line breaks may stand between content and its comment."""


@dataclass(slots=True)
class Place:
    """Where something is; `column` counts from 1 for comments of their own line."""

    index: int
    line: int
    column: int


@dataclass(slots=True)
class Comment:
    """A comment, and the token it waits for: the first that begins at or behind `token`."""

    token: int
    start: Place
    head: str = ""
    line: str = ""
    foot: str = ""
    scan: int = 0
    end: int = 0


class CommentScanner(Reader, Scanner):
    """Tokens, and comments waiting for theirs."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        self.comments: list[Comment] = []
        self.latest: list[Any] = [*self.tokens]
        """The last two tokens."""
        self.scanned = self.here()
        self.comment_token = 0

    def here(self) -> Place:
        """The current place."""
        return Place(self.index, self.line, self.column)

    def breaks(self) -> int:
        """Line breaks since the last character that is none, blanks apart."""
        found, place = 0, self.pointer - 1
        while place >= 0 and self.buffer[place] in " \t\n":
            found += self.buffer[place] == "\n"
            place -= 1
        return found

    def ahead(self, distance: int) -> str:
        """The character so far ahead; behind the end stands a null."""
        place = self.pointer + distance
        return str(self.buffer[place]) if place < len(self.buffer) else "\0"

    def need_more_tokens(self) -> bool:
        """Feet are told from heads by the two tokens that follow."""
        if self.done:
            return False
        if len(self.tokens) <= 2:
            return True
        self.stale_possible_simple_keys()
        return bool(self.next_possible_simple_key() == self.tokens_taken)

    def fetch_more_tokens(self) -> None:
        """Scan a token and the comment behind it."""
        self.scanned = self.here()
        before = self.tokens_taken + len(self.tokens)
        super().fetch_more_tokens()
        added = self.tokens_taken + len(self.tokens) - before
        self.latest = [*self.latest, *self.tokens[-added:]][-2:] if added else self.latest
        if not isinstance(
            self.tokens[-1], BlockEntryToken | StreamEndToken | DirectiveToken | DocumentStartToken | DocumentEndToken
        ):
            self.line_comment(self.comment_token)

    def unwind_indent(self, column: int) -> None:
        """End blocks; each ends before the comments that belong to what follows it."""
        if not self.flow_level:
            scanned = self.here() if column < 0 else self.scanned
            mark = Place(scanned.index - 1, scanned.line, scanned.column)
            while self.indent > column:
                mark = self._block_end(mark)
                ended = yaml.Mark("", mark.index, mark.line, mark.column, None, 0)
                self.indent = self.indents.pop()
                self.tokens.append(BlockEndToken(ended, ended))
        self.comment_token = self.index
        if self.latest and self.peek() == ("," if self.flow_level else ":"):
            self.comment_token = (self.tokens or self.latest)[-1].start_mark.index

    def _block_end(self, mark: Place) -> Place:
        stop = mark.index
        for comment in reversed(self.comments):
            if comment.end < stop:
                break
            if comment.start.column == self.indent + 1:
                mark = comment.start
            stop = comment.scan
        return mark

    def line_comment(self, token: int) -> None:
        """Take a comment on the line that was just read."""
        if self.breaks():
            return
        ahead = 0
        while ahead < _FAR and self.peek(ahead) in _BLANKS:
            ahead += 1
        if self.peek(ahead) == "#":
            self.forward(ahead)
            start = self.here()
            self.comments.append(Comment(token, start, line=self.comment_text()))

    def comment_text(self) -> str:
        """Read to the end of the line."""
        length = 0
        while self.peek(length) not in _ENDS:
            length += 1
        text = self.prefix(length)
        self.forward(length)
        return str(text)

    def scan_to_next_token(self) -> None:
        """Skip blanks and line breaks, take comments."""
        scanned = self.here()
        if self.index == 0 and self.peek() == "\ufeff":
            self.forward()
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            self._under_entry()
            if self.peek() == "#":
                _Above(self, scanned).scan()
            if not self.scan_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def _under_entry(self) -> None:
        """A comment behind the first `-` of a list is the head of what follows."""
        if not self.comments or len(self.latest) < 2 or self.peek() in _ENDS[1:]:
            return
        first, second = self.latest
        comment = self.comments[-1]
        if isinstance(first, BlockSequenceStartToken) and isinstance(second, BlockEntryToken) and comment.line:
            comment.head, comment.line = comment.line, ""
            if comment.start.line == self.line - 1:
                comment.token = self.index

    def scan_block_scalar(self, style: str) -> Any:
        """A block; the comment behind its `|` is on its line."""
        self.block = self.index
        return super().scan_block_scalar(style)

    def scan_block_scalar_ignored_line(self, start_mark: Any) -> None:
        """The rest of the line of a `|`."""
        self.line_comment(self.block)
        super().scan_block_scalar_ignored_line(start_mark)


class _Above:
    """Comments on lines of their own: foot of what is before them, or head of what follows."""

    def __init__(self, scanner: CommentScanner, scanned: Place) -> None:
        self.scanner = scanner
        last = scanner.latest[-1]
        if isinstance(last, FlowEntryToken) and len(scanner.latest) > 1:
            last = scanner.latest[-2]
        self.after_value = isinstance(last, ValueToken)
        self.token = last.start_mark.index
        self.scanned = scanned.index
        self.start = Place(0, 0, 0)
        self.text = ""
        breaks = scanner.breaks()
        self.first = breaks <= 1
        self.foot_line = -1
        if scanned.line > 0:
            self.foot_line = scanner.line - breaks + 1 + (breaks == 0 and scanner.column > 1)

    def scan(self) -> None:
        """Take all of them, up to the next content."""
        scanner = self.scanner
        line, column, ahead, empty = scanner.line, scanner.column, 0, False
        while ahead < _FAR:
            column += 1
            character = scanner.ahead(ahead)
            if character in _BLANKS:
                ahead += 1
                continue
            closes = scanner.flow_level > 0 and character in "]}"
            if closes or character in _ENDS:
                if closes or not empty:
                    self._line_ends(closes, character, scanner.index + ahead)
                if character not in _ENDS[1:]:
                    break
                self.first, empty, column = False, True, 0
                line += 1
                ahead += 1
                continue
            indent = max(scanner.indent, 0)
            if self.text and column - 1 < indent and column != self.start.column:
                self._foot(scanner.index + ahead)
            if character != "#":
                break
            empty = False
            scanner.forward(ahead)
            if self.text:
                self.text += "\n"
            else:
                self.start = Place(scanner.index, line, column)
            self.text += scanner.comment_text()
            line, column, ahead = scanner.line, 0, 1
        if self.text:
            end = scanner.index + ahead - 1
            scanner.comments.append(Comment(self.start.index, self.start, "", "", "", self.scanned, end))
            scanner.comments[-1].head = self.text

    def _line_ends(self, closes: bool, character: str, index: int) -> None:
        dedented = self.start.column - 1 < max(self.scanner.indent, 0)
        under = self.start.line == self.foot_line and not self.after_value
        if closes or (self.first and (under or dedented)):
            if self.text:
                if dedented:
                    self.token = self.start.index
                self._foot(index)
        elif self.text and character != "\0":
            self.text += "\n"

    def _foot(self, end: int) -> None:
        self.scanner.comments.append(Comment(self.token, self.start, foot=self.text, scan=self.scanned, end=end))
        self.scanned = self.token = end
        self.text = ""
