"""What metadata an event keeps on arrival, and what an Alert makes of it. Pure.

Two prefixes are let through: the user's annotations, and the API group of the object that the event speaks of.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from weir.api.event import USER_PREFIX, Event
from weir.api.notification import Alert

USER = "object annotations"
ALERT = "alert.spec.eventMetadata"
SUMMARY = "alert.spec.summary"
CONTROLLER = "controller metadata"

_DIGESTS = ("checksum", "digest")


class Merged(NamedTuple):
    """An event as one Alert sends it."""

    event: Event
    conflicts: dict[str, list[str]]
    """Keys that more than one source set, with their sources; the last one won."""


def clean(event: Event) -> Event:
    """The event without foreign metadata and without its artifact's digest."""
    own = f"{event.involved_object.group}/"
    dropped = {(own + name).lower() for name in _DIGESTS}
    kept = {
        key: value
        for key, value in event.metadata.items()
        if key.startswith((USER_PREFIX, own)) and key.lower() not in dropped
    }
    return msgspec.structs.replace(event, metadata=kept)


def without_token(event: Event) -> Event:
    """The event without the discriminator that only de-duplication reads."""
    token = f"{event.involved_object.group}/token"
    return msgspec.structs.replace(event, metadata={k: v for k, v in event.metadata.items() if k != token})


def merge(event: Event, alert: Alert) -> Merged:
    """The event with the metadata that every provider sees: prefixes cut, the controller's word last."""
    values: dict[str, str] = {}
    sources: dict[str, list[str]] = {}
    for source, key, value in _entries(event, alert):
        values[key] = value
        sources.setdefault(key, []).append(source)
    conflicts = {key: names for key, names in sorted(sources.items()) if len(names) > 1}
    return Merged(msgspec.structs.replace(event, metadata=values), conflicts)


def _entries(event: Event, alert: Alert) -> Iterator[tuple[str, str, str]]:
    own = f"{event.involved_object.group}/"
    for key, value in event.metadata.items():
        if key.startswith(USER_PREFIX):
            yield USER, key.removeprefix(USER_PREFIX), value
    if alert.spec is not None:
        for key, value in alert.spec.event_metadata.items():
            yield ALERT, key, value
        if alert.spec.summary:
            yield SUMMARY, "summary", alert.spec.summary
    for key, value in event.metadata.items():
        if key.startswith(own) and not key.startswith(USER_PREFIX):
            yield CONTROLLER, key.removeprefix(own), value
