"""JSON patches (RFC 6902), as the API server takes them: bounded, and with a `replace` that adds what is not there."""

import copy
from typing import Any

import jsonpatch
import jsonpointer
import msgspec

from local_cluster.api.errors import ApiError, bad_request
from local_cluster.schema.go import go_type, json_fault
from local_cluster.verbs.body import Body, decode

_MOST_OPERATIONS = 10_000
_MOST_COPIED = 3 << 20
"""Bytes that the copy operations of one patch may add."""
_REFUSED = "the server rejected our request due to an error in our request"


def patched(live: Body, raw: bytes) -> Body:
    """`live` after the operations in `raw`. Raises 400, 413, 422."""
    operations = _operations(raw)
    if len(operations) > _MOST_OPERATIONS:
        raise _too_large(f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(operations)}")
    try:
        body = _operated(live, operations)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException, TypeError, KeyError) as bad:
        raise ApiError(422, "Invalid", _REFUSED, {}) from bad
    if not isinstance(body, dict):
        raise bad_request("the patch leaves no object")
    return body


def _operations(raw: bytes) -> list[dict[str, Any]]:
    try:
        operations = decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise bad_request(f"error decoding patch: {json_fault(raw)}") from None
    odd = (
        next((each for each in operations if not isinstance(each, dict)), None)
        if isinstance(operations, list)
        else None
    )
    if not isinstance(operations, list):
        text = f"json: cannot unmarshal {go_type(operations)} into Go value of type []handlers.jsonPatchOp"
        raise bad_request(f"error decoding patch: {text}")
    if odd is not None:
        text = f"json: cannot unmarshal {go_type(odd)} into Go value of type handlers.jsonPatchOp"
        raise bad_request(f"error decoding patch: {text}")
    return operations


def unknown(raw: bytes) -> list[str]:
    """What a strict decoder says of fields that no operation has."""
    operations = enumerate(msgspec.json.decode(raw))
    return [f'unknown field "[{i}].{name}"' for i, each in operations for name in each if name not in _FIELDS]


_FIELDS = ("op", "path", "from", "value")


def _operated(live: Body, operations: list[dict[str, Any]]) -> Any:
    """The object after the operations, one by one, so that copies of copies cannot grow without end."""
    body: Any = copy.deepcopy(live)
    copied = 0
    for operation in operations:
        if operation.get("op") == "copy":
            copied += len(msgspec.json.encode(jsonpointer.resolve_pointer(body, operation.get("from", ""))))
            if copied > _MOST_COPIED:
                text = f"Unable to complete copy, accumulated size increase of copy is {copied}, "
                raise _too_large(f"{text}exceeding the limit {_MOST_COPIED}")
        body = jsonpatch.JsonPatch([_lenient(body, operation)]).apply(body, in_place=True)
    return body


def _lenient(body: Any, operation: dict[str, Any]) -> dict[str, Any]:
    """An operation that replaces a field that is not there adds it."""
    path = operation.get("path")
    if operation.get("op") != "replace" or not path or not isinstance(path, str):
        return operation
    parent, _, name = path.rpartition("/")
    holder = jsonpointer.resolve_pointer(body, parent)
    missing = isinstance(holder, dict) and jsonpointer.unescape(name) not in holder
    return {**operation, "op": "add"} if missing else operation


def _too_large(text: str) -> ApiError:
    return ApiError(413, "RequestEntityTooLarge", f"Request entity too large: {text}")
