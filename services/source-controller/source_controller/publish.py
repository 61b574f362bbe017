"""A packed tree becomes an artifact: put into the store, and given an address."""

from datetime import UTC, datetime
from pathlib import Path

from source_controller.store.disk import DiskStore, Owner
from weir.api.source import Artifact
from weir.runtime.conditions import stamp


class Publisher:
    """Publishes what was packed. `advertised` is what addresses begin with: `host:port`, or a URL."""

    def __init__(self, store: DiskStore, advertised: str) -> None:
        self.store = store
        self._base = advertised if advertised.startswith(("http://", "https://")) else f"http://{advertised}"

    def url(self, path: str) -> str:
        """The address of an artifact."""
        return f"{self._base.rstrip('/')}/{path}"

    async def publish(self, owner: Owner, staged: Path, file: str, revision: str, digest: str, size: int) -> Artifact:
        """Put a staged archive in its place. Raises `OSError`."""
        await self.store.commit(owner, staged, file)
        path = self.store.path(owner, file)
        return Artifact(
            path=path,
            url=self.url(path),
            revision=revision,
            digest=digest,
            last_update_time=stamp(datetime.now(UTC)),
            size=size,
        )


def advertised(given: str, bound: str, hostname: str) -> str:
    """What others reach the server by: what was given, else derived from the address it is bound to."""
    if given:
        return given
    host, _, port = bound.rpartition(":")
    return f"{ {'': 'localhost', '0.0.0.0': hostname}.get(host, host) }:{port}"  # noqa: S104  compared, not bound
