"""Built-in objects as Go writes them back: what is empty and may be left out is left out.

The API server decodes into Go types and encodes them again, so `data: {}`, `minReadySeconds: 0` and nulls do not come
back. Which fields are left out when empty stands beside the field numbers in `protobuf.json.gz`.
"""

from typing import Any

from local_cluster.api.protobuf import Field, Message, message_of

Body = dict[str, Any]


def drop_zeros(body: Body) -> Body:
    """The object without what Go would leave out. A kind that the table does not know comes back as it is."""
    message = message_of(body["apiVersion"], body["kind"])
    if message is None:
        return body
    head = {"kind": body["kind"], "apiVersion": body["apiVersion"]}
    return head | _object({key: value for key, value in body.items() if key not in head}, message)


def _object(body: Body, message: Message) -> Body:
    kept = {}
    for name, value in body.items():
        field = message.named.get(name)
        if field is None:
            kept[name] = value
            continue
        shown = _shown(value, field)
        if not _left_out(shown, field):
            kept[name] = shown
    return kept


def _left_out(value: Any, field: Field) -> bool:
    if value is None:
        return field.omits_empty or field.shape != ""
    if not field.omits_empty or field.shape == "ptr":
        return False
    if field.shape:
        return not value
    return value in ("", 0, False) and not isinstance(value, dict | list) and isinstance(field.type, str)


def _shown(value: Any, field: Field) -> Any:
    message = field.message
    if message is None or value is None:
        return value
    if field.shape == "map":
        return {key: _deep(each, message) for key, each in value.items()} if isinstance(value, dict) else value
    if field.shape.endswith("list"):
        return [_deep({} if each is None else each, message) for each in value] if isinstance(value, list) else value
    return _deep(value, message)


def _deep(value: Any, message: Message) -> Any:
    return _object(value, message) if isinstance(value, dict) else value
