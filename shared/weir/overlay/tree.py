"""The only eyes of a build: reads of the tree, each remembered.

A tree maps paths (`a/b.yaml`, `/` between, relative) to bytes. What was read, and what was looked for in vain, is the
closure: while that is unchanged, so is the result.
"""

import hashlib
import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

import msgspec

from weir.overlay.meter import beyond, tick
from weir.overlay.options import Limits

_CLEAN = re.compile(r"[^./][^/]*(?:/[^./][^/]*)*")
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Closure(msgspec.Struct, frozen=True):
    """What a build saw of its tree, sorted paths."""

    files: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    """Directories whose names were listed, whole and below."""
    remotes: tuple[str, ...] = ()
    """Entries from outside the tree that were used. What they hold is not in `digest`: fetch them again to know."""

    def digest(self, tree: Mapping[str, bytes]) -> str:
        """`sha256:hex` of everything the build saw, as it is in `tree`: equal digests, equal builds."""
        total = hashlib.sha256()
        for path in self.files:
            content = tree.get(path)
            mark = hashlib.sha256(content).digest() if content is not None else b"-"
            total.update(path.encode() + b"\0" + mark)
        for path in self.absent:
            total.update(path.encode() + (b"\1" if path in tree else b"\0"))
        for folder in self.listings:
            total.update("\0".join((folder, *sorted(_below(tree, folder)))).encode())
        return "sha256:" + total.hexdigest()


@runtime_checkable
class Folders(Protocol):
    """A tree that knows its directories: nothing is listed to find one."""

    def is_folder(self, path: str) -> bool:
        """Whether a directory is there: one that holds a file somewhere below."""


class Indexed(dict[str, bytes]):
    """A tree that many builds read: its paths are sorted once, so that no build looks at all of them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self._paths = sorted(files)

    def is_folder(self, path: str) -> bool:
        """Whether a directory is there: one that holds a file somewhere below."""
        start, end = self._range(path)
        return start < end or not path

    def below(self, folder: str) -> list[str]:
        """The paths of every file in or below a directory, sorted."""
        start, end = self._range(folder)
        return self._paths[start:end]

    def _range(self, folder: str) -> tuple[int, int]:
        if not folder:
            return 0, len(self._paths)
        after_slash = chr(ord("/") + 1)
        return bisect_left(self._paths, f"{folder}/"), bisect_left(self._paths, f"{folder}{after_slash}")


class Tree:
    """A tree being read by one build."""

    def __init__(self, files: Mapping[str, bytes], limits: Limits, name: str = "") -> None:
        self.files = files
        self.name = name
        self.limits = limits
        self.read: set[str] = set()
        self.missed: set[str] = set()
        self.listed: set[str] = set()
        self.bytes = 0
        self.reads = 0
        self._folders: set[str] | None = None

    def closure(self) -> Closure:
        """What was seen until now."""
        return Closure(tuple(sorted(self.read)), tuple(sorted(self.missed)), tuple(sorted(self.listed)))

    def below(self, folder: str) -> list[str]:
        """Every file in or below a directory, as paths relative to it."""
        self.listed.add(folder)
        start = len(folder) + 1 if folder else 0
        return [path[start:] for path in _below(self.files, folder)]

    def has(self, path: str) -> bool:
        """Whether a file is there."""
        if path in self.files:
            return True
        self.missed.add(path)
        return False

    def is_folder(self, path: str) -> bool:
        """Whether a directory is there: one that holds a file somewhere below."""
        if isinstance(self.files, Folders):
            return self.files.is_folder(path)
        if self._folders is None:
            self._folders = folders(self.files)
        return path in self._folders

    def looks_for(self, folder: str) -> bool:
        """Whether a directory is there, and remember that its absence counts."""
        found = self.is_folder(folder)
        if not found:
            self.listed.add(folder)
        return found

    def content(self, path: str) -> bytes:
        """The bytes of a file that is there."""
        self.read.add(path)
        data = self.files[path]
        self.reads += 1
        self.bytes += len(data)
        if len(data) > self.limits.file_bytes:
            raise beyond(self.limits, "file_bytes", "the file is larger than {} bytes").at(path)
        if self.reads > self.limits.files:
            raise beyond(self.limits, "files", "the build reads more than {} files").at(path)
        if self.bytes > self.limits.bytes:
            raise beyond(self.limits, "bytes", "the build reads more than {} bytes").at(path)
        tick()
        return data


def _below(files: Mapping[str, bytes], folder: str) -> list[str]:
    if isinstance(files, Indexed):
        return files.below(folder)
    return [path for path in files if inside(path, folder)]


def folders(files: Iterable[str]) -> set[str]:
    """Every directory of the paths, the root as ``."""
    found = {""}
    for path in files:
        folder = posixpath.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def join(root: str, entry: str) -> str:
    """`entry` as seen from the directory `root`, cleaned; it may begin with `..` when it leaves the tree."""
    if root and _CLEAN.fullmatch(entry):
        return f"{root}/{entry}"
    path = posixpath.normpath(f"{root}/{entry}" if root and not entry.startswith("/") else entry)
    return "" if path == "." else path


def inside(path: str, root: str) -> bool:
    """Whether the path is the directory `root` or below it."""
    if path == ".." or path.startswith(("../", "/")):
        return False
    return not root or path == root or path.startswith(root + "/")
