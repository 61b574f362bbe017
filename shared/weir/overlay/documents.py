"""Bytes to resource documents, once per content.

`read` splits as kustomize does (`spec/overlays.md` 4.5); what it gives is shared by every build and must be copied
before it is changed.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from weir import yaml
from weir.overlay import notes
from weir.overlay.errors import BuildError
from weir.overlay.notes import Notes
from weir.yaml.dialects import CONFIG, NODES, Dialect
from weir.yaml.errors import YamlError
from weir.yaml.nodes import Document
from weir.yaml.quick import Lines, quick_documents

if TYPE_CHECKING:
    from weir.overlay.resource import Form

_UNUSUAL = re.compile(rb"^(?:%|\.\.\.|---(?![ \t]*(?:#[^\n]*)?$))", re.MULTILINE)
_SEPARATOR = re.compile(rb"\n---([^\n]*)(?:\n|$)")
_LINES = {NODES: Lines(NODES), CONFIG: Lines(CONFIG)}


class File:
    """A file of resources, parsed. `shared`: builds share it, so what it holds must not be changed."""

    __slots__ = ("documents", "forms", "notes", "shared")

    def __init__(self, documents: tuple[Document, ...], notes: dict[int, Notes], *, shared: bool) -> None:
        self.documents = documents
        self.notes = notes
        """What comments say about merging, by the line on which a document begins."""
        self.shared = shared
        self.forms: list[tuple[Form, int]] | None = None
        """The objects and their lines, once somebody asked for them."""


class Cache:
    """What was read, by digest and kind; the least recently used goes when the sources exceed `capacity` bytes."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._held = 0
        self._entries: OrderedDict[tuple[bytes, str], tuple[int, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[bytes, str]) -> Any:
        """What is kept under the key, None when nothing is."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: tuple[bytes, str], size: int, value: Any) -> None:
        """Keep what was made of `size` bytes."""
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
"""Shared by all builds of a process. Trees and the forms on them take about twenty times the size of their text."""


def digest(data: bytes) -> bytes:
    """What a content is known by."""
    return hashlib.sha256(data).digest()


def read(data: bytes, name: str, *, cached: bool = True) -> File:
    """The documents of a file of resources, as nodes. Raises `BuildError`."""
    key = (digest(data), "nodes")
    found = CACHE.get(key) if cached else None
    if found is None:
        found = File(_parsed(data, name, NODES, cached=cached), _notes(data, name), shared=cached)
        if cached:
            CACHE.put(key, len(data), found)
    known: File = found
    return known


def read_config(data: bytes, name: str, *, cached: bool = True) -> Any:
    """The first document of a file in the config dialect, None when there is none. Raises `BuildError`."""
    key = (digest(data), "config")
    found = CACHE.get(key) if cached else None
    if found is None:
        found = _parsed(data, name, CONFIG, cached=cached)
        if cached:
            CACHE.put(key, len(data), found)
    return found[0].value if found else None


def _parsed(data: bytes, name: str, dialect: Dialect, *, cached: bool) -> tuple[Document, ...]:
    if b"\r\n" in data and dialect is NODES:
        data = data.replace(b"\r\n", b"\n")
    found = quick_documents(data, _LINES[dialect] if cached else Lines(dialect))
    if found is not None:
        return found
    try:
        return tuple(_first(data, name) if dialect is CONFIG else _all(data, name))
    except YamlError as error:
        raise BuildError(f"malformed YAML: {error.problem}", file=name, line=error.line) from None


def _first(data: bytes, name: str) -> Iterator[Document]:
    for document in yaml.documents(data, CONFIG, name=name):
        yield document
        return


def _all(data: bytes, name: str) -> Iterable[Document]:
    if not _UNUSUAL.search(data):
        with suppress(YamlError):
            return tuple(yaml.documents(data, NODES, name=name))
    return _slowly(data, name)


def _slowly(data: bytes, name: str) -> list[Document]:
    """Chunk by chunk, for directives, `...` lines, odd separators, and what stands behind a document's end."""
    found: list[Document] = []
    line, start = 1, 0
    for end, after in _chunks(data, name):
        chunk = data[start:end]
        for document in yaml.documents(chunk, NODES, name=name, line=line):
            found.append(document)
            break
        line += data.count(b"\n", start, after)
        start = after
    return found


def _notes(data: bytes, name: str) -> dict[int, Notes]:
    if not notes.likely(data):
        return {}
    found: dict[int, Notes] = {}
    line, start = 1, 0
    for end, after in _chunks(data, name):
        noted = notes.of_document(data[start:end])
        if noted is not None:
            found[line + noted[0]] = noted[1]
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
