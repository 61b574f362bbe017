"""The remote's part of a pass: what does it have, and bring it here."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from source_controller.errors import (
    CopyFailed,
    EmptyRepository,
    FetchFailed,
    InvalidCommitSignature,
    InvalidGitObject,
    InvalidTagSignature,
    StorageFailed,
)
from source_controller.git import refs
from source_controller.git.complaint import explain, secrets
from source_controller.git.jobs import Access, Failure, Fetched, Include, Packing, Verification
from source_controller.git.parts import Parts
from source_controller.git.refs import Candidate, EmptyRemote, RefError, Wanted
from weir.api.duration import seconds
from weir.api.source import ARTIFACT_OUTDATED, GitRepository
from weir.runtime.conditions import Mark
from weir.runtime.outcome import Failed
from weir.runtime.run import Run

_SILENT = 1.0
"""Seconds that building may take before the status speaks of it."""


class Plan(NamedTuple):
    """What is to be fetched, and what for."""

    access: Access
    want: Wanted
    candidates: tuple[Candidate, ...]
    includes: tuple[Include, ...]
    verification: Verification | None
    known: str
    """The revision that is stored already and would come out the same."""


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


async def fetch(parts: Parts, run: Run[GitRepository], plan: Plan, staged: Path) -> Fetched:
    """Bring the candidates here, verify and pack the latest. Raises `FetchFailed`, `CopyFailed`, `NotVerified`."""
    spec = run.object.spec
    packing = Packing(
        target=str(staged),
        algorithm=parts.settings.storage.artifact_digest_algo,
        ignore=spec.ignore,
        sparse=spec.sparse_checkout,
        includes=plan.includes,
        limits=parts.settings.git.limits,
    )
    job = asyncio.create_task(
        parts.remotes.fetch(
            plan.access,
            plan.candidates,
            packing,
            verification=plan.verification,
            branch=plan.want.ref,
            known=plan.known,
            timeout=seconds(spec.timeout),
        )
    )
    try:
        await asyncio.wait({job}, timeout=_SILENT)
        if not job.done():
            await _say(run, plan.candidates[0].revision)
        fetched = await job
    finally:
        job.cancel()
    if isinstance(fetched, Failure):
        raise _failed(run, plan.access, "fetch", fetched)
    parts.trust.note(run.key, plan.verification, fetched.candidate.revision)
    return fetched


async def _say(run: Run[GitRepository], revision: str) -> None:
    """It takes a while: say so, as long as it is news."""
    message = f"building artifact: new upstream revision '{revision}'"
    outdated = Mark(ARTIFACT_OUTDATED, "True", "NewRevision", f"new upstream revision '{revision}'")
    if run.status.artifact and run.status.artifact.revision != revision:
        await run.progress(message, marks=(outdated,))


def _failed(run: Run[GitRepository], access: Access, verb: str, failure: Failure) -> Failed:
    if failure.cause in _ENDINGS:
        return _ENDINGS[failure.cause](failure.message)
    if failure.cause == "read":
        return FetchFailed(f"{access.address.url}: {failure.message}")
    secret = run.object.spec.secret_ref
    name = f"{run.key.namespace}/{secret.name}" if secret else ""
    text = explain(failure.message, access.address, name, secrets(access))
    return FetchFailed(f"failed to {verb} {access.address.url}: {text}")


_ENDINGS: dict[str, Callable[[str], Failed]] = {
    "copy": CopyFailed,
    "storage": StorageFailed,
    "InvalidGitObject": InvalidGitObject,
    "InvalidTagSignature": InvalidTagSignature,
    "InvalidCommitSignature": InvalidCommitSignature,
}
