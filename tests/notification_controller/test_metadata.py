"""What an event keeps, and what an Alert adds."""

import pytest

from notification_controller.metadata import clean, merge, without_token
from weir.api.base import LocalObjectReference, ObjectMeta
from weir.api.event import Event, ObjectReference
from weir.api.notification import Alert, AlertSpec

G = "kustomize.toolkit.fluxcd.io"
U = "event.toolkit.fluxcd.io"


def event(metadata: dict[str, str], api_version: str = f"{G}/v1") -> Event:
    return Event(
        involved_object=ObjectReference(api_version=api_version, kind="Kustomization", name="webapp", namespace="apps"),
        severity="info",
        timestamp=None,
        message="",
        reason="",
        metadata=metadata,
        reporting_controller="kustomize-controller",
    )


CLEANED: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "two prefixes pass, digests of the object's group do not": (
        f"{G}/v1",
        {
            f"{G}/foo": "1",
            f"{G}/digest": "2",
            f"{G}/Checksum": "3",
            f"{G}/aa/bb": "4",
            "source.toolkit.fluxcd.io/baz": "5",
            f"{U}/x": "6",
            f"{U}/digest": "7",
            "plain": "8",
        },
        {f"{G}/foo": "1", f"{G}/aa/bb": "4", f"{U}/x": "6", f"{U}/digest": "7"},
    ),
    "without a group only the user's annotations pass": ("v1", {f"{U}/x": "1", f"{G}/foo": "2"}, {f"{U}/x": "1"}),
}


@pytest.mark.parametrize("case", CLEANED)
def test_clean(case: str) -> None:
    api_version, given, kept = CLEANED[case]
    assert clean(event(given, api_version)) == event(kept, api_version)


def test_the_token_is_gone_after_deduplication() -> None:
    assert without_token(event({f"{G}/token": "1", f"{U}/token": "2"})) == event({f"{U}/token": "2"})


def alert(**metadata: str) -> Alert:
    spec = AlertSpec(LocalObjectReference("chat"), (), event_metadata=metadata)
    return Alert(metadata=ObjectMeta(name="a", namespace="apps"), spec=spec)


MERGED: dict[str, tuple[dict[str, str], Alert, dict[str, str], dict[str, list[str]]]] = {
    "prefixes are cut once": (
        {f"{G}/aa/bb": "1", f"{U}/{U}/x": "2"},
        alert(),
        {"aa/bb": "1", f"{U}/x": "2"},
        {},
    ),
    "the alert adds, and beats annotations": (
        {f"{U}/env": "staging"},
        alert(env="prod", region="eu"),
        {"env": "prod", "region": "eu"},
        {"env": ["object annotations", "alert.spec.eventMetadata"]},
    ),
    "the summary beats eventMetadata": (
        {},
        Alert(
            metadata=ObjectMeta(name="a", namespace="apps"),
            spec=AlertSpec(LocalObjectReference("chat"), (), event_metadata={"summary": "B"}, summary="C"),
        ),
        {"summary": "C"},
        {"summary": ["alert.spec.eventMetadata", "alert.spec.summary"]},
    ),
    "the controller's word is the last one": (
        {f"{U}/summary": "A", f"{G}/summary": "D"},
        Alert(
            metadata=ObjectMeta(name="a", namespace="apps"),
            spec=AlertSpec(LocalObjectReference("chat"), (), event_metadata={"summary": "B"}, summary="C"),
        ),
        {"summary": "D"},
        {
            "summary": [
                "object annotations",
                "alert.spec.eventMetadata",
                "alert.spec.summary",
                "controller metadata",
            ]
        },
    ),
}


@pytest.mark.parametrize("case", MERGED)
def test_merge(case: str) -> None:
    given, wanting, values, conflicts = MERGED[case]
    assert merge(event(given), wanting) == (event(values), conflicts)
