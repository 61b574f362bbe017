"""Whatever a stranger sends, only the declared errors come out."""

from contextlib import suppress

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from notification_controller.call import Call
from notification_controller.config import resolve
from notification_controller.errors import BadFilter, Unusable, Unverified
from notification_controller.message import Config
from notification_controller.metadata import clean
from notification_controller.providers import RENDERERS, render
from notification_controller.receive import payload
from notification_controller.receivers import VERIFIERS, verify
from notification_controller.wire import decode, deduplication_key, pack, subject
from weir.api.base import ObjectMeta
from weir.api.event import Event, ObjectReference
from weir.api.notification import Provider, ProviderSpec

TEXT = st.text(max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["involvedObject", "severity", "timestamp", "message", "reason", "metadata", "reportingController"]
)
EVENTS = st.builds(
    Event,
    involved_object=st.builds(ObjectReference, kind=TEXT, namespace=TEXT, name=TEXT, api_version=TEXT),
    severity=TEXT,
    timestamp=TEXT | st.none(),
    message=TEXT,
    reason=TEXT,
    metadata=st.dictionaries(TEXT, TEXT, max_size=4),
    reporting_controller=TEXT,
)


@given(st.binary(max_size=60) | st.dictionaries(MEMBERS, JSON).map(msgspec.json.encode))
@settings(max_examples=300)
def test_bodies(body: bytes) -> None:
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        event = clean(decode(body))
        assert len(deduplication_key(event)) == 64
        assert decode(pack(event)) == event


@given(EVENTS)
@settings(max_examples=300)
def test_subjects_have_no_empty_token_no_blank_and_no_wildcard(event: Event) -> None:
    tokens = subject(event).split(".")
    assert tokens[:3] == ["weir", "events", "v1"]
    assert len(tokens) >= 7
    assert all(token and token.isascii() and token.isprintable() and not set(token) & set(" *>") for token in tokens)


@given(EVENTS, st.sampled_from(sorted(RENDERERS)), TEXT, TEXT, st.binary(max_size=20))
@settings(max_examples=300)
def test_rendering(event: Event, kind: str, address: str, channel: str, token: bytes) -> None:
    with suppress(Unusable):
        render(event, Config(type=kind, name="a/b", address=address, channel=channel, token=token))


@given(st.dictionaries(st.sampled_from(["address", "token", "username", "headers", "proxy"]), st.binary(max_size=40)))
@settings(max_examples=300)
def test_secrets(data: dict[str, bytes]) -> None:
    provider = Provider(metadata=ObjectMeta(name="b", namespace="a"), spec=ProviderSpec("generic"))
    with suppress(Unusable):
        resolve(provider, data, proxy=data)


HEADERS = st.dictionaries(
    st.sampled_from(["x-signature", "x-hub-signature-256", "x-hub-signature", "x-gitlab-token", "content-type"]),
    st.text(max_size=30) | st.sampled_from(["application/json", "sha256=00", "sha1=é", "=", "sha256=" + "0" * 64]),
)


@given(st.sampled_from(sorted(set(VERIFIERS) - {"generic"})), HEADERS, st.binary(max_size=40), st.binary(max_size=10))
@settings(max_examples=300)
def test_nobody_is_let_in_by_chance(kind: str, headers: dict[str, str], body: bytes, token: bytes) -> None:
    call = Call(headers, body)
    try:
        verify(kind, call, token)
    except Unverified:
        return
    assert kind == "gitlab"
    assert call.header("x-gitlab-token").encode(errors="surrogateescape") == token


@given(HEADERS, st.binary(max_size=40) | JSON.map(msgspec.json.encode))
@settings(max_examples=300)
def test_payloads(headers: dict[str, str], body: bytes) -> None:
    with suppress(BadFilter):
        assert isinstance(payload(Call(headers, body)), dict)
