"""PATCH of every kind: JSON, merge, strategic merge, and server-side apply."""

from typing import Any

import msgspec

from local_cluster.api.conversion import seen_body
from local_cluster.api.errors import ApiError, Cause, bad_request, details, invalid, unsupported_media_type
from local_cluster.auth.authorization import authorize
from local_cluster.auth.rules import Ask
from local_cluster.schema import apply as fields
from local_cluster.schema import strategic
from local_cluster.schema.decode import repeated_keys, repeated_text, strict_errors, warned
from local_cluster.schema.errors import Conflicts, SchemaError
from local_cluster.schema.go import go, go_type, json_fault, quoted
from local_cluster.state import State, now
from local_cluster.verbs import body as bodies
from local_cluster.verbs import json_patch
from local_cluster.verbs.body import Body
from local_cluster.verbs.create import create, track
from local_cluster.verbs.target import Options, Target, Written
from local_cluster.verbs.update import fixed, replace

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


def patch(state: State, target: Target, raw: bytes, media: str, options: Options) -> Written:
    """Change an object as the patch says; an apply creates what is not there. Raises `ApiError`."""
    media = media.partition(";")[0].strip().lower()
    accepted = accepted_by(target)
    if media not in accepted:
        raise unsupported_media_type(accepted) if target.resource.definition is not None else _unread()
    if media == APPLY_PATCH:
        return _apply(state, target, raw, options)
    live = seen_body(target.resource, target.find(state).body())
    body = _patched(state, target, live, raw, media)
    shown = raw_text(raw) if media == STRATEGIC_PATCH else msgspec.json.encode(body).decode()
    if media == STRATEGIC_PATCH and (why := state.schema(target.resource).unrestorable(body)):
        raise unpatchable(shown, why)
    body = _decoded(state, target, body, shown)
    unknown = state.schema(target.resource).prune(body)
    if options.strict:
        own = strict_errors(raw, (), typed=False)
        if media == JSON_PATCH:
            own = [f"json patch {text}" for text in (*own, *json_patch.unknown(raw))]
        _judge([*own, *(f'unknown field "{path}"' for path in unknown)], shown, options)
    _require_same(target, live, body)
    return replace(state, target, live, body, options, tracker=track)


def _unread() -> ApiError:
    """415 of what is no patch anywhere."""
    return ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def raw_text(raw: bytes) -> str:
    """A strategic patch as Go shows a map."""
    return go(msgspec.json.decode(raw))


def _decoded(state: State, target: Target, body: Body, shown: str) -> Body:
    """The outcome of a patch as an object of its kind. Raises 422 for what is no such object."""
    try:
        body = bodies.identify(target, body)
        bodies.require_decodable(state, target, body)
    except ApiError as refused:
        start = f"{target.resource.kind}"
        why = refused.message.partition(f" cannot be handled as a {start}: ")[2]
        if not why:
            raise
        raise unpatchable(shown, why) from None
    return body


def _require_same(target: Target, live: Body, body: Body) -> None:
    """Raise 400 when the outcome of a patch has another name, 422 when another uid."""
    bodies.require_name(target, body["metadata"].get("name"))
    if (uid := body["metadata"].get("uid")) not in (None, "", live["metadata"]["uid"]):
        bodies.refuse(target, target.name, [fixed("metadata.uid", uid)] * 2)


def unpatchable(shown: str, why: str) -> ApiError:
    """422 of a patch whose outcome is no object of the kind."""
    return invalid("", "", "", [Cause("patch", "FieldValueInvalid", f"Invalid value: {quoted(shown)}: {why}")])


def _judge(texts: list[str], shown: str, options: Options) -> None:
    """Refuse, or warn of, fields that a patch repeats and fields that its outcome should not have."""
    if texts and options.validation == "Strict":
        raise unpatchable(shown, bodies.strict_text(texts))
    options.warnings.extend(texts)


def accepted_by(target: Target) -> tuple[str, ...]:
    """Patch formats of a resource; a custom one has no strategic merge."""
    if target.resource.definition is not None:
        return JSON_PATCH, MERGE_PATCH, APPLY_PATCH
    return JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH


