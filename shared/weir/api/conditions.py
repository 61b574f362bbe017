"""Conditions: typed statements about an object, as `metav1.Condition`."""

from typing import Annotated, Literal

from msgspec import Meta

from weir.api.base import Struct, Timestamp

READY = "Ready"
RECONCILING = "Reconciling"
STALLED = "Stalled"
HEALTHY = "Healthy"

PROGRESSING = "Progressing"
PROGRESSING_WITH_RETRY = "ProgressingWithRetry"

MAX_MESSAGE = 32768
"""Longest message that the API server takes, in characters."""

Status = Literal["True", "False", "Unknown"]


class Condition(Struct):
    """One statement about an object."""

    type: Annotated[
        str,
        Meta(
            max_length=316,
            pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
        ),
    ]
    """Type of condition in CamelCase or in foo.example.com/CamelCase."""
    status: Status
    """Status of the condition, one of True, False, Unknown."""
    last_transition_time: Timestamp
    """Last time the condition changed, RFC 3339, whole seconds, UTC."""
    reason: Annotated[
        str,
        Meta(min_length=1, max_length=1024, pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"),
    ]
    """The one-word why, in CamelCase."""
    message: Annotated[str, Meta(max_length=MAX_MESSAGE)]
    """The why for people; may be empty."""
    observed_generation: Annotated[int, Meta(ge=0)] = 0
    """The metadata.generation that the condition speaks of."""


def find(conditions: tuple[Condition, ...], type_: str) -> Condition | None:
    """The condition of that type, if there is one."""
    return next((condition for condition in conditions if condition.type == type_), None)


def is_true(conditions: tuple[Condition, ...], type_: str) -> bool:
    """Whether the condition is there and True."""
    condition = find(conditions, type_)
    return condition is not None and condition.status == "True"
