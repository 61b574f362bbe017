"""The API server's sentences about a wrong value (apimachinery `util/validation/field`)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from .errors import Cause


def shown(value: Any) -> str:
    """A value as an error shows it."""
    return msgspec.json.encode(value).decode()


def invalid(path: str, value: Any, why: str) -> Cause:
    """The value breaks a rule."""
    return Cause("FieldValueInvalid", f"Invalid value: {shown(value)}: {why}", path)


def of_whole(why: str) -> Cause:
    """A rule is broken that the server names no field for."""
    return Cause("FieldValueInvalid", f'Invalid value: "": {why}', "<nil>")


def type_invalid(path: str, found: str, wanted: str) -> Cause:
    """The value is of another type."""
    text = f'Invalid value: "{found}": {path} in body must be of type {wanted}: "{found}"'
    return Cause("FieldValueTypeInvalid", text, path)


def required(path: str, why: str = "") -> Cause:
    """The value is missing."""
    return Cause("FieldValueRequired", f"Required value: {why}" if why else "Required value", path)


def unsupported(path: str, value: Any, allowed: Iterable[Any]) -> Cause:
    """The value is none of the allowed ones."""
    return Cause(
        "FieldValueNotSupported",
        f"Unsupported value: {shown(value)}: supported values: {', '.join(map(shown, allowed))}",
        path,
    )


def duplicate(path: str, value: Any) -> Cause:
    """The value stands twice."""
    return Cause("FieldValueDuplicate", f"Duplicate value: {shown(value)}", path)


def too_long(path: str, limit: int) -> Cause:
    """The text is too long."""
    return Cause("FieldValueTooLong", f"Too long: may not be more than {limit} bytes", path)


def too_many(path: str, count: int, limit: int) -> Cause:
    """The list is too long."""
    return Cause("FieldValueTooMany", f"Too many: {count}: must have at most {limit} items", path)


def forbidden(path: str, why: str) -> Cause:
    """The value may not be given."""
    return Cause("FieldValueForbidden", f"Forbidden: {why}", path)


def join(path: str, name: str) -> str:
    """The path of a field."""
    return f"{path}.{name}" if path else name
