"""Reading bodies in the Kubernetes protobuf encoding, which typed clients in Go (and so `kubectl create`) send.

`protobuf.json.gz` holds the field numbers of the built-in kinds, read off the struct tags in kubectl 1.37.1:
number -> [JSON name, shape, type, whether it is left out when empty].
A shape is empty, `ptr`, `list` or `map`; a type is a scalar, the index of a message, or one of the few whose JSON is
not their message (times, quantities, ...). Answers are always JSON.
"""

import base64
import gzip
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import msgspec

from local_cluster.api.errors import bad_request

MEDIA = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"
_DEEPEST = 64


class Field(msgspec.Struct, frozen=True):
    """One field of a message."""

    name: str
    """Empty: the fields of its message stand in the message around it."""
    shape: str
    type: int | str
    omits_empty: bool

    @property
    def message(self) -> "Message | None":
        """The message that it holds; None for a scalar, and for one whose JSON is not its message."""
        return _message_at(self.type) if isinstance(self.type, int) else None


class Message:
    """The fields of one message, by number and by JSON name."""

    def __init__(self, rows: dict[int, tuple[str, str, int | str, int]]) -> None:
        self.fields = {number: Field(row[0], row[1], row[2], bool(row[3])) for number, row in rows.items()}

    @cached_property
    def named(self) -> dict[str, Field]:
        """Fields by name, those of inlined messages among them."""
        found: dict[str, Field] = {}
        for field in self.fields.values():
            if field.name:
                found[field.name] = field
            elif field.message is not None:
                found |= field.message.named
        return found


class _Facts(msgspec.Struct):
    kinds: dict[str, int]
    messages: list[dict[int, tuple[str, str, int | str, int]] | str]


@cache
def _facts() -> _Facts:
    packed = files("local_cluster.api").joinpath("protobuf.json.gz").read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=_Facts, strict=False)


@cache
def _message_at(index: int) -> Message | None:
    known = _facts().messages[index]
    return Message(known) if isinstance(known, dict) else None


@cache
def message_of(api_version: str, kind: str) -> Message | None:
    """The message of a kind, None when it has none here (custom resources, CRDs)."""
    known = _facts().kinds
    index = known.get(f"{api_version}/{kind}", known.get(f"*/{kind}"))
    return None if index is None else _message_at(index)


def read(raw: bytes) -> dict[str, Any]:
    """The object in a body. Raises 400."""
    if not raw.startswith(_MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    try:
        return _object(raw[len(_MAGIC) :])
    except (ValueError, IndexError, struct.error, AssertionError, TypeError):
        raise bad_request("error decoding protobuf: the message is malformed") from None


def _object(raw: bytes) -> dict[str, Any]:
    envelope = dict(_parts(raw))
    kind = {number: _text(value) for number, value in _parts(_bytes(envelope.get(1, b"")))}
    api_version, name = kind.get(1, ""), kind.get(2, "")
    message = message_of(api_version, name)
    if message is None:
        raise bad_request(f'no kind "{name}" is registered for version "{api_version}" in protobuf')
    return {"apiVersion": api_version, "kind": name, **_message(_bytes(envelope.get(2, b"")), message, 0)}


def _parts(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values as they stand on the wire."""
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(raw, at)
            yield number, value
        elif wire == 2:
            size, at = _varint(raw, at)
            if size > len(raw) - at:
                raise ValueError("truncated")
            yield number, raw[at : at + size]
            at += size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            yield number, raw[at : at + size]
            at += size
        else:
            raise ValueError("wire type")


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("varint")


def _message(raw: bytes, message: Message, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    body: dict[str, Any] = {}
    for number, value in _parts(raw):
        field = message.fields.get(number)
        if field is not None:
            _put(body, field, value, depth + 1)
    return {name: value for name, value in body.items() if value is not None}


def _put(body: dict[str, Any], field: Field, value: int | bytes, depth: int) -> None:
    if field.shape == "map":
        key, content = _pair(_bytes(value), field.type, depth)
        body.setdefault(field.name, {})[key] = content
        return
    read_ = _value(field.type, value, depth)
    if field.shape.endswith("list"):
        body.setdefault(field.name, []).append(read_)
    elif not field.name:
        body.update(read_)
    elif field.shape or not (field.omits_empty and _empty(read_)):
        body[field.name] = read_


def _empty(value: Any) -> bool:
    return value in (None, "", 0, b"", False) and value is not None


def _pair(raw: bytes, kind: int | str, depth: int) -> tuple[str, Any]:
    parts = dict(_parts(raw))
    default: int | bytes = 0 if kind in ("int", "uint", "bool") else b""
    return _text(parts.get(1, b"")), _value(kind, parts.get(2, default), depth)


def _value(kind: int | str, value: int | bytes, depth: int) -> Any:
    if isinstance(kind, int):
        message = _message_at(kind)
        if message is None:
            return _SPECIAL[str(_facts().messages[kind])](_bytes(value))
        return _message(_bytes(value), message, depth)
    return _SCALARS[kind](value)


def _bytes(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("wire type")
    return value


def _text(value: int | bytes) -> str:
    return _bytes(value).decode()


def _signed(value: int | bytes) -> int:
    assert isinstance(value, int)
    return value - (1 << 64) if value >> 63 else value


def _double(value: int | bytes) -> float:
    number: float = struct.unpack("<d", _bytes(value))[0]
    return number


def _time(raw: bytes) -> str | None:
    parts = dict(_parts(raw))
    if not parts:
        return None
    return datetime.fromtimestamp(_signed(parts.get(1, 0)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _micro_time(raw: bytes) -> str | None:
    parts = dict(_parts(raw))
    if not parts:
        return None
    whole = datetime.fromtimestamp(_signed(parts.get(1, 0)), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{_signed(parts.get(2, 0)) // 1000:06d}Z"


def _quantity(raw: bytes) -> str:
    return _text(dict(_parts(raw)).get(1, b"0"))


def _int_or_string(raw: bytes) -> int | str | None:
    parts = dict(_parts(raw))
    if parts.get(1):
        return _text(parts.get(3, b""))
    return _signed(parts.get(2, 0)) or None


def _raw(raw: bytes) -> Any:
    content = _bytes(dict(_parts(raw)).get(1, b""))
    return msgspec.json.decode(content) if content else None


_SPECIAL: dict[str, Callable[[bytes], Any]] = {
    "time": _time,
    "microtime": _micro_time,
    "quantity": _quantity,
    "intorstring": _int_or_string,
    "raw": _raw,
}
_SCALARS: dict[str, Callable[[int | bytes], Any]] = {
    "string": _text,
    "bytes": lambda value: base64.b64encode(_bytes(value)).decode(),
    "int": _signed,
    "uint": _signed,
    "bool": bool,
    "double": _double,
    "float": lambda value: struct.unpack("<f", _bytes(value))[0],
    "extra": lambda value: [_text(each) for _, each in _parts(_bytes(value))],
}
