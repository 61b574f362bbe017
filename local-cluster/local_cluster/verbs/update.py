"""Replace an object: the shared end of PUT and of every kind of PATCH."""

from collections.abc import Callable
from typing import Any

import msgspec

from local_cluster.admission import admit
from local_cluster.api.conversion import seen, seen_body, stored
from local_cluster.api.errors import MODIFIED, ApiError, Cause, conflict, invalid
from local_cluster.api.zeros import drop_zeros
from local_cluster.schema.managers import unchanged
from local_cluster.state import State
from local_cluster.verbs import body as bodies
from local_cluster.verbs.body import Body
from local_cluster.verbs.create import track, validate
from local_cluster.verbs.remove import remove_if_finished
from local_cluster.verbs.target import Options, Target, Written

_KEPT = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink")
_NEED_VERSION = "Invalid value: 0: must be specified for an update"


def update(state: State, target: Target, body: Body, options: Options) -> Written:
    """PUT. Raises `ApiError`: 404, 409 when the resource version is not the stored one, 422."""
    live = target.find(state)
    body = bodies.identify(target, body)
    bodies.require_name(target, body["metadata"].get("name"))
    bodies.require_decodable(state, target, body)
    bodies.prune(state, target, body, options)
    if target.resource.definition is not None and not body["metadata"].get("resourceVersion"):
        cause = Cause("metadata.resourceVersion", "FieldValueInvalid", _NEED_VERSION)
        raise invalid(target.resource.group, target.resource.plural, target.name, [cause])
    return replace(state, target, seen_body(target.resource, live.body()), body, options, tracker=track)


Tracker = Callable[[State, Target, Body | None, Body, Options], Body]


def replace(
    state: State, target: Target, live: Body, body: Body, options: Options, *, tracker: Tracker | None
) -> Written:
    """Store `body` over `live`, both in the target's version; without a tracker it brings its managed fields."""
    resource = target.resource
    check_preconditions(target, live, body["metadata"])
    sent = body["metadata"]
    body = _settled(target, live, body)
    schema = state.schema(resource)
    if resource.definition is None:
        body = drop_zeros(body)
    schema.default(body)
    if tracker:  # what is decided below belongs to nobody
        body = tracker(state, target, live, body, options)
    if target.subresource != "finalize":
        schema.keep(body, live)
    admit(state, target, body, live, options.user)
    causes = [*metadata_causes(live, body, sent), *validate(state, target, body, live)]
    bodies.refuse(target, target.name, causes)
    _raise_generation(target, live, body)
    if unchanged(live, body):
        return Written(msgspec.json.encode(live))
    if options.dry_run:
        return Written(msgspec.json.encode(body))
    kept = stored(resource, body)
    if remove_if_finished(state, target, kept):
        return Written(msgspec.json.encode(body))
    return Written(seen(resource, state.store.write(resource.storage, kept).raw))


def check_preconditions(target: Target, live: Body, metadata: Body) -> None:
    """Raise 409 when the metadata speaks of another version or another object of the same name."""
    resource = target.resource
    version, uid = metadata.get("resourceVersion"), metadata.get("uid")
    if uid and uid != live["metadata"]["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {live['metadata']['uid']}"
        why = (
            f"StorageError: invalid object, Code: 4, Key: {_key(target)}, ResourceVersion: 0, AdditionalErrorMsg: {why}"
        )
        raise conflict(resource.group, resource.plural, target.name, why)
    if version and not str(version).isdigit():
        raise ApiError(500, "", f'strconv.ParseUint: parsing "{version}": invalid syntax')
    if version and version != live["metadata"]["resourceVersion"]:
        raise conflict(resource.group, resource.plural, target.name, MODIFIED)


def _key(target: Target) -> str:
    """Where the API server's storage keeps the object."""
    resource = target.resource
    shelf = f"{resource.group}/{resource.plural}" if resource.definition is not None else resource.plural
    return "/".join(filter(None, ("/registry", shelf, target.namespace, target.name)))


def _settled(target: Target, live: Body, body: Body) -> Body:
    """The new object with everything in place that this endpoint cannot write."""
    if target.subresource == "status":
        metadata = {**live["metadata"], "managedFields": body["metadata"].get("managedFields")}
        return {**live, "metadata": _without_empty(metadata), **_status(body)} | (
            {} if "status" in body else {"status": {}}
        )
    kept = {key: live["metadata"][key] for key in _KEPT if key in live["metadata"]}
    metadata = {key: value for key, value in body["metadata"].items() if key not in _KEPT} | kept
    metadata["resourceVersion"] = live["metadata"]["resourceVersion"]
    settled = {**body, "metadata": _without_empty(metadata)}
    if "status" in target.resource.subresources and not target.subresource:
        settled.pop("status", None)
        settled |= _status(live)
    return settled


def _status(body: Body) -> Body:
    return {"status": body["status"]} if "status" in body else {}


def _without_empty(metadata: Body) -> Body:
    return {key: value for key, value in metadata.items() if value not in (None, [], {}, "")}


def metadata_causes(live: Body, body: Body, sent: Body) -> list[Cause]:
    """Rules of changed metadata that hold for every kind. As the API server, which asks twice, it tells twice."""
    gone = sent.get("deletionTimestamp")
    if gone and gone != live["metadata"].get("deletionTimestamp"):
        return [fixed("metadata.deletionTimestamp", gone)] * 2
    before, after = (set(each["metadata"].get("finalizers") or ()) for each in (live, body))
    if live["metadata"].get("deletionTimestamp") and (added := after - before):
        shown = ", ".join(f'"{each}"' for each in sorted(added))
        text = (
            "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"
        )
        return [Cause("metadata.finalizers", "FieldValueForbidden", f"{text}{shown}}}")] * 2
    return []


def fixed(path: str, value: str) -> Cause:
    """A field of the metadata that never changes."""
    return Cause(path, "FieldValueInvalid", f'Invalid value: "{value}": field is immutable')


def _raise_generation(target: Target, live: Body, body: Body) -> None:
    watched = target.resource.generation
    if not watched or target.subresource == "status":
        return
    if _desired(live, watched) != _desired(body, watched):
        body["metadata"]["generation"] = live["metadata"].get("generation", 0) + 1


def _desired(body: Body, watched: str) -> Any:
    if watched == "spec":
        return body.get("spec")
    apart = ("metadata", "status", "apiVersion", "kind") if watched == "desired" else ("metadata", "apiVersion", "kind")
    return {key: value for key, value in body.items() if key not in apart}
