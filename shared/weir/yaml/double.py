"""Texts in double quotes, folded and escaped (`spec/overlays.md` 23.4, 23.6)."""

WIDTH = 80
"""The column behind which a line is folded."""
_ESCAPES = {
    "\0": "\\0",
    "\x07": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def double_quoted(text: str, column: int, indent: int) -> str:
    """A text in double quotes from a column on; it is folded unless `indent` is -1."""
    if text[:1] == "\ufeff":
        return f'"{"".join(map(_numbered, text))}"'
    out = ['"']
    column += 1
    previous_blank = False
    last = len(text) - 1
    for place, character in enumerate(text):
        if character != " ":
            piece = _escaped(character)
            out.append(piece)
            column += len(piece)
            previous_blank = False
            continue
        if indent >= 0 and not previous_blank and column > WIDTH and 0 < place < last:
            out.append("\n" + " " * indent)
            column = indent
            if text[place + 1] == " ":
                out.append("\\")
                column += 1
        else:
            out.append(" ")
            column += 1
        previous_blank = True
    return "".join(out) + '"'


def _escaped(character: str) -> str:
    escape = _ESCAPES.get(character)
    if escape is not None:
        return escape
    code = ord(character)
    return _numbered(character) if code < 0x20 or code > 0xFFFF or code in {0xFEFF, 0xFFFE, 0xFFFF} else character


def _numbered(character: str) -> str:
    """The character by its number; so is every one of a text that begins with a byte order mark."""
    escape = _ESCAPES.get(character)
    code = ord(character)
    return escape or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")
