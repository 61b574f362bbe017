"""A commit's tree to an archive, read with GitPython; runs in a child only. Trees are hostile input."""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import git
from git.objects import Blob, Tree

from source_controller import ignore
from source_controller.git.jobs import Limits, Packing
from weir.archive import Packed, Writer

_LINK = 0o120000
_SUBMODULE = 0o160000
_MAX_RULES = 1 << 20
_SHOWN = 10


class TreeError(Exception):
    """The tree is malformed, larger than allowed, or lacks what was asked for; the message names the path."""


class Entry(NamedTuple):
    """One entry of a tree: a directory (`blob` None) or a regular file."""

    parts: tuple[str, ...]
    blob: Blob | None

    @property
    def path(self) -> str:
        """The path below the root."""
        return "/".join(self.parts)


class Contents(NamedTuple):
    """A whole tree in the order of a walk, the rules found in it, and what an artifact cannot hold."""

    entries: list[Entry]
    rules: list[ignore.Pattern]
    skipped: list[str]


def pack(commit: git.Commit, packing: Packing) -> tuple[Packed, tuple[str, ...]]:
    """Write the archive of the commit's tree to `packing.target`. Raises `TreeError`."""
    contents = read(commit.tree, packing.limits)
    entries = _sparse(contents.entries, packing.sparse)
    found = contents.rules + list(ignore.read(packing.ignore or ""))
    rules = ignore.complete(found)
    kept = [entry for entry in entries if not ignore.excluded(rules, entry.parts, directory=entry.blob is None)]
    with Path(packing.target).open("wb") as file:
        packed = _write(file, kept, packing)
    return packed, tuple(contents.skipped[:_SHOWN])


def read(tree: Tree, limits: Limits) -> Contents:
    """All entries below a tree, without their contents. Raises `TreeError`."""
    contents = Contents([], [], [])
    _walk(tree, (), limits, contents)
    return contents


def _walk(tree: Tree, above: tuple[str, ...], limits: Limits, contents: Contents) -> None:
    if len(above) > limits.depth:
        raise TreeError(f"{'/'.join(above)}: more than {limits.depth} directories deep")
    items = _children(tree, above)
    for item in items:
        if item.name == ignore.FILE and item.mode not in {_LINK, _SUBMODULE} and isinstance(item, Blob):
            contents.rules.extend(ignore.read(_rules(item), above))
    for item in items:
        parts = (*above, item.name)
        if item.mode in {_LINK, _SUBMODULE} or not _plain(item.name):
            contents.skipped.append("/".join(parts).encode("utf-8", "backslashreplace").decode())
            continue
        if len(contents.entries) >= limits.entries:
            raise TreeError(f"the tree has more than {limits.entries} entries")
        if isinstance(item, Tree):
            contents.entries.append(Entry(parts, None))
            _walk(item, parts, limits, contents)
        else:
            contents.entries.append(Entry(parts, item))


def _children(tree: Tree, above: tuple[str, ...]) -> Sequence[Blob | Tree]:
    where = "/".join(above) or "the root"
    try:
        items = sorted(tree, key=lambda item: item.name.encode("utf-8", "surrogateescape"))
    except (TypeError, ValueError, IndexError) as error:
        raise TreeError(f"{where}: the tree object is malformed: {error}") from error
    names = [item.name for item in items]
    if len(set(names)) != len(names):
        raise TreeError(f"{where}: the tree holds two entries of one name")
    for name in names:
        if name in {"", ".", ".."} or "/" in name:
            raise TreeError(f"{where}: the tree holds an entry named {name!r}")
    return items


def _plain(name: str) -> bool:
    """Whether an artifact may hold the name: UTF-8 without control characters and backslashes."""
    return "\\" not in name and not any(unicodedata.category(character) in {"Cc", "Cs"} for character in name)


def _rules(blob: Blob) -> str:
    if blob.size > _MAX_RULES:
        raise TreeError(f"{blob.path}: more than {_MAX_RULES} bytes of ignore rules")
    text: bytes = blob.data_stream.read()
    return text.decode("utf-8", "replace")


def _sparse(entries: list[Entry], wanted: Sequence[str]) -> list[Entry]:
    if not wanted:
        return entries
    prefixes = [path.removeprefix("./").rstrip("/") for path in wanted]
    paths = {entry.path for entry in entries}
    for prefix in prefixes:
        if prefix and prefix not in paths:
            raise TreeError(f"sparse checkout directory {prefix!r} does not exist in the repository")
    files = {entry.path for entry in entries if entry.blob and entry.path.startswith(tuple(prefixes))}
    above = {parent for path in files for parent in _parents(path)}
    return [entry for entry in entries if entry.path in (files if entry.blob else above)]


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _write(file: BinaryIO, entries: Sequence[Entry], packing: Packing) -> Packed:
    writer = Writer(file, packing.algorithm)
    writer.directory(".")
    total = 0
    for entry in entries:
        if entry.blob is None:
            writer.directory(entry.path)
            continue
        stream = entry.blob.data_stream
        total += stream.size
        if stream.size > packing.limits.file_bytes:
            raise TreeError(f"{entry.path}: larger than {packing.limits.file_bytes} bytes")
        if total > packing.limits.total_bytes:
            raise TreeError(f"the tree is larger than {packing.limits.total_bytes} bytes")
        writer.file(entry.path, stream.read(), executable=bool(entry.blob.mode & 0o111))
    return writer.close()
