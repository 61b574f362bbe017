"""The local disk: `<root>/<kind>/<namespace>/<name>/<file>`.

Every public coroutine does its work in a thread. Raises `OSError` when the disk does.
"""

import asyncio
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from source_controller.store.retention import Retention, Stored, collectable
from weir import archive
from weir.api.source import Artifact

LOCK = ".lock"
_MOST = 1000


class State(Enum):
    """What became of a stored artifact."""

    PRESENT = "present"
    MISSING = "missing"
    TAMPERED = "tampered"


class Owner(NamedTuple):
    """The object that artifacts belong to; its kind in lower case."""

    kind: str
    namespace: str
    name: str


class DiskStore:
    """Artifacts below a directory."""

    def __init__(self, root: Path, keep: Retention) -> None:
        self.root = root.resolve()
        self._keep = keep

    def path(self, owner: Owner, file: str) -> str:
        """The artifact's path relative to the root."""
        return "/".join((*owner, file))

    async def inspect(self, owner: Owner, artifact: Artifact | None) -> tuple[State, tuple[str, ...]]:
        """What became of the artifact, its digest recomputed, and the names of old files that were removed."""
        return await asyncio.to_thread(self._inspect, owner, artifact)

    async def holds(self, owner: Owner, artifact: Artifact) -> bool:
        """Whether the artifact's file is there."""
        name = artifact.path.rpartition("/")[2]
        path = self._directory(owner) / name
        return artifact.path == self.path(owner, name) and await asyncio.to_thread(path.is_file)

    async def find(self, path: str) -> Path | None:
        """The file that somebody asks for by its path; None when there is none, or it is not for others."""
        return await asyncio.to_thread(self._find, path) if self.served(path) else None

    def served(self, path: str) -> bool:
        """Whether a path can be that of an artifact: kind, namespace, name and file, none of them hidden."""
        parts = path.split("/")
        plain = len(parts) == 4 and not any(not it or it.startswith(".") or "\0" in it or "\\" in it for it in parts)
        return plain and not path.endswith(LOCK)

    async def stage(self, owner: Owner) -> Path:
        """A path for a file to be written beside the artifacts."""
        return await asyncio.to_thread(self._stage, owner)

    async def commit(self, owner: Owner, staged: Path, file: str) -> None:
        """Put the staged file in its place, whole; readers of a replaced one keep it."""
        await asyncio.to_thread(self._commit, owner, staged, file)

    async def discard(self, staged: Path) -> None:
        """Remove a staged file, if it is there."""
        await asyncio.to_thread(staged.unlink, missing_ok=True)

    async def remove(self, owner: Owner) -> bool:
        """Remove everything of an object; whether there was anything."""
        return await asyncio.to_thread(self._remove, owner)

    def _directory(self, owner: Owner) -> Path:
        if any(not part or part in {".", ".."} or "/" in part for part in owner):
            raise OSError(f"{owner} is no place for artifacts")
        return self.root.joinpath(*owner)

    def _find(self, path: str) -> Path | None:
        try:
            file = (self.root / path).resolve()
            return file if file.is_relative_to(self.root) and file.is_file() else None
        except OSError:  # such as a name that is too long
            return None

    def _inspect(self, owner: Owner, artifact: Artifact | None) -> tuple[State, tuple[str, ...]]:
        directory = self._directory(owner)
        name = artifact.path.rpartition("/")[2] if artifact else ""
        collected = tuple(self._collect(directory, name))
        if not artifact:
            return State.MISSING, collected
        if artifact.path != self.path(owner, name):
            return State.MISSING, collected  # somebody wrote a foreign path into the status
        return _verify(directory / name, artifact.digest), collected

    def _collect(self, directory: Path, current: str) -> Iterator[str]:
        with suppress(FileNotFoundError, NotADirectoryError):
            files = [
                Stored(entry.name, entry.stat(follow_symlinks=False).st_mtime)
                for _, entry in zip(range(_MOST), os.scandir(directory), strict=False)
                if entry.is_file(follow_symlinks=False) and not entry.name.endswith(LOCK)
            ]
            for name in collectable(files, current, time.time(), self._keep):
                with suppress(OSError):
                    (directory / name).unlink()
                    (directory / f"{name}{LOCK}").unlink(missing_ok=True)
                    yield name

    def _stage(self, owner: Owner) -> Path:
        directory = self._directory(owner)
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return directory / f".{secrets.token_hex(8)}"

    def _commit(self, owner: Owner, staged: Path, file: str) -> None:
        target = self._directory(owner) / file
        with _locked(target):
            staged.chmod(0o600)
            staged.replace(target)

    def _remove(self, owner: Owner) -> bool:
        directory = self._directory(owner)
        if not directory.is_dir():
            return False
        shutil.rmtree(directory)
        with suppress(OSError):
            directory.parent.rmdir()
        return True


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    handle = os.open(f"{target}{LOCK}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _verify(path: Path, digest: str) -> State:
    try:
        if not path.is_file() or path.is_symlink():
            return State.MISSING
        algorithm = archive.algorithm_of(digest)
        with path.open("rb") as file:
            found = archive.file_digest(file, algorithm)
    except FileNotFoundError:
        return State.MISSING
    except archive.ArchiveError:
        found = ""
    if found.rpartition(":")[2] == digest.rpartition(":")[2]:
        return State.PRESENT
    path.unlink(missing_ok=True)
    return State.TAMPERED
