"""The words: what decodes, what does not, and what is said of it."""

import msgspec
import pytest

from weir.api.event import Event, ObjectReference
from weir.api.kinds import KINDS
from weir.api.kustomization import Kustomization
from weir.api.notification import Receiver
from weir.api.source import GitRepository

DECODED = {
    "a Kustomization without interval gets 5m": (
        Kustomization,
        {"prune": True, "sourceRef": {"kind": "GitRepository", "name": "x"}},
        ("interval", "5m"),
    ),
    "a GitRepository without timeout gets 60s": (
        GitRepository,
        {"url": "https://x/y.git", "interval": "1m"},
        ("timeout", "60s"),
    ),
    "unknown fields are ignored": (
        GitRepository,
        {"url": "ssh://x/y.git", "interval": "1m", "later": {"x": 1}},
        ("url", "ssh://x/y.git"),
    ),
}

REFUSED = {
    "a duration in days": (GitRepository, {"url": "https://x", "interval": "1d"}, r"\$\.spec\.interval"),
    "an scp-like address": (GitRepository, {"url": "git@x:y", "interval": "1m"}, r"\$\.spec\.url"),
    "a hole in the spec": (Kustomization, {"prune": True}, "sourceRef"),
    "a number as a switch": (
        Kustomization,
        {"prune": 1, "sourceRef": {"kind": "GitRepository", "name": "x"}},
        r"\$\.spec\.prune",
    ),
    "an unknown receiver": (Receiver, {"type": "carrier-pigeon", "resources": []}, r"\$\.spec\.type"),
}


@pytest.mark.parametrize(("kind", "spec", "found"), DECODED.values(), ids=DECODED.keys())
def test_decodes(kind: type, spec: dict[str, object], found: tuple[str, object]) -> None:
    decoded = msgspec.convert({"metadata": {"name": "x"}, "spec": spec}, kind)
    assert getattr(decoded.spec, found[0]) == found[1]


@pytest.mark.parametrize(("kind", "spec", "where"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses_and_names_the_field(kind: type, spec: dict[str, object], where: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=where):
        msgspec.convert({"metadata": {"name": "x"}, "spec": spec}, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_own_place(kind: type) -> None:
    others = [other.DEFINITION.kind for other in KINDS if other is not kind]
    assert kind.DEFINITION.kind not in others  # type: ignore[attr-defined]


def test_an_event_is_written_in_the_order_of_the_contract() -> None:
    event = Event(
        involved_object=ObjectReference(kind="Kustomization", namespace="apps", name="web", api_version="g/v1"),
        severity="info",
        timestamp="2026-01-02T03:04:05Z",
        message="done",
        reason="ReconciliationSucceeded",
        reporting_controller="kustomize-controller",
    )
    assert msgspec.json.encode(event).decode() == (
        '{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"web","apiVersion":"g/v1"},'
        '"severity":"info","timestamp":"2026-01-02T03:04:05Z","message":"done","reason":"ReconciliationSucceeded",'
        '"reportingController":"kustomize-controller"}'
    )
