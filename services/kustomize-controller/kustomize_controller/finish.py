"""What comes after the apply, resumable at any time: prune, health, and the end of the pass.

Waiting holds no worker: the pass ends as `HandingOver` or `HealthPending` and is taken up here again when a watch, a
sibling or the clock says so. A newer revision simply starts a new pass.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from kustomize_controller import deploy, health, timing
from kustomize_controller.catalog import Catalog, cluster_of
from kustomize_controller.errors import HandingOver, HealthCheckFailed, HealthPending, PruneFailed
from kustomize_controller.manifests import foresee
from kustomize_controller.parts import Parts
from kustomize_controller.prune import PruneError, prune
from kustomize_controller.source import Found
from kustomize_controller.state import Check, Pending, State
from weir.api.conditions import HEALTHY, is_true
from weir.api.duration import text
from weir.api.kustomization import GROUP, Inventory, InventoryEntry, Kustomization
from weir.apply import inventory
from weir.apply.changes import Change, Reference
from weir.health import expressions
from weir.health.rules import Status
from weir.kube.client import Client
from weir.kube.object import Key
from weir.runtime.outcome import Mark, Ready, Severity
from weir.runtime.run import Run

HAND_OVER = 3.0
"""Seconds that others of the same source have to say whether they want what this object no longer does."""
SUCCEEDED = "ReconciliationSucceeded"
WATCHED = "DriftWatched"
"""Condition that is False while some of what was applied must not be watched, so that drift is found by polling."""


async def finish(
    parts: Parts, run: Run[Kustomization], state: State, target: Client, fresh: Mapping[Reference, Any]
) -> Ready:
    """Prune what is stale, look at health, and end the pass. `fresh` are objects as just read.

    Raises `HandingOver` and `HealthPending` to be taken up again, `PruneFailed`, `HealthCheckFailed`.
    """
    pending, found = state.awaited()
    if pending.stale:
        await _prune(parts, run, pending, target, found)
    healthy = await _be_healthy(parts, run, state, target, fresh)
    state.pending = None
    return succeeded(parts, run, state, (healthy,))


def watched(parts: Parts, key: Key) -> Mark:
    """The condition on watching what was applied; absent when all is well."""
    refused = parts.watcher.refused(key)
    if not refused:
        return Mark(WATCHED, "", "", "")
    why = "; ".join(f"{kind}: {text}" for kind, text in sorted(refused.items()))
    every = text(parts.settings.drift_poll)
    return Mark(WATCHED, "False", "WatchDenied", f"drift is looked for every {every}: may not watch {why}")


def succeeded(parts: Parts, run: Run[Kustomization], state: State, marks: tuple[Mark, ...]) -> Ready:
    """The pass is over and all is as wanted."""
    found, now = state.found, asyncio.get_running_loop().time()
    assert found is not None, "a pass has applied something"
    run.record(last_applied_revision=found.artifact.revision, last_applied_origin_revision=found.origin_revision)
    took, interval = text(round(now - state.started, 3)), text(timing.interval(run.object))
    return Ready(
        SUCCEEDED,
        applied(found),
        marks=(*marks, watched(parts, run.key)),
        severity=Severity.INFO,
        event_message=f"Reconciliation finished in {took}, next run in {interval}",
        metadata={**found.metadata, f"{GROUP}/commit_status": "update"},
    )


def applied(found: Found) -> str:
    """What Ready says when all is as wanted."""
    return f"Applied revision: {found.artifact.revision}"


async def _prune(parts: Parts, run: Run[Kustomization], pending: Pending, target: Client, found: Found) -> None:
    ks, now = run.object, asyncio.get_running_loop().time()
    if not ks.spec.prune:
        pending.stale = ()
        return
    kept = run.status.inventory.entries
    undecided = parts.catalog.undecided(ks, found.artifact.revision)
    if undecided and now < pending.hand_over_by:
        run.record(inventory=Inventory(inventory.union(kept, pending.stale)))
        parts.handing_over.add(run.key)
        names = ", ".join(map(str, undecided[:3])) + ("..." if len(undecided) > 3 else "")
        raise HandingOver(f"Pruning once others have seen revision {found.artifact.revision}: {names}")
    parts.handing_over.discard(run.key)
    await foresee(parts, run, found)
    stale, pending.stale = pending.stale, ()
    wanted = [entry for entry in kept if entry not in stale]
    run.record(inventory=Inventory(inventory.union(wanted, stale)))
    await run.progress(f"Pruning after revision {found.artifact.revision}")
    try:
        async with asyncio.timeout(timing.timeout(ks)):
            done = await prune(target, stale, run.key, _claims(parts.catalog, ks, wanted))
    except PruneError as error:
        run.record(inventory=Inventory(inventory.union(wanted, error.left)))
        raise PruneFailed(str(error)) from error
    except TimeoutError:
        raise PruneFailed(f"pruning was stopped: it took longer than {text(timing.timeout(ks))}") from None
    run.record(inventory=Inventory(tuple(wanted)))
    run.notify(Severity.INFO, "\n".join(change.line for change in done), metadata=found.metadata)


def _claims(catalog: Catalog, ks: Kustomization, wanted: list[InventoryEntry]) -> Any:
    """Who claims an object: this one, by what it wants now, or another."""
    own, identifiers = Key.of(ks.metadata), {entry.id for entry in wanted}

    def claimed(identifier: str) -> Key | None:
        return own if identifier in identifiers else catalog.claimed(cluster_of(ks), identifier, but=own)

    return claimed


async def _be_healthy(
    parts: Parts, run: Run[Kustomization], state: State, target: Client, fresh: Mapping[Reference, Any]
) -> Mark:
    """The condition Healthy, which is absent when nothing is checked."""
    pending, found = state.awaited()
    if not pending.checks:
        return Mark(HEALTHY, "", "", "")
    now = asyncio.get_running_loop().time()
    await _look(parts, run, state, target, fresh)
    fail_fast = not parts.settings.features.disable_fail_fast_behavior
    outcome = health.verdict(pending.found, fail_fast=fail_fast)
    took = now - pending.applied
    if outcome == "pending" and now < pending.deadline:
        message = f"Running health checks for revision {found.artifact.revision} with a timeout of "
        message += text(timing.timeout(run.object))
        after = max(min(health.POLL, pending.deadline - now), 0.05)
        raise HealthPending(message, after=after, marks=[Mark(HEALTHY, "Unknown", "Progressing", message)])
    if outcome != "healthy":
        state.pending = None
        timed_out = outcome == "pending"
        told = health.told(pending.found, timed_out=timed_out)
        failed = Mark(HEALTHY, "False", "HealthCheckFailed", told)
        raise HealthCheckFailed(health.failure(pending.found, took, timed_out=timed_out), marks=[failed])
    passed = f"Health check passed in {text(round(took, 3))}"
    if not pending.was_healthy or (pending.news and run.object.status.last_applied_revision != found.artifact.revision):
        run.notify(Severity.INFO, passed, metadata=found.metadata)
        state.failed = False  # this event tells of the recovery, too
    return Mark(HEALTHY, "True", "Succeeded", passed)


async def _look(
    parts: Parts, run: Run[Kustomization], state: State, target: Client, fresh: Mapping[Reference, Any]
) -> None:
    """Read the health of what has changed, and from time to time of everything that is not healthy."""
    pending, now = state.awaited()[0], asyncio.get_running_loop().time()
    stirred, state.stirred = state.stirred, set()
    poll = now - pending.polled >= health.POLL or now >= pending.deadline
    looked_at = [
        check
        for check in pending.checks
        if check.reference.entry.id in stirred
        or check.reference not in pending.found
        or (poll and pending.found[check.reference].status is not Status.CURRENT)
    ]
    if poll:
        pending.polled = now
    table = expressions.table(run.object.spec.health_check_exprs)
    pending.found |= await health.examine(target, parts.workers, table, looked_at, fresh)


def pending(
    ks: Kustomization,
    changes: tuple[Change, ...],
    stale: tuple[InventoryEntry, ...],
    checks: tuple[Check, ...],
) -> Pending:
    """What is left to do for a pass that has just applied everything."""
    now = asyncio.get_running_loop().time()
    return Pending(
        applied=now,
        deadline=now + timing.timeout(ks),
        news=any(change.action in deploy.CHANGED for change in changes),
        hand_over_by=now + HAND_OVER,
        stale=stale,
        checks=checks,
        polled=now,
        was_healthy=is_true(ks.status.conditions, HEALTHY),
    )
