"""A commit to an archive: its tree, less what is not wanted, with what is included; runs in a child only."""

from collections.abc import Mapping
from pathlib import Path

import git

from source_controller.git import tree
from source_controller.git.jobs import Include, Packing
from source_controller.git.tree import Entries, Parts
from weir import archive
from weir.archive import ArchiveError, File, Packed

_SHOWN = 10


class CopyError(Exception):
    """An included archive cannot be read or put where it should be; the message names the include."""


def pack(commit: git.Commit, packing: Packing) -> tuple[Packed, tuple[str, ...]]:
    """Write the archive to `packing.target`; also the first few entries that it cannot hold.

    Raises `TreeError` and `CopyError`.
    """
    contents = tree.read(commit.tree, packing.limits)
    entries = tree.sparse(contents.entries, packing.sparse)
    for include in packing.includes:
        entries = merged(entries, include, _read(include, packing))
    return tree.write(entries, packing), tuple(contents.skipped[:_SHOWN])


def merged(entries: Entries, include: Include, files: Mapping[str, File]) -> Entries:
    """The entries with the include's files in their place. Raises `CopyError` when that is taken."""
    source, target = clamped(include.source), clamped(include.target)
    chosen = {parts[len(source) :]: file for parts, file in _split(files) if parts[: len(source)] == source}
    if not chosen or () in chosen:
        raise CopyError(f"include {include.name}: directory {'/'.join(source)!r} does not exist in its artifact")
    if any(parts[: len(target)] == target and parts != target for parts in entries) or entries.get(target):
        raise CopyError(f"include {include.name}: {'/'.join(target) or '.'!r} exists already and is not empty")
    for parent in tree.parents((*target, "x")):
        if entries.get(parent):
            raise CopyError(f"include {include.name}: {'/'.join(parent)!r} is a file")
    added: Entries = {(*target, *parts): file for parts, file in chosen.items()}
    directories: Entries = {parent: None for parts in added for parent in tree.parents(parts)}
    return {**entries, **directories, **added}


def clamped(path: str) -> Parts:
    """A path below the root, whatever it says: `..` at the root stays there."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return tuple(parts)


def _split(files: Mapping[str, File]) -> list[tuple[Parts, File]]:
    return [(tuple(path.split("/")), file) for path, file in files.items()]


def _read(include: Include, packing: Packing) -> dict[str, File]:
    try:
        data = Path(include.archive).read_bytes()
        if not archive.matches(data, include.digest):
            raise CopyError(f"include {include.name}: its artifact does not have the digest {include.digest}")
        return archive.extract(data, archive.Limits(packing.limits.total_bytes, packing.limits.entries))
    except (OSError, ArchiveError) as error:
        raise CopyError(f"include {include.name}: its artifact cannot be read: {error}") from error
