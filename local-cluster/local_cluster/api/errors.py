"""Refusals, as the `Status` bodies of the Kubernetes API (meta/v1, `Status`), with the texts clients match on."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Cause(NamedTuple):
    """One reason why an object is invalid."""

    field: str
    reason: str
    """`FieldValueRequired`, `FieldValueInvalid`, ..."""
    message: str


class ApiError(Exception):
    """Ends a request with a `Status` body. `extra` joins its metadata (a continue token)."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.metadata: dict[str, Any] = {}
        self.headers: dict[str, str] = {}
        self.warnings: list[str] = []
        """Texts of Warning headers that were collected before the refusal."""

    def status(self) -> dict[str, Any]:
        """The body."""
        body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": self.metadata, "status": "Failure"}
        body["message"] = self.message
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        return body | {"code": self.code}


class NotServed(Exception):
    """No such path: answered as `404 page not found` in plain text."""


def details(group: str, kind: str, name: str = "", causes: Sequence[Cause] = ()) -> dict[str, Any]:
    """`Status.details`; empty parts are left out."""
    body: dict[str, Any] = {"name": name, "group": group, "kind": kind}
    body = {key: value for key, value in body.items() if value}
    if causes:
        body["causes"] = [
            {key: value for key, value in cause._asdict().items() if value} for cause in (_ordered(c) for c in causes)
        ]
    return body


class _Ordered(NamedTuple):
    reason: str
    message: str
    field: str


def _ordered(cause: Cause) -> _Ordered:
    return _Ordered(cause.reason, cause.message, cause.field)


def qualified(group: str, name: str) -> str:
    """`deployments.apps`, or `pods` in the core group."""
    return f"{name}.{group}" if group else name


def not_found(group: str, plural: str, name: str) -> ApiError:
    """404: no such object."""
    return ApiError(404, "NotFound", f'{qualified(group, plural)} "{name}" not found', details(group, plural, name))


def no_such_resource() -> ApiError:
    """404 of a resource or subresource that the server does not have."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def no_such_verb(group: str, plural: str, verb: str) -> ApiError:
    """405 of a custom resource."""
    text = f'{verb} is not supported on resources of kind "{qualified(group, plural)}"'
    return ApiError(405, "MethodNotAllowed", text, details(group, plural))


def already_exists(group: str, plural: str, name: str) -> ApiError:
    """409: the name is taken."""
    text = f'{qualified(group, plural)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", text, details(group, plural, name))


def conflict(group: str, plural: str, name: str, why: str) -> ApiError:
    """409: someone was quicker, or a precondition failed."""
    text = f'Operation cannot be fulfilled on {qualified(group, plural)} "{name}": {why}'
    return ApiError(409, "Conflict", text, details(group, plural, name))


MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


def invalid(group: str, kind: str, name: str, causes: Sequence[Cause]) -> ApiError:
    """422: the object breaks rules of its schema or kind."""
    texts = list(dict.fromkeys(f"{cause.field}: {cause.message}" if cause.field else cause.message for cause in causes))
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    message = f'{qualified(group, kind)} "{name}" is invalid: {text}'
    return ApiError(422, "Invalid", message, details(group, kind, name, causes))


def bad_request(message: str) -> ApiError:
    """400."""
    return ApiError(400, "BadRequest", message)


def forbidden(group: str, plural: str, name: str, why: str) -> ApiError:
    """403: not allowed, or refused by admission."""
    what = f'{qualified(group, plural)} "{name}"' if name else qualified(group, plural)
    return ApiError(403, "Forbidden", f"{what} is forbidden: {why}", details(group, plural, name))


def forbidden_path(user: str, verb: str, path: str) -> ApiError:
    """403 of a path that is no resource."""
    return ApiError(403, "Forbidden", f'forbidden: User "{user}" cannot {verb} path "{path}"', {})


def unauthorized() -> ApiError:
    """401."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def method_not_allowed() -> ApiError:
    """405."""
    text = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", text, {})


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    """415."""
    text = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return ApiError(415, "UnsupportedMediaType", text)


def not_acceptable(accepted: Sequence[str]) -> ApiError:
    """406."""
    text = f"406: Not Acceptable\n\nAvailable representations: {', '.join(accepted)}"
    return ApiError(406, "NotAcceptable", text, {})


def no_such_form(accepted: Sequence[str]) -> ApiError:
    """406 of a kind that has no such form."""
    text = f"only the following media types are accepted: {', '.join(accepted)}"
    return ApiError(406, "NotAcceptable", text)


def too_large(limit: int) -> ApiError:
    """413: the body is over `limit` bytes."""
    return ApiError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {limit}")


def expired(message: str) -> ApiError:
    """410: the history no longer reaches back that far."""
    return ApiError(410, "Expired", message)


def too_old(asked: int, horizon: int) -> ApiError:
    """410 of a watch."""
    return expired(f"too old resource version: {asked} ({horizon})")


def too_new(asked: int, current: int) -> ApiError:
    """504: a resource version that was never handed out."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    error = ApiError(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {asked}, current: {current}",
        {"causes": [cause], "retryAfterSeconds": 1},
    )
    error.headers["Retry-After"] = "1"
    return error


def internal(message: str) -> ApiError:
    """500."""
    cause = {"message": message}
    return ApiError(500, "InternalError", f"Internal error occurred: {message}", {"causes": [cause]})


def too_many_requests(message: str, after: int) -> ApiError:
    """429: a disruption budget says no."""
    return ApiError(429, "TooManyRequests", message, {"retryAfterSeconds": after} if after else {})
