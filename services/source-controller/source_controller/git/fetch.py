"""The remote's part of a pass: what does it have, and bring it here."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from source_controller.errors import CopyFailed, EmptyRepository, FetchFailed
from source_controller.git import refs
from source_controller.git.complaint import explain, secrets
from source_controller.git.jobs import Access, Failure, Fetched, Include, Packing
from source_controller.git.parts import Parts
from source_controller.git.refs import Candidate, EmptyRemote, RefError, Wanted
from weir.api.duration import seconds
from weir.api.source import ARTIFACT_OUTDATED, GitRepository
from weir.runtime.conditions import Mark
from weir.runtime.run import Run

_SILENT = 1.0
"""Seconds that building may take before the status speaks of it."""


def wanted(repository: GitRepository) -> Wanted:
    """The checked reference. Raises `FetchFailed`."""
    try:
        return refs.wanted(repository.spec.ref)
    except RefError as error:
        raise FetchFailed(f"spec.ref: {error}") from error


async def resolve(parts: Parts, run: Run[GitRepository], access: Access, want: Wanted) -> tuple[Candidate, ...]:
    """What the remote has of what is wanted. Raises `FetchFailed`, `EmptyRepository`."""
    timeout = seconds(run.object.spec.timeout)
    listed = await parts.remotes.list(access, everything=want.beyond_heads_and_tags, timeout=timeout)
    if isinstance(listed, Failure):
        raise _failed(run, access, "list", listed)
    try:
        return refs.resolve(want, listed)
    except EmptyRemote as error:
        raise EmptyRepository(str(error)) from error
    except RefError as error:
        raise FetchFailed(f"{access.address.url}: {error}") from error


async def fetch(
    parts: Parts,
    run: Run[GitRepository],
    access: Access,
    want: Wanted,
    candidates: Sequence[Candidate],
    includes: tuple[Include, ...],
    staged: Path,
    known: str,
) -> Fetched:
    """Bring the candidates here and pack the latest into the staged file. Raises `FetchFailed`, `CopyFailed`."""
    spec = run.object.spec
    packing = Packing(
        target=str(staged),
        algorithm=parts.settings.storage.artifact_digest_algo,
        ignore=spec.ignore,
        sparse=spec.sparse_checkout,
        includes=includes,
        limits=parts.settings.git.limits,
    )
    job = asyncio.create_task(
        parts.remotes.fetch(
            access, tuple(candidates), packing, branch=want.ref, known=known, timeout=seconds(spec.timeout)
        )
    )
    try:
        await asyncio.wait({job}, timeout=_SILENT)
        if not job.done():
            await _say(run, candidates[0].revision)
        fetched = await job
    finally:
        job.cancel()
    if not isinstance(fetched, Failure):
        return fetched
    if fetched.copying:
        raise CopyFailed(fetched.message)
    raise _failed(run, access, "fetch", fetched)


async def _say(run: Run[GitRepository], revision: str) -> None:
    """It takes a while: say so, as long as it is news."""
    message = f"building artifact: new upstream revision '{revision}'"
    outdated = Mark(ARTIFACT_OUTDATED, "True", "NewRevision", f"new upstream revision '{revision}'")
    if run.status.artifact and run.status.artifact.revision != revision:
        await run.progress(message, marks=(outdated,))


def _failed(run: Run[GitRepository], access: Access, verb: str, failure: Failure) -> FetchFailed:
    if not failure.remote:
        return FetchFailed(f"{access.address.url}: {failure.message}")
    secret = run.object.spec.secret_ref
    name = f"{run.key.namespace}/{secret.name}" if secret else ""
    text = explain(failure.message, access.address, name, secrets(access))
    return FetchFailed(f"failed to {verb} {access.address.url}: {text}")
