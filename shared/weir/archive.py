"""Pack and unpack artifacts: gzip over tar, no escape from the root.

Equal content gives equal bytes: entries sorted per directory, owner 0, time 0, modes 0750 (directory), 0600 (file) and
0700 (executable). Formats: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU long names; RFC 1952.
"""

import hashlib
from collections.abc import Iterator, Mapping
from io import BufferedReader, BytesIO
from typing import BinaryIO, NamedTuple

from isal import isal_zlib

from weir import tar
from weir.tar import TarError

ALGORITHMS = ("sha256", "sha384", "sha512", "sha1")
"""Digest algorithms, the default first."""

_CHUNK = 1 << 20
_LEVEL = 2
_GZIP = 31
_REFUSED = {b"1": "a hard link", b"3": "a device", b"4": "a device", b"6": "a FIFO", b"S": "a sparse file"}


Bytes = bytes | bytearray | memoryview


class ArchiveError(Exception):
    """The archive is broken, hostile, or larger than allowed; the message names the entry."""


class Limits(NamedTuple):
    """What unpacking may cost: bytes after decompression, and entries."""

    total_bytes: int = 512 << 20
    entries: int = 200_000


LIMITS = Limits()


class File(NamedTuple):
    """A regular file of an archive."""

    data: bytes
    executable: bool


class Packed(NamedTuple):
    """A finished archive: `algorithm:hex` of its bytes, and their number."""

    digest: str
    size: int


class Writer:
    """Writes one archive; the caller adds entries in the order of a walk (see `pack`).

    The compressed bytes depend on how the compressor is fed, so it always gets blocks of 1 MiB.
    """

    def __init__(self, file: BinaryIO, algorithm: str = ALGORITHMS[0]) -> None:
        self._file = file
        self._hash = hashlib.new(algorithm, usedforsecurity=False)
        self._gzip = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
        self._buffer = bytearray()
        self._size = 0

    def directory(self, path: str) -> None:
        """Add a directory; the root is `.`."""
        self._entry(path, b"5", 0o750, b"")

    def file(self, path: str, data: Bytes, *, executable: bool = False) -> None:
        """Add a regular file."""
        self._entry(path, b"0", 0o700 if executable else 0o600, data)

    def close(self) -> Packed:
        """Finish the archive; the file stays open."""
        self._buffer += bytes(2 * tar.BLOCK)
        self._emit(self._gzip.compress(self._buffer) + self._gzip.flush())
        return Packed(f"{self._hash.name}:{self._hash.hexdigest()}", self._size)

    def _entry(self, path: str, type_: bytes, mode: int, data: Bytes) -> None:
        size = memoryview(data).nbytes
        self._buffer += tar.headers(path.encode(), type_, mode, size)
        self._buffer += data
        self._buffer += bytes(-size % tar.BLOCK)
        if len(self._buffer) >= _CHUNK:
            whole = len(self._buffer) - len(self._buffer) % _CHUNK
            for start in range(0, whole, _CHUNK):
                self._emit(self._gzip.compress(self._buffer[start : start + _CHUNK]))
            del self._buffer[:whole]

    def _emit(self, data: bytes) -> None:
        self._hash.update(data)
        self._size += len(data)
        self._file.write(data)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of a tree: `path -> bytes`, paths relative with `/`."""
    file = BytesIO()
    writer = Writer(file)
    writer.directory(".")
    known: set[str] = set()
    for path in sorted(files, key=lambda path: path.split("/")):
        parts = path.split("/")
        for depth in range(1, len(parts)):
            directory = "/".join(parts[:depth])
            if directory not in known:
                known.add(directory)
                writer.directory(directory)
        writer.file(path, files[path])
    writer.close()
    return file.getvalue()


def unpack(stream: bytes | BinaryIO, limits: Limits = LIMITS) -> dict[str, bytes]:
    """The tree in a tar.gz: `path -> bytes` of its regular files; symbolic links are dropped.

    Raises `ArchiveError` for `..`, absolute paths, backslashes, hard links, devices, FIFOs, a file below a file, broken
    headers, truncation, and whatever goes beyond the limits.
    """
    return {path: file.data for path, file in extract(stream, limits).items()}


def extract(stream: bytes | BinaryIO, limits: Limits = LIMITS) -> dict[str, File]:
    """The same as `unpack`, with the files' modes."""
    chunks = _inflate(BytesIO(stream) if isinstance(stream, bytes) else stream, limits.total_bytes)
    try:
        files = _files(_Blocks(chunks), limits.entries)
    except TarError as error:
        raise ArchiveError(str(error)) from error
    _no_file_below_a_file(files)
    return files


