"""From an artifact to the objects that are wanted: fetched, built in a worker process, made ready to send."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from kustomize_controller import variables
from kustomize_controller.errors import ArtifactFailed, BuildFailed, ReconciliationFailed
from kustomize_controller.first import overtake
from kustomize_controller.parts import Parts
from kustomize_controller.source import Found
from kustomize_controller.state import NO_BUILD, Last
from kustomize_controller.tasks import Build, Built, Remotes, Same
from kustomize_controller.workers import WorkerError
from weir.api.kustomization import Kustomization
from weir.apply.changes import Reference
from weir.apply.manifest import ManifestError, prepare
from weir.apply.steps import Wanted
from weir.kube.client import Client
from weir.runtime.run import Run

MOST_FORESEEN = 100
"""Others that are built before a prune."""
_ARTIFACT = {"path", "archive"}


class Manifests(NamedTuple):
    """What a build wants, by inventory id, the digest of it all, and what the next build compares itself with."""

    wanted: Mapping[str, Wanted]
    digest: str
    last: Last


async def make(parts: Parts, run: Run[Kustomization], found: Found, last: Last) -> Manifests | None:
    """Build what the object wants; None when that is what the last build gave.

    Raises `ArtifactFailed`, `ArtifactMissing`, `BuildFailed`, and `ReconciliationFailed` for what must not be sent.
    """
    packed = await parts.archives.get(found.artifact, run.newer)
    await overtake(parts, run, found, packed)
    task = await _task(parts, run.client, run.object, found, last)
    try:
        answer = await parts.workers.ask_of(packed, task)
    except WorkerError as error:
        if error.kind in _ARTIFACT:
            raise ArtifactFailed(f"artifact of {found.source} {error}") from error
        run.record(last_attempted_revision=found.artifact.revision)
        raise BuildFailed(str(error) if error.kind else f"the build {error}") from error
    run.record(last_attempted_revision=found.artifact.revision)
    if isinstance(answer, Remotes):
        raise BuildFailed(_remotes(answer, allowed=not parts.settings.no_remote_bases))
    if isinstance(answer, Same):
        return None
    assert isinstance(answer, Built)
    for warning in answer.warnings:
        run.log.warning(warning)
    return Manifests(_wanted(run.object, answer), answer.digest, Last(answer.closure, answer.read, answer.key))


async def foresee(parts: Parts, run: Run[Kustomization], found: Found) -> None:
    """Learn what others of the same source will want that have not seen its revision yet: they wait for somebody.

    An object that moves to one of them is not pruned then. What cannot be built wants what it has.
    """
    packed = await parts.archives.get(found.artifact, run.newer)
    for key, other in parts.catalog.unseeing(run.object, found.artifact.revision)[:MOST_FORESEEN]:
        try:
            answer = await parts.workers.ask_of(packed, await _task(parts, run.client, other, found, NO_BUILD))
        except (WorkerError, BuildFailed):
            continue
        if isinstance(answer, Built):
            objects = (msgspec.json.decode(raw) for raw in answer.objects)
            parts.catalog.intend(key, [Reference.read(obj).entry.id for obj in objects])


async def _task(parts: Parts, client: Client, ks: Kustomization, found: Found, last: Last) -> Build:
    return Build(
        digest=found.artifact.digest,
        kustomization=ks,
        variables=await variables.read(client, ks),
        strict=parts.settings.features.strict_post_build_substitutions,
        closure=last.closure,
        key=last.key,
    )


def _remotes(needed: Remotes, *, allowed: bool) -> str:
    why = "are not supported yet: put them into the source" if allowed else "are not allowed here"
    return f"remote bases {why}: {', '.join(needed.urls)}"


def _wanted(ks: Kustomization, built: Built) -> dict[str, Wanted]:
    wanted: dict[str, Wanted] = {}
    problems: list[str] = []
    for raw, origin in zip(built.objects, built.origins, strict=True):
        obj: dict[str, Any] = msgspec.json.decode(raw)
        try:
            body = prepare(obj, name=ks.metadata.name, namespace=ks.metadata.namespace, common=ks.spec.common_metadata)
        except ManifestError as error:
            problems.append(f"{Wanted.of(obj).reference.subject} {error}" + (f" [{origin}]" if origin else ""))
            continue
        each = Wanted.of(body, origin)
        wanted[each.reference.entry.id] = each
    if problems:
        raise ReconciliationFailed("\n".join(problems))
    return wanted
