"""Merging lists by item, and what holds for every apply."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cluster.schema.apply import apply, update
from tests.local_cluster.schema.bodies import CUSTOM

START = datetime(2026, 1, 1, tzinfo=UTC)


def custom(spec: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "apiVersion": "e.org/v1",
        "kind": "Thing",
        "metadata": {"name": "x", "namespace": "n"},
        "spec": spec,
        **rest,
    }


LISTS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]] = {
    "applied items go behind the live ones": (["a", "b"], ["c"], ["a", "b", "c"]),
    "shared items keep their place": (["a", "b", "c"], ["b"], ["a", "b", "c"]),
    "the applied order wins among shared items": (["a", "b", "c"], ["c", "a"], ["b", "c", "a"]),
    "live items stay behind the shared item they stood behind": (
        ["a", "x", "b", "y"],
        ["a", "n", "b"],
        ["a", "x", "n", "b", "y"],
    ),
    "new items may come first": (["a"], ["n", "a"], ["n", "a"]),
}  # type: ignore[assignment]  names stand for items


@pytest.mark.parametrize("case", LISTS)
def test_order_of_merged_lists(case: str) -> None:
    live, applied, expected = LISTS[case]
    parts = [{"name": name, "n": 1} for name in live]
    before = update(None, custom({"parts": parts}), CUSTOM, manager="you", api_version="e.org/v1", now=START)
    body = custom({"parts": [{"name": name} for name in applied]})
    after = apply(before, body, CUSTOM, manager="me", force=False, api_version="e.org/v1", now=START)
    assert [part["name"] for part in after["spec"]["parts"]] == expected
    assert all(part.get("n") == (1 if part["name"] in live else None) for part in after["spec"]["parts"])


NAMES = st.sampled_from("abc")
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["", "x", "y"]),
        "free": st.dictionaries(NAMES, NAMES, max_size=3),
        "tags": st.lists(NAMES, unique=True, max_size=3),
        "plain": st.lists(NAMES, max_size=2),
        "parts": st.dictionaries(NAMES, st.integers(0, 2), max_size=3).map(
            lambda parts: [{"name": name, "n": n} for name, n in parts.items()]
        ),
    },
)


def _apply(live: dict[str, Any] | None, spec: dict[str, Any], manager: str, second: int = 0) -> dict[str, Any]:
    now = START + timedelta(seconds=second)
    return apply(live, custom(spec), CUSTOM, manager=manager, force=True, api_version="e.org/v1", now=now)


@settings(max_examples=60)
@given(SPECS, SPECS, SPECS)
def test_applying_twice_is_applying_once(mine: dict[str, Any], yours: dict[str, Any], before: dict[str, Any]) -> None:
    live = _apply(_apply(_apply(None, before, "me"), yours, "you"), mine, "me")
    assert _apply(live, mine, "me", 1) == live


@settings(max_examples=60)
@given(SPECS, SPECS)
def test_a_lone_applier_gets_what_it_asked_for(before: dict[str, Any], after: dict[str, Any]) -> None:
    spec = _apply(_apply(None, before, "me"), after, "me").get("spec", {})
    assert {name: value for name, value in spec.items() if value} == {
        name: value for name, value in after.items() if value
    }


@settings(max_examples=60)
@given(SPECS, SPECS)
def test_leaving_gives_back_what_the_other_applied(mine: dict[str, Any], yours: dict[str, Any]) -> None:
    live = _apply(_apply(None, mine, "me"), yours, "you")
    left = _apply(live, {}, "me").get("spec", {})
    assert {name: value for name, value in left.items() if value} == {
        name: value for name, value in yours.items() if value
    }
