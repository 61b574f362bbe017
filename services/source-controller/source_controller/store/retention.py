"""Which artifacts of an object may go. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Stored(NamedTuple):
    """A file of an object: its name, and when it was written (seconds since the epoch)."""

    name: str
    modified: float


class Retention(NamedTuple):
    """What is kept beside the current artifact: files younger than `age` seconds, at most `records` files in all."""

    age: float = 60.0
    records: int = 2


def collectable(files: Sequence[Stored], current: str, now: float, keep: Retention) -> tuple[str, ...]:
    """The files that may go, oldest first; never the current one."""
    others = sorted((file for file in files if file.name != current), key=lambda file: (file.modified, file.name))
    old = [file for file in others if now - file.modified > keep.age]
    young = [file for file in others if now - file.modified <= keep.age]
    surplus = len(young) + (len(young) + len(old) < len(files)) - keep.records
    return tuple(file.name for file in (*old, *young[: max(0, surplus)]))