def _patched(state: State, target: Target, live: Body, raw: bytes, media: str) -> Body:
    if media == JSON_PATCH:
        return json_patch.patched(live, raw)
    change = _change(raw)
    if media == MERGE_PATCH:
        merged: Body = merge(live, change)
        return merged
    try:
        return strategic.merge(live, change, state.schema(target.resource))
    except strategic.PatchError as bad:
        raise ApiError(500, "", str(bad)) from None


def _change(raw: bytes) -> Body:
    """A patch that is an object. Raises 400."""
    try:
        change = bodies.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise bad_request(f"error decoding patch: {json_fault(raw)}") from None
    if not isinstance(change, dict):
        text = f"json: cannot unmarshal {go_type(change)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding patch: {text}")
    return change


def merge(live: Any, change: Any) -> Any:
    """A JSON merge patch (RFC 7386); neither argument is changed."""
    if not isinstance(change, dict):
        return change
    kept = dict(live) if isinstance(live, dict) else {}
    for key, value in change.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = merge(kept.get(key), value)
    return kept


def _apply(state: State, target: Target, raw: bytes, options: Options) -> Written:
    body = _applied(target, raw)
    if body["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    held = state.entry(target.resource, target.namespace, target.name)
    live = seen_body(target.resource, held.body()) if held else None
    applied = _merged(state, target, live, body, options)
    if target.resource.namespaced:
        applied["metadata"]["namespace"] = target.namespace
    if options.strict and (repeated := repeated_keys(raw)):
        _judge_applied(repeated, options)
    bodies.require_decodable(state, target, applied)
    if live is not None:
        return replace(state, target, live, applied, options, tracker=None)
    if target.subresource:
        raise target.missing()
    if body["metadata"].get("uid"):
        why = (
            "uid mismatch: the provided object specified uid "
            + body["metadata"]["uid"]
            + ", and no existing object was found"
        )
        raise _conflict(target, why)
    resource = target.resource
    ask = Ask("create", resource.group, resource.plural, "", target.name, target.namespace)
    authorize(state.authorizer, options.user, ask)
    return create(state, target, applied, options, operation="Apply")


def _applied(target: Target, raw: bytes) -> Body:
    """What is applied. Raises 400 for what is no such object."""
    body = bodies.parse_yaml(raw)
    version, kind = str(body.get("apiVersion") or ""), str(body.get("kind") or "")
    if (version, kind) != (target.resource.api_version, target.resource.kind):
        shown = version if "/" in version else f"/{version}"
        raise bad_request(f"invalid object type: {shown}, Kind={kind}")
    sent = (body.get("metadata") or {}).get("namespace")
    body = bodies.identify(target, body)
    bodies.require_name(target, body["metadata"].get("name"))
    if not sent:  # errors show the object as it was sent
        body["metadata"].pop("namespace", None)
    return body


def _judge_applied(repeated: list[tuple[int, str]], options: Options) -> None:
    """Refuse, or warn of, keys that an applied object repeats: it is read as YAML."""
    text = repeated_text(repeated)
    if options.validation == "Strict":
        raise bad_request(f"error strict decoding YAML: error converting YAML to JSON: {text}")
    options.warnings.extend(warned([text]))


def _conflict(target: Target, why: str) -> ApiError:
    resource = target.resource
    from_ = details(resource.group, resource.plural, target.name)
    return ApiError(
        409, "Conflict", f'Operation cannot be fulfilled on {resource.plural} "{target.name}": {why}', from_
    )


def _merged(state: State, target: Target, live: Body | None, body: Body, options: Options) -> Body:
    try:
        return fields.apply(
            live,
            body,
            state.schema(target.resource),
            manager=options.manager,
            force=options.force,
            api_version=target.resource.api_version,
            now=now(),
            subresource=target.subresource,
        )
    except Conflicts as conflicts:
        causes = [Cause(cause.field, cause.reason, cause.message) for cause in conflicts.causes]
        raise ApiError(409, "Conflict", conflicts.message, details("", "", "", causes)) from None
    except SchemaError as bad:
        raise ApiError(bad.code, bad.reason, bad.message) from None
