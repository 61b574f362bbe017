"""What can be said of an expression's result before anything is evaluated.

The reference compiles conditions with a type checker and takes only a result that is a bool for certain: a comparison,
a logical operation, a test. Our engine checks no types, so the shape of the expression is read here.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<string>[bBrR]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
  | (?P<number>\d[\w.]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<operator>\|\||&&|==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_COMPARISONS = {"==", "!=", "<", "<=", ">", ">=", "in"}
_TESTS = {"has", "bool", "all", "exists", "exists_one", "startsWith", "endsWith", "contains", "matches", "hasValue"}
_TESTS |= {"equivalent", "intersects"}
_MACROS = {"all", "exists", "exists_one", "map", "filter"}
_OPEN, _CLOSE = {"(", "[", "{"}, {")", "]", "}"}


class _Token(NamedTuple):
    kind: str
    text: str


def is_bool(expression: str) -> bool:
    """Whether the result of a syntactically correct expression is a bool whatever its variables hold."""
    return _is_bool(list(_tokens(expression)))


def bound(expression: str) -> set[str]:
    """The names that comprehensions (`all`, `exists`, `map`, ...) of an expression bind."""
    tokens = list(_tokens(expression))
    return {
        tokens[index + 2].text
        for index in range(len(tokens) - 3)
        if tokens[index].text in _MACROS and tokens[index + 1].text == "(" and tokens[index + 3].text == ","
    }


def _tokens(expression: str) -> Iterator[_Token]:
    position = 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None:
            position += 1
            continue
        position = match.end()
        if match.lastgroup and match.lastgroup != "space":
            yield _Token(match.lastgroup, match[0])


def _is_bool(tokens: list[_Token]) -> bool:
    if (question := _find(tokens, {"?"})) is not None:
        colon = _find(tokens[question:], {":"}, nested="?")
        if colon is None:
            return False
        return _is_bool(tokens[question + 1 : question + colon]) and _is_bool(tokens[question + colon + 1 :])
    if _find(tokens, {"||", "&&"} | _COMPARISONS) is not None:
        return True
    if not tokens or _find(tokens, {"+", "*", "/", "%"}) is not None or tokens[0].text == "-":
        return False
    if tokens[0].text == "!":
        return True
    if _find(tokens, {"-"}) is not None:
        return False
    return _member(tokens)


def _member(tokens: list[_Token]) -> bool:
    """An operand: a literal, a bracketed expression, or a chain that ends in a call."""
    if len(tokens) == 1:
        return tokens[0] in (_Token("name", "true"), _Token("name", "false"))
    if tokens[-1].text != ")":
        return False
    start = _opening(tokens)
    if start == 0:
        return _is_bool(tokens[1:-1])
    return tokens[start - 1].kind == "name" and tokens[start - 1].text in _TESTS


def _find(tokens: list[_Token], wanted: set[str], nested: str = "") -> int | None:
    """The first of the wanted tokens outside brackets; with `nested`, the one that closes the first `nested`."""
    depth = level = 0
    for index, token in enumerate(tokens):
        if token.kind == "string":
            continue
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if depth:
            continue
        if nested and token.text == nested:
            level += 1
        elif token.text in wanted and token.text not in _CLOSE:
            level -= 1
            if not nested or level == 0:
                return index
    return None


def _opening(tokens: list[_Token]) -> int:
    """Where the bracket opens that the last token closes."""
    depth = 0
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].kind != "string":
            depth += (tokens[index].text in _CLOSE) - (tokens[index].text in _OPEN)
        if depth == 0:
            return index
    return 0
