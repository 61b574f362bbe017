"""How a plain scalar is read (`spec/overlays.md` 1.2, 1.3, 23.3).

Two dialects: resource documents follow YAML 1.2 with some 1.1 left in, the kustomization file and its like YAML 1.1.
"""

import binascii
import re

from weir.yaml.errors import YamlError
from weir.yaml.nodes import NULL, Bare, Node, Quoted, Scalar

FIRST = frozenset("+-.0123456789tTfFnN~<")
"""How a text begins that may read as something else than a string."""
_LETTERS = frozenset("tTfFnN")
_FIRST_CONFIG = FIRST | frozenset("yYoO")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "null"),
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), "bool"),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "float"),
    **dict.fromkeys((sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")), "float"),
    "<<": "merge",
}
_TRUE = frozenset(("true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
OLD_BOOLEANS = frozenset(
    (*("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), *("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
)
_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_POINT_FLOAT = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?", re.ASCII)
_DATE = r"(\d{4})-(\d\d?)-(\d\d?)"
_CLOCK = r"(\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?"
_TIMESTAMP = re.compile(rf"{_DATE}(?:[Tt]{_CLOCK}(Z|[-+]\d\d:\d\d)| +{_CLOCK})?", re.ASCII)
BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII)


_EXACT = 19
_LONGEST_INT = 1000
"""Characters beyond which no text is a number of 64 bits, and Python refuses to count."""


def tag_of(text: str) -> str:
    """The tag of an untagged plain scalar of a resource document: `str null bool int float timestamp merge`."""
    if text and text[0] not in FIRST:
        return "str"
    word = _WORDS.get(text)
    if word is not None:
        return word
    if text[0] in "tTfFnN~<":
        return "str"
    return _tag_of_number(text)


def _tag_of_number(text: str) -> str:
    if _is_count(text):
        return "int"
    if text[0] == ".":
        return "float" if _POINT_FLOAT.fullmatch(text) and _finite(text) else "str"
    if timestamp(text) is not None:
        return "timestamp"
    plain = text.replace("_", "")
    if len(plain) <= _LONGEST_INT and _INT.fullmatch(plain):
        number = int_of(plain)
        if -(1 << 63) <= number < 1 << 63 or (number < 1 << 64 and plain[0] not in "+-"):
            return "int"
    return "float" if _FLOAT.fullmatch(plain) and _finite(plain) else "str"


def _is_count(text: str) -> bool:
    """Whether the text is a number as most are written: digits that fit 64 bits whatever they are."""
    return len(text) < _EXACT and text.isdecimal() and text.isascii() and text[0] != "0"


def _finite(text: str) -> bool:
    return float(text) not in {float("inf"), float("-inf")}


def int_of(text: str) -> int:
    """An integer as Go reads it with base 0: a leading zero means octal. Underscores are ignored."""
    text = text.replace("_", "")
    digits = text.lstrip("+-")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1] in "01234567"
    number = int(digits, 8 if octal else 0)
    return -number if text[0] == "-" else number


def timestamp(text: str) -> str | None:
    """RFC 3339 of a date or time, None when the text is neither."""
    if len(text) < 8 or text[4] != "-":
        return None
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month):
        return None
    clock = match.group(4, 5, 6, 7) if match[4] else match.group(9, 10, 11, 12)
    hour, minute, second = (int(part or 0) for part in clock[:3])
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone = _zone(match[8] or "Z")
    if zone is None:
        return None
    fraction = (clock[3] or "")[:9].rstrip("0")
    point = f".{fraction}" if fraction else ""
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{zone}"


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def _zone(text: str) -> str | None:
    if text == "Z":
        return text
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 24 or minutes > 60:
        return None
    hours, minutes = hours + minutes // 60, minutes % 60
    return f"{text[0]}{hours:02}:{minutes:02}" if hours or minutes else "Z"


def value_of(node: Scalar) -> bool | int | float | str | None:
    """The value of a scalar that is no string.

    Raises:
        YamlError: the text is not of the tag, or JSON has no such number.

    """
    text, tag = node
    if tag == "int" and _is_count(text):
        return int(text)
    if tag == "binary":
        return _binary(text)
    if tag in {"str", "void"}:
        return text
    real = tag_of(text)
    tag = tag or real
    if real != tag and not (tag == "float" and real == "int"):
        msg = f"cannot read a {'string' if real == 'str' else real} as !!{tag}"
        raise YamlError(msg)
    if tag == "null":
        return None
    if tag == "bool":
        return text in _TRUE
    if tag == "int":
        return int_of(text)
    if tag == "float":
        return _float(text)
    return _moment(text) if tag == "timestamp" else text


def _moment(text: str) -> str | None:
    found = timestamp(text)
    if found and found[-6] in "+-" and found[-5:-3] > "23":
        raise YamlError("a time zone a day away from UTC cannot be written: put the time in quotes")
    return found


def _float(text: str) -> int | float:
    if tag_of(text) == "int":
        return int_of(text)
    if text.lower().lstrip("+-") in {".inf", ".nan"}:
        msg = "infinity and not-a-number cannot be written: put the value in quotes"
        raise YamlError(msg)
    return float(text.replace("_", ""))


def _binary(text: str) -> str:
    import base64  # noqa: PLC0415  almost no text needs it

    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise YamlError("!!binary holds no base64 of a text") from None


def typed(text: str) -> Node:
    """A scalar without a tag: what its text reads as."""
    if text and (text[0] not in FIRST or (text[0] in _LETTERS and text not in _WORDS)):
        return text
    tag = tag_of(text)
    return text if tag in {"str", "merge"} else Scalar(text, tag)


def loose(text: str) -> Node:
    """A scalar that the engine makes without a tag."""
    node = typed(text)
    return Scalar(text, "") if type(node) is Scalar else Bare(text)


_BOOL = "tag:yaml.org,2002:bool"
_TAGS = {f"tag:yaml.org,2002:{name}": name for name in ("str", "null", "bool", "int", "float", "timestamp", "binary")}


def resource_scalar(text: str, tag: str | None, *, plain: bool) -> Node:
    """The node of a scalar of a resource document."""
    if tag is None:
        return typed(text) if plain else Quoted(text)
    short = _TAGS.get(tag, "str")
    if short == "str":
        return text if plain else Quoted(text)
    return NULL if short == "null" and text == "null" else Scalar(text, short)


def plain_value(text: str, tag: str | None = None, *, plain: bool = True) -> object:
    """The value of a scalar of a resource document; a date stays the text that was written."""
    if tag is None and (not plain or (text and text[0] not in FIRST)):
        return text
    node = resource_scalar(text, tag, plain=plain)
    if type(node) is not Scalar:
        return str(node)
    return node.text if node.tag == "timestamp" else value_of(node)


def config_value(text: str, tag: str | None = None, *, plain: bool = True) -> object:
    """The value of a scalar of a kustomization file and its like."""
    if tag is None and (not plain or (text and text[0] not in _FIRST_CONFIG)):
        return text
    if tag in {None, _BOOL} and text in OLD_BOOLEANS:
        return text in _TRUE
    return plain_value(text, tag, plain=plain)
