"""Variables in built objects: each object is rendered as YAML, `${...}` is expanded, the result is read back.

That is what users have come to know, with its traps: a value takes the type that YAML gives its text. The forms and
their results are those of the reference; only braces expand, and `$$` stands for `$`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kustomize_controller.glob import strip_prefix, strip_suffix
from weir import yaml
from weir.api.kustomization import GROUP

DISABLED = f"{GROUP}/substitute"
MAX_DEPTH = 50
"""Deepest nesting of expressions."""
_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_START = re.compile(r"\$\{[#\w]{0,80}")
_UNPARSABLE = "cannot parse inside function"
_UNCLOSED = "missing closing brace"
_BAD = "bad substitution"


class SubstituteError(ValueError):
    """An expression or variable that cannot be used; the text never holds the value of a variable."""


def variables(layers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """All variables; later layers win, newlines are deleted from values.

    Raises `SubstituteError` for a name that is none, used or not.
    """
    merged: dict[str, str] = {}
    for layer in layers:
        for name, value in layer.items():
            if not _NAME.fullmatch(name):
                raise SubstituteError(f"{name!r} is not a variable name: use letters, digits and underscores")
            merged[name] = value.replace("\n", "")
    return merged


def substitute(obj: dict[str, Any], values: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    """The object with its variables expanded, unless it opts out by label or annotation.

    Raises `SubstituteError` naming the object.
    """
    metadata = obj.get("metadata") or {}
    if any((metadata.get(field) or {}).get(DISABLED) == "disabled" for field in ("labels", "annotations")):
        return obj
    text = yaml.dump(_sorted(obj))
    if "$" not in text and "\0" not in text:
        return obj
    try:
        result = yaml.load_config(expand(text, values, strict=strict))
    except yaml.YamlError:
        raise SubstituteError(f"{_subject(obj)}: with its variables in place it is no valid YAML") from None
    except SubstituteError as error:
        raise SubstituteError(f"{_subject(obj)}: {error}") from None
    if not isinstance(result, dict):
        raise SubstituteError(f"{_subject(obj)}: with its variables in place it is no object")
    return result


def expand(text: str, values: Mapping[str, str], *, strict: bool, called: str = "the built object") -> str:
    """The text with every `${...}` replaced. Strict: a variable that is not set is an error unless it has a default.

    `called` is what errors call the text. Raises `SubstituteError`: where a form is wrong, with its class; all
    variables that are not set, at once.
    """
    parser = _Parser(text.partition("\0")[0], values, called)
    result = parser.text()
    if strict and parser.missing:
        names = ", ".join(f'"{name}"' for name in dict.fromkeys(parser.missing))
        raise SubstituteError(f"variable not set (strict): {names}; write $${{...}} to keep the braces as they are")
    try:
        return result.encode(errors="surrogateescape").decode()
    except UnicodeDecodeError:
        raise SubstituteError(f"{_BAD}: a slice cuts a character in two") from None


def _subject(obj: Mapping[str, Any]) -> str:
    name = (obj.get("metadata") or {}).get("name", "")
    return f"{obj.get('apiVersion', '')}/{obj.get('kind', '')} {name}"


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


class _Parser:
    """Reads once, from left to right, expanding on the way."""

    def __init__(self, text: str, values: Mapping[str, str], called: str) -> None:
        self._text, self._values, self._called = text, values, called
        self._position = self._depth = 0
        self.missing: list[str] = []

    def text(self) -> str:
        """Everything, expanded."""
        parts: list[str] = []
        while (dollar := self._text.find("$", self._position)) >= 0:
            parts.append(self._text[self._position : dollar])
            self._position = dollar
            if self._at("$$"):
                self._position += 2
                parts.append("$")
            elif self._at("${"):
                parts.append(self._expression())
            else:
                self._position += 1
                parts.append("$")
        return "".join((*parts, self._text[self._position :]))

    def _at(self, token: str) -> bool:
        return self._text.startswith(token, self._position)

    def _take(self, *tokens: str) -> str:
        """The first of the tokens that stands here, consumed; else nothing."""
        for token in tokens:
            if self._at(token):
                self._position += len(token)
                return token
        return ""

    def _fail(self, reason: str) -> SubstituteError:
        line = self._text.count("\n", 0, self._position) + 1
        shown = _START.match(self._text, max(self._text.rfind("${", 0, self._position + 1), 0))
        return SubstituteError(f"{reason}: line {line} of {self._called}, at {shown[0] if shown else '${'}")

    def _expression(self) -> str:
        self._depth += 1
        self._position += 2
        if self._depth > MAX_DEPTH:
            raise self._fail("expressions nest too deeply")
        result = self._length() if self._take("#") else self._variable()
        self._depth -= 1
        return result

    def _name(self) -> str:
        start = self._position
        while self._position < len(self._text) and _is_name(self._text[self._position]):
            self._position += 1
        return self._text[start : self._position]

    def _close(self, reason: str = _UNCLOSED) -> None:
        if not self._take("}"):
            raise self._fail(reason)

    def _value(self, name: str) -> str:
        if name not in self._values:
            self.missing.append(name)
        return self._values.get(name, "")

    def _length(self) -> str:
        name = self._name()
        if not name:
            raise self._fail(_BAD)
        self._close()
        return str(len(self._value(name).encode()))

    def _variable(self) -> str:
        name = self._name()
        if not name:
            raise self._fail("variable name cannot be parsed")
        if self._take("}"):
            return self._value(name)
        if self._take(":=", ":-", ":+", ":?", "="):
            default = self._default()
            return self._values.get(name) or default
        if form := self._take(":", "##", "#", "%%", "%", "//", "/#", "/%", "/"):
            return self._function(form, self._value(name))
        if self._text[self._position : self._position + 1] in ("^", ","):
            return self._case(self._value(name))
        raise self._fail(_UNCLOSED)

    def _function(self, form: str, value: str) -> str:
        match form[0]:
            case ":":
                return self._slice(value)
            case "/":
                return self._replace(form, value)
        glob = self._word("}")
        self._close()
        strip = strip_prefix if form[0] == "#" else strip_suffix
        return strip(value, glob, longest=len(form) > 1)

    def _default(self) -> str:
        """A default word: text and expressions up to the brace."""
        parts: list[str] = []
        while not self._take("}"):
            parts.append(self._word("}"))
        return "".join(parts)

    def _word(self, stop: str, *, escapes: bool = False) -> str:
        """One expression, or text up to a stop character or the next expression; never empty."""
        if self._at("${"):
            return self._expression()
        taken: list[str] = []
        while self._position < len(self._text) and self._text[self._position] not in stop and not self._at("${"):
            escape = escapes and self._take("\\/", "\\\\", "$$")
            if escape:
                taken.append(escape[1])
            else:
                taken.append(self._text[self._position])
                self._position += 1
        if not taken:
            raise self._fail(_UNPARSABLE)
        return "".join(taken)

    def _case(self, value: str) -> str:
        form = self._text[self._position]
        self._position += 1
        form += self._take("^", ",")
        self._close(_BAD)
        change: Callable[[str], str] = _upper if form[0] == "^" else _lower
        if form in ("^", ","):
            return change(value[:1]) + value[1:]
        return "".join(map(change, value)) if form in ("^^", ",,") else value

    def _slice(self, value: str) -> str:
        offset, length = self._word(":}"), ""
        if self._take(":"):
            length = self._word("}")
            self._close()
        else:
            self._close(_BAD)
        try:
            start, size = int(offset), int(length) if length else None
        except ValueError:
            return value
        if (offset + length).strip("+-0123456789"):
            return value
        if size is not None and size < 0:
            raise self._fail(f"{_BAD}: negative length")
        raw = value.encode(errors="surrogateescape")
        start = max(start + len(raw), 0) if start < 0 else start
        return raw[start : None if size is None else start + size].decode(errors="surrogateescape")

    def _replace(self, form: str, value: str) -> str:
        old = self._word("/", escapes=True)
        if not self._take("/"):
            raise self._fail(_BAD)
        new = "" if self._at("}") else self._word("}", escapes=True)
        self._close(_BAD)
        match form:
            case "/#":
                return new + value.removeprefix(old) if new and value.startswith(old) else value
            case "/%":
                return value.removesuffix(old) + new if new and value.endswith(old) else value
        return value.replace(old, new, 1 if form == "/" else -1)


def _is_name(character: str) -> bool:
    return character == "_" or unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")


def _upper(character: str) -> str:
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _lower(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 else character
