"""What may be asked in CEL, and what it gives."""

from typing import Any

import pytest

from weir import cel

VALUES: dict[str, tuple[str, Any]] = {
    "a number": ("a.n + 1", 4),
    "a text": ("a.s.split('-')[0].upperAscii()", "X"),
    "a set": ("sets.intersects([1, 2], [2])", True),
    "an encoding": ("string(base64.decode('YQ=='))", "a"),
    "a function of the caller": ("twice(a.n)", 6),
}


@pytest.mark.parametrize("name", VALUES)
def test_an_expression_has_a_value(name: str) -> None:
    expression, expected = VALUES[name]
    assert cel.evaluate(expression, {"a": {"n": 3, "s": "x-y"}}, {"twice": lambda n: 2 * n}) == expected


REFUSED = {
    "no syntax": ("a ==", "mismatched input"),
    "too long": ("true || " * 4000 + "true", "longer than 16384 characters"),
    "a variable that nobody knows": ("b == 1 || c == 1", "unknown variable b, c; there are a and z"),
    "a result that may be anything": ("a.b", "the result must be a bool"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_expression_that_cannot_be_used_is_refused(name: str) -> None:
    expression, text = REFUSED[name]
    with pytest.raises(cel.CelError, match=text):
        cel.check(expression, {"z", "a"})


def test_names_that_a_comprehension_binds_and_namespaces_are_no_variables() -> None:
    cel.check("a.all(each, each > 1) && sets.contains(a, [1])", {"a"})


FAILED = {
    "a member that is not there": ("a.b == 1", "no such key: b"),
    "no bool": ("1", "the expression gave int, not a bool"),
}


@pytest.mark.parametrize("name", FAILED)
def test_an_evaluation_that_fails_says_why(name: str) -> None:
    expression, text = FAILED[name]
    with pytest.raises(cel.CelError, match=text):
        cel.holds(expression, {"a": {}})