def _files(blocks: "_Blocks", most: int) -> dict[str, File]:
    files: dict[str, File] = {}
    override: dict[str, bytes] = {}
    for count, header in enumerate(blocks.headers()):
        if count >= most:
            raise ArchiveError(f"more than {most} entries")
        type_ = header[156:157]
        size = tar.size_of(header, override)
        if type_ in tar.NAMES:
            override |= tar.names(type_, blocks.read(size))
            continue
        name = override.get("path", tar.stored_name(header)).decode("utf-8", "surrogateescape")
        override = {}
        if type_ in _REFUSED:
            raise ArchiveError(f"entry {name!r} is {_REFUSED[type_]}")
        data = blocks.read(size) if type_ in tar.FILES else b""
        path = _clean(name)
        if type_ in tar.FILES and not name.endswith("/"):
            files[path] = File(data, tar.executable(header))
        elif type_ not in tar.FILES + b"25":
            raise ArchiveError(f"entry {name!r} has the unknown type {type_!r}")
    return files


def digest(data: Bytes, algorithm: str = ALGORITHMS[0]) -> str:
    """`algorithm:hex` of the bytes."""
    return f"{algorithm}:{hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()}"


def file_digest(file: BufferedReader, algorithm: str = ALGORITHMS[0]) -> str:
    """`algorithm:hex` of an open file, read to its end."""
    return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def algorithm_of(text: str) -> str:
    """The algorithm that a digest names; bare hex is sha256. Raises `ArchiveError` for one that we do not know."""
    algorithm, colon, _ = text.partition(":")
    if not colon:
        return ALGORITHMS[0]
    if algorithm not in ALGORITHMS:
        raise ArchiveError(f"digest algorithm {algorithm!r} is not one of {', '.join(ALGORITHMS)}")
    return algorithm


def matches(data: Bytes, text: str) -> bool:
    """Whether the bytes have that digest."""
    algorithm = algorithm_of(text)
    return digest(data, algorithm).partition(":")[2] == text.rpartition(":")[2]


def _inflate(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    total, inflater, fresh = 0, isal_zlib.decompressobj(_GZIP), False  # no bytes at all are no gzip file
    while data := stream.read(1 << 16):
        while data:
            try:
                chunk = inflater.decompress(data)
            except isal_zlib.IsalError as error:  # type: ignore[misc]  # its stub says instance, it is a class
                raise ArchiveError("not a gzip file, or a damaged one") from error
            data, fresh = inflater.unused_data, False
            if inflater.eof:
                inflater, fresh = isal_zlib.decompressobj(_GZIP), True
            total += len(chunk)
            if total > limit:
                raise ArchiveError(f"larger than {limit} bytes unpacked")
            yield chunk
    if not fresh:
        raise ArchiveError("the gzip file ends too early")


class _Blocks:
    """The decompressed bytes, taken from the front."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def headers(self) -> Iterator[bytes]:
        while header := self._take(tar.BLOCK):
            if not any(header):
                for _ in self._chunks:  # to the end: the checksum of the gzip trailer counts
                    pass
                return
            if len(header) < tar.BLOCK:
                raise ArchiveError("the archive ends within a header")
            tar.check(header)
            yield header

    def read(self, size: int) -> bytes:
        data = self._take(size)
        if len(data) < size or len(self._take(-size % tar.BLOCK)) < -size % tar.BLOCK:
            raise ArchiveError("the archive ends within a file")
        return data

    def _take(self, size: int) -> bytes:
        if size <= len(self._rest):
            data, self._rest = bytes(self._rest[:size]), self._rest[size:]
            return data
        parts, have = [self._rest], len(self._rest)
        while have < size and (chunk := next(self._chunks, None)) is not None:
            parts.append(memoryview(chunk))
            have += len(chunk)
        self._rest = parts[-1][len(parts[-1]) - max(0, have - size) :]
        parts[-1] = parts[-1][: len(parts[-1]) - len(self._rest)]
        return b"".join(parts)


def _clean(name: str) -> str:
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not name or name.startswith("/") or "\\" in name or ".." in parts or "\0" in name:
        raise ArchiveError(f"entry {name!r} would leave the root")
    return "/".join(parts)


def _no_file_below_a_file(files: Mapping[str, File]) -> None:
    checked: set[str] = set()
    for path in files:
        parent = path.rpartition("/")[0]
        while parent and parent not in checked:
            if parent in files:
                raise ArchiveError(f"entry {path!r} lies below the file {parent!r}")
            checked.add(parent)
            parent = parent.rpartition("/")[0]
    if "" in files:
        raise ArchiveError("an entry has no name")
