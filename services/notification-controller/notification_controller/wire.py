"""The event on the wire: bytes to event and back, its de-duplication key and its NATS subject. Pure.

The JSON shape, the key and the limits are those of the GitOps Toolkit's event API, which others speak too.
"""

import hashlib
from typing import Any

import msgspec

from weir.api.base import Struct
from weir.api.event import Event, ObjectReference

EVENTS = "weir.events.v1"
"""Subject prefix of every event."""

MAX_BODY = 3 * 1024 * 1024
"""Bytes of the largest request body that the event and webhook servers take."""

_TOKEN_LENGTH = 253
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:=@")


class _Incoming(Struct, kw_only=True):
    """As `Event`, but nothing is required and any severity passes: what is missing is empty."""

    involved_object: ObjectReference = ObjectReference()
    severity: str = ""
    timestamp: str | None = None
    message: str = ""
    reason: str = ""
    metadata: dict[str, str] = {}
    reporting_controller: str = ""
    reporting_instance: str = ""


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(_Incoming)
_ESCAPES = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def decode(body: bytes) -> Event:
    """The event in a JSON body. Missing and null members are empty, unknown ones are ignored.

    Raises `msgspec.MsgspecError` or `UnicodeDecodeError` when the body is not JSON of the right types.
    """
    try:
        incoming = _DECODER.decode(body)
    except msgspec.ValidationError:
        incoming = msgspec.convert(_without_nulls(msgspec.json.decode(body)), _Incoming)
    return Event(**{name: getattr(incoming, name) for name in _Incoming.__struct_fields__})


def pack(value: Any) -> bytes:
    """Compact JSON: members in order of declaration, map keys sorted. Not longer than the JSON it was read from."""
    return _ENCODER.encode(value)


def encode(value: Any) -> bytes:
    """The same as others get it from us: `<`, `>` and `&` are escaped."""
    text = pack(value)
    for plain, escaped in _ESCAPES:  # these bytes occur inside JSON strings only
        if plain in text:
            text = text.replace(plain, escaped)
    return text


def deduplication_key(event: Event) -> str:
    """What makes two events twins: lower-case hex SHA-256 over object, message and revisions."""
    about, prefix = event.involved_object, f"{event.involved_object.group}/"
    parts = [
        "event",
        f"name={about.name}",
        f"namespace={about.namespace}",
        f"kind={about.kind}",
        f"message={event.message}",
    ]
    parts += [
        f"{name}={event.metadata[prefix + name]}"
        for name in ("originRevision", "revision", "token")
        if prefix + name in event.metadata
    ]
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def subject(event: Event) -> str:
    """`weir.events.v1.<severity>.<kind>.<namespace>.<name>`; the name keeps its dots, so filter with `>`."""
    about = event.involved_object
    where = ".".join(subject_token(token) for token in (event.severity, about.kind, about.namespace))
    return f"{EVENTS}.{where}.{subject_token(about.name, dots=True)}"


def subject_token(text: str, *, dots: bool = False) -> str:
    """Text as a token of a subject: anything but plain characters becomes `%XX`, nothing becomes `_`.

    Emitters are not trusted: a name with a blank, a wildcard or a thousand characters must not reach NATS as it is.
    """
    if not text:
        return "_"
    data = text.encode()
    if len(data) > _TOKEN_LENGTH:
        data = data[:180] + b"=" + hashlib.sha256(data).hexdigest().encode()
    if dots and all(data.split(b".")):
        return ".".join(_quote(part) for part in data.split(b"."))
    return _quote(data)


def _quote(data: bytes) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return value
