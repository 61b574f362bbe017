"""A bare repository that keeps what was fetched from one remote; runs in a child only.

Every reference lives under a flat, hashed name, so no branch can stand in another's way. A reference is there only when
all of its objects are: git checks before it writes it.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import git

from source_controller.git.refs import Candidate

NAMESPACE = "refs/weir/"
HISTORY = "refs/weir-history/"

_UNUSED = 7 * 86400
_MANY_PACKS = 30
_MANY_LOOSE = 8


class MirrorError(Exception):
    """The mirror does not hold what it should; the message names the object."""


class Mirror:
    """The mirror in a directory, which is made when absent."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one, among all processes, who works on this mirror; waits. Locks that a killed git left go."""
        self.directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(f"{self.directory}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._ensure()
            yield
        finally:
            os.close(handle)

    def wipe(self) -> None:
        """Forget everything and begin anew."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self._ensure()

    @property
    def shallow(self) -> bool:
        """Whether history was cut somewhere."""
        return (self.directory / "shallow").exists()

    @property
    def fresh(self) -> bool:
        """Whether nothing was ever fetched."""
        return not any((self.directory / "refs").rglob("*")) and not (self.directory / "packed-refs").exists()

    def holds(self, candidate: Candidate) -> bool:
        """Whether the candidate's object is here, with all that belongs to it."""
        with suppress(OSError, ValueError):
            return self._read(local(candidate)) == candidate.object
        return False

    def object(self, candidate: Candidate) -> str:
        """The object that the candidate's reference stands at now. Raises `MirrorError`."""
        try:
            return self._read(local(candidate))
        except (OSError, ValueError) as error:
            raise MirrorError(f"{candidate.ref or candidate.commit} is not in the mirror") from error

    def keep(self, repository: git.Repo, candidate: Candidate) -> None:
        """Give a commit that came with a history a reference of its own. Raises `MirrorError` when it did not come."""
        if not has_commit(repository, candidate.commit):
            raise MirrorError(f"commit {candidate.commit} is in no branch that was fetched")
        path = self.directory / local(candidate)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{candidate.commit}\n")

    def open(self) -> git.Repo:
        """The mirror as GitPython reads it: objects through one `git cat-file`."""
        return git.Repo(self.directory, odbt=git.GitCmdObjectDB, expand_vars=False)

    def touch(self, candidate: Candidate) -> None:
        """Note that the reference is in use."""
        with suppress(OSError):
            os.utime(self.directory / local(candidate))

    def untidy(self) -> bool:
        """Whether so many packs or loose objects piled up that reading slows down."""
        packs = sum(1 for _ in (self.directory / "objects" / "pack").glob("*.pack"))
        loose = sum(1 for _ in (self.directory / "objects" / "17").glob("*"))  # one in 256, names are hashes
        return packs > _MANY_PACKS or loose > _MANY_LOOSE

    def drop_unused(self, now: float) -> None:
        """Forget references that nobody used for a week; their objects go with the next packing."""
        for path in (self.directory / NAMESPACE).glob("*"):
            with suppress(OSError):
                if now - path.stat().st_mtime > _UNUSED:
                    path.unlink()

    def _read(self, ref: str) -> str:
        text = (self.directory / ref).read_text().strip()
        if len(text) != 40:
            raise ValueError(text)
        return text

    def _ensure(self) -> None:
        if not (self.directory / "HEAD").exists():
            for name in ("objects/pack", "objects/info", "refs/heads", "info"):
                (self.directory / name).mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.directory / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
            (self.directory / "HEAD").write_text("ref: refs/heads/none\n")
        for stale in (*self.directory.glob("*.lock"), *(self.directory / "refs").rglob("*.lock")):
            stale.unlink(missing_ok=True)
        for stale in (self.directory / "objects" / "pack").glob("tmp_*"):
            stale.unlink(missing_ok=True)


def local(candidate: Candidate) -> str:
    """The name of a candidate's reference in the mirror."""
    name = candidate.ref or candidate.commit
    return NAMESPACE + hashlib.sha256(name.encode()).hexdigest()[:40]


def has_commit(repository: git.Repo, name: str) -> bool:
    """Whether a commit is in the repository."""
    try:
        return bool(repository.odb.info(bytes.fromhex(name)).type == b"commit")
    except (ValueError, git.BadObject, git.BadName):
        return False


def forget_unused(root: Path, now: float | None = None) -> list[str]:
    """Remove mirrors that were not used for a week; their names."""
    gone = []
    for lock in root.glob("*.lock"):
        with suppress(OSError):
            if (now or time.time()) - lock.stat().st_mtime > _UNUSED:
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink()
                gone.append(lock.stem)
    return gone
