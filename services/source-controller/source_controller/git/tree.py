"""A commit's tree to an archive, read with GitPython; runs in a child only. Trees are hostile input."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from git.objects import Blob, Tree

from source_controller import ignore
from source_controller.git.jobs import Limits, Packing
from weir.archive import File, Packed, Writer

_LINK = 0o120000
_SUBMODULE = 0o160000
_MAX_RULES = 1 << 20

Parts = tuple[str, ...]
Entries = dict[Parts, Blob | File | None]
"""What a tree holds by path: regular files, and directories (None)."""


class TreeError(Exception):
    """The tree is malformed, larger than allowed, or lacks what was asked for; the message names the path."""


class Contents(NamedTuple):
    """A whole tree, and what an artifact cannot hold of it."""

    entries: Entries
    skipped: list[str]


def read(tree: Tree, limits: Limits) -> Contents:
    """All entries below a tree, without their contents. Raises `TreeError`."""
    contents = Contents({}, [])
    _walk(tree, (), limits, contents)
    return contents


def sparse(entries: Entries, wanted: Sequence[str]) -> Entries:
    """The files whose path begins with one of those, and the directories above them. Raises `TreeError`."""
    if not wanted:
        return entries
    prefixes = [path.removeprefix("./").rstrip("/") for path in wanted]
    for prefix in prefixes:
        if prefix and tuple(prefix.split("/")) not in entries:
            raise TreeError(f"sparse checkout directory {prefix!r} does not exist in the repository")
    files = {parts for parts, item in entries.items() if item and "/".join(parts).startswith(tuple(prefixes))}
    above = {parent for parts in files for parent in parents(parts)}
    return {parts: item for parts, item in entries.items() if parts in (files if item else above)}


def parents(parts: Parts) -> Iterator[Parts]:
    """The directories above a path, but not the root."""
    for depth in range(1, len(parts)):
        yield parts[:depth]


def write(entries: Entries, packing: Packing) -> Packed:
    """Write the archive of the entries to `packing.target`, less what is ignored. Raises `TreeError`."""
    ordered = dict(sorted(entries.items(), key=lambda entry: _walk_order(entry[0])))
    rules = ignore.complete(_rules(ordered) + list(ignore.read(packing.ignore or "")))
    with Path(packing.target).open("wb") as file:
        return _write(file, ordered, rules, packing)


def _walk_order(parts: Parts) -> tuple[bytes, ...]:
    return tuple(part.encode("utf-8", "surrogateescape") for part in parts)


def _walk(tree: Tree, above: Parts, limits: Limits, contents: Contents) -> None:
    if len(above) > limits.depth:
        raise TreeError(f"{'/'.join(above)}: more than {limits.depth} directories deep")
    for item in _children(tree, above):
        parts = (*above, _name(item))
        if item.mode in {_LINK, _SUBMODULE} or not _plain(parts[-1]):
            contents.skipped.append("/".join(parts).encode("utf-8", "backslashreplace").decode())
            continue
        if len(contents.entries) >= limits.entries:
            raise TreeError(f"the tree has more than {limits.entries} entries")
        if isinstance(item, Tree):
            contents.entries[parts] = None
            _walk(item, parts, limits, contents)
        else:
            contents.entries[parts] = item


def _children(tree: Tree, above: Parts) -> Sequence[Blob | Tree]:
    where = "/".join(above) or "the root"
    try:
        items = list(tree)
    except (TypeError, ValueError, IndexError) as error:
        raise TreeError(f"{where}: the tree object is malformed: {error}") from error
    names = [_name(item) for item in items]
    if len(set(names)) != len(names):
        raise TreeError(f"{where}: the tree holds two entries of one name")
    for name in names:
        if name in {"", ".", ".."} or "/" in name:
            raise TreeError(f"{where}: the tree holds an entry named {name!r}")
    return items


def _name(item: Blob | Tree) -> str:
    """The last part of its path: `name` of a submodule is that in `.gitmodules`, and missing when it is not there."""
    return str(item.path).rpartition("/")[2]


def _plain(name: str) -> bool:
    """Whether an artifact may hold the name: UTF-8 without control characters and backslashes."""
    return "\\" not in name and not any(unicodedata.category(character) in {"Cc", "Cs"} for character in name)


def _rules(entries: Mapping[Parts, Blob | File | None]) -> list[ignore.Pattern]:
    """The rules of all ignore files: those of a directory before those of the directories in it."""
    files = [(parts[:-1], item) for parts, item in entries.items() if parts[-1] == ignore.FILE and item]
    found: list[ignore.Pattern] = []
    for above, item in sorted(files, key=lambda file: _walk_order(file[0])):
        text = _content(item, "/".join((*above, ignore.FILE)), _MAX_RULES)
        found.extend(ignore.read(text.decode("utf-8", "replace"), above))
    return found


def _write(
    file: BinaryIO, entries: Mapping[Parts, Blob | File | None], rules: Sequence[ignore.Pattern], packing: Packing
) -> Packed:
    writer, limits, total = Writer(file, packing.algorithm), packing.limits, 0
    writer.directory(".")
    for parts, item in entries.items():
        if ignore.excluded(rules, parts, directory=item is None):
            continue
        path = "/".join(parts)
        if item is None:
            writer.directory(path)
            continue
        data = _content(item, path, limits.file_bytes)
        total += len(data)
        if total > limits.total_bytes:
            raise TreeError(f"the tree is larger than {limits.total_bytes} bytes")
        writer.file(path, data, executable=_executable(item))
    return writer.close()


def _content(item: Blob | File, path: str, most: int) -> bytes:
    if isinstance(item, File):
        _require(len(item.data) <= most, path, most)
        return item.data
    stream = item.data_stream
    _require(stream.size <= most, path, most)
    return bytes(stream.read())


def _require(fits: bool, path: str, most: int) -> None:
    if not fits:
        raise TreeError(f"{path}: larger than {most} bytes")


def _executable(item: Blob | File) -> bool:
    return item.executable if isinstance(item, File) else bool(item.mode & 0o111)
