"""Bytes to resource documents, once per content.

`read` splits as kustomize does (`spec/overlays.md` 4.5); what it gives is shared by every build and must be copied
before it is changed.
"""

import hashlib
import re
from collections import OrderedDict
from threading import Lock
from typing import Any

from weir.overlay.errors import BuildError
from weir.yaml.compose import CONFIG, NODES, Dialect, Document, documents
from weir.yaml.errors import YamlError

_UNUSUAL = re.compile(rb"^(?:%|\.\.\.|---(?![ \t]*(?:#[^\n]*)?$))", re.MULTILINE)
_SEPARATOR = re.compile(rb"\n---([^\n]*)(?:\n|$)")


class Cache:
    """Parsed documents by digest and dialect; the least recently used go when the sources exceed `capacity` bytes."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._held = 0
        self._entries: OrderedDict[tuple[bytes, bool], tuple[int, tuple[Document, ...]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[bytes, bool]) -> tuple[Document, ...] | None:
        """The documents, None when they are not here."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: tuple[bytes, bool], size: int, value: tuple[Document, ...]) -> None:
        """Keep the documents of a text of `size` bytes."""
        with self._lock:
            if key in self._entries or size > self.capacity // 4:
                return
            self._entries[key] = (size, value)
            self._held += size
            while self._held > self.capacity:
                self._held -= self._entries.popitem(last=False)[1][0]

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._held = 0


CACHE = Cache(16 << 20)
"""Shared by all builds of a process. Trees take about ten times the size of their text."""


def read(data: bytes, name: str, *, cached: bool = True) -> tuple[Document, ...]:
    """The documents of a file of resources, as nodes. Raises `BuildError`."""
    return _read(data, name, NODES, cached=cached)


def read_config(data: bytes, name: str, *, cached: bool = True) -> Any:
    """The first document of a file in the config dialect, None when there is none. Raises `BuildError`."""
    found = _read(data, name, CONFIG, cached=cached)
    return found[0].value if found else None


def _read(data: bytes, name: str, dialect: Dialect, *, cached: bool) -> tuple[Document, ...]:
    key = (hashlib.sha256(data).digest(), dialect is NODES)
    found = CACHE.get(key) if cached else None
    if found is not None:
        return found
    try:
        parsed = _parse(data, name) if dialect is NODES else _first(data, name)
    except YamlError as error:
        raise BuildError(f"malformed YAML: {error.problem}", file=name, line=error.line) from None
    if cached:
        CACHE.put(key, len(data), parsed)
    return parsed


def _first(data: bytes, name: str) -> tuple[Document, ...]:
    for document in documents(data, CONFIG, name=name):
        return (document,)
    return ()


def _parse(data: bytes, name: str) -> tuple[Document, ...]:
    if b"\r\n" in data:
        data = data.replace(b"\r\n", b"\n")
    if not _UNUSUAL.search(data):
        return tuple(documents(data, NODES, name=name))
    return tuple(_slowly(data, name))


def _slowly(data: bytes, name: str) -> list[Document]:
    """Chunk by chunk, for directives, `...` lines and odd separators."""
    found: list[Document] = []
    line, start = 1, 0
    for end, after in _chunks(data, name):
        chunk = data[start:end]
        for document in documents(chunk, NODES, name=name, line=line):
            found.append(document)
            break
        line += data.count(b"\n", start, after)
        start = after
    return found


def _chunks(data: bytes, name: str) -> list[tuple[int, int]]:
    """Where each chunk ends, and where the next begins."""
    ends: list[tuple[int, int]] = []
    place = 0
    while match := _SEPARATOR.search(data, place):
        rest = match[1].strip()
        if rest and not rest.startswith(b"#"):
            line = data.count(b"\n", 0, match.start()) + 2
            raise BuildError("invalid document separator: nothing may follow `---` on its line", file=name, line=line)
        ends.append((match.start(), match.end()))
        place = max(match.end() - 1, match.start() + 1)
    return [*ends, (len(data), len(data))]
