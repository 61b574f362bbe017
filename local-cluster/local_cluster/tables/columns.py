"""The cells of built-in kinds: kind -> function of an object and this moment, in the order of the column definitions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

Body = dict[str, Any]
Cells = Callable[[Body, datetime], list[Any]]


def generic(body: Body, _now: datetime) -> list[Any]:
    """Name and creation time: what a kind without columns of its own shows."""
    return [body["metadata"]["name"], body["metadata"].get("creationTimestamp")]


CELLS: dict[str, Cells] = {}
