"""What is announced again after NATS lost its memory."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from notification_controller.announce import KINDS, failure, wanted
from weir.api.base import LocalObjectReference
from weir.api.event import Event, ObjectReference
from weir.api.notification import Alert, AlertSpec, EventSource
from weir.kube.object import read

NOW = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"


def seen(status: dict[str, Any], *, kind: str = "Kustomization", api_version: str = f"{KUSTOMIZE}/v1",
         suspend: bool = False, annotations: dict[str, str] | None = None) -> bytes:  # fmt: skip
    metadata = {"name": "web", "namespace": "apps", "uid": "u", "annotations": annotations or {}}
    body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": {"suspend": suspend, "path": "./"}}
    return msgspec.json.encode(body | {"status": status})


def ready(status: str, reason: str) -> dict[str, Any]:
    condition = {"type": "Ready", "status": status, "reason": reason, "message": f"the message of {reason}"}
    return {"conditions": [condition | {"lastTransitionTime": "2026-01-01T00:00:00Z"}]}


def event(
    reason: str, metadata: dict[str, str], *, kind: str = "Kustomization", controller: str = "kustomize-controller",
    api_version: str = f"{KUSTOMIZE}/v1",
) -> Event:  # fmt: skip
    return Event(
        involved_object=ObjectReference(kind=kind, namespace="apps", name="web", uid="u", api_version=api_version),
        severity="error",
        timestamp="2026-01-02T15:04:05Z",
        message=f"the message of {reason}",
        reason=reason,
        metadata=metadata,
        reporting_controller=controller,
    )


TRIED = ready("False", "BuildFailed") | {"lastAttemptedRevision": "main@sha1:b"}
CASES: dict[str, tuple[bytes, Event | None]] = {
    "a failure names its revision": (seen(TRIED), event("BuildFailed", {f"{KUSTOMIZE}/revision": "main@sha1:b"})),
    "the origin of the revision goes with it": (
        seen(TRIED | {"history": [{"metadata": {"revision": "main@sha1:b", "originRevision": "o"}}]}),
        event("BuildFailed", {f"{KUSTOMIZE}/revision": "main@sha1:b", f"{KUSTOMIZE}/originRevision": "o"}),
    ),
    "an origin of another revision stays": (
        seen(TRIED | {"history": [{"metadata": {"revision": "main@sha1:a", "originRevision": "o"}}]}),
        event("BuildFailed", {f"{KUSTOMIZE}/revision": "main@sha1:b"}),
    ),
    "annotations for events travel": (
        seen(ready("False", "BuildFailed"), annotations={"event.toolkit.fluxcd.io/team": "a", "other": "b"}),
        event("BuildFailed", {"event.toolkit.fluxcd.io/team": "a"}),
    ),
    "a source speaks through its own controller": (
        seen(ready("False", "GitOperationFailed"), kind="GitRepository", api_version="source.toolkit.fluxcd.io/v1"),
        event("GitOperationFailed", {}, kind="GitRepository", controller="source-controller",
              api_version="source.toolkit.fluxcd.io/v1"),
    ),
    "what is well is not told": (seen(ready("True", "ReconciliationSucceeded")), None),
    "what is on its way is not told": (seen(ready("Unknown", "Progressing")), None),
    "what waits for others is not told": (seen(ready("False", "DependencyNotReady")), None),
    "what is suspended is not told": (seen(ready("False", "BuildFailed"), suspend=True), None),
    "what has no status is not told": (seen({}), None),
    "a status of wrong types is not told": (seen({"conditions": 3}), None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_failure(case: str) -> None:
    raw, expected = CASES[case]
    assert failure(read(raw), NOW) == expected


def test_only_kinds_that_alerts_listen_to_are_asked_for() -> None:
    sources = tuple(EventSource(kind=kind, name="*") for kind in ("Kustomization", "ExternalArtifact"))
    alerts = [Alert(spec=AlertSpec(provider_ref=LocalObjectReference(name="p"), event_sources=sources)), Alert()]
    assert wanted(alerts) == {"Kustomization"}
    assert "ExternalArtifact" not in KINDS
