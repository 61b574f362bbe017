"""Values to YAML, byte for byte as kustomize prints them (`spec/overlays.md` 23)."""

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from weir.yaml.double import WIDTH, double_quoted
from weir.yaml.errors import YamlError
from weir.yaml.order import ordered
from weir.yaml.scalars import BASE_60, OLD_BOOLEANS, tag_of

_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")
_BREAKS = "\n\u2028\u2029"
_SPECIAL = "[\x00-\x08\x09\x0b-\x1f\x85\ufeff\ufffe\uffff\U00010000-\U0010ffff]"
_BREAK = "[\u2028\u2029]"
_LINES = "[\r\n\x85\u2028\u2029]"
_BREAK_AND_BLANK = "[\n\u2028\u2029] "
_BLANK_AND_BREAK = " [\n\u2028\u2029]"
UNPRINTABLE = "[\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
"""What YAML cannot hold. Patterns that few texts need are compiled when one does."""


def emit(values: Iterable[Any]) -> str:
    """Documents joined by `---` lines, each ending in a newline.

    Raises:
        YamlError: a string holds control characters, or a value is not of JSON.

    """
    try:
        return "---\n".join(map(_document, values))
    finally:
        _SHORT.clear()  # a value may be secret
        _KEYS.clear()


def _document(value: Any) -> str:
    out: list[str] = []
    if value and isinstance(value, dict | list | tuple):
        _block(value, "", out, "")
    else:
        out.append(_leaf(value, 0, 0) + "\n")
    return "".join(out)


class _Short(dict[str, str | None]):
    """Short texts as they are printed wherever they stand, looked up once for each and emission; None: it depends."""

    def __missing__(self, text: str) -> str | None:
        if len(text) >= _LONGEST:
            return None
        shown = _line(str(text), 0, 0) if text.isascii() and text.isprintable() and " " not in text else None
        if len(self) >= _KNOWN:
            self.clear()
        self[str(text)] = shown
        return shown


