"""PATCH of every kind: JSON, merge, strategic merge, and server-side apply."""

import copy
from typing import Any

import jsonpatch
import jsonpointer
import msgspec

from local_cluster.api.conversion import seen_body
from local_cluster.api.errors import ApiError, Cause, bad_request, details, invalid, unsupported_media_type
from local_cluster.auth.authorization import authorize
from local_cluster.auth.rules import Ask
from local_cluster.schema import apply as fields
from local_cluster.schema import strategic
from local_cluster.schema.decode import repeated_keys, strict_errors
from local_cluster.schema.errors import Conflicts, SchemaError
from local_cluster.schema.go import go, quoted
from local_cluster.state import State, now
from local_cluster.verbs import body as bodies
from local_cluster.verbs.body import Body
from local_cluster.verbs.create import create, track
from local_cluster.verbs.target import Options, Target, Written
from local_cluster.verbs.update import replace

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
_MOST_OPERATIONS = 10_000
_MOST_COPIED = 3 << 20
"""Bytes that the copy operations of one patch may add."""


def patch(state: State, target: Target, raw: bytes, media: str, options: Options) -> Written:
    """Change an object as the patch says; an apply creates what is not there. Raises `ApiError`."""
    media = media.partition(";")[0].strip().lower()
    accepted = accepted_by(target)
    if media not in accepted:
        raise unsupported_media_type(accepted)
    if media == APPLY_PATCH:
        return _apply(state, target, raw, options)
    live = seen_body(target.resource, target.find(state).body())
    body = _patched(state, target, live, raw, media)
    body = bodies.identify(target, body)
    if body["metadata"].get("name") != target.name:
        raise bad_request("the name of the object does not match the name on the URL")
    bodies.require_decodable(state, target, body)
    patched = msgspec.json.encode(body, order="deterministic").decode() if options.validation == "Strict" else ""
    unknown = state.schema(target.resource).prune(body)
    if options.strict:
        shown = go(msgspec.json.decode(raw)) if media == STRATEGIC_PATCH else patched
        _judge(strict_errors(raw, (), typed=False), unknown, media, shown, options)
    return replace(state, target, live, body, options, tracker=track)


def _judge(repeated: list[str], unknown: list[str], media: str, shown: str, options: Options) -> None:
    """Refuse, or warn of, fields that a patch repeats and fields that its outcome should not have."""
    own = [f"json patch {text}" for text in repeated] if media == JSON_PATCH else repeated
    texts = [*own, *(f'unknown field "{path}"' for path in unknown)]
    if texts and options.validation == "Strict":
        text = f"Invalid value: {quoted(shown)}: {bodies.strict_text(texts)}"
        raise invalid("", "", "", [Cause("patch", "FieldValueInvalid", text)])
    options.warnings.extend(texts)


def accepted_by(target: Target) -> tuple[str, ...]:
    """Patch formats of a resource; a custom one has no strategic merge."""
    if target.resource.definition is not None:
        return JSON_PATCH, MERGE_PATCH, APPLY_PATCH
    return JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH


def _patched(state: State, target: Target, live: Body, raw: bytes, media: str) -> Body:
    if media == JSON_PATCH:
        return _json_patched(target, live, raw)
    change = bodies.parse(raw, lenient=False)
    if media == MERGE_PATCH:
        merged: Body = merge(live, change)
        return merged
    try:
        return strategic.merge(live, change, state.schema(target.resource))
    except strategic.PatchError as bad:
        raise bad_request(str(bad)) from None


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


def _json_patched(target: Target, live: Body, raw: bytes) -> Body:
    try:
        operations = jsonpatch.JsonPatch(msgspec.json.decode(raw, type=list[dict[str, Any]]))
    except (
        msgspec.MsgspecError,
        RecursionError,
        TypeError,
        jsonpatch.InvalidJsonPatch,
        jsonpointer.JsonPointerException,
    ) as bad:
        raise bad_request(f"error decoding patch: {bad}") from None
    if len(operations.patch) > _MOST_OPERATIONS:
        text = f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(operations.patch)}"
        raise ApiError(413, "RequestEntityTooLarge", text)
    try:
        body = _operated(live, operations.patch)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError) as bad:
        resource = target.resource
        text = f"the server rejected our request due to an error in our request: {bad}"
        raise ApiError(422, "Invalid", text, details(resource.group, resource.plural, target.name)) from None
    if not isinstance(body, dict):
        raise bad_request("the patch leaves no object")
    return body


def _operated(live: Body, operations: list[dict[str, Any]]) -> Any:
    """The object after the operations, one by one, so that copies of copies cannot grow without end."""
    body: Any = copy.deepcopy(live)
    copied = 0
    for operation in operations:
        if operation.get("op") == "copy":
            copied += len(msgspec.json.encode(jsonpointer.resolve_pointer(body, operation.get("from", ""))))
            if copied > _MOST_COPIED:
                text = f"Unable to complete copy, accumulated size increase of copy is {copied}, "
                raise ApiError(413, "RequestEntityTooLarge", f"{text}exceeding the limit {_MOST_COPIED}")
        body = jsonpatch.JsonPatch([operation]).apply(body, in_place=True)
    return body


def _apply(state: State, target: Target, raw: bytes, options: Options) -> Written:
    body = bodies.identify(target, bodies.parse(raw, lenient=True))
    named = body["metadata"].setdefault("name", target.name)
    if named != target.name:
        raise bad_request(f"the name of the object ({named}) does not match the name on the URL ({target.name})")
    if body["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    held = state.entry(target.resource, target.namespace, target.name)
    live = seen_body(target.resource, held.body()) if held else None
    applied = _merged(state, target, live, body, options)
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


def _judge_applied(repeated: list[tuple[int, str]], options: Options) -> None:
    """Refuse, or warn of, keys that an applied object repeats: it is read as YAML."""
    lines = "".join(f'\n  line {line}: key "{key}" already set in map' for line, key in repeated)
    text = f"yaml: unmarshal errors:{lines}"
    if options.validation == "Strict":
        raise bad_request(f"error strict decoding YAML: {text}")
    options.warnings.append(text)


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
