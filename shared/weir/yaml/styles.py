"""In which style go-yaml v3 prints a scalar that knows the style it was written in."""

from weir.yaml.parts import Part
from weir.yaml.scalars import tag_of

_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")


def style_of(part: Part, tag: str, *, flow: bool, key: bool) -> str:
    """The style that a scalar is printed in; `tag` is the one that is printed with it."""
    text, style = part.text, part.style
    may = _Scalar(text)
    if not style and "\n" in text:
        style = "|"
    elif not style and not tag and part.tag == "!!str" and tag_of(text) != "str":
        style = '"'
    if key and may.multiline:
        style = '"'
    if style == "" and (not (may.flow_plain if flow else may.plain) or (not text and (flow or key))):
        style = "'"
    if style == "'" and not may.single:
        style = '"'
    return '"' if style in {"|", ">"} and (not may.block or flow or key) else style


class _Scalar:
    """What a text may be written as."""

    def __init__(self, text: str) -> None:
        first, last = text[:1], text[-1:]
        inner = any(mark in text for mark in (": ", ":\t", ":\n", " #", "\t#", "\n#")) or last == ":"
        blocked = first in _INDICATORS or text.startswith(("---", "...")) or inner
        blocked = blocked or (first in ("-", "?", ":") and text[1:2] in ("", " ", "\t", "\n"))
        edged = first in " \n" or last in " \n"
        special = any(not _is_printable(character) for character in text)
        self.multiline = "\n" in text
        after, before = "\n " in text, " \n" in text
        odd = after or before or special or "\t" in text
        self.plain = bool(not text or not (blocked or edged or odd or self.multiline))
        flow = first in "?:" or any(mark in text for mark in ",?[]{}:")
        self.flow_plain = bool(text) and self.plain and not flow
        self.single = not odd
        self.block = bool(text) and not (last == " " or before or special)


def _is_printable(character: str) -> bool:
    code = ord(character)
    if code < 0x20:
        return character in "\t\n"
    return code < 0x7F or code == 0x85 or 0xA0 <= code < 0xD800 or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)


def single_quoted(text: str, indent: int) -> str:
    """Quotes around a text; a line break is an empty line in it."""
    return "'" + text.replace("'", "''").replace("\n", "\n\n" + " " * indent) + "'"