class _Keys(dict[tuple[str, ...], tuple[tuple[str, str | None], ...]]):
    """The keys of mappings in their order, each with how it is printed if it is short."""

    def __missing__(self, keys: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
        if len(self) >= _KNOWN:
            self.clear()
        shown = self[keys] = tuple((key, _SHORT[key]) for key in ordered(keys))
        return shown


_LONGEST = 43
_KNOWN = 50_000
_EXACT = 1 << 63
_SHORT = _Short()
_KEYS = _Keys()


def _mapping(value: dict[str, Any], pad: str, out: list[str], lead: str) -> None:
    """The lines of a mapping; `lead` stands before the first one, `pad` before the others."""
    for key, name in _KEYS[tuple(value)]:
        item = value[key]
        kind = type(item)
        text = _SHORT[item] if kind is str else None
        if kind is int and -_EXACT < item < _EXACT:
            text = str(item)
        if name is None:
            _entry(key, item, pad, out, lead)
        elif text is not None:
            out.append(f"{lead}{name}: {text}\n")
        elif kind is dict and item:
            out.append(f"{lead}{name}:\n")
            _mapping(item, pad + "  ", out, pad + "  ")
        elif kind is list and item:
            out.append(f"{lead}{name}:\n")
            _sequence(item, pad, out, pad)
        else:
            _entry(key, item, pad, out, lead)
        lead = pad


def _entry(key: str, item: Any, pad: str, out: list[str], lead: str) -> None:
    """The lines of a key and its value, whatever they are."""
    indent = len(pad)
    name, column = _key(key, lead, indent)
    if not item or not isinstance(item, dict | list | tuple):
        out.append(f"{name} {_leaf(item, column + 1, indent + 2)}\n")
    elif name.endswith("\n" + pad + ":"):
        _block(item, pad + "  ", out, name + " ")
    else:
        out.append(name + "\n")
        inner = pad + "  " if isinstance(item, dict) else pad
        _block(item, inner, out, inner)


def _block(value: Any, pad: str, out: list[str], lead: str) -> None:
    if isinstance(value, dict):
        _mapping(value, pad, out, lead)
    else:
        _sequence(value, pad, out, lead)


def _sequence(value: list[Any] | tuple[Any, ...], pad: str, out: list[str], lead: str) -> None:
    for item in value:
        text = _SHORT[item] if type(item) is str else None
        if text is not None:
            out.append(f"{lead}- {text}\n")
        elif type(item) is dict and item:
            _mapping(item, pad + "  ", out, lead + "- ")
        elif item and isinstance(item, dict | list | tuple):
            _block(item, pad + "  ", out, lead + "- ")
        else:
            out.append(f"{lead}- {_leaf(item, len(pad) + 2, len(pad) + 2)}\n")
        lead = pad


def _key(key: str, start: str, indent: int) -> tuple[str, int]:
    """The key with its colon, and the column behind it."""
    if not isinstance(key, str):
        raise YamlError("a key must be a string")
    short = _SHORT[key]
    if short is not None:
        return f"{start}{short}:", indent + len(short) + 1
    if not re.search(_LINES, key) and len(key.encode(errors="replace")) <= 128:
        text = _string(key, 0, -1)
        return f"{start}{text}:", indent + len(text) + 1
    text = _string(key, indent + 2, indent + 2)
    return f"{start}? {text}\n{' ' * indent}:", indent + 1


def _leaf(value: Any, column: int, indent: int) -> str:
    if type(value) is int and -_EXACT < value < _EXACT:
        return str(value)
    if isinstance(value, str):
        return _SHORT[value] or _string(value, column, indent)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -(1 << 63) <= value < 1 << 64 else number(float(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    msg = f"a {type(value).__name__} cannot be written as YAML"
    raise YamlError(msg)


def whole(value: float) -> int:
    """A whole float as the integer that its shortest digits name, as Go prints it."""
    return int(Decimal(repr(value)))


def number(value: float) -> str:
    """A float in Go's shortest form; a whole one that fits 64 bits as an integer."""
    if not math.isfinite(value):
        raise YamlError("infinity and not-a-number cannot be written")
    if value.is_integer() and -(2.0**63) <= value < 2.0**64:
        exact = whole(value)
        if exact >= -(1 << 63):
            return str(exact)
    mantissa, _, exponent = f"{value!r}".partition("e")
    digits = mantissa.replace("-", "").replace(".", "").strip("0") or "0"
    power = int(f"{value:.17e}".partition("e")[2]) if not exponent else int(exponent)
    if exponent:
        power = int(exponent)
    sign = "-" if value < 0 else ""
    if -5 < power < 6:
        return mantissa if not exponent else f"{sign}0.{'0' * (-power - 1)}{digits}"
    point = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}e{'-' if power < 0 else '+'}{abs(power):02}"


def _string(text: str, column: int, indent: int) -> str:
    """A string in the style that 23.3 gives it; `indent` -1 stands for a key, which is never folded."""
    if text.isascii() and text.isprintable():
        return _line(text, column, indent)
    if re.search(UNPRINTABLE, text):
        raise YamlError("a string holds control characters")
    if "\n" in text:
        if indent >= 0 and _block_allowed(text):
            return _literal(text, indent)
        return double_quoted(text, column, indent)
    if re.search(_SPECIAL, text) or re.search(_BLANK_AND_BREAK, text):
        return double_quoted(text, column, indent)
    if re.search(_BREAK, text):
        return double_quoted(text, column, indent) if re.search(_BREAK_AND_BLANK, text) else _broken(text, indent)
    return _line(text, column, indent)


def _line(text: str, column: int, indent: int) -> str:
    """A string without line breaks and what needs escapes."""
    if not reads_as_string(text):
        return double_quoted(text, column, indent)
    if _plain_allowed(text):
        return _fold(text, column, indent)
    return "'" + _fold(text.replace("'", "''"), column + 1, indent, inner=True) + "'"


def reads_as_string(text: str) -> bool:
    """Whether the text, plain, is a string in every reading of YAML."""
    tag = tag_of(text)
    if tag not in {"str", "merge"} or text in OLD_BOOLEANS:
        return False
    return not (text[0] in "+-0123456789" and BASE_60.fullmatch(text))


def _plain_allowed(text: str) -> bool:
    first = text[0]
    if first in _INDICATORS or text.startswith(("---", "...")) or first == " " or text[-1] in " :":
        return False
    if first in "-?:" and (len(text) == 1 or text[1] == " "):
        return False
    return ": " not in text and " #" not in text


def _block_allowed(text: str) -> bool:
    if re.search(_SPECIAL, text) or text[-1] == " ":
        return False
    return not re.search(_BLANK_AND_BREAK, text)


def _literal(text: str, indent: int) -> str:
    hint = "2" if text[0] in " \n" else ""
    if text[-1] not in _BREAKS:
        chomp = "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        chomp = "+"
    else:
        chomp = ""
    pad = " " * indent
    body = text.removesuffix("\n")
    lines = "".join(f"\n{pad}{line}" if line else "\n" for line in body.split("\n"))
    if re.search(_BREAK, text):
        lines = _indented(lines.replace(f"\n{pad}\u2028", "\n\u2028").replace(f"\n{pad}\u2029", "\n\u2029"), pad)
    return f"|{hint}{chomp}{lines}"


def _indented(text: str, pad: str) -> str:
    """What follows a line or paragraph separator stands on a line of its own."""
    return re.sub("([\u2028\u2029])(?=[^\n\u2028\u2029])", rf"\1{pad}", text)


def _broken(text: str, indent: int) -> str:
    """Single quotes around a text with line or paragraph separators."""
    return "'" + _indented(text.replace("'", "''"), " " * max(indent, 0)) + "'"


def _fold(text: str, column: int, indent: int, *, inner: bool = False) -> str:
    """Break at single blanks once the line is longer than the width (plain and single-quoted text)."""
    if indent < 0 or column + len(text) <= WIDTH:
        return text
    out: list[str] = []
    previous_blank = False
    last = len(text) - 1
    for place, character in enumerate(text):
        blank = character == " "
        edge = inner and place in {0, last}
        if blank and not previous_blank and column > WIDTH and not edge and text[place + 1 : place + 2] != " ":
            out.append("\n" + " " * indent)
            column = indent
        else:
            out.append(character)
            column += 1
        previous_blank = blank
    return "".join(out)
