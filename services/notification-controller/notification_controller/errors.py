"""Everything that ends an attempt here.

::

    Ending (weir.runtime)
    ├── Failed
    │   └── TokenNotFound          a Receiver's Secret or its key is missing
    └── Stalled
        ├── InvalidExpression      a CEL filter does not compile
        └── InvalidReceiver        the Receiver cannot work as it is written
    DeliveryError                  a message did not get through
    ├── Unusable                   the Provider cannot be used as it is configured
    │   └── NotSupported           its type is valid, but not built yet
    ├── Rejected                   the other side will not take this message, ever
    └── Undelivered                the other side did not take it now; `retry_after` seconds if it said so
    Refused                        an Alert may not do this; nothing is queued
    Unverified                     a webhook call is not what it claims to be
    BadFilter                      a filter could not be evaluated
    BusDown                        NATS does not answer
    TooLarge                       NATS is not set up for a message of this size
"""

from typing import ClassVar

from weir.runtime.outcome import Failed, Severity, Stalled


class TokenNotFound(Failed):
    """The Secret of a Receiver, or its key `token`, is missing."""

    reason: ClassVar[str] = "TokenNotFound"
    severity: ClassVar[Severity] = Severity.NONE  # the event has a reason of its own


class InvalidExpression(Stalled):
    """A CEL filter does not compile."""

    reason: ClassVar[str] = "InvalidCELExpression"


class InvalidReceiver(Stalled):
    """The Receiver cannot work as it is written."""

    reason: ClassVar[str] = "ValidationFailed"


class DeliveryError(Exception):
    """A message did not get through. The text names the host and carries no secret."""

    result = "failed"


class Unusable(DeliveryError):
    """The Provider cannot be used as it is configured: a Secret is missing, an address is bad."""

    result = "unusable"


class NotSupported(Unusable):
    """The Provider's type is valid, but this version cannot send to it."""

    result = "not_supported"


class Rejected(DeliveryError):
    """The other side will not take this message, however often it is sent."""

    result = "rejected"


class Undelivered(DeliveryError):
    """The other side did not take the message now."""

    def __init__(self, message: str, *, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(Exception):
    """An Alert asks for what it may not or cannot have; nothing is queued."""


class Unverified(Exception):
    """A webhook call failed verification. Callers only learn 400."""


class BadFilter(Exception):
    """A filter could not be compiled or evaluated in its bounds."""


class BusDown(Exception):
    """NATS does not answer, or has no room."""


class TooLarge(Exception):
    """NATS is not set up for a message of this size."""
