"""What survives a restart: a snapshot and a journal of the changes since, one JSON line each.

A change is written to the journal before its request is answered; the kernel holds it from then on, so killing the
process loses nothing. A line torn by a crash of the machine is the last one, and is dropped.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from local_cluster.storage.entry import Event
from local_cluster.storage.store import Store

FOLD_AT = 64 << 20
"""Bytes of journal after which it is folded into a new snapshot."""


class _Line(msgspec.Struct, array_like=True):
    storage: str
    revision: int
    namespace: str
    name: str
    object: msgspec.Raw
    """`null`: deleted. (msgspec reads no raw value where None is allowed as well.)"""


_DELETED = msgspec.Raw(b"null")
_READ = msgspec.json.Decoder(_Line)


class Journal:
    """Keeps a store on disk: `Journal(directory).restore(store)`, then every change of the store is written."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._snapshot = directory / "snapshot.jsonl"
        self._path = directory / "journal.jsonl"
        self._file = -1
        self._size = 0

    def restore(self, store: Store) -> None:
        """Read back what was kept, fold it into a fresh snapshot, and write changes from now on."""
        for line in (*self._lines(self._snapshot), *self._lines(self._path)):
            if line.object != _DELETED:
                store.load(line.storage, bytes(line.object))
            elif held := store.shelf(line.storage).get(line.namespace, line.name):
                store.shelf(line.storage).drop(held)
            store.advance(line.revision)
        store.born()
        self._store = store
        self._fold()
        store.listeners.append(self._write)

    def close(self) -> None:
        """Close the file; the store is not written any more."""
        self._store.listeners.remove(self._write)
        os.close(self._file)

    def _lines(self, path: Path) -> Iterator[_Line]:
        if not path.exists():
            return
        with path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                yield _READ.decode(line)

    def _fold(self) -> None:
        """Write the whole store as a snapshot, then start an empty journal."""
        fresh = self._snapshot.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(_line(_Line("", self._store.revision, "", "", _DELETED)))
            for storage, shelf in self._store.shelves.items():
                for held in shelf.entries():
                    kept = _Line(storage, held.revision, held.namespace, held.name, msgspec.Raw(held.raw))
                    out.write(_line(kept))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._snapshot)
        if self._file >= 0:
            os.close(self._file)
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self._size = 0

    def _write(self, storage: str, event: Event) -> None:
        held = event.entry
        kept = _DELETED if event.type == "DELETED" else msgspec.Raw(held.raw)
        line = _line(_Line(storage, event.revision, held.namespace, held.name, kept))
        self._size += os.write(self._file, line)
        if self._size > FOLD_AT:
            self._fold()


def _line(line: _Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"
