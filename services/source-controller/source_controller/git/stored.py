"""The storage's part of a pass: what is there, what goes."""

import msgspec

from source_controller.errors import CollectionFailed, StorageFailed
from source_controller.publish import Publisher
from source_controller.store.disk import Owner, State
from weir.api.base import Resource
from weir.api.source import ARTIFACT_IN_STORAGE, Artifact, GitRepository
from weir.runtime.conditions import Mark
from weir.runtime.outcome import Severity
from weir.runtime.run import Run


def owner(resource: Resource) -> Owner:
    """Whose artifacts they are."""
    kind = resource.DEFINITION.kind.kind.lower()
    return Owner(kind, resource.metadata.namespace, resource.metadata.name)


async def begin(run: Run[GitRepository]) -> None:
    """Say that a new generation, or a request, is being dealt with."""
    generation, observed = run.object.metadata.generation, run.status.observed_generation
    if run.status.artifact is None:
        return  # the storage step says it
    if generation != observed:
        await run.progress(f"processing object: new generation {observed} -> {generation}", ready=False)
    elif run.requested:
        await run.progress("reconciliation in progress", ready=False)


async def check(publisher: Publisher, run: Run[GitRepository]) -> Artifact | None:
    """The artifact that is really there; a lost one is taken out of the status at once. Raises `StorageFailed`."""
    artifact: Artifact | None = run.status.artifact
    try:
        state, collected = await publisher.store.inspect(owner(run.object), artifact)
    except OSError as error:
        raise StorageFailed(f"the storage cannot be read: {error.strerror}") from error
    if collected:
        run.notify(Severity.TRACE, f"garbage collected {len(collected)} artifacts", reason="GarbageCollectionSucceeded")
    if artifact and state is State.PRESENT:
        if artifact.url != publisher.url(artifact.path):
            artifact = msgspec.structs.replace(artifact, url=publisher.url(artifact.path))
            run.record(artifact=artifact)
        return artifact
    if artifact and state is State.TAMPERED:
        message = f"failed to verify artifact {artifact.path}: its digest is not {artifact.digest}; it was removed"
        run.notify(Severity.ERROR, message, reason="ArtifactVerificationFailed")
    lost = ": disappeared from storage" if artifact else ""
    run.record(artifact=None)
    await run.progress(f"building artifact{lost}", marks=(Mark(ARTIFACT_IN_STORAGE, "", "", ""),))
    return None


async def remove(publisher: Publisher, run: Run[GitRepository]) -> None:
    """Remove all artifacts of an object that is going. Raises `CollectionFailed`."""
    try:
        removed = await publisher.store.remove(owner(run.object))
    except OSError as error:
        raise CollectionFailed(f"artifacts of {run.key} cannot be removed: {error.strerror}") from error
    if removed:
        message = f"garbage collected artifacts for deleted resource {run.key}"
        run.notify(Severity.TRACE, message, reason="GarbageCollectionSucceeded")
