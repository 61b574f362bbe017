"""The difference between two statuses, as a JSON merge patch."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weir.runtime.status import difference

TABLE: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "nothing changed": ({"a": 1, "b": {"c": [1]}}, {"a": 1, "b": {"c": [1]}}, {}),
    "a member is new, another is gone": ({"a": 1}, {"b": 2}, {"a": None, "b": 2}),
    "only what differs of an object": ({"o": {"a": 1, "b": 2}}, {"o": {"a": 1, "b": 3}}, {"o": {"b": 3}}),
    "lists are whole": ({"l": [1, 2]}, {"l": [1]}, {"l": [1]}),
    "an object that becomes empty loses its members": ({"o": {"a": 1}}, {"o": {}}, {"o": {"a": None}}),
    "an object takes the place of a list": ({"x": [1]}, {"x": {"a": 1}}, {"x": {"a": 1}}),
}


@pytest.mark.parametrize(("before", "after", "expected"), TABLE.values(), ids=TABLE)
def test_difference(before: dict[str, Any], after: dict[str, Any], expected: dict[str, Any]) -> None:
    assert difference(before, after) == expected


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386, word for word."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


_VALUES = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
_OBJECTS = st.dictionaries(st.sampled_from("abc"), _VALUES, max_size=3)


@given(_OBJECTS, _OBJECTS)
def test_the_patch_makes_the_one_of_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert merged(before, difference(before, after)) == after
