"""The table of endings."""

from datetime import UTC, datetime

import pytest

from weir.api.conditions import Condition
from weir.runtime.outcome import (
    Conclusion,
    Ending,
    Failed,
    InvalidObject,
    Mark,
    Notice,
    Policy,
    Ready,
    Requeue,
    Severity,
    Stalled,
    Superseded,
    Unexpected,
    Waiting,
    conclude,
    proceed,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
T = "2026-01-02T03:04:05Z"
OLD = "2025-12-31T00:00:00Z"


def c(type_: str, status: str, reason: str, message: str, at: str = T, generation: int = 7) -> Condition:
    return Condition(type_, status, at, reason, message, generation)  # type: ignore[arg-type]


class BuildFailed(Failed):
    reason = "BuildFailed"


class DependencyNotReady(Waiting):
    reason = "DependencyNotReady"
    severity = Severity.INFO


class Rolling(Waiting):
    ready = "Unknown"


class GateOff(Stalled):
    reason = "FeatureGateDisabled"
    observes = False


PLAIN = Policy()
GOING = (
    c("Reconciling", "True", "Progressing", "building", OLD),
    c("Ready", "Unknown", "Progressing", "building", OLD),
)
TABLE: dict[str, tuple[Ready | Ending, tuple[Condition, ...], Policy, Conclusion]] = {
    "ready drops Reconciling and Stalled and observes the generation": (
        Ready("ReconciliationSucceeded", "applied"),
        (c("Stalled", "True", "X", "x", OLD), *GOING),
        PLAIN,
        Conclusion((c("Ready", "True", "ReconciliationSucceeded", "applied"),), 7, None, Requeue("interval")),
    ),
    "ready again keeps the time of transition though the generation moves": (
        Ready("Succeeded", "applied"),
        (c("Ready", "True", "Succeeded", "applied", OLD, 6),),
        PLAIN,
        Conclusion((c("Ready", "True", "Succeeded", "applied", OLD, 7),), 7, None, Requeue("interval")),
    ),
    "ready with another message moves the time of transition": (
        Ready("Succeeded", "applied 2", after=90),
        (c("Ready", "True", "Succeeded", "applied 1", OLD),),
        PLAIN,
        Conclusion((c("Ready", "True", "Succeeded", "applied 2"),), 7, None, Requeue("after", 90)),
    ),
    "ready may say more in its event than in its condition": (
        Ready(
            "Succeeded",
            "applied",
            severity=Severity.INFO,
            event_message="finished in 1s",
            event_reason="NewArtifact",
            metadata={"a": "b"},
        ),
        (),
        PLAIN,
        Conclusion(
            (c("Ready", "True", "Succeeded", "applied"),),
            7,
            Notice(Severity.INFO, "NewArtifact", "finished in 1s", {"a": "b"}),
            Requeue("interval"),
        ),
    ),
    "ready sets and removes further conditions, sorted behind the three": (
        Ready("Succeeded", "ok", marks=(Mark("Healthy", "True", "Succeeded", "all"), Mark("Aged", "", "", ""))),
        (c("Aged", "True", "Old", "", OLD), c("Zone", "True", "Foreign", "", OLD, 9)),
        PLAIN,
        Conclusion(
            (
                c("Ready", "True", "Succeeded", "ok"),
                c("Zone", "True", "Foreign", "", OLD, 9),
                c("Healthy", "True", "Succeeded", "all"),
            ),
            7,
            None,
            Requeue("interval"),
        ),
    ),
    "waiting is not ready, keeps the step it came to, and comes back after its own time": (
        DependencyNotReady("dependency ns/a is not ready"),
        (c("Stalled", "True", "X", "x", OLD), *GOING),
        PLAIN,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "building"),
                c("Ready", "False", "DependencyNotReady", "dependency ns/a is not ready"),
            ),
            None,
            Notice(Severity.INFO, "DependencyNotReady", "dependency ns/a is not ready"),
            Requeue("after", 30),
        ),
    ),
    "waiting with Ready unknown is progress": (
        Rolling("1 of 2 healthy", after=5),
        (),
        PLAIN,
        Conclusion(
            (
                c("Reconciling", "True", "Progressing", "1 of 2 healthy"),
                c("Ready", "Unknown", "Progressing", "1 of 2 healthy"),
            ),
            None,
            None,
            Requeue("after", 5),
        ),
    ),
    "superseded comes back at once": (
        Superseded("a newer revision came"),
        (),
        PLAIN,
        Conclusion(
            (
                c("Reconciling", "True", "Progressing", "a newer revision came"),
                c("Ready", "Unknown", "Progressing", "a newer revision came"),
            ),
            None,
            None,
            Requeue("after", 0),
        ),
    ),
    "failed is retried and not observed": (
        BuildFailed("apps/x.yaml: line 3", metadata={"r": "1"}),
        GOING,
        PLAIN,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "building"),
                c("Ready", "False", "BuildFailed", "apps/x.yaml: line 3"),
            ),
            None,
            Notice(Severity.ERROR, "BuildFailed", "apps/x.yaml: line 3", {"r": "1"}),
            Requeue("retry"),
        ),
    ),
    "failed may name its own delay": (
        BuildFailed("no", after=12),
        (),
        PLAIN,
        Conclusion(
            (c("Reconciling", "True", "ProgressingWithRetry", "no"), c("Ready", "False", "BuildFailed", "no")),
            None,
            Notice(Severity.ERROR, "BuildFailed", "no"),
            Requeue("after", 12),
        ),
    ),
    "anything else is failed, with back-off whatever the retry interval": (
        Unexpected("unexpected KeyError"),
        (),
        PLAIN,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "unexpected KeyError"),
                c("Ready", "False", "ReconciliationFailed", "unexpected KeyError"),
            ),
            None,
            Notice(Severity.ERROR, "ReconciliationFailed", "unexpected KeyError"),
            Requeue("backoff"),
        ),
    ),
    "stalled waits for a change and is observed": (
        InvalidObject("spec.interval: expected str"),
        GOING,
        PLAIN,
        Conclusion(
            (
                c("Stalled", "True", "InvalidObject", "spec.interval: expected str"),
                c("Ready", "False", "InvalidObject", "spec.interval: expected str"),
            ),
            7,
            Notice(Severity.ERROR, "InvalidObject", "spec.interval: expected str"),
            Requeue("change"),
        ),
    ),
    "a stalled ending can leave the generation unobserved": (
        GateOff("the gate is off"),
        (),
        PLAIN,
        Conclusion(
            (
                c("Stalled", "True", "FeatureGateDisabled", "the gate is off"),
                c("Ready", "False", "FeatureGateDisabled", "the gate is off"),
            ),
            None,
            Notice(Severity.ERROR, "FeatureGateDisabled", "the gate is off"),
            Requeue("change"),
        ),
    ),
}


