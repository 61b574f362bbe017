"""The streams on NATS: their names, subjects and bounds. Pure."""

from typing import Any

from nats.js.api import DiscardPolicy, RetentionPolicy, StreamConfig

from notification_controller.wire import EVENTS as EVENT_SUBJECTS
from notification_controller.wire import MAX_BODY, subject_token
from weir.api.base import Struct

EVENTS, DELIVERIES, DEAD_LETTERS = "EVENTS", "DELIVERIES", "DEADLETTERS"
DELIVERY_SUBJECTS, DEAD_LETTER_SUBJECTS = "weir.deliveries.v1", "weir.deadletters.v1"

MAX_MESSAGE = 4 * MAX_BODY
"""Bytes of the largest message that the streams take."""


class Bounds(Struct, kw_only=True):
    """How much the streams hold, in seconds and bytes."""

    window: float = 300.0
    """Seconds in which the twin of an event is a duplicate."""
    events_age: float = 86400.0
    events_bytes: int = 512 * 1024 * 1024
    deliveries_age: float = 86400.0
    deliveries_bytes: int = 512 * 1024 * 1024
    deliveries_per_provider: int = 10_000
    dead_letters_age: float = 7 * 86400.0
    dead_letters_bytes: int = 128 * 1024 * 1024
    replicas: int = 1

    def streams(self) -> tuple[StreamConfig, ...]:
        """The three streams. The oldest goes when there is no room; a Provider that is down fills only its share."""
        shared: dict[str, Any] = {
            "discard": DiscardPolicy.OLD,
            "max_msg_size": MAX_MESSAGE,
            "num_replicas": self.replicas,
            "duplicate_window": self.window,
        }
        return (
            StreamConfig(
                name=EVENTS,
                subjects=[f"{EVENT_SUBJECTS}.>"],
                max_age=max(self.events_age, self.window),
                max_bytes=self.events_bytes,
                allow_direct=True,
                **shared,
            ),
            StreamConfig(
                name=DELIVERIES,
                subjects=[f"{DELIVERY_SUBJECTS}.>"],
                retention=RetentionPolicy.WORK_QUEUE,
                max_age=max(2 * self.deliveries_age, self.window),
                max_bytes=self.deliveries_bytes,
                max_msgs_per_subject=self.deliveries_per_provider,
                **shared,
            ),
            StreamConfig(
                name=DEAD_LETTERS,
                subjects=[f"{DEAD_LETTER_SUBJECTS}.>"],
                max_age=max(self.dead_letters_age, self.window),
                max_bytes=self.dead_letters_bytes,
                max_msgs_per_subject=1000,
                **shared,
            ),
        )


def provider_subject(prefix: str, namespace: str, provider: str) -> str:
    """The subject of a Provider. A namespace holds no dots, so no two Providers share one."""
    return f"{prefix}.{subject_token(namespace)}.{subject_token(provider, dots=True)}"


def durable_name(namespace: str, provider: str) -> str:
    """The name of a Provider's consumer: NATS takes no dots there, Kubernetes no underscores."""
    return f"{namespace}_{provider.replace('.', '_')}"
