"""From wanted objects to applied ones: everything tried, the pass claimed, then sent."""

import asyncio
from collections.abc import Mapping

from kustomize_controller import timing
from kustomize_controller.catalog import cluster_of
from kustomize_controller.errors import ReconciliationFailed
from kustomize_controller.manifests import Manifests
from kustomize_controller.parts import Parts
from kustomize_controller.source import Found
from kustomize_controller.state import State
from kustomize_controller.watch import Place
from weir.api.duration import text
from weir.api.kustomization import Inventory, InventoryEntry, Kustomization
from weir.apply import engine, ignore, inventory, managers, stages
from weir.apply.changes import Action, Change, Reference, entries, lines
from weir.apply.steps import Left, Options
from weir.kube.client import Client
from weir.runtime.outcome import Severity
from weir.runtime.run import Run

CHANGED = (Action.CREATED, Action.CONFIGURED)


def options(parts: Parts, ks: Kustomization) -> Options:
    """How the object's manifests are applied. Raises `ReconciliationFailed` for a bad ignore rule."""
    try:
        rules = ignore.compile_rules(ks.spec.ignore)
    except ignore.IgnoreError as error:
        raise ReconciliationFailed(f"spec.{error}") from error
    return Options(
        force=ks.spec.force,
        ignore=rules,
        takeovers=managers.takeovers(parts.settings.overrides),
        custom=stages.custom_kinds(parts.settings.custom_stage_kinds),
        concurrency=parts.settings.concurrent_ssa,
        timeout=timing.timeout(ks),
        migrate=parts.settings.features.migrate_api_version,
    )


def old_inventory(ks: Kustomization) -> tuple[InventoryEntry, ...]:
    """What the object had applied before."""
    return ks.status.inventory.entries if ks.status.inventory else ()


async def deploy(
    parts: Parts, run: Run[Kustomization], state: State, target: Client, manifests: Manifests, found: Found
) -> tuple[Change, ...]:
    """Try everything, claim the pass, send what changes; the inventory is in the status before anything is sent.

    Raises `ReconciliationFailed`, and `LostClaim` when somebody else was quicker.
    """
    ks, wanted = run.object, list(manifests.wanted.values())
    how, old = options(parts, ks), old_inventory(ks)
    revision = found.artifact.revision
    try:
        async with asyncio.timeout(timing.timeout(ks)):
            plan = await engine.plan(
                target, wanted, how, left=_left(parts, run, state), known=frozenset(entry.id for entry in old)
            )
            if plan.changes:
                entries_planned = [each.reference.entry for part in plan.stages for each, _ in part]
                run.record(inventory=Inventory(inventory.union(entries_planned, old)))
                await run.progress(f"Detecting drift for revision {revision} with a timeout of {text(how.timeout)}")
            async with run.told_if_interrupted(interrupted(plan), metadata=found.metadata):
                changes = await engine.send(target, plan, how)
                _say(parts, run, changes, found)
    except engine.ApplyError as error:
        state.learn(manifests.wanted, error.done, how.takeovers)
        raise ReconciliationFailed(str(error)) from error
    except TimeoutError:
        raise ReconciliationFailed(f"the apply was stopped: it took longer than {text(how.timeout)}") from None
    await _remember(parts, run, state, manifests, changes)
    return changes


def interrupted(plan: engine.Plan) -> str:
    """What people are told if the sending is interrupted; empty when nothing is to be sent."""
    return f"Interrupted while applying, this may be done:\n{plan.lines}" if plan.changes else ""


def _left(parts: Parts, run: Run[Kustomization], state: State) -> Mapping[str, Left]:
    """What is known to be as we left it, since watches would have told; nothing when all has to be looked at again."""
    if run.requested or not state.knows(run.object) or asyncio.get_running_loop().time() >= state.full_due:
        return {}
    covered, drifted = parts.watcher.covered(cluster_of(run.object)), set(state.drifted())
    return {
        identifier: mark.left
        for identifier, mark in state.marks.items()
        if identifier not in drifted and not covered.isdisjoint(_seen_in(mark.reference))
    }


async def _remember(
    parts: Parts, run: Run[Kustomization], state: State, manifests: Manifests, changes: tuple[Change, ...]
) -> None:
    run.record(inventory=Inventory(entries(changes)))
    identifiers = [change.reference.entry.id for change in changes]
    drifted, now = set(state.drifted()), asyncio.get_running_loop().time()
    for change in changes:
        if change.action in CHANGED and change.reference.entry.id in drifted:
            state.restored(change.reference.entry.id, now)
    parts.bodies.forget(run.key, set(state.marks) - set(identifiers))
    parts.bodies.put(run.key, manifests.wanted.values())
    state.keep(identifiers)
    state.learn(manifests.wanted, changes, managers.takeovers(parts.settings.overrides))
    base = await parts.clusters.base(run.client, run.object)
    parts.watcher.use(run.key, base, await _places(parts, run.object, base, changes))


def _seen_in(reference: Reference) -> tuple[tuple[str, str, str], ...]:
    """Group, kind and namespace of the watches that would see an object."""
    return ((reference.group, reference.kind, ""), (reference.group, reference.kind, reference.namespace))


async def _places(parts: Parts, ks: Kustomization, base: Client, changes: tuple[Change, ...]) -> set[Place]:
    """Where what was applied is watched: everywhere, or for a controller of one namespace where it applied."""
    narrow = bool(parts.settings.common.watching.namespace)
    applied = {(it.api_version, it.kind, it.namespace if narrow else "") for it in (each.reference for each in changes)}
    return {
        Place(cluster_of(ks), await base.discovery.kind(api_version, kind), namespace)
        for api_version, kind, namespace in applied
    }


def _say(parts: Parts, run: Run[Kustomization], changes: tuple[Change, ...], found: Found) -> None:
    output = {change.reference.subject: change.action.value for change in changes}
    if parts.settings.features.group_change_log:
        actions = sorted({change.action for change in changes})
        grouped = {it.value: [change.reference.subject for change in changes if change.action is it] for it in actions}
        run.log.info("server-side apply completed", extra={"output": grouped, "revision": found.artifact.revision})
    else:
        run.log.info("server-side apply completed", extra={"output": output, "revision": found.artifact.revision})
    if text_of := lines(changes, *CHANGED):
        run.notify(Severity.INFO, text_of, metadata=found.metadata)
