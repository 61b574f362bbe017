"""Includes: other repositories whose artifacts go into this one's."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from source_controller.errors import IncludeNotFound, IncludeUnavailable, IncludeWithoutArtifact
from source_controller.git.jobs import Include
from source_controller.git.parts import Parts
from source_controller.store.disk import Owner
from weir.api.base import Struct
from weir.api.source import Artifact, GitRepository, GitRepositoryInclude
from weir.kube.errors import NotFound, Undecodable
from weir.kube.object import Object
from weir.kube.watch import Change, Store
from weir.runtime.queue import Priority, Wake
from weir.runtime.run import Run

KIND = GitRepository.DEFINITION.kind


class _Digest(Struct):
    digest: str = ""


class _Status(Struct):
    artifact: _Digest | None = None


class _Spec(Struct):
    include: tuple[GitRepositoryInclude, ...] = ()


class _Glimpse(Struct):
    """The few members that a change is judged by."""

    spec: _Spec = _Spec()
    status: _Status = _Status()


class Included(NamedTuple):
    """An entry of `spec.include` and the artifact that it stands for now."""

    entry: GitRepositoryInclude
    artifact: Artifact


async def find(parts: Parts, run: Run[GitRepository]) -> tuple[Included, ...]:
    """What is included, in order. Raises `IncludeUnavailable`; a change of the included object ends the wait."""
    return tuple([Included(entry, await _artifact(parts, run, entry)) for entry in run.object.spec.include])


def plans(parts: Parts, found: Sequence[Included]) -> tuple[Include, ...]:
    """What the child copies where."""
    root = parts.publisher.store.root
    return tuple(
        Include(
            archive=str(root / artifact.path),
            digest=artifact.digest,
            name=entry.repository.name,
            source=entry.from_path,
            target=entry.to_path or entry.repository.name,
        )
        for entry, artifact in found
    )


def wakes(change: Change, store: Store) -> Iterator[Wake]:
    """The repositories that include the one whose artifact changed."""
    new = change.new
    if new is None or _digest(new) == _digest(change.old):
        return
    namespace, name = new.metadata.namespace, new.metadata.name
    for key, other in store.items():
        if key.namespace == namespace and b'"include"' in other.raw and name in _names(other):
            yield Wake(key, Priority.DEPENDENCY, f"GitRepository/{namespace}/{name} has a new artifact")


def _glimpse(live: Object) -> _Glimpse:
    try:
        return msgspec.json.decode(live.raw, type=_Glimpse)
    except (msgspec.DecodeError, UnicodeDecodeError):  # not ours to complain of
        return _Glimpse()


def _digest(live: Object | None) -> str:
    artifact = _glimpse(live).status.artifact if live else None
    return artifact.digest if artifact else ""


def _names(live: Object) -> set[str]:
    return {entry.repository.name for entry in _glimpse(live).spec.include}


async def _artifact(parts: Parts, run: Run[GitRepository], entry: GitRepositoryInclude) -> Artifact:
    name, namespace = entry.repository.name, run.key.namespace
    after = parts.settings.requeue_dependency
    try:
        other = (await run.client.get(KIND, name, namespace)).decode(GitRepository)
    except NotFound as error:
        raise IncludeNotFound(f"could not get resource for include {name!r}: it is not there", after) from error
    except Undecodable as error:
        raise IncludeUnavailable(f"include {name!r}: {error}", after) from error
    artifact = other.status.artifact
    owner = Owner(KIND.kind.lower(), namespace, name)
    if artifact is None or not await parts.publisher.store.holds(owner, artifact):
        raise IncludeWithoutArtifact(f"no artifact available for include {name!r}", after)
    return artifact
