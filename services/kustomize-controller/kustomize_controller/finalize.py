"""What has to go before a Kustomization may go."""

import asyncio

from kustomize_controller import deploy, timing
from kustomize_controller.catalog import cluster_of
from kustomize_controller.errors import FinalizeFailed, Terminating
from kustomize_controller.parts import Parts
from kustomize_controller.prune import PruneError, prune, remaining
from kustomize_controller.state import State
from weir.api.kustomization import Kustomization
from weir.apply.changes import Action, Reference, lines
from weir.runtime.outcome import Severity
from weir.runtime.run import Run


async def finalize(parts: Parts, run: Run[Kustomization]) -> None:
    """Delete what was applied, as the deletion policy says; then everything about the object is forgotten.

    Neither source nor dependencies are needed. Raises `FinalizeFailed` to be tried again, `Terminating` while deleted
    objects are awaited.
    """
    ks, entries = run.object, deploy.old_inventory(run.object)
    if entries and deletes(ks):
        if await parts.clusters.may_finalize(run.client, ks):
            await _delete(parts, run)
        else:
            account, subjects = parts.clusters.account(ks), "\n".join(Reference.of_entry(it).subject for it in entries)
            text = f"ServiceAccount '{account}' is gone: these objects are left in the cluster:\n{subjects}"
            run.log.error("objects are left in the cluster", extra={"error": text})
            run.notify(Severity.ERROR, text, reason="PruneFailed")
    parts.watcher.forget(run.key)
    parts.handing_over.discard(run.key)
    parts.bodies.forget(run.key, [entry.id for entry in entries])
    await parts.clusters.keep(parts.catalog.clusters(but=run.key))


def deletes(ks: Kustomization) -> bool:
    """Whether the applied objects go with the object."""
    if ks.spec.suspend:
        return False
    match ks.spec.deletion_policy:
        case "Orphan":
            return False
        case "Delete" | "WaitForTermination":
            return True
        case _:
            return ks.spec.prune


async def _delete(parts: Parts, run: Run[Kustomization]) -> None:
    ks, state = run.object, parts.states.setdefault(run.key, State())
    target = await parts.clusters.client(run.client, ks)
    parts.watcher.release(run.key)

    def claimed(identifier: str) -> object:
        return parts.catalog.claimed(cluster_of(ks), identifier, but=run.key)

    try:
        done = await prune(target, deploy.old_inventory(ks), run.key, claimed)
    except PruneError as error:
        raise FinalizeFailed(str(error)) from error
    now = asyncio.get_running_loop().time()
    if not state.finalizing:
        state.finalizing = now
        run.notify(Severity.INFO, lines(done, *Action))
    if ks.spec.deletion_policy != "WaitForTermination":
        return
    waiting = [it.subject for it in await remaining(target, done)]
    if waiting and now < state.finalizing + timing.timeout(ks):
        raise Terminating(f"Waiting for termination: {', '.join(waiting)}")
    if waiting:
        text = f"timeout waiting for termination: {', '.join(waiting)}"
        run.log.error("deleted objects are still there", extra={"error": text})
        run.notify(Severity.ERROR, text, reason="PruneFailed")
