"""Pieces of cells: ages, counts, selectors, as `kubectl get` prints them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Body = dict[str, Any]
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 365 * 86_400


def moment(text: str) -> datetime:
    """An RFC 3339 time."""
    return datetime.fromisoformat(text).astimezone(UTC)


def duration(seconds: float) -> str:
    """A time span in at most two units, as apimachinery's `HumanDuration` writes it."""
    if seconds < -1:
        return "<invalid>"
    whole = max(int(seconds), 0)
    if whole < 2 * _MINUTE:
        return f"{whole}s"
    if whole < 10 * _MINUTE:
        return _two(whole, _MINUTE, "m", 1, "s")
    if whole < 3 * _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 8 * _HOUR:
        return _two(whole, _HOUR, "h", _MINUTE, "m")
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}h"
    if whole < 8 * _DAY:
        return _two(whole, _DAY, "d", _HOUR, "h")
    if whole < 2 * _YEAR:
        return f"{whole // _DAY}d"
    if whole < 8 * _YEAR:
        return _two(whole, _YEAR, "y", _DAY, "d")
    return f"{whole // _YEAR}y"


def _two(whole: int, big: int, big_name: str, small: int, small_name: str) -> str:
    rest = whole % big // small
    return f"{whole // big}{big_name}" + (f"{rest}{small_name}" if rest else "")


def since(text: Any, now: datetime) -> str:
    """How long ago a time was."""
    return duration((now - moment(text)).total_seconds()) if text else "<unknown>"


def age(body: Body, now: datetime) -> str:
    """How old an object is."""
    return since(body["metadata"].get("creationTimestamp"), now)


def at(body: Any, path: str, default: Any = None) -> Any:
    """The value at a dotted path; the default when it is absent or null."""
    for part in path.split("."):
        body = body.get(part) if isinstance(body, Mapping) else None
    return default if body is None else body


def name(body: Body) -> str:
    """The name of an object."""
    text: str = body["metadata"]["name"]
    return text


def labels(pairs: Mapping[str, str] | None) -> str:
    """A map of labels as text; `<none>` when there are none."""
    return ",".join(f"{key}={value}" for key, value in sorted((pairs or {}).items())) or "<none>"


def selector(value: Body | None) -> str:
    """A LabelSelector as text."""
    value = value or {}
    parts = [f"{key}={item}" for key, item in sorted((value.get("matchLabels") or {}).items())]
    for each in value.get("matchExpressions") or ():
        values = ",".join(sorted(each.get("values") or ()))
        word = {"In": "in", "NotIn": "notin"}.get(each["operator"])
        parts.append(
            f"{each['key']} {word} ({values})"
            if word
            else ("!" if each["operator"] == "DoesNotExist" else "") + each["key"]
        )
    return ",".join(parts) or "<none>"


def joined(values: Iterable[Any], none: str = "<none>") -> str:
    """Values separated by commas."""
    return ",".join(str(value) for value in values) or none


def containers(template: Body | None) -> list[str]:
    """Two cells: the containers' names, and their images."""
    listed = at(template, "spec.containers", [])
    return [joined((each["name"] for each in listed), ""), joined((each.get("image", "") for each in listed), "")]
