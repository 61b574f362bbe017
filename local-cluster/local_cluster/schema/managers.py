"""`metadata.managedFields`: who owns which fields, and since when."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from weir.apply.fieldset import FieldSet

_MOST_UPDATERS = 10
_ANCIENT = "ancient-changes"


class Manager(NamedTuple):
    """Who: an applier is the same whatever API version it uses, so its `api_version` here is empty."""

    name: str
    operation: str
    api_version: str
    subresource: str


class Entry(msgspec.Struct, frozen=True):
    """What a manager owns."""

    api_version: str
    fields: FieldSet
    time: str = ""


Managers = Mapping[Manager, Entry]


def manager(name: str, operation: str, api_version: str, subresource: str = "") -> Manager:
    """The identity under which an operation is kept."""
    return Manager(name, operation, "" if operation == "Apply" else api_version, subresource)


def read(entries: Any) -> dict[Manager, Entry]:
    """From `metadata.managedFields`. Raises `ValueError` when an entry is malformed."""
    managers: dict[Manager, Entry] = {}
    for entry in entries or ():
        if not isinstance(entry, Mapping) or entry.get("operation") not in ("Apply", "Update"):
            raise ValueError("managedFields holds an entry without an operation")
        who = manager(
            entry.get("manager", ""), entry["operation"], entry.get("apiVersion", ""), entry.get("subresource", "")
        )
        fields = FieldSet.read(entry.get("fieldsV1") or {})
        managers[who] = Entry(entry.get("apiVersion", ""), fields, entry.get("time") or "")
    return managers


def read_or_none(entries: Any) -> dict[Manager, Entry]:
    """As `read`; nothing when an entry is malformed."""
    try:
        return read(entries)
    except (ValueError, AttributeError):
        return {}


def write(managers: Managers) -> list[dict[str, Any]]:
    """As `metadata.managedFields`: appliers first, then by time, name, version and subresource."""
    ordered = sorted(
        managers.items(),
        key=lambda pair: (pair[0].operation, pair[1].time, pair[0].name, pair[1].api_version, pair[0].subresource),
    )
    return [_write(who, entry) for who, entry in ordered]


def _write(who: Manager, entry: Entry) -> dict[str, Any]:
    written: dict[str, Any] = {
        "manager": who.name,
        "operation": who.operation,
        "apiVersion": entry.api_version,
        "time": entry.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.fields.fields_v1(),
        "subresource": who.subresource,
    }
    return {key: value for key, value in written.items() if value or key in ("apiVersion", "fieldsV1")}


def capped(managers: Managers) -> dict[Manager, Entry]:
    """At most ten updaters: the oldest of them melt into one entry per API version."""
    updaters = sorted(
        (who for who in managers if who.operation == "Update"), key=lambda who: (managers[who].time, who.name)
    )
    kept = dict(managers)
    for who in _overdue(updaters):
        entry = kept.pop(who)
        bucket = manager(_ANCIENT, "Update", entry.api_version)
        earlier = kept.get(bucket)
        fields = entry.fields | earlier.fields if earlier else entry.fields
        kept[bucket] = Entry(entry.api_version, fields, entry.time)
    return kept


def _overdue(updaters: list[Manager]) -> Iterable[Manager]:
    if len(updaters) <= _MOST_UPDATERS:
        return ()
    aged = [who for who in updaters if who.name != _ANCIENT]
    return aged[: len(updaters) - _MOST_UPDATERS + 1]


def timestamp(now: datetime) -> str:
    """A time as the API server writes it: UTC, whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unchanged(live: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a write changes nothing: the objects are equal, the times of their managed fields aside."""
    return _timeless(live) == _timeless(new)


def _timeless(obj: Mapping[str, Any]) -> dict[str, Any]:
    metadata = dict(obj.get("metadata", {}))
    entries = metadata.pop("managedFields", None) or ()
    owned = [{key: value for key, value in entry.items() if key != "time"} for entry in entries]
    owned.sort(
        key=lambda entry: tuple(
            str(entry.get(name, "")) for name in ("manager", "operation", "subresource", "apiVersion")
        )
    )
    return {**obj, "metadata": {**metadata, "managedFields": owned}}
