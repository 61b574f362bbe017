"""List objects: selectors, pages of one consistent snapshot. Pure but for reading the store."""

import base64
from typing import Any, NamedTuple

import msgspec

from local_cluster.api import selectors
from local_cluster.api.conversion import seen_body
from local_cluster.api.errors import Cause, bad_request, expired, invalid, too_new
from local_cluster.api.resources import ApiResource
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
    if not bounds.limit or len(found) <= bounds.limit:
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
        _refuse(
            "resourceVersion",
            f'Invalid value: "{bounds.revision}": strconv.ParseUint: parsing "{bounds.revision}": invalid syntax',
            "FieldValueInvalid",
        )
    if bounds.token and bounds.revision not in ("", "0"):
        raise bad_request("specifying resource version is not allowed when using continue")
    if bounds.match and not bounds.revision:
        _refuse(
            "resourceVersionMatch", "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
        )
    if bounds.match and bounds.token:
        _refuse("resourceVersionMatch", "Forbidden: resourceVersionMatch is forbidden when continue is provided")
    if bounds.match == "Exact" and bounds.revision == "0":
        _refuse("resourceVersionMatch", 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if bounds.revision and int(bounds.revision) > state.store.revision:
        raise too_new(int(bounds.revision), state.store.revision)


def _refuse(field: str, text: str, reason: str = "FieldValueForbidden") -> None:
    raise invalid("meta.k8s.io", "ListOptions", "", [Cause(field, reason, text)])


def _expired(after: str) -> Exception:
    error = expired(TOO_OLD)
    error.metadata["continue"] = _write(_Token("meta.k8s.io/v1", _INCONSISTENT, after))
    return error


def _read(token: str) -> _Token:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return msgspec.json.decode(raw, type=_Token)
    except (ValueError, msgspec.MsgspecError):
        raise bad_request("continue key is not valid: illegal base64 data") from None


def _write(token: _Token) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).rstrip(b"=").decode()
