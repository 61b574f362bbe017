"""Webhook calls: the genuine, the forged, the malformed."""

import hashlib
import hmac

import pytest

from notification_controller.call import Call
from notification_controller.errors import Unverified
from notification_controller.receivers import VERIFIERS, verify

TOKEN = b"topsecret"
BODY = b'{"involvedObject":{"kind":"Kustomization","namespace":"apps","name":"webapp"},"severity":"info"}'
VECTOR = "sha256=c7db27d93a7f122e18ff4af01a0d9e3ebd437abc5ce475dccf9e66621e426a82"


def sign(algorithm: str, body: bytes = BODY, token: bytes = TOKEN) -> str:
    return f"{algorithm}={hmac.new(token, body, getattr(hashlib, algorithm)).hexdigest()}"


JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
FORM_BODY = b"payload=%7B%7D"

GENUINE: dict[str, tuple[str, Call, tuple[str, ...]]] = {
    "generic takes anything": ("generic", Call({}, b"\x00"), ()),
    "generic ignores spec.events": ("generic", Call({}, b""), ("push",)),
    "the published vector": ("generic-hmac", Call({"x-signature": VECTOR}, BODY), ()),
    "hmac by sha1": ("generic-hmac", Call({"x-signature": sign("sha1")}, BODY), ()),
    "hmac by sha512": ("generic-hmac", Call({"x-signature": sign("sha512")}, BODY), ()),
    "github by its newer header": ("github", Call(JSON | {"x-hub-signature-256": sign("sha256")}, BODY), ()),
    "github by its older header": ("github", Call(JSON | {"x-hub-signature": sign("sha1")}, BODY), ()),
    "github as a form, signed as it was sent": (
        "github",
        Call(FORM | {"x-hub-signature-256": sign("sha256", FORM_BODY)}, FORM_BODY),
        (),
    ),
    "github with an event that is wanted, whatever its case": (
        "github",
        Call(JSON | {"x-hub-signature-256": sign("sha256"), "x-github-event": "Push"}, BODY),
        ("ping", "push"),
    ),
    "gitlab": ("gitlab", Call({"x-gitlab-token": "topsecret"}, b""), ()),
    "gitlab with an event that is wanted": (
        "gitlab",
        Call({"x-gitlab-token": "topsecret", "x-gitlab-event": "Push Hook"}, b""),
        ("push hook",),
    ),
}


@pytest.mark.parametrize("case", GENUINE)
def test_genuine(case: str) -> None:
    kind, call, events = GENUINE[case]
    verify(kind, call, TOKEN, events)


FORGED: dict[str, tuple[str, Call, bytes, tuple[str, ...], str]] = {
    "no signature": ("generic-hmac", Call({}, BODY), TOKEN, (), "no signature of the form"),
    "a signature of nothing": ("generic-hmac", Call({"x-signature": "sha256="}, BODY), TOKEN, (), "does not match"),
    "an unknown algorithm": (
        "generic-hmac",
        Call({"x-signature": "md5=00"}, BODY),
        TOKEN,
        (),
        "no signature of the form",
    ),
    "no hexadecimal": ("generic-hmac", Call({"x-signature": "sha256=xyz"}, BODY), TOKEN, (), "not hexadecimal"),
    "text beyond ASCII": ("generic-hmac", Call({"x-signature": "sha256=é"}, BODY), TOKEN, (), "not hexadecimal"),
    "another body": ("generic-hmac", Call({"x-signature": VECTOR}, BODY + b" "), TOKEN, (), "does not match"),
    "another key": ("generic-hmac", Call({"x-signature": VECTOR}, BODY), b"other", (), "does not match"),
    "an empty key": ("generic-hmac", Call({"x-signature": sign("sha256", token=b"")}, BODY), b"", (), "token is empty"),
    "github signed for another body": (
        "github",
        Call(JSON | {"x-hub-signature-256": sign("sha256")}, b"{}"),
        TOKEN,
        (),
        "does not match",
    ),
    "github with a bad new and a good old signature": (
        "github",
        Call(JSON | {"x-hub-signature-256": "sha256=00", "x-hub-signature": sign("sha1")}, BODY),
        TOKEN,
        (),
        "does not match",
    ),
    "github with another content type": (
        "github",
        Call({"content-type": "text/plain", "x-hub-signature-256": sign("sha256")}, BODY),
        TOKEN,
        (),
        "content type",
    ),
    "github without a signature and with an empty key": ("github", Call(JSON, BODY), b"", (), "token is empty"),
    "github with an event that is not wanted": (
        "github",
        Call(JSON | {"x-hub-signature-256": sign("sha256"), "x-github-event": "ping"}, BODY),
        TOKEN,
        ("push",),
        "event 'ping' is not in spec.events",
    ),
    "gitlab with another token": ("gitlab", Call({"x-gitlab-token": "topsecre"}, b""), TOKEN, (), "does not match"),
    "gitlab with a token beyond ASCII": (
        "gitlab",
        Call({"x-gitlab-token": "é\udcff"}, b""),
        TOKEN,
        (),
        "does not match",
    ),
    "gitlab without a token on either side": ("gitlab", Call({}, b""), b"", (), "does not match"),
    "a type that is not built yet": (
        "harbor",
        Call({"authorization": "topsecret"}, b""),
        TOKEN,
        (),
        "not supported yet",
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_forged(case: str) -> None:
    kind, call, token, events, text = FORGED[case]
    with pytest.raises(Unverified, match=text):
        verify(kind, call, token, events)


def test_every_type_has_a_genuine_and_a_forged_call() -> None:
    assert {kind for kind, *_ in GENUINE.values()} == set(VERIFIERS)
    assert {kind for kind, *_ in FORGED.values()} >= set(VERIFIERS) - {"generic"}
