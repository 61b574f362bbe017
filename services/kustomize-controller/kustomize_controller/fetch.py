"""Artifacts: downloaded once per digest, checked, kept packed in memory up to a number of bytes."""

import asyncio
from collections import OrderedDict
from urllib.parse import urlsplit, urlunsplit

from kustomize_controller.errors import ArtifactFailed, ArtifactMissing
from kustomize_controller.settings import Settings
from weir import archive
from weir.api.source import Artifact
from weir.http import HttpError, Session

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 5.0
TIMEOUT = 60.0
"""Seconds that one download may take."""
NOT_FOUND = 404


class Archives:
    """The last artifacts, by digest; those who want the same one at the same time share one download."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[bytes]] = {}

    def has(self, artifact: Artifact) -> bool:
        """Whether an artifact need not be downloaded."""
        return artifact.digest in self._kept

    async def get(self, artifact: Artifact, newer: asyncio.Event) -> bytes:
        """The packed bytes of an artifact. Tries end early when something newer came for the object (`newer`).

        Raises `ArtifactMissing` when the server does not have it, `ArtifactFailed` when it cannot be had or is another.
        """
        if (packed := self._kept.get(artifact.digest)) is not None:
            self._kept.move_to_end(artifact.digest)
            return packed
        task = self._under_way.get(artifact.digest)
        if task is None:
            task = asyncio.create_task(self._fetch(artifact, newer))
            self._under_way[artifact.digest] = task
            task.add_done_callback(lambda _: self._under_way.pop(artifact.digest, None))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _fetch(self, artifact: Artifact, newer: asyncio.Event) -> bytes:
        url, pause = address(artifact.url, self._settings), FIRST_PAUSE
        for left in reversed(range(self._settings.http_retry + 1)):
            try:
                return self._checked(artifact, await self._download(url))
            except HttpError as error:
                if error.status == NOT_FOUND:
                    text = f"artifact not found at {shown(url)}: waiting for the source to publish it again"
                    raise ArtifactMissing(text, after=self._settings.requeue_dependency) from None
                if not left or newer.is_set() or not error.passing:
                    raise ArtifactFailed(f"artifact cannot be fetched: {error}") from error
                wait = pause if error.retry_after is None else error.retry_after
            await asyncio.sleep(min(wait, LONGEST_PAUSE))
            pause *= 2
        raise AssertionError  # the last try returns or raises

    async def _download(self, url: str) -> bytes:
        most = self._settings.artifact_max_size << 20
        return (await self._session.request("GET", url, limit=most, timeout=TIMEOUT)).body

    def _checked(self, artifact: Artifact, packed: bytes) -> bytes:
        try:
            fits = archive.matches(packed, artifact.digest)
        except archive.ArchiveError as error:
            raise ArtifactFailed(f"artifact at {shown(artifact.url)}: {error}") from error
        if not fits:
            raise ArtifactFailed(f"artifact at {shown(artifact.url)} does not have the digest {artifact.digest}")
        self._kept[artifact.digest] = packed
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._settings.artifact_cache << 20:
            self._kept.popitem(last=False)
        return packed


def address(url: str, settings: Settings) -> str:
    """The address of an artifact, with host and port replaced where the settings say so."""
    host = settings.source_watcher_localhost if "//source-watcher" in url else settings.source_controller_localhost
    return urlunsplit(urlsplit(url)._replace(netloc=host)) if host else url


def shown(url: str) -> str:
    """An address as messages may quote it: user, password and query may be secret (CVE-2024-31216)."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
