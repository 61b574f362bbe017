"""What can go wrong at the API server.

KubeError
├── ApiError             it answered with a Status
│   ├── BadRequest 400   ├── Unauthorized 401   ├── Forbidden 403   ├── NotFound 404
│   ├── Conflict 409     │   └── AlreadyExists  ├── Gone 410        ├── Invalid 422
│   ├── TooManyRequests 429                     └── ServerError 5xx
├── Unreachable          no answer, or none in time
├── NoSuchKind           the server does not know the kind
├── Undecodable          an object does not have the shape of its kind
└── ConfigurationError   a kubeconfig that cannot be used
"""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

_LONGEST = 8192
"""Characters of a message that are kept: an admission webhook may say anything."""


class KubeError(Exception):
    """The root of everything that this package raises."""


class ApiError(KubeError):
    """The API server said no. The text is its message."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status code."""
        self.reason = reason
        """`Status.reason`, such as AlreadyExists; empty when there was no Status."""
        self.message = message
        self.details: Mapping[str, Any] = details or {}
        """`Status.details`: kind, name, causes."""
        self.retry_after = retry_after
        """Seconds to wait before asking again, when the server said so."""


class BadRequest(ApiError):
    """400."""


class Unauthorized(ApiError):
    """401: no or bad credentials."""


class Forbidden(ApiError):
    """403: the identity has no right to it."""


class NotFound(ApiError):
    """404: neither the object nor perhaps its kind is there."""


class Conflict(ApiError):
    """409: the object changed meanwhile, or fields belong to another manager."""


class AlreadyExists(Conflict):
    """409 on a create."""


class Gone(ApiError):
    """410: the resource version or continue token is too old; list again."""


class Invalid(ApiError):
    """422: the object breaks a rule of its kind; the causes are in `details`."""


class TooManyRequests(ApiError):
    """429."""


class ServerError(ApiError):
    """5xx."""


class Unreachable(KubeError):
    """No answer, or none in time."""


class NoSuchKind(KubeError):
    """The server does not serve the kind."""


class Undecodable(KubeError):
    """An object does not have the shape of its kind; the text names the field."""


class ConfigurationError(KubeError):
    """A kubeconfig that cannot be used; the text names the field."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    422: Invalid,
    429: TooManyRequests,
}
_BY_REASON: Mapping[str, type[ApiError]] = {"AlreadyExists": AlreadyExists, "Expired": Gone}


class _Status(msgspec.Struct):
    kind: str = ""
    reason: str = ""
    message: str = ""
    code: int = 0
    details: dict[str, Any] | None = None


def from_answer(status: int, body: bytes, retry_after: str = "") -> ApiError:
    """The error that an answer means. `status` is its HTTP code; 0 takes the code from the body (watch events)."""
    try:
        said = msgspec.json.decode(body, type=_Status)
    except msgspec.DecodeError:
        said = _Status()
    if said.kind != "Status":
        said = _Status(message=body[:_LONGEST].decode(errors="replace").strip())
    code = status or said.code
    kind = _BY_REASON.get(said.reason) or _BY_STATUS.get(code) or (ServerError if code >= 500 else ApiError)
    message = said.message[:_LONGEST] or said.reason or f"the API server answered {code}"
    return kind(code, said.reason, message, said.details, _seconds(retry_after))


def _seconds(retry_after: str) -> float | None:
    try:
        seconds = float(retry_after or "nan")
    except ValueError:  # the API server sends seconds, a proxy may send a date
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
