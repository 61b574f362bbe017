from typing import Any

import pytest

from weir.apply.drift import drifted, paths, without_ignored


def thing(kind: str = "Thing", metadata: Any = None, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", **(metadata or {})}, **fields}


HPA = {"metrics": [{"type": "Resource", "resource": {"name": "cpu"}}]}
NOISY = {"metrics": [*HPA["metrics"], *HPA["metrics"], {"type": ""}]}

CASES = {
    "the same": (thing(spec={"a": 1}), thing(spec={"a": 1}), ()),
    "a value": (thing(spec={"a": 1}), thing(spec={"a": 2}), ("/spec/a",)),
    "a value added by hand": (thing(spec={"a": 1, "b": 2}), thing(spec={"a": 1}), ("/spec/b",)),
    "a type": (thing(spec={"a": 1}), thing(spec={"a": True}), ("/spec/a",)),
    "an item of a list": (thing(spec=[1, {"a": 2}]), thing(spec=[1, {"a": 3}]), ("/spec/1/a",)),
    "the length of a list": (thing(spec=[1]), thing(spec=[1, 2]), ("/spec",)),
    "a label": (
        thing(metadata={"labels": {"a/b": "1"}}),
        thing(metadata={"labels": {"a/b": "2"}}),
        ("/metadata/labels/a~1b",),
    ),
    "an annotation that is gone": (thing(), thing(metadata={"annotations": {"a": "1"}}), ("/metadata/annotations/a",)),
    "data": (thing(data={"a": "1"}), thing(data={}), ("/data/a",)),
    "status does not count": (thing(status={"a": 1}), thing(status={"a": 2}), ()),
    "other metadata does not count": (thing(metadata={"finalizers": ["x"]}), thing(metadata={"uid": "u"}), ()),
    "absent and empty are equal": (thing(spec={"a": {}, "b": []}), thing(spec={"c": None}), ()),
    "noise in an autoscaler's metrics does not count": (
        thing("HorizontalPodAutoscaler", spec=NOISY),
        thing("HorizontalPodAutoscaler", spec=HPA),
        (),
    ),
    "the same noise elsewhere counts": (thing(spec=NOISY), thing(spec=HPA), ("/spec/metrics",)),
}


@pytest.mark.parametrize("name", CASES)
def test_drift_is_where_a_dry_run_differs(name: str) -> None:
    live, wanted, expected = CASES[name]
    assert paths(live, wanted) == expected
    assert drifted(live, wanted) is bool(expected)


def test_paths_are_told_up_to_a_limit() -> None:
    many = {f"k{index}": index for index in range(50)}
    assert len(paths(thing(spec=many), thing(spec=dict.fromkeys(many, "x")))) == 10


IGNORED = {
    "a field": (("/spec/a",), {"spec": {"b": [{"c": 1}, {"d": 2}]}}),
    "an item": (("/spec/b/0",), {"spec": {"a": 1, "b": [{"d": 2}]}}),
    "a field of an item": (("/spec/b/1/d",), {"spec": {"a": 1, "b": [{"c": 1}, {}]}}),
    "what is not there": (("/spec/x/y", "/spec/b/7", "/nope"), {"spec": {"a": 1, "b": [{"c": 1}, {"d": 2}]}}),
    "all of it": (("/spec",), {}),
}


@pytest.mark.parametrize("name", IGNORED)
def test_ignored_places_are_left_out_of_a_copy(name: str) -> None:
    pointers, expected = IGNORED[name]
    original = {"spec": {"a": 1, "b": [{"c": 1}, {"d": 2}]}}
    assert without_ignored(original, pointers) == expected
    assert original == {"spec": {"a": 1, "b": [{"c": 1}, {"d": 2}]}}
