"""From a `sourceRef` to an artifact, and from a source to those who use it."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from kustomize_controller import timing
from kustomize_controller.catalog import Catalog, SourceKey, settled, source_of
from kustomize_controller.depends import ordered
from kustomize_controller.errors import AccessDenied, ArtifactMissing, ReconciliationFailed, SourceMissing
from kustomize_controller.settings import Settings
from weir.api.base import Kind
from weir.api.conditions import READY, is_true
from weir.api.kustomization import GROUP as KUSTOMIZE
from weir.api.kustomization import Kustomization
from weir.api.source import GROUP, Artifact
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound, Undecodable
from weir.kube.object import Object
from weir.kube.watch import Change
from weir.runtime.queue import Priority, Wake

KINDS = {
    "GitRepository": Kind(GROUP, "v1", "GitRepository", "gitrepositories"),
    "OCIRepository": Kind(GROUP, "v1", "OCIRepository", "ocirepositories"),
    "Bucket": Kind(GROUP, "v1", "Bucket", "buckets"),
    "ExternalArtifact": Kind(GROUP, "v1", "ExternalArtifact", "externalartifacts"),
}
ORIGIN_REVISION = "org.opencontainers.image.revision"
"""Key of an artifact's metadata that holds the revision of what it was made from."""


class _Status(msgspec.Struct, frozen=True):
    artifact: Artifact | None = None


class _Source(msgspec.Struct, frozen=True):
    """What we read of a source, of whatever kind."""

    status: _Status = _Status()


class Found(NamedTuple):
    """An artifact and where it comes from."""

    source: SourceKey
    artifact: Artifact

    @property
    def origin_revision(self) -> str:
        """The revision of what the artifact was made from, or nothing."""
        return self.artifact.metadata.get(ORIGIN_REVISION, "")

    @property
    def metadata(self) -> dict[str, str]:
        """What events say of it."""
        origin = {f"{KUSTOMIZE}/originRevision": self.origin_revision} if self.origin_revision else {}
        return {f"{KUSTOMIZE}/revision": self.artifact.revision, **origin}


class Sources:
    """The sources that the watches have seen; whatever they have not seen is read from the API server."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self._settings = settings
        self._catalog = catalog
        self._artifacts: dict[SourceKey, Artifact | None] = {}

    def wakes(self, kind: str, change: Change) -> Iterator[Wake]:
        """Who has to be woken by a change of a source: its users, those first that others depend on.

        A new artifact wakes those that have not dealt with its revision, a new address of it those that are not ready;
        a circle of dependencies keeps nobody asleep.
        """
        source = SourceKey(kind, *change.object.key)
        before = self._artifacts.get(source)
        if change.new is None:
            self._artifacts.pop(source, None)
            return
        artifact = _artifact(change.new)
        self._artifacts[source] = artifact
        moved = before is not None and artifact is not None and before.revision == artifact.revision
        if artifact is None or (moved and before == artifact):
            return
        users = [
            ks
            for ks in self._catalog.users(source)
            if not (is_true(ks.status.conditions, READY) if moved else settled(ks, artifact.revision))
        ]
        for key in ordered(users)[0]:
            yield Wake(key, Priority.REVISION, f"{source} revision {artifact.revision}")

    def latest(self, ks: Kustomization) -> Artifact | None:
        """The artifact of an object's source as the watches have it, or None."""
        return self._artifacts.get(source_of(ks))

    async def find(self, client: Client, ks: Kustomization) -> Found:
        """The artifact that an object builds from.

        Raises `AccessDenied`, `SourceMissing`, `ArtifactMissing`, and `ReconciliationFailed` when it cannot be read.
        """
        source = source_of(ks)
        _refuse(ks, source, self._settings)
        artifact = self._artifacts.get(source)
        if artifact is None or self._settings.features.direct_source_fetch:
            artifact = await _read(client, source, timing.retry(ks))
        if artifact is None:
            raise ArtifactMissing(f"source '{source}' has no artifact yet", after=self._settings.requeue_dependency)
        return Found(source, artifact)


def _refuse(ks: Kustomization, source: SourceKey, settings: Settings) -> None:
    if settings.no_cross_namespace_refs and source.namespace != ks.metadata.namespace:
        raise AccessDenied(f"can't access '{source}': references to other namespaces are not allowed here")
    if source.kind == "ExternalArtifact" and not settings.features.external_artifact:
        raise AccessDenied(f"can't access '{source}': the feature gate ExternalArtifact is off")


async def _read(client: Client, source: SourceKey, after: float) -> Artifact | None:
    try:
        return _artifact(await client.get(KINDS[source.kind], source.name, source.namespace))
    except NotFound:
        raise SourceMissing(f"source '{source}' not found", after=after) from None
    except KubeError as error:
        raise ReconciliationFailed(f"source '{source}' cannot be read: {error}") from error


def _artifact(source: Object) -> Artifact | None:
    try:
        return msgspec.json.decode(source.raw, type=_Source).status.artifact
    except (msgspec.DecodeError, Undecodable):
        return None
