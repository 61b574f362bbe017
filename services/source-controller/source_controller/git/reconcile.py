"""One pass at one GitRepository, top to bottom; and what has to go before it may go."""

from pathlib import Path

from source_controller.errors import StorageFailed
from source_controller.git import include, stored
from source_controller.git.access import read_access, require_support
from source_controller.git.content import same_configuration, unchanged
from source_controller.git.ending import no_change, ready, up_to_date
from source_controller.git.fetch import fetch, resolve, wanted
from source_controller.git.jobs import Fetched
from source_controller.git.parts import Parts
from weir.api.source import Artifact, GitRepository
from weir.runtime.outcome import Ready, Severity
from weir.runtime.run import Run


async def reconcile(parts: Parts, run: Run[GitRepository]) -> Ready:
    """Make the artifact what the remote says: the whole story."""
    spec, before = run.object.spec, run.object.status
    await stored.begin(run)
    artifact = await stored.check(parts.publisher, run)
    require_support(spec, parts.settings)
    access = await read_access(run, parts.settings)
    found = await include.find(parts, run)
    included = tuple(each.artifact for each in found)
    want = wanted(run.object)
    candidates = await resolve(parts, run, access, want)
    same = same_configuration(spec, before, included)
    if artifact and same and unchanged(before, candidates):
        return no_change(before, artifact)
    staged = await _stage(parts, run)
    try:
        known = artifact.revision if artifact and same else ""
        fetched = await fetch(parts, run, access, want, candidates, include.plans(parts, found), staged, known)
        if artifact and not fetched.digest:
            return up_to_date(before, artifact)
        artifact = await _publish(parts, run, fetched, staged)
    finally:
        await parts.publisher.store.discard(staged)
    run.record(
        artifact=artifact,
        included_artifacts=included,
        observed_ignore=spec.ignore,
        observed_recurse_submodules=spec.recurse_submodules,
        observed_include=spec.include,
        observed_sparse_checkout=spec.sparse_checkout,
    )
    _tell_skipped(run, fetched)
    return ready(before, artifact, fetched.subject)


async def finalize(parts: Parts, run: Run[GitRepository]) -> None:
    """Remove what is stored for the object."""
    await stored.remove(parts.publisher, run)


async def _stage(parts: Parts, run: Run[GitRepository]) -> Path:
    try:
        return await parts.publisher.store.stage(stored.owner(run.object))
    except OSError as error:
        raise StorageFailed(f"the directory of the artifact cannot be made: {error.strerror}") from error


async def _publish(parts: Parts, run: Run[GitRepository], fetched: Fetched, staged: Path) -> Artifact:
    taken = fetched.candidate
    file = f"{taken.commit}.tar.gz"
    try:
        return await parts.publisher.publish(
            stored.owner(run.object), staged, file, taken.revision, fetched.digest, fetched.size
        )
    except OSError as error:
        raise StorageFailed(f"the artifact cannot be stored: {error.strerror}") from error


def _tell_skipped(run: Run[GitRepository], fetched: Fetched) -> None:
    if fetched.skipped:
        message = f"left out of the artifact, which holds plain files only: {', '.join(fetched.skipped)}"
        run.notify(Severity.TRACE, message, reason="EntriesSkipped")
