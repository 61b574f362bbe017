"""Remotes: one probe at a time for each, whatever the number of objects; one mirror for each."""

import asyncio
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from source_controller.git.children import Children
from source_controller.git.jobs import Access, Failure, Fetch, Fetched, Listed, Packing, Probe, Reply, Verification
from source_controller.git.refs import Candidate

Subject = tuple[str, bool]


class Remotes:
    """What is known of remotes, by (URL, credentials).

    The directory holds the mirrors, and a key so that their names tell nothing about credentials.
    """

    def __init__(self, children: Children, directory: Path) -> None:
        self._children = children
        self._directory = directory
        self._key = _installation_key(directory)
        self._running: dict[Subject, asyncio.Task[Reply]] = {}
        self._next: dict[Subject, asyncio.Task[Reply]] = {}

    async def list(self, access: Access, *, everything: bool, timeout: float) -> Mapping[str, str] | Failure:  # noqa: ASYNC109  goes to the child
        """References of the remote, as they are now or later: a probe answers only those who asked before it began."""
        subject = (self.name(access), everything)
        probe = self._next.get(subject)
        if probe is None:
            probe = asyncio.create_task(self._probe(subject, access, timeout))
            self._next[subject] = probe
        reply = await asyncio.shield(probe)
        return reply.refs if isinstance(reply, Listed) else _failure(reply)

    async def fetch(
        self,
        access: Access,
        candidates: tuple[Candidate, ...],
        packing: Packing,
        *,
        verification: Verification | None = None,
        branch: str = "",
        known: str = "",
        timeout: float,  # noqa: ASYNC109  goes to the child
    ) -> Fetched | Failure:
        """Bring the candidates here and pack the latest."""
        mirror = str(self._directory / self.name(access))
        reply = await self._children.run(
            Fetch(access, mirror, candidates, packing, verification, branch, known), timeout
        )
        return reply if isinstance(reply, Fetched) else _failure(reply)

    def name(self, access: Access) -> str:
        """The name of the remote's mirror."""
        text = msgspec.json.encode((access.address.url, access.credentials, access.proxy))
        return hashlib.blake2b(text, key=self._key, digest_size=20).hexdigest()

    async def _probe(self, subject: Subject, access: Access, timeout: float) -> Reply:  # noqa: ASYNC109  goes to the child
        previous = self._running.get(subject)
        if previous:
            await asyncio.wait([previous])
        else:
            await asyncio.sleep(0)  # those who ask in the same breath share it
        self._running[subject] = self._next.pop(subject)
        try:
            return await self._children.run(Probe(access, everything=subject[1]), timeout)
        finally:
            del self._running[subject]


def _failure(reply: Reply) -> Failure:
    return reply if isinstance(reply, Failure) else Failure("the process that ran git gave a strange answer")


def _installation_key(directory: Path) -> bytes:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / ".key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(32))
    except FileExistsError:
        pass
    return path.read_bytes() or b"\0"
