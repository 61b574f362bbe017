"""Sources: Ready as derived from the other conditions. And what becomes of the conditions of suspended objects."""

from datetime import UTC, datetime

import pytest

from weir.api.conditions import Condition
from weir.runtime.outcome import (
    Conclusion,
    Ending,
    Failed,
    Mark,
    Notice,
    Policy,
    Ready,
    Requeue,
    Severity,
    Summary,
    Unexpected,
    conclude,
    rest,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
T = "2026-01-02T03:04:05Z"
OLD = "2025-12-31T00:00:00Z"


def c(type_: str, status: str, reason: str, message: str, at: str = T, generation: int = 7) -> Condition:
    return Condition(type_, status, at, reason, message, generation)  # type: ignore[arg-type]


class BuildFailed(Failed):
    reason = "BuildFailed"


PLAIN = Policy()
GIT = Policy(
    owned=(
        "Ready",
        "Reconciling",
        "Stalled",
        "FetchFailed",
        "StorageOperationFailed",
        "ArtifactOutdated",
        "ArtifactInStorage",
        "SourceVerified",
    ),
    summary=Summary(
        priority=(
            "StorageOperationFailed",
            "FetchFailed",
            "ArtifactOutdated",
            "ArtifactInStorage",
            "SourceVerified",
            "Stalled",
            "Reconciling",
        ),
        abnormal=frozenset({"StorageOperationFailed", "FetchFailed", "ArtifactOutdated", "Stalled", "Reconciling"}),
        overrides=("SourceVerified",),
    ),
)
GOING = (
    c("Reconciling", "True", "Progressing", "building", OLD),
    c("Ready", "Unknown", "Progressing", "building", OLD),
)
STORED = Mark("ArtifactInStorage", "True", "Succeeded", "stored 1")

TABLE: dict[str, tuple[Ready | Ending, tuple[Condition, ...], Policy, Conclusion]] = {
    "a source that is stored is ready by its artifact's words": (
        Ready("Succeeded", "unused", marks=(STORED, Mark("ArtifactOutdated", "", "", ""))),
        (c("ArtifactOutdated", "True", "NewRevision", "new", OLD), *GOING),
        GIT,
        Conclusion(
            (c("Ready", "True", "Succeeded", "stored 1"), c("ArtifactInStorage", "True", "Succeeded", "stored 1")),
            7,
            None,
            Requeue("interval"),
        ),
    ),
    "a source that cannot fetch is not ready by the fetch's words, whatever is stored": (
        BuildFailed("not shown", marks=(Mark("FetchFailed", "True", "AuthenticationFailed", "who are you"),)),
        (c("ArtifactInStorage", "True", "Succeeded", "stored 1", OLD),),
        GIT,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "not shown"),
                c("Ready", "False", "AuthenticationFailed", "who are you"),
                c("ArtifactInStorage", "True", "Succeeded", "stored 1", OLD),
                c("FetchFailed", "True", "AuthenticationFailed", "who are you"),
            ),
            None,
            Notice(Severity.ERROR, "BuildFailed", "not shown"),
            Requeue("retry"),
        ),
    ),
    "a source whose attempt broke off says so itself": (
        Unexpected("unexpected KeyError"),
        (c("ArtifactInStorage", "True", "Succeeded", "stored 1", OLD),),
        GIT,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "unexpected KeyError"),
                c("Ready", "False", "ReconciliationFailed", "unexpected KeyError"),
                c("ArtifactInStorage", "True", "Succeeded", "stored 1", OLD),
            ),
            None,
            Notice(Severity.ERROR, "ReconciliationFailed", "unexpected KeyError"),
            Requeue("backoff"),
        ),
    ),
    "a source that claims success with a failure left is failed": (
        Ready("Succeeded", "fine", severity=Severity.INFO, marks=(STORED,)),
        (c("FetchFailed", "True", "GitOperationFailed", "no route", OLD),),
        GIT,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "no route"),
                c("Ready", "False", "GitOperationFailed", "no route"),
                c("ArtifactInStorage", "True", "Succeeded", "stored 1"),
                c("FetchFailed", "True", "GitOperationFailed", "no route", OLD),
            ),
            None,
            Notice(Severity.ERROR, "GitOperationFailed", "no route"),
            Requeue("backoff"),
        ),
    ),
    "a source whose signature is wrong is not ready above everything": (
        BuildFailed("x", marks=(Mark("SourceVerified", "False", "InvalidCommitSignature", "forged"),)),
        (c("FetchFailed", "True", "GitOperationFailed", "no route", OLD),),
        GIT,
        Conclusion(
            (
                c("Reconciling", "True", "ProgressingWithRetry", "x"),
                c("Ready", "False", "InvalidCommitSignature", "forged"),
                c("FetchFailed", "True", "GitOperationFailed", "no route", OLD),
                c("SourceVerified", "False", "InvalidCommitSignature", "forged"),
            ),
            None,
            Notice(Severity.ERROR, "BuildFailed", "x"),
            Requeue("retry"),
        ),
    ),
}


@pytest.mark.parametrize(("ending", "before", "policy", "expected"), TABLE.values(), ids=TABLE)
def test_conclude(ending: Ready | Ending, before: tuple[Condition, ...], policy: Policy, expected: Conclusion) -> None:
    assert conclude(ending, before, 7, NOW, policy) == expected


REST: dict[str, tuple[tuple[Condition, ...], Policy, tuple[tuple[Condition, ...], int | None]]] = {
    "suspended while ready: observed, nothing is going on": (
        (GOING[0], c("Ready", "True", "S", "ok", OLD)),
        PLAIN,
        ((c("Ready", "True", "S", "ok", OLD),), 7),
    ),
    "suspended while failing: kept, as a retry": (
        (GOING[0], c("Ready", "False", "S", "no", OLD)),
        PLAIN,
        (
            (
                c("Reconciling", "True", "ProgressingWithRetry", "building"),
                c("Ready", "False", "S", "no", OLD),
            ),
            None,
        ),
    ),
    "suspended before the first attempt": ((), PLAIN, ((), None)),
    "a suspended source drops Stalled and sums up": (
        (c("Stalled", "True", "X", "x", OLD), c("ArtifactInStorage", "True", "Succeeded", "stored 1", OLD)),
        GIT,
        (
            (
                c("Ready", "True", "Succeeded", "stored 1"),
                c("ArtifactInStorage", "True", "Succeeded", "stored 1", OLD),
            ),
            7,
        ),
    ),
    "a suspended source without conditions": ((), GIT, ((), None)),
}


@pytest.mark.parametrize(("before", "policy", "expected"), REST.values(), ids=REST)
def test_rest(
    before: tuple[Condition, ...], policy: Policy, expected: tuple[tuple[Condition, ...], int | None]
) -> None:
    assert rest(before, 7, NOW, policy) == expected
