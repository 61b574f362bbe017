"""Events: their shape, repetitions, and how many are too many."""

from datetime import UTC, datetime

import msgspec

from weir.api.base import Kind, ObjectMeta
from weir.runtime import logs
from weir.runtime.events import BURST, MOST_MESSAGE, REFILL, Correlator, Recurrence, kubernetes, make
from weir.runtime.outcome import Notice, Severity

KIND = Kind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations")
META = ObjectMeta(
    name="web",
    namespace="apps",
    uid="u-1",
    resource_version="42",
    annotations={"event.toolkit.fluxcd.io/team": "a", "event.toolkit.fluxcd.io/own": "object", "other": "x"},
)
NOTICE = Notice(
    Severity.ERROR,
    "BuildFailed",
    "no such file",
    {"kustomize.toolkit.fluxcd.io/revision": "main@sha1:1", "event.toolkit.fluxcd.io/own": "service"},
)
NOW = datetime(2026, 1, 2, 3, 4, 5, 999, tzinfo=UTC)


def test_the_event_is_that_of_the_toolkit() -> None:
    event = make(KIND, META, NOTICE, "kustomize-controller", "pod-1", NOW)
    assert msgspec.json.decode(msgspec.json.encode(event)) == {
        "involvedObject": {
            "kind": "Kustomization",
            "namespace": "apps",
            "name": "web",
            "uid": "u-1",
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "resourceVersion": "42",
        },
        "severity": "error",
        "timestamp": "2026-01-02T03:04:05Z",
        "message": "no such file",
        "reason": "BuildFailed",
        "metadata": {
            "kustomize.toolkit.fluxcd.io/revision": "main@sha1:1",
            "event.toolkit.fluxcd.io/own": "object",
            "event.toolkit.fluxcd.io/team": "a",
        },
        "reportingController": "kustomize-controller",
        "reportingInstance": "pod-1",
    }


def test_kubernetes_has_the_same_with_annotations() -> None:
    event = make(KIND, META, NOTICE, "kustomize-controller", "pod-1", NOW)
    assert kubernetes(event, "web.1") == {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "web.1", "namespace": "apps", "annotations": event.metadata},
        "involvedObject": {
            "kind": "Kustomization",
            "namespace": "apps",
            "name": "web",
            "uid": "u-1",
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "resourceVersion": "42",
        },
        "type": "Warning",
        "reason": "BuildFailed",
        "message": "no such file",
        "source": {"component": "kustomize-controller"},
        "reportingComponent": "kustomize-controller",
        "reportingInstance": "pod-1",
        "firstTimestamp": "2026-01-02T03:04:05Z",
        "lastTimestamp": "2026-01-02T03:04:05Z",
        "count": 1,
    }


def test_info_and_trace_are_normal_to_kubernetes() -> None:
    for severity in (Severity.INFO, Severity.TRACE):
        event = make(KIND, META, Notice(severity, "Progressing", "x"), "c", "i", NOW)
        assert (event.severity, kubernetes(event, "n")["type"]) == (severity.value, "Normal")


def test_messages_hold_no_known_secret_and_are_not_endless() -> None:
    logs.redact("sw0rdfish!")
    event = make(KIND, META, Notice(Severity.INFO, "R", "token sw0rdfish! " + "x" * 50_000), "c", "i", NOW)
    assert event.message.startswith("token ***** xxx")
    assert len(event.message) == MOST_MESSAGE


def test_a_repetition_is_known_until_kubernetes_lost_it() -> None:
    correlator = Correlator()
    assert correlator.before(("k",)) is None
    correlator.sent(("k",), Recurrence("web.1", 1))
    assert correlator.before(("k",)) == Recurrence("web.1", 1)
    correlator.lost(("k",))
    assert correlator.before(("k",)) is None


def test_an_object_has_a_burst_and_then_one_event_per_refill() -> None:
    correlator = Correlator()
    assert [correlator.admit("a", 0) for _ in range(BURST + 2)] == [True] * BURST + [False] * 2
    assert correlator.admit("b", 0)
    assert not correlator.admit("a", REFILL / 2)
    assert correlator.admit("a", REFILL)
    assert not correlator.admit("a", REFILL)
