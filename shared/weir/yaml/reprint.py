"""Nodes that keep how they were written, printed again as go-yaml v3 does for kustomize.

Two blanks of indentation, lists at the column of their key, no folding; styles, anchors and comments stay.
"""

from weir.yaml.double import double_quoted
from weir.yaml.parts import Part, Text
from weir.yaml.scalars import tag_of
from weir.yaml.styles import single_quoted, style_of
from weir.yaml.writer import Writer

_LONGEST_KEY = 128


def printed(text: Text) -> str:
    """The text of a document, ending in a newline."""
    printer = _Printer()
    printer.document(text)
    return "".join(printer.out)


class _Printer(Writer):
    """Comments wait until their place comes."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = 0
        self.head = self.line = self.foot = self.tail = self.key_line = ""

    def document(self, text: Text) -> None:
        self.head = text.head
        if self.head:
            self.heads()
            self.break_()
        self.note(text.root)
        self.heads()
        self.node(text.root)
        self.foot = text.foot or self.foot
        self.foot_indent = 0
        self.feet()
        self.foot_indent = -1
        self.to_indent()

    def note(self, part: Part) -> None:
        """Take the comments of a node's beginning."""
        self.head = part.head or self.head
        if part.kind in {"scalar", "alias"}:
            self.line, self.foot = part.line or self.line, part.foot or self.foot

    def note_end(self, part: Part) -> None:
        self.line, self.foot = part.line or self.line, part.foot or self.foot

    def heads(self) -> None:
        if self.tail:
            self.to_indent()
            self.comment(self.tail)
            self.tail = ""
            self.foot_indent = max(self.indent, 0)
        if self.head:
            self.to_indent()
            self.comment(self.head)
            self.head = ""

    def lines(self) -> None:
        if self.line:
            if not self.whitespace:
                self.put(" ")
            self.comment(self.line)
            self.line = ""

    def feet(self) -> None:
        if self.foot:
            self.to_indent()
            self.comment(self.foot)
            self.foot = ""
            self.foot_indent = max(self.indent, 0)

    def waiting(self) -> bool:
        return bool(self.line or self.foot or self.tail)

    def node(self, part: Part, *, mapping: bool = False, key: bool = False, trail: bool = False) -> bool:
        """A node with the comments behind its beginning, then what it holds; whether a comma was written."""
        comma = trail and self.waiting()
        if part.kind == "alias":
            self.mark("*" + part.text, apart=True)
        else:
            tag = self.properties(part)
            if part.kind == "scalar":
                self.scalar(part, tag, key=key)
        if key:
            return comma
        block = part.kind in {"map", "list"} and not self.flow and part.style != "flow" and bool(part.content)
        if part.kind in {"map", "list"} and not block:
            self.mark("{" if part.kind == "map" else "[", apart=True, whitespace=True)
        if trail and self.waiting():
            self.mark(",")
        self.lines()
        self.feet()
        if block:
            self.block_map(part) if part.kind == "map" else self.block_list(part, compact=mapping)
        elif part.kind in {"map", "list"}:
            self.flow_collection(part)
        return comma

    def properties(self, part: Part) -> str:
        """Anchor and tag; the tag that was left out because the text says as much."""
        if part.anchor:
            self.mark("&" + part.anchor, apart=True)
        tag = part.tag
        if tag and not part.tagged:
            tag = self._wanted_tag(part)
        if tag:
            self.mark(tag if tag.startswith("!") else f"!<{tag}>", apart=True)
        return tag

    def _wanted_tag(self, part: Part) -> str:
        if part.kind != "scalar" or part.tag == "!!str" or part.tag == f"!!{tag_of(part.text)}":
            return ""
        return part.tag

    def deeper(self, *, compact: bool = False) -> int:
        """Indent; what it was."""
        before = self.indent
        if before < 0:
            self.indent = 0
        elif not compact:
            self.indent += 2
        return before

    def block_list(self, part: Part, *, compact: bool) -> None:
        before = self.deeper(compact=compact and (self.column == 0 or not self.indention))
        for item in part.content:
            self.note(item)
            self.heads()
            self.to_indent()
            self.mark("-", apart=True, indention=True)
            self.node(item)
        self.note_end(part)
        self.indent = before

    def block_map(self, part: Part) -> None:
        before = self.deeper()
        tail = ""
        for key, value in zip(part.content[::2], part.content[1::2], strict=True):
            foot, tail_now = key.foot, tail
            self._block_key(key, tail_now)
            tail = foot
            self._block_value(value, simple=_is_simple(key))
        self.tail = tail or self.tail
        self.note_end(part)
        self.heads()
        self.indent = before

    def _block_key(self, key: Part, tail: str) -> None:
        self.tail = tail or self.tail
        self.head, self.line = key.head or self.head, (key.line if key.kind == "scalar" else "") or self.line
        self.heads()
        self.to_indent()
        if self.line:
            self.key_line, self.line = self.line, ""
        if not _is_simple(key):
            self.mark("?", apart=True, indention=True)
            self.node(key, mapping=True)
        else:
            self.node(key, key=True)

    def _block_value(self, value: Part, *, simple: bool) -> None:
        self.note(value)
        if not simple:
            self.to_indent()
        self.mark(":", apart=not simple, indention=not simple)
        if self.key_line:
            self._key_comment(value)
        self.node(value, mapping=True)

    def _key_comment(self, value: Part) -> None:
        if value.kind == "scalar":
            if not self.line:
                self.line, self.key_line = self.key_line, ""
        elif value.kind in {"map", "list"} and value.style != "flow":
            self.line, self.key_line = self.key_line, self.line
            self.lines()
            self.line, self.key_line = self.key_line, self.line

    def flow_collection(self, part: Part) -> None:
        before, self.indent = self.indent, (2 if self.indent < 0 else self.indent + 2)
        self.flow += 1
        trail = True
        keys = part.kind == "map"
        tail = ""
        step = 2 if keys else 1
        for place in range(0, len(part.content), step):
            if not trail:
                self.mark(",")
            item = part.content[place]
            if keys:
                self.tail = tail or self.tail
                self.head = item.head or self.head
            else:
                self.note(item)
            self.heads()
            if self.column == 0:
                self.to_indent()
            if keys:
                tail = item.foot
                trail = self._flow_pair(item, part.content[place + 1])
            else:
                trail = self.node(item, trail=True)
        self._flow_end(part, tail, keys=keys, trail=trail)
        self.indent = before

    def _flow_pair(self, key: Part, value: Part) -> bool:
        self.line = key.line or self.line
        self.node(key, key=True)
        self.mark(":")
        self.note(value)
        return self.node(value, trail=True)

    def _flow_end(self, part: Part, tail: str, *, keys: bool, trail: bool) -> None:
        self.tail = tail or self.tail
        self.note_end(part)
        if keys and (self.head or self.foot or self.tail) and not trail:
            self.mark(",")
        if keys:
            self.heads()
        self.flow -= 1
        self.indent -= 2
        if not keys and self.column == 0:
            self.to_indent()
        self.mark("}" if keys else "]")
        self.lines()
        self.feet()

    def scalar(self, part: Part, tag: str, *, key: bool) -> None:
        text = part.text
        style = style_of(part, tag, flow=bool(self.flow), key=key)
        if style == "":
            if text:
                self.mark(text, apart=True)
        elif style == '"':
            self.mark(double_quoted(text, 0, -1), apart=True)
        elif style == "'":
            self.mark(single_quoted(text, max(self.indent, 0) + 2), apart=True)
        else:
            self.block_scalar(text, style)

    def block_scalar(self, text: str, style: str) -> None:
        hint = "2" if text[0] in " \n" else ""
        chomp = "-" if text[-1] != "\n" else "+" if text == "\n" or text[-2] == "\n" else ""
        self.mark(style + hint + chomp, apart=True)
        self.lines()
        if self.column:
            self.break_()
        self.whitespace = True
        before = self.deeper()
        if before < 0:
            self.indent = 2
        opens = text.lstrip("\n")[:1] not in {"", " ", "\t"}
        breaks = leading = True
        for character in text:
            if character == "\n":
                if style == ">" and not breaks and not leading and opens:
                    self.break_()
                self.break_()
                breaks = True
                continue
            if breaks:
                self.to_indent()
                leading = character in " \t"
            self.put(character)
            self.indention = breaks = False
        self.indent = before


def _is_simple(key: Part) -> bool:
    if key.kind in {"map", "list"} and key.content:
        return False
    return "\n" not in key.text and len((key.anchor + key.text).encode()) <= _LONGEST_KEY
