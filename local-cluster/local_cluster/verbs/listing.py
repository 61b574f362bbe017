"""List objects: selectors, pages of one consistent snapshot. Pure but for reading the store."""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from local_cluster.api import selectors
from local_cluster.api.conversion import seen_body
from local_cluster.api.errors import ApiError, Cause, bad_request, expired, invalid, too_new
from local_cluster.api.resources import ApiResource
from local_cluster.schema.go import json_fault
from local_cluster.state import State
from local_cluster.storage.entry import Entry
from local_cluster.storage.store import TooOld

TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
_INCONSISTENT = -1


class Selection(NamedTuple):
    """Which objects are wanted."""

    labels: selectors.Labels
    fields: selectors.Fields
    getters: dict[str, selectors.Getter]
    resource: ApiResource

    def takes(self, entry: Entry) -> bool:
        """Whether an object is wanted."""
        if self.labels and not selectors.matches(self.labels, entry.labels):
            return False
        if not self.fields:
            return True
        simple = {"metadata.name": entry.name, "metadata.namespace": entry.namespace}
        if all(field.path in simple for field in self.fields):
            return all((simple[field.path] == field.value) == field.equal for field in self.fields)
        body = seen_body(self.resource, entry.body())
        return all((self.getters[field.path](body) == field.value) == field.equal for field in self.fields)


def selection(resource: ApiResource, labels: str, fields: str) -> Selection:
    """Read the selectors of a request. Raises 400."""
    getters = selectors.selectable(resource.storage if resource.group != "events.k8s.io" else "", _selectable(resource))
    return Selection(selectors.parse_labels(labels), selectors.parse_fields(fields, getters), getters, resource)


def _selectable(resource: ApiResource) -> tuple[str, ...]:
    versions = (resource.definition or {}).get("versions", ())
    mine: dict[str, Any] = next((each for each in versions if each["name"] == resource.version), {})
    return tuple(each["jsonPath"].lstrip(".") for each in mine.get("selectableFields") or ())


class _Token(msgspec.Struct):
    """A place in a snapshot: `meta.k8s.io/v1`, revision, last key seen."""

    v: str
    rv: int
    start: str


class Page(NamedTuple):
    """Some objects, at a revision, and how to go on."""

    entries: list[Entry]
    revision: int
    token: str = ""
    remaining: int | None = None


class Bounds(NamedTuple):
    """What a list asks for besides selectors."""

    limit: int = 0
    token: str = ""
    revision: str = ""
    match: str = ""
    initial: bool = False
    """Whether initial events are asked for, which only a watch has."""


def page(state: State, resource: ApiResource, namespace: str, chosen: Selection, bounds: Bounds) -> Page:
    """One page; a list at revision 0 is whole, as out of the API server's cache.

    Raises 410 when the snapshot is gone, 504 for a revision that is not yet.
    """
    _check(state, bounds)
    if bounds.revision == "0":
        bounds = bounds._replace(limit=0)
    revision, after = _start(state, bounds)
    try:
        everything = _snapshot(state, resource, namespace, revision)
    except TooOld:
        raise _expired(after) from None
    rest = [entry for entry in everything if not after or _place(entry) > after]
    found = [entry for entry in rest if chosen.takes(entry)]
    full = bounds.limit > 0 and len(found) == bounds.limit and rest[-1] is not found[-1]
    if bounds.limit <= 0 or (len(found) <= bounds.limit and not full):
        return Page(found, revision)
    shown = found[: bounds.limit]
    token = _write(_Token("meta.k8s.io/v1", revision, _place(shown[-1])))
    plain = not chosen.labels and not chosen.fields
    return Page(shown, revision, token, len(found) - bounds.limit if plain else None)


def _snapshot(state: State, resource: ApiResource, namespace: str, revision: int) -> list[Entry]:
    shelf = state.store.shelf(resource.storage)
    return list(shelf.entries(namespace)) if revision == state.store.revision else shelf.at(revision, namespace)


def _place(entry: Entry) -> str:
    return f"{entry.namespace}\x00{entry.name}"


def _start(state: State, bounds: Bounds) -> tuple[int, str]:
    """The revision to list at and the key after which the page starts."""
    if bounds.token:
        token = _read(bounds.token)
        return (state.store.revision if token.rv == _INCONSISTENT else token.rv), token.start
    if bounds.match == "Exact":
        return int(bounds.revision), ""
    return state.store.revision, ""


def _check(state: State, bounds: Bounds) -> None:
    if bounds.revision and not bounds.revision.isdigit():
        raise bad_request(f"invalid resource version: {unreadable(bounds.revision)}")
    if bounds.token and bounds.revision not in ("", "0"):
        raise bad_request("specifying resource version is not allowed when using continue")
    causes = list(_match_causes(bounds))
    if bounds.initial:
        text = "Forbidden: sendInitialEvents is forbidden for list"
        causes.append(Cause("sendInitialEvents", "FieldValueForbidden", text))
    if causes:
        raise invalid("meta.k8s.io", "ListOptions", "", causes)
    if bounds.revision and int(bounds.revision) > state.store.revision:
        raise too_new(int(bounds.revision), state.store.revision)


def unreadable(revision: str) -> str:
    """What is said of a resource version that is no number."""
    return f'resourceVersion: Invalid value: "{revision}": strconv.ParseUint: parsing "{revision}": invalid syntax'


def _match_causes(bounds: Bounds) -> Iterator[Cause]:
    field, match = "resourceVersionMatch", bounds.match
    if not match:
        return
    if not bounds.revision:
        text = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
        yield Cause(field, "FieldValueForbidden", text)
    if bounds.token:
        yield Cause(
            field, "FieldValueForbidden", "Forbidden: resourceVersionMatch is forbidden when continue is provided"
        )
    if match not in _MATCHES:
        allowed = ", ".join(f'"{each}"' for each in (*_MATCHES, ""))
        yield Cause(field, "FieldValueNotSupported", f'Unsupported value: "{match}": supported values: {allowed}')
    if match == "Exact" and bounds.revision == "0":
        text = 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        yield Cause(field, "FieldValueForbidden", text)


_MATCHES = ("Exact", "NotOlderThan")


def _expired(after: str) -> Exception:
    error = expired(TOO_OLD)
    error.metadata["continue"] = _write(_Token("meta.k8s.io/v1", _INCONSISTENT, after))
    return error


def _read(token: str) -> _Token:
    try:
        raw = base64.b64decode(token.translate(_URL_SAFE) + "=" * (-len(token) % 4), validate=True)
        fields = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        raise _unusable(json_fault(raw)) from None
    except ValueError:
        bad = next((i for i, each in enumerate(token) if not (each.isalnum() or each in "-_")), len(token) - 1)
        raise _unusable(f"illegal base64 data at input byte {max(bad, 0)}") from None
    if not isinstance(fields, dict) or fields.get("v") != _VERSION:
        version = fields.get("v", "") if isinstance(fields, dict) else ""
        raise _unusable(f"server does not recognize this encoded version {version}")
    if not fields.get("rv"):
        raise _unusable(f"incorrect encoded start resourceVersion (version {_VERSION})")
    try:
        return msgspec.convert(fields, _Token)
    except msgspec.ValidationError as bad_field:
        raise _unusable(str(bad_field)) from None


_VERSION = "meta.k8s.io/v1"
_URL_SAFE = str.maketrans("-_", "+/")


def _unusable(why: str) -> ApiError:
    return bad_request(f"invalid continue token: continue key is not valid: {why}")


def _write(token: _Token) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).rstrip(b"=").decode()
