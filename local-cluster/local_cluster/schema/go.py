"""Values as Go prints them, where the API server's sentences hold them."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec


def go(value: Any) -> str:
    """A decoded JSON value as `%v` prints it: `map[a:1 b:[x y]]`."""
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{key}:{go(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go, value))}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def go_type(value: Any) -> str:
    """The type of a decoded JSON value, as Go's decoder names it."""
    names = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


_FAULTS = {
    "Expecting value": "looking for beginning of value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Illegal trailing comma before end of object": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Extra data": "after top-level value",
}


def json_fault(raw: bytes) -> str:
    """Why a text is no JSON, as Go's decoder says it."""
    text = raw.decode("latin-1")
    try:
        json.loads(text)
    except json.JSONDecodeError as bad:
        at = text[bad.pos : bad.pos + 1]
        if not at or bad.msg.startswith("Unterminated string"):
            return "unexpected end of JSON input"
        return f"invalid character '{at}' {_FAULTS.get(bad.msg, 'after object key:value pair')}"
    except RecursionError:
        return "exceeded max depth"
    return "invalid character"


def quoted(text: str) -> str:
    """Text as `%q` prints it."""
    return msgspec.json.encode(text).decode()
