"""One pass at one Kustomization, top to bottom."""

import asyncio
from datetime import UTC, datetime

from kustomize_controller import deploy, finish, health, ready
from kustomize_controller.errors import DependencyNotReady
from kustomize_controller.history import recorded
from kustomize_controller.manifests import make
from kustomize_controller.parts import Parts
from kustomize_controller.restore import restore
from kustomize_controller.source import Found
from kustomize_controller.state import NO_BUILD, Last, State
from weir.api.conditions import READY, find, is_true
from weir.api.kustomization import Kustomization
from weir.apply import inventory
from weir.runtime.conditions import stamp
from weir.runtime.outcome import Ending, Ready, Severity, Waiting
from weir.runtime.run import Run

RECORDED = ("ReconciliationFailed", "PruneFailed", "HealthCheckFailed")
"""Reasons of failure that make an entry in the history, once there is a build."""


async def reconcile(parts: Parts, run: Run[Kustomization]) -> Ready:
    """Bring the cluster to what the source says, or go on with what is applied already."""
    state = parts.states.setdefault(run.key, State(failed=_has_failed(run.object)))
    state.busy = True
    try:
        return await (_go_on(parts, run, state) if _is_current(parts, run, state) else _pass(parts, run, state))
    except Waiting:
        raise
    except Ending as ending:
        _fail(run, state, ending)
        raise
    finally:
        state.busy = False
        parts.watcher.stir(run.key, state)


async def _pass(parts: Parts, run: Run[Kustomization], state: State) -> Ready:
    """The whole story."""
    ks = run.object
    await ready.require_support(parts, ks)
    found = await parts.sources.find(run.client, ks)
    last = _comparable(run, state)
    _begin(run, state, found)
    await ready.require_dependencies(parts, run, found)
    if not parts.archives.has(found.artifact):
        await run.progress(f"Fetching manifests for revision {found.artifact.revision}")
    manifests = await make(parts, run, found, last)
    if manifests is None:
        state.unchanged(found)
        return _succeed(run, state, finish.succeeded(parts, run, state, ()))
    state.digest, state.last = manifests.digest, manifests.last
    parts.catalog.intend(run.key, manifests.wanted)
    target = await parts.clusters.client(run.client, ks)
    changes = await deploy.deploy(parts, run, state, target, manifests, found)
    stale = inventory.stale(deploy.old_inventory(ks), run.status.inventory.entries)
    checks = health.checks(ks, changes, manifests.wanted.values())
    state.applied(ks, found, finish.pending(ks, changes, stale, checks))
    fresh = {change.reference: change.live for change in changes if change.live is not None}
    return _succeed(run, state, await finish.finish(parts, run, state, target, fresh))


async def _go_on(parts: Parts, run: Run[Kustomization], state: State) -> Ready:
    """What is left to do for a build that is applied: undo drift, prune, look at health."""
    target = await parts.clusters.client(run.client, run.object)
    if state.drifted() and not await restore(parts, run, state, target):
        return await _pass(parts, run, state)
    if state.pending is not None:
        return _succeed(run, state, await finish.finish(parts, run, state, target, {}))
    assert state.found is not None, "something was applied"
    left = max(state.full_due - asyncio.get_running_loop().time(), 0.0)
    marks = (finish.watched(parts, run.key),)
    return Ready(finish.SUCCEEDED, finish.applied(state.found), after=left, marks=marks)


def _is_current(parts: Parts, run: Run[Kustomization], state: State) -> bool:
    """Whether what is applied is what is wanted now, as far as can be told without a build."""
    ks = run.object
    if state.found is None or run.requested or not state.knows(ks):
        return False
    newest = parts.sources.latest(ks)
    if newest is not None and newest.revision != state.found.artifact.revision:
        return False
    waits = state.pending is not None
    return waits or (is_true(ks.status.conditions, READY) and asyncio.get_running_loop().time() < state.full_due)


def _comparable(run: Run[Kustomization], state: State) -> Last:
    """The last build, if a build like it needs no apply: it is Ready, nothing has drifted, nobody asked for a pass."""
    settled = state.found is not None and state.pending is None and state.knows(run.object) and not state.drifted()
    on_time = asyncio.get_running_loop().time() < state.full_due and not run.requested
    return state.last if settled and on_time and is_true(run.object.status.conditions, READY) else NO_BUILD


def _begin(run: Run[Kustomization], state: State, found: Found) -> None:
    """Start anew. A health check that something newer overtook is told to be cancelled."""
    if state.pending is not None and state.pending.checks and state.found is not None:
        old, new = state.found.artifact.revision, found.artifact.revision
        cause = run.cause if new == old else f"{found.source} revision {new}"
        text = f"Health check of revision {old} canceled: {cause}"
        run.notify(Severity.INFO, text, reason="HealthCheckCanceled", metadata=state.found.metadata)
    state.begin(found, asyncio.get_running_loop().time())


def _succeed(run: Run[Kustomization], state: State, ending: Ready) -> Ready:
    """All is as wanted. Those who were told of a failure are told that it is over."""
    _record(run, state, ending.reason)
    if state.failed and state.found is not None:
        run.notify(Severity.INFO, f"Recovered. {ending.message}", reason=ending.reason, metadata=state.found.metadata)
    state.failed = False
    return ending


def _fail(run: Run[Kustomization], state: State, ending: Ending) -> None:
    """A failure: the next pass starts from the beginning. Once there was a build it is in the history."""
    state.failed = state.failed or ending.severity is Severity.ERROR
    if state.attempt is not None:
        ending.metadata |= state.attempt.metadata
        if state.digest and ending.reason in RECORDED:
            _record(run, state, ending.reason)
    state.forget()


def _has_failed(ks: Kustomization) -> bool:
    """Whether the last attempt of a process before this one ended in a failure that people were told of."""
    ready = find(ks.status.conditions, READY)
    return ready is not None and ready.status == "False" and ready.reason != DependencyNotReady.reason


def _record(run: Run[Kustomization], state: State, reason: str) -> None:
    assert state.attempt is not None, "a pass has begun"
    artifact = state.attempt.artifact
    origin = {"originRevision": state.attempt.origin_revision} if state.attempt.origin_revision else {}
    history = recorded(
        run.status.history,
        state.digest,
        reason,
        now=stamp(datetime.now(UTC)),
        took=asyncio.get_running_loop().time() - state.started,
        metadata={"revision": artifact.revision, **origin},
    )
    run.record(history=history)
