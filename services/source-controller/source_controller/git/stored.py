"""The storage's part of a pass: what is there, what goes."""

from pathlib import Path

import msgspec

from source_controller.errors import CollectionFailed, StorageFailed
from source_controller.git.jobs import Fetched
from source_controller.publish import Publisher
from source_controller.store.disk import Owner, State
from weir.api.base import Resource
from weir.api.conditions import find
from weir.api.source import ARTIFACT_IN_STORAGE, SOURCE_VERIFIED, Artifact, GitRepository
from weir.runtime.conditions import Mark, without
from weir.runtime.outcome import Severity
from weir.runtime.run import Run


def owner(resource: Resource) -> Owner:
    """Whose artifacts they are."""
    kind = resource.DEFINITION.kind.kind.lower()
    return Owner(kind, resource.metadata.namespace, resource.metadata.name)


async def begin(run: Run[GitRepository]) -> None:
    """Say that a new generation, or a request, is being dealt with."""
    verified = find(run.status.conditions, SOURCE_VERIFIED)
    if verified and verified.status == "False":
        run.record(conditions=without(run.status.conditions, SOURCE_VERIFIED))
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


async def stage(publisher: Publisher, run: Run[GitRepository]) -> Path:
    """A path for the archive to be written to. Raises `StorageFailed`."""
    try:
        return await publisher.store.stage(owner(run.object))
    except OSError as error:
        raise StorageFailed(f"the directory of the artifact cannot be made: {error.strerror}") from error


async def publish(publisher: Publisher, run: Run[GitRepository], fetched: Fetched, staged: Path) -> Artifact:
    """Put the archive in its place. Raises `StorageFailed`."""
    taken = fetched.candidate
    file = f"{taken.commit}.tar.gz"
    try:
        return await publisher.publish(owner(run.object), staged, file, taken.revision, fetched.digest, fetched.size)
    except OSError as error:
        raise StorageFailed(f"the artifact cannot be stored: {error.strerror}") from error


def tell(run: Run[GitRepository], fetched: Fetched) -> None:
    """Say what is not news for everyone: who signed, and what was left out."""
    if fetched.verified:
        run.notify(Severity.TRACE, fetched.verified, reason="Succeeded")
    if fetched.skipped:
        message = f"left out of the artifact, which holds plain files only: {', '.join(fetched.skipped)}"
        run.notify(Severity.TRACE, message, reason="EntriesSkipped")


async def remove(publisher: Publisher, run: Run[GitRepository]) -> None:
    """Remove all artifacts of an object that is going. Raises `CollectionFailed`."""
    try:
        removed = await publisher.store.remove(owner(run.object))
    except OSError as error:
        raise CollectionFailed(f"artifacts of {run.key} cannot be removed: {error.strerror}") from error
    if removed:
        message = f"garbage collected artifacts for deleted resource {run.key}"
        run.notify(Severity.TRACE, message, reason="GarbageCollectionSucceeded")
