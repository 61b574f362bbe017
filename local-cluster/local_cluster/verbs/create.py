"""Create an object."""

import secrets
import uuid

import msgspec

from local_cluster.admission import admit
from local_cluster.api.conversion import seen, stored
from local_cluster.api.errors import ApiError, Cause, already_exists, bad_request, not_found
from local_cluster.api.names import name_causes
from local_cluster.api.zeros import drop_zeros
from local_cluster.schema import apply as fields
from local_cluster.schema.metadata import finalizer_warnings
from local_cluster.schema.warnings import object_warnings
from local_cluster.state import State, now, timestamp
from local_cluster.verbs import body as bodies
from local_cluster.verbs.body import Body
from local_cluster.verbs.target import Options, Target, Written

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_BASE = 58
_REPORTED = ("/nodes",)
"""Kinds that may bring their status along when they are created: a node reports its own."""
_SYSTEM = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")


def create(state: State, target: Target, body: Body, options: Options, *, operation: str = "Update") -> Written:
    """Store a new object. Raises `ApiError`: 409 when the name is taken, 422, 400, 403 of admission."""
    resource = target.resource
    body = bodies.identify(target, body)
    if operation == "Update" and body["metadata"].get("resourceVersion") not in (None, ""):
        raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
    bodies.require_decodable(state, target, body)
    bodies.prune(state, target, body, options)
    target = _named(target, body)
    require_namespace(state, target)
    body = prepare(state, target, body)
    if operation == "Update":
        body = track(state, target, None, body, options)
    options.warnings.extend(
        finalizer_warnings(body["metadata"]) if resource.definition is not None else object_warnings(body)
    )
    admit(state, target, body, None, options.user)
    _complete(state, target, body)
    named = [*_base_causes(target, body["metadata"]), *name_causes(resource, target.name)]
    bodies.refuse(target, target.name, [*named, *validate(state, target, body, None)])
    if state.entry(resource, target.namespace, target.name):
        raise already_exists(resource.group, resource.plural, target.name)
    return _keep(state, target, body, options)


def _base_causes(target: Target, metadata: Body) -> list[Cause]:
    """What is wrong with the base that a name was made of: a dash or dot at its end is not."""
    base = metadata.get("generateName") or ""
    causes = name_causes(target.resource, base.rstrip("-.") + "a") if base else []
    shown = [(cause.message.partition('": ')[2], cause) for cause in causes]
    return [Cause("metadata.generateName", cause.reason, f'Invalid value: "{base}": {text}') for text, cause in shown]


def _complete(state: State, target: Target, body: Body) -> None:
    """What admission adds. It builds on required fields: an object that lacks them is judged first."""
    try:
        state.schema(target.resource).admit(body, now())
    except (AttributeError, KeyError, TypeError):
        bodies.refuse(target, target.name, validate(state, target, body, None))
        raise


def _keep(state: State, target: Target, body: Body, options: Options) -> Written:
    kept = stored(target.resource, body)
    if options.dry_run:
        return Written(msgspec.json.encode(body), created=True)
    return Written(seen(target.resource, state.store.write(target.resource.storage, kept).raw), created=True)


def track(state: State, target: Target, live: Body | None, body: Body, options: Options) -> Body:
    """The body with the managed fields after this write."""
    resource = target.resource
    return fields.update(
        live,
        body,
        state.schema(resource),
        manager=options.manager,
        operation="Update",
        api_version=resource.api_version,
        subresource=target.subresource,
        now=now(),
    )


def validate(state: State, target: Target, body: Body, old: Body | None) -> list[Cause]:
    """What the schema says against the object."""
    found = state.schema(target.resource).validate(body, old)
    part = f": {target.subresource}." if target.resource.definition is not None else ""
    # A subresource's own schema is judged: its errors name fields from there on.
    return [Cause(it.field, it.reason, it.message.replace(part, ": ", 1) if part else it.message) for it in found]


def _named(target: Target, body: Body) -> Target:
    metadata = body["metadata"]
    name, base = metadata.get("name") or "", metadata.get("generateName") or ""
    if target.name and name and name != target.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({target.name})")
    name = name or target.name
    if not name and base:
        name = base[:_LONGEST_BASE] + "".join(secrets.choice(_ALPHABET) for _ in range(5))
    if not name:
        bodies.refuse(
            target,
            "",
            [Cause("metadata.name", "FieldValueRequired", "Required value: name or generateName is required")],
        )
    metadata["name"] = name
    return msgspec.structs.replace(target, name=name)


def require_namespace(state: State, target: Target) -> None:
    """Raise 404 when the namespace is missing and 403 when it is being terminated."""
    resource = target.resource
    if not resource.namespaced:
        return
    held = state.store.shelf("/namespaces").get("", target.namespace)
    if held is None:
        raise not_found("", "namespaces", target.namespace)
    if b'"deletionTimestamp"' in held.raw and held.body()["metadata"].get("deletionTimestamp"):
        raise terminating(target)


def terminating(target: Target) -> ApiError:
    """403: nothing new in a namespace that goes."""
    resource, space = target.resource, target.namespace
    name = f"{resource.plural}.{resource.group}" if resource.group else resource.plural
    text = f"unable to create new content in namespace {space} because it is being terminated"
    cause = Cause("metadata.namespace", "NamespaceTerminating", f"namespace {space} is being terminated")
    refused = ApiError(403, "Forbidden", f'{name} "{target.name}" is forbidden: {text}')
    causes = [{"reason": cause.reason, "message": cause.message, "field": cause.field}]
    group = {"group": resource.group} if resource.group else {}
    refused.details = {"name": target.name, **group, "kind": resource.plural, "causes": causes}
    return refused


def prepare(state: State, target: Target, body: Body) -> Body:
    """The object with what the server decides: identity, generation, defaults, no status yet."""
    metadata = body["metadata"]
    for field in _SYSTEM:
        metadata.pop(field, None)
    metadata.pop("resourceVersion", None)
    metadata["uid"] = str(uuid.uuid4())
    metadata["creationTimestamp"] = timestamp(now())
    if target.resource.generation:
        metadata["generation"] = 1
    if "status" in target.resource.subresources and target.resource.storage not in _REPORTED:
        body.pop("status", None)
    if target.resource.definition is None:
        body = drop_zeros(body)
    state.schema(target.resource).default(body)
    return body
