"""Drift: objects that are not as they were left are put right, one by one, without a new build."""

import asyncio
from collections.abc import Sequence

from kustomize_controller import timing
from kustomize_controller.deploy import CHANGED, interrupted, options
from kustomize_controller.errors import ReconciliationFailed
from kustomize_controller.parts import Parts
from kustomize_controller.state import NAMED_RESTORES, State
from weir.api.duration import text
from weir.api.kustomization import Kustomization
from weir.apply import engine, managers
from weir.apply.changes import Change
from weir.apply.steps import Step
from weir.kube.client import Client
from weir.runtime.outcome import Severity
from weir.runtime.run import Run


async def restore(parts: Parts, run: Run[Kustomization], state: State, target: Client) -> bool:
    """Check the objects that hints are about, and put right what has drifted.

    Objects that are put right again and again are left alone for a while. False when the wanted objects are not known
    any more, so that a full pass has to make them. Nothing is deleted. Raises `ReconciliationFailed`.
    """
    now = asyncio.get_running_loop().time()
    due = [it for it in state.drifted() if not (fight := state.fights.get(it)) or now >= fight.at + fight.pause]
    wanted = {identifier: parts.bodies.get(run.key, identifier) for identifier in due}
    bodies = {identifier: body for identifier, body in wanted.items() if body is not None}
    if len(bodies) < len(wanted):
        return False
    if not bodies:
        return True
    how = options(parts, run.object)._replace(recreates=False)
    try:
        with state.taking(due):
            async with asyncio.timeout(timing.timeout(run.object)):
                plan = await engine.plan(target, list(bodies.values()), how, left={}, known=frozenset(bodies))
                steps = [step for part in plan.stages for _, step in part if step is not None]
                if plan.changes:
                    await run.claim()
                async with run.told_if_interrupted(interrupted(plan), metadata=state.metadata):
                    changes = await engine.send(target, plan, how)
                    _say(run, state, steps, changes)
    except engine.ApplyError as error:
        raise ReconciliationFailed(f"drift could not be undone: {error}") from error
    except TimeoutError:
        raise ReconciliationFailed(f"undoing drift was stopped: it took longer than {text(how.timeout)}") from None
    state.learn(bodies, changes, how.takeovers)
    return True


def _say(run: Run[Kustomization], state: State, steps: Sequence[Step], changes: Sequence[Change]) -> None:
    """Tell what was put right, where it differed, and who changes it again and again."""
    now, told = asyncio.get_running_loop().time(), []
    by_reference = {step.reference: step for step in steps}
    for change in changes:
        if change.action not in CHANGED:
            continue
        fight, step = state.restored(change.reference.entry.id, now), by_reference.get(change.reference)
        line = change.line
        if fight.times >= NAMED_RESTORES and step is not None and step.live is not None:
            line += f" ({managers.last_writer(step.live) or 'somebody'} keeps changing it)"
        told.append(line)
        paths = list(step.differs) if step else []
        run.log.info("drift undone", extra={"object": change.reference.subject, "paths": paths})
    if told:
        run.notify(Severity.INFO, "\n".join(told), reason="DriftCorrected", metadata=state.metadata)
