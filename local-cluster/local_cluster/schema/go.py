"""Values as Go prints them, where the API server's sentences hold them."""

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


def quoted(text: str) -> str:
    """Text as `%q` prints it."""
    return msgspec.json.encode(text).decode()
