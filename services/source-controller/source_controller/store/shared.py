"""A bucket that all replicas share, behind the local disk: the disk is a cache of it, and may vanish at any moment.

Each object carries the digest of its bytes, which is checked when it is read. Trouble with the bucket is an `OSError`.
"""

import asyncio
import errno
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Never

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from source_controller.store.disk import DiskStore, Owner, State
from source_controller.store.retention import Retention, Stored, collectable
from weir import archive
from weir.api.source import Artifact
from weir.kube.fence import Fence

SWEEP = 3600.0
"""Seconds between looks for cached files that are in the bucket no more."""
_DIGEST = "digest"

log = logging.getLogger("source-controller")


class SharedStore(DiskStore):
    """Artifacts in a bucket and, as far as they were asked for, on the local disk. `fence` is passed by every write."""

    def __init__(self, root: Path, keep: Retention, url: str, fence: Fence | None) -> None:
        super().__init__(root, keep)
        self._bucket: ObjectStore = from_url(
            url,
            # The endpoint in the environment says whether TLS is spoken.
            client_options={"timeout": "60s", "connect_timeout": "5s", "allow_http": True},
            retry_config={"max_retries": 2},
        )
        self._fence = fence
        self._fetching: dict[str, asyncio.Task[bool]] = {}
        self._tidied: set[Owner] = set()

    async def inspect(self, owner: Owner, artifact: Artifact | None) -> tuple[State, tuple[str, ...]]:
        """As on disk; what is missing or broken there is taken from the bucket."""
        state, collected = await super().inspect(owner, artifact)
        if artifact and state is not State.PRESENT and await self.holds(owner, artifact):
            state, _ = await super().inspect(owner, artifact)
        if owner not in self._tidied:
            collected += await self._tidy(owner, artifact.path if artifact else "")
        return state, collected

    async def holds(self, owner: Owner, artifact: Artifact) -> bool:
        """Whether the artifact is there; then its file is on disk."""
        file = artifact.path.rpartition("/")[2]
        return artifact.path == self.path(owner, file) and await self.find(artifact.path) is not None

    async def find(self, path: str) -> Path | None:
        """The file of an artifact, taken from the bucket if the disk lacks it."""
        found = await super().find(path)
        if found is None and self.served(path) and await self._fetched(path):
            found = await super().find(path)
        return found

    async def commit(self, owner: Owner, staged: Path, file: str) -> None:
        """Put the staged file into the bucket, then in its place on disk."""
        path = self.path(owner, file)
        attributes = {_DIGEST: await asyncio.to_thread(_digest, staged)}
        await self._leading()
        with _troubled():
            await obstore.put_async(self._bucket, path, staged, attributes=attributes)
        await super().commit(owner, staged, file)
        await self._tidy(owner, path)

    async def remove(self, owner: Owner) -> bool:
        """Remove everything of an object; whether there was anything."""
        removed = await super().remove(owner)
        self._tidied.discard(owner)
        files = [stored.name for stored in await self._stored(owner)]
        await self._delete(owner, files)
        return removed or bool(files)

    async def sweep(self) -> Never:
        """Now and then remove from the disk what is in the bucket no more: other replicas remove what they wrote."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                with _troubled():
                    kept = {meta["path"] async for chunk in self._bucket.list() for meta in chunk}
                await asyncio.to_thread(self._drop, kept)
            except OSError as error:
                log.info("the cache of artifacts is not swept: %s", error.strerror)

    async def _fetched(self, path: str) -> bool:
        """Have a file of the bucket on disk, once for all who ask for it meanwhile; False if there is none."""
        task = self._fetching.get(path)
        if task is None:
            task = self._fetching[path] = asyncio.create_task(self._fetch(path))
            task.add_done_callback(lambda _: self._fetching.pop(path))
        return await asyncio.shield(task)

    async def _fetch(self, path: str) -> bool:
        try:
            with _troubled():
                found = await obstore.get_async(self._bucket, path)
        except FileNotFoundError:
            return False
        owner, file = Owner(*path.split("/")[:3]), path.rpartition("/")[2]
        staged = await self.stage(owner)
        try:
            with _troubled(), staged.open("wb") as target:
                async for piece in found.stream():
                    await asyncio.to_thread(target.write, piece)
            if found.attributes.get(_DIGEST) != await asyncio.to_thread(_digest, staged):
                log.error("an artifact in the bucket is not what was stored", extra={"path": path})
                return False
            await super().commit(owner, staged, file)
        finally:
            await self.discard(staged)
        return True

    async def _tidy(self, owner: Owner, current: str) -> tuple[str, ...]:
        """Remove from the bucket what is old; the names."""
        gone = collectable(await self._stored(owner), current.rpartition("/")[2], time.time(), self._keep)
        await self._delete(owner, gone)
        self._tidied.add(owner)
        return gone

    async def _stored(self, owner: Owner) -> list[Stored]:
        with _troubled():
            listed = [meta async for chunk in self._bucket.list(self.path(owner, "")) for meta in chunk]
        return [Stored(meta["path"].rpartition("/")[2], meta["last_modified"].timestamp()) for meta in listed]

    async def _delete(self, owner: Owner, files: tuple[str, ...] | list[str]) -> None:
        if files:
            await self._leading()
            with _troubled(), suppress(FileNotFoundError):
                await obstore.delete_async(self._bucket, [self.path(owner, file) for file in files])

    async def _leading(self) -> None:
        if self._fence is not None:
            await self._fence.passed()

    def _drop(self, kept: set[str]) -> None:
        for file in self.root.glob("*/*/*/*"):
            path = file.relative_to(self.root).as_posix()
            if self.served(path) and path not in kept and time.time() - file.stat().st_mtime > SWEEP:
                file.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return archive.file_digest(file, "sha256")


@contextmanager
def _troubled() -> Iterator[None]:
    """Trouble with the bucket, in one line; a missing object stays a `FileNotFoundError`."""
    try:
        yield
    except BaseError as error:
        text = str(error).partition("\n")[0][:300]
        raise OSError(errno.EIO, f"the bucket does not serve: {text}") from None
