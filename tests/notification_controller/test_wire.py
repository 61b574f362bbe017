"""Events to and from bytes, their key, their subject."""

import msgspec
import pytest

from notification_controller.wire import decode, deduplication_key, encode, subject
from weir.api.event import Event, ObjectReference

EMPTY = Event(
    involved_object=ObjectReference(), severity="", timestamp=None, message="", reason="", reporting_controller=""
)

DECODED: dict[str, tuple[bytes, Event]] = {
    "nothing is required": (b"{}", EMPTY),
    "nulls are as good as nothing": (
        b'{"metadata":null,"message":null,"timestamp":null,"involvedObject":{"kind":null,"name":"a"}}',
        msgspec.structs.replace(EMPTY, involved_object=ObjectReference(name="a")),
    ),
    "unknown members are ignored": (
        b'{"message":"m","count":3,"involvedObject":{"x":1}}',
        msgspec.structs.replace(EMPTY, message="m"),
    ),
    "any severity passes": (b'{"severity":"warning"}', msgspec.structs.replace(EMPTY, severity="warning")),
}


@pytest.mark.parametrize("case", DECODED)
def test_bodies_that_are_taken(case: str) -> None:
    body, event = DECODED[case]
    assert decode(body) == event


REFUSED = {
    "nothing at all": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "a message that is a number": b'{"message":1}',
    "metadata that is no map of strings": b'{"metadata":{"a":1}}',
    "an object that is a string": b'{"involvedObject":"a"}',
    "no UTF-8": b'{"message":"\xff"}',
    "deep nesting": b'{"x":' + b"[" * 100_000,
}


@pytest.mark.parametrize("case", REFUSED)
def test_bodies_that_are_refused(case: str) -> None:
    with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError, RecursionError)):
        decode(REFUSED[case])


def test_encoding_keeps_the_order_of_members_sorts_maps_and_escapes_markup() -> None:
    event = msgspec.structs.replace(
        EMPTY,
        involved_object=ObjectReference(name="n", kind="K"),
        severity="info",
        message="a<b>&c\u2028é",
        metadata={"b": "2", "a": "1"},
        reporting_controller="kc",
    )
    assert encode(event) == (
        b'{"involvedObject":{"kind":"K","name":"n"},"severity":"info","timestamp":null,'
        b'"message":"a\\u003cb\\u003e\\u0026c\\u2028\xc3\xa9","reason":"","metadata":{"a":"1","b":"2"},'
        b'"reportingController":"kc"}'
    )
    assert decode(encode(event)) == event


WEBAPP = ObjectReference(
    kind="Kustomization", namespace="apps", name="webapp", api_version="kustomize.toolkit.fluxcd.io/v1"
)
GROUP = "kustomize.toolkit.fluxcd.io"
REVISION = {f"{GROUP}/revision": "main@sha1:a1afe267b54f38b46b487f6e938a6fd508278c07"}
PASSED = msgspec.structs.replace(
    EMPTY, involved_object=WEBAPP, message="Health check passed in 1s", metadata=REVISION, severity="info"
)


def test_the_published_vector_of_the_deduplication_key() -> None:
    assert deduplication_key(PASSED) == "23faefd3a75a54a35c41fbee6829beed0c65aaf2e3a4caf22c26842734cab287"


TWINS: dict[str, tuple[dict[str, object], bool]] = {
    "severity is not part of the key": ({"severity": "error"}, True),
    "reason is not part of the key": ({"reason": "Other"}, True),
    "time is not part of the key": ({"timestamp": "2026-01-02T15:04:05Z"}, True),
    "other metadata is not part of the key": ({"metadata": REVISION | {f"{GROUP}/x": "1"}}, True),
    "the uid is not part of the key": ({"involved_object": msgspec.structs.replace(WEBAPP, uid="1")}, True),
    "the message is": ({"message": "Health check passed in 2s"}, False),
    "the namespace is": ({"involved_object": msgspec.structs.replace(WEBAPP, namespace="b")}, False),
    "the revision is": ({"metadata": {}}, False),
    "the origin revision is": ({"metadata": REVISION | {f"{GROUP}/originRevision": "1"}}, False),
    "the token is, even when it is empty": ({"metadata": REVISION | {f"{GROUP}/token": ""}}, False),
}


@pytest.mark.parametrize("case", TWINS)
def test_twins(case: str) -> None:
    changed, twin = TWINS[case]
    assert (deduplication_key(msgspec.structs.replace(PASSED, **changed)) == deduplication_key(PASSED)) is twin


SUBJECTS: dict[str, tuple[dict[str, str], str]] = {
    "a plain name": ({}, "weir.events.v1.info.Kustomization.apps.webapp"),
    "a name keeps its dots": ({"name": "a.b"}, "weir.events.v1.info.Kustomization.apps.a.b"),
    "but not where they would make an empty token": (
        {"name": "a..b"},
        "weir.events.v1.info.Kustomization.apps.a%2E%2Eb",
    ),
    "nothing is an underscore": ({"namespace": "", "kind": ""}, "weir.events.v1.info._._.webapp"),
    "a namespace equal to the name still keeps no dots": (
        {"namespace": "a.b", "name": "a.b"},
        "weir.events.v1.info.Kustomization.a%2Eb.a.b",
    ),
    "wildcards and blanks do not reach NATS": (
        {"name": "> *\r\n", "kind": "K.V"},
        "weir.events.v1.info.K%2EV.apps.%3E%20%2A%0D%0A",
    ),
}


@pytest.mark.parametrize("case", SUBJECTS)
def test_subjects(case: str) -> None:
    changed, expected = SUBJECTS[case]
    assert (
        subject(msgspec.structs.replace(PASSED, involved_object=msgspec.structs.replace(WEBAPP, **changed))) == expected
    )


def test_a_subject_stays_short_whatever_the_emitter_sends() -> None:
    huge = ObjectReference(kind="k" * 100_000, namespace="n" * 100_000, name="é" * 100_000)
    assert len(subject(msgspec.structs.replace(PASSED, involved_object=huge))) < 2000
