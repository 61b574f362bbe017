from typing import Any

import msgspec
import pytest

from kustomize_controller.state import Bodies, Fight, Mark, State, mark
from weir.apply.changes import Action, Change, Reference
from weir.apply.managers import takeovers
from weir.apply.steps import Wanted
from weir.kube.object import Key, Object, read

A = Reference("apps/v1", "Deployment", "ns", "a")
RULES = takeovers()


def manager(name: str, fields: dict[str, Any], operation: str = "Apply") -> dict[str, Any]:
    return {"manager": name, "operation": operation, "apiVersion": "apps/v1", "fieldsV1": fields}


OURS = manager("kustomize-controller", {"f:spec": {"f:replicas": {}}})
OTHERS = manager("kube-controller-manager", {"f:metadata": {}}, "Update")
LIVE = {
    "metadata": {
        "uid": "u",
        "resourceVersion": "5",
        "generation": 2,
        "labels": {"l": "1"},
        "annotations": {"a": "1"},
        "managedFields": [OURS],
    }
}


def seen(**changed: Any) -> Object:
    """The object at another version, without managed fields if nothing else is said."""
    metadata = {**LIVE["metadata"], "resourceVersion": "6", "managedFields": [], **changed}
    return read(msgspec.json.encode({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}))


FITS = {
    "the version that we wrote": (seen(resourceVersion="5"), True),
    "a change of status alone": (seen(), True),
    "another generation": (seen(generation=3), False),
    "another label": (seen(labels={}), False),
    "another annotation": (seen(annotations={"a": "2"}), False),
    "another object of that name": (seen(uid="v", resourceVersion="5", managedFields=[OURS]), False),
    "an object marked for deletion": (seen(deletionTimestamp="t", managedFields=[OURS]), False),
    "another annotation, of a field that is not ours": (
        seen(annotations={"b": ""}, managedFields=[OTHERS, OURS]),
        True,
    ),
    "another generation by a field that is not ours": (seen(generation=3, managedFields=[OURS, OTHERS]), True),
    "a field that was ours": (
        seen(generation=3, managedFields=[{**OURS, "fieldsV1": {}}, manager("hpa", OURS["fieldsV1"], "Update")]),
        False,
    ),
    "a field of kubectl, which is taken over": (
        seen(generation=3, managedFields=[OURS, manager("kubectl-edit", {"f:spec": {"f:paused": {}}}, "Update")]),
        False,
    ),
    "what kubectl apply left": (
        seen(annotations={"kubectl.kubernetes.io/last-applied-configuration": "{}"}, managedFields=[OURS, OTHERS]),
        False,
    ),
}


@pytest.mark.parametrize("name", FITS)
def test_an_object_is_as_we_left_it_or_not(name: str) -> None:
    object_, expected = FITS[name]
    assert mark(A, LIVE, b"d", RULES).fits(object_) is expected


def test_without_a_generation_and_managed_fields_every_change_counts() -> None:
    bare = {"metadata": {"uid": "u", "resourceVersion": "5"}}
    assert not mark(A, bare, b"d", RULES).fits(seen(generation=0))


def known(*names: str) -> State:
    state = State()
    for name in names:
        state.marks[name] = mark(A, LIVE, b"d", RULES)
    return state


def test_hints_of_our_own_writes_and_of_strangers_are_dropped() -> None:
    state = known("ours", "gone", "edited")
    state.hints |= {"ours": seen(), "gone": None, "edited": seen(generation=9), "stranger": None}
    assert sorted(state.drifted()) == ["edited", "gone"]


def test_what_is_no_longer_wanted_is_forgotten() -> None:
    state = known("a", "b")
    state.hints |= {"b": None}
    state.restored("b", 1.0)
    state.keep(["a"])
    assert (list(state.marks), state.hints, state.fights) == (["a"], {}, {})


def test_what_was_skipped_is_nobodys_drift() -> None:
    state = State()
    wanted = Wanted.of({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a", "namespace": "ns"}})
    state.learn({A.entry.id: wanted}, [Change(A, Action.SKIPPED, live=LIVE)], RULES)
    assert state.marks == {}
    state.learn({A.entry.id: wanted}, [Change(A, Action.UNCHANGED, live=LIVE)], RULES)
    assert isinstance(state.marks[A.entry.id], Mark)


def test_fights_pause_after_a_while_and_are_forgotten_in_calm() -> None:
    assert [Fight(debt=debt).pause for debt in (1, 99, 100, 101, 105, 9999)] == [0, 0, 1, 2, 32, 300]
    state = State()
    assert [state.restored("a", at).times for at in (0, 1, 500, 1200)] == [1, 2, 3, 1]


@pytest.mark.parametrize(("gap", "expected"), [(0.1, 300), (2.5, 300), (3.5, 0)])
def test_only_who_fights_without_a_respite_is_paused(gap: float, expected: float) -> None:
    fight, now = Fight(), 0.0
    for _ in range(1000):
        now += fight.pause + gap
        fight = fight.again(now)
    assert fight.pause == expected


def wanted(name: str, kind: str = "ConfigMap", size: int = 10) -> Wanted:
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "data": {"x": "y" * size}}
    return Wanted.of(body, "a.yaml:1")


def test_bodies_are_kept_up_to_a_size_and_secrets_never() -> None:
    bodies, owner = Bodies(1000), Key("ns", "a")
    first, second, secret = wanted("a", size=400), wanted("b", size=400), wanted("s", "Secret")
    bodies.put(owner, [first, second, secret])
    assert bodies.get(owner, first.reference.entry.id) == first
    assert bodies.get(owner, secret.reference.entry.id) is None
    bodies.put(owner, [wanted("c", size=400)])
    assert bodies.get(owner, second.reference.entry.id) is None
    assert bodies.get(owner, first.reference.entry.id) == first
    bodies.forget(owner, [first.reference.entry.id])
    assert bodies.get(owner, first.reference.entry.id) is None
