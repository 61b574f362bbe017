from typing import Any

import pytest

from kustomize_controller.depends import keys, ordered, unmet, woken
from weir.api.base import ObjectMeta
from weir.api.conditions import Condition, Status
from weir.api.kustomization import (
    DependencyReference,
    Kustomization,
    KustomizationSpec,
    KustomizationStatus,
    SourceReference,
)
from weir.kube.object import Key


def ks(
    name: str,
    *depends_on: DependencyReference,
    ready: Status | None = "True",
    generation: int = 1,
    observed: int = 1,
    applied: str = "r1",
    source: str = "repo",
    namespace: str = "ns",
) -> Kustomization:
    conditions = (Condition("Ready", ready, "t", "Any", ""),) if ready else ()
    return Kustomization(
        metadata=ObjectMeta(name=name, namespace=namespace, generation=generation),
        spec=KustomizationSpec(
            prune=True, source_ref=SourceReference("GitRepository", source, namespace="ns"), depends_on=depends_on
        ),
        status=KustomizationStatus(observed, conditions, applied),
    )


def on(name: str, namespace: str = "", expression: str = "") -> DependencyReference:
    return DependencyReference(name, namespace, expression)


A = Key("ns", "a")
WITH = on("a", expression="dep.x == 1")
MET: dict[str, Any] = {
    "no dependency": (ks("b"), {}, {}, None),
    "a ready one": (ks("b", on("a")), {A: ks("a")}, {}, None),
    "one that is not there": (ks("b", on("a")), {}, {}, "dependency 'ns/a' not found"),
    "one of another namespace": (ks("b", on("a", "other")), {A: ks("a")}, {}, "dependency 'other/a' not found"),
    "one without conditions": (ks("b", on("a")), {A: ks("a", ready=None)}, {}, "dependency 'ns/a' is not ready"),
    "one that is not ready": (ks("b", on("a")), {A: ks("a", ready="False")}, {}, "dependency 'ns/a' is not ready"),
    "one of an older generation": (ks("b", on("a")), {A: ks("a", generation=2)}, {}, "dependency 'ns/a' is not ready"),
    "one at an older revision of the same source": (
        ks("b", on("a")),
        {A: ks("a", applied="r0")},
        {},
        "dependency 'ns/a' revision is not up to date: it has not applied r1 yet",
    ),
    "one at any revision of another source": (ks("b", on("a")), {A: ks("a", applied="r0", source="other")}, {}, None),
    "an expression that is true": (ks("b", WITH), {A: ks("a", ready="False", applied="r0")}, {0: True}, None),
    "an expression that is false": (
        ks("b", WITH),
        {A: ks("a")},
        {0: False},
        "dependency 'ns/a' is not ready: readyExpr is false",
    ),
    "an expression that fails": (
        ks("b", WITH),
        {A: ks("a")},
        {0: "no such key: x"},
        "dependency 'ns/a' is not ready: readyExpr no such key: x",
    ),
    "the first that is not ready is told": (
        ks("b", on("a"), on("c")),
        {A: ks("a")},
        {},
        "dependency 'ns/c' not found",
    ),
}


@pytest.mark.parametrize("name", MET)
def test_dependencies_are_met_or_told(name: str) -> None:
    obj, found, verdicts, expected = MET[name]
    result = unmet(obj, "r1", found, verdicts, additive=False)
    assert (str(result) if result else None) == expected


def test_with_the_gate_an_expression_is_not_enough() -> None:
    result = unmet(ks("b", WITH), "r1", {A: ks("a", ready="False")}, {0: True}, additive=True)
    assert str(result) == "dependency 'ns/a' is not ready"


WOKEN: dict[str, Any] = {
    "it became ready": (ks("a", ready="False"), ks("a"), True),
    "it applied another revision": (ks("a", applied="r0"), ks("a"), True),
    "it stayed as it was": (ks("a"), ks("a"), False),
    "it came ready": (None, ks("a"), True),
    "it came and is not ready": (None, ks("a", ready=None), False),
    "it is gone": (ks("a"), None, False),
    "it failed": (ks("a"), ks("a", ready="False"), False),
}


@pytest.mark.parametrize("name", WOKEN)
def test_dependants_are_woken_when_it_helps(name: str) -> None:
    before, after, expected = WOKEN[name]
    assert woken(before, after) is expected


def test_dependencies_come_first() -> None:
    found, circle = ordered([ks("c", on("b")), ks("b", on("a"), on("elsewhere")), ks("a"), ks("d")])
    assert [key.name for key in found] == ["a", "d", "b", "c"]
    assert circle == ()


def test_a_circle_comes_last_and_is_told() -> None:
    found, circle = ordered([ks("a", on("b")), ks("b", on("a")), ks("me", on("me")), ks("c")])
    assert [key.name for key in found] == ["c", "a", "b", "me"]
    assert [key.name for key in circle] == ["a", "b", "me"]


def test_the_namespace_of_a_dependency_defaults_to_ones_own() -> None:
    assert keys(ks("b", on("a"), on("c", "other"))) == (Key("ns", "a"), Key("other", "c"))
