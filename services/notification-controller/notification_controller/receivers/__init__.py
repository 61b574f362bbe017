"""Receivers: each is one pure function that tells whether a webhook call is what it claims to be. This is the table."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from notification_controller.call import Call
from notification_controller.errors import Unverified
from notification_controller.receivers import generic, github, gitlab

Verify = Callable[[Call, bytes], None]


class Verifier(NamedTuple):
    """How calls of one type are verified."""

    verify: Verify
    event_header: str = ""
    """Header (lower case) that names the event; empty when the type has none."""


VERIFIERS: Mapping[str, Verifier] = MappingProxyType(
    {
        "generic": Verifier(generic.verify),
        "generic-hmac": Verifier(generic.verify_signed),
        "github": Verifier(github.verify, "x-github-event"),
        "gitlab": Verifier(gitlab.verify, "x-gitlab-event"),
    }
)


def verify(kind: str, call: Call, token: bytes, events: Sequence[str] = ()) -> None:
    """Raise `Unverified` unless the call is a genuine one of an event that is wanted (all, when `events` is empty)."""
    verifier = VERIFIERS.get(kind)
    if verifier is None:
        raise Unverified(f"receiver type {kind} is not supported yet")
    verifier.verify(call, token)
    if verifier.event_header and events:
        event = call.header(verifier.event_header)
        if event.lower() not in {wanted.lower() for wanted in events}:
            raise Unverified(f"event {event!r} is not in spec.events")