@pytest.mark.parametrize(("ending", "before", "policy", "expected"), TABLE.values(), ids=TABLE)
def test_conclude(ending: Ready | Ending, before: tuple[Condition, ...], policy: Policy, expected: Conclusion) -> None:
    assert conclude(ending, before, 7, NOW, policy) == expected


def test_every_ending_has_a_row() -> None:
    def below(cls: type[Ending]) -> set[type[Ending]]:
        return {cls, *(it for sub in cls.__subclasses__() for it in below(sub))}

    own = {it for it in below(Ending) if it.__module__ == "weir.runtime.outcome"}
    covered = {base for ending, *_ in TABLE.values() for base in type(ending).__mro__}
    # LostClaim is not concluded: the attempt writes no more.
    assert {it.__name__ for it in own - covered} == {"LostClaim"}


def test_a_message_is_cut_at_32768_bytes() -> None:
    said = conclude(Ready("S", "ä" * 20_000), (), 1, NOW, PLAIN).conditions[0].message
    assert len(said.encode()) <= 32768
    assert said.endswith("ä...")


PROCEED: dict[str, tuple[tuple[Condition, ...], bool, tuple[Condition, ...]]] = {
    "an attempt that may change something makes Ready unknown": (
        (c("Stalled", "True", "X", "x", OLD), c("Ready", "True", "Succeeded", "ok", OLD)),
        True,
        (c("Reconciling", "True", "Progressing", "building"), c("Ready", "Unknown", "Progressing", "building")),
    ),
    "an attempt that only looks leaves Ready as it is": (
        (c("Ready", "True", "Succeeded", "ok", OLD, 6),),
        False,
        (c("Reconciling", "True", "Progressing", "building"), c("Ready", "True", "Succeeded", "ok", OLD, 6)),
    ),
    "Ready that was never there becomes unknown all the same": (
        (),
        False,
        (c("Reconciling", "True", "Progressing", "building"), c("Ready", "Unknown", "Progressing", "building")),
    ),
}


@pytest.mark.parametrize(("before", "ready", "expected"), PROCEED.values(), ids=PROCEED)
def test_proceed(before: tuple[Condition, ...], ready: bool, expected: tuple[Condition, ...]) -> None:
    assert proceed(before, Mark("Reconciling", "True", "Progressing", "building"), (), 7, NOW, ready=ready) == expected
