"""A new artifact comes, and hundreds build from it: those go first whose builds read something that changed."""

from kustomize_controller.catalog import settled
from kustomize_controller.parts import Parts
from kustomize_controller.source import Found
from kustomize_controller.tasks import Compare, Differ
from kustomize_controller.workers import WorkerError
from weir.api.kustomization import Kustomization
from weir.kube.object import Key
from weir.runtime.queue import Priority, Wake
from weir.runtime.run import Run

FEW = 8
"""Builds that are not worth the question: their turn comes soon enough."""
MOST = 1000
"""Builds that are compared; the rest keep their turn."""


async def overtake(parts: Parts, run: Run[Kustomization], found: Found, packed: bytes) -> None:
    """Move those forward that an artifact changes something for; the first pass that has the artifact does it for all.

    Only the order of the passes depends on it, so that what cannot be told is passed over.
    """
    if parts.compared.get(found.source) == found.artifact.digest:
        return
    parts.compared[found.source] = found.artifact.digest
    waiting = _waiting(parts, run.key, found)[:MOST]
    if len(waiting) < FEW:
        return
    builds = tuple((parts.states[key].last.closure, parts.states[key].last.read) for key in waiting)
    try:
        answer = await parts.workers.ask_of(packed, Compare(found.artifact.digest, builds))
    except WorkerError:
        return
    assert isinstance(answer, Differ)
    still = set(_waiting(parts, run.key, found))
    for key in (waiting[index] for index in answer.builds):
        if key in still:
            parts.wake(Wake(key, Priority.CONTENT, f"{found.source} revision {found.artifact.revision}"))


def _waiting(parts: Parts, but: Key, found: Found) -> list[Key]:
    """Who has yet to build from the artifact, and waits for nobody else."""
    keys = []
    for ks in parts.catalog.users(found.source):
        key = Key.of(ks.metadata)
        state = parts.states.get(key)
        known = state is not None and state.last.closure and not state.busy
        if known and key != but and not ks.spec.depends_on and not settled(ks, found.artifact.revision):
            keys.append(key)
    return keys
