"""The sending: all dry runs first, then stage by stage what changes.

`plan` tries every object that can be tried and tells every error with its file; nothing is sent if there is one.
Objects whose kind or namespace comes with the same apply are tried when their stage comes. `send` does what was
planned.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from weir.apply.changes import Action, Change
from weir.apply.judge import Judge
from weir.apply.problems import ApplyError, ProblemError
from weir.apply.sender import Sender
from weir.apply.settle import settle
from weir.apply.stages import Stage, batches, order, stage
from weir.apply.steps import Left, Options, Outlook, Step, Wanted
from weir.kube.abreast import abreast
from weir.kube.client import Client

__all__ = ["ApplyError", "Plan", "plan", "send"]


class Plan(NamedTuple):
    """What is to be done, in stages and in order; None stands for an object that is tried when its stage comes."""

    stages: tuple[tuple[tuple[Wanted, Step | None], ...], ...]

    @property
    def changes(self) -> bool:
        """Whether anything is to be sent, as far as is known."""
        return any(step is None or step.changes for part in self.stages for _, step in part)

    @property
    def lines(self) -> str:
        """What `send` is to tell, as far as is known: objects that come with their kind or namespace are new."""
        steps = (
            step or Step(wanted, Action.CREATED, wanted.reference) for part in self.stages for wanted, step in part
        )
        return "\n".join(Change(step.reference, step.action).line for step in steps if step.changes)


async def plan(
    client: Client, wanted: Sequence[Wanted], options: Options, *, left: Mapping[str, Left], known: frozenset[str]
) -> Plan:
    """Try everything.

    `left` are objects (by inventory id) known to be as we left them: they are not tried again if the same is wanted.
    `known` are ids that are expected to exist, which only saves requests. Raises `ApplyError` with every
    problem.
    """
    problems: list[tuple[Wanted, str]] = []
    parts: list[tuple[tuple[Wanted, Step | None], ...]] = []
    outlook = Outlook()
    for each in Stage:
        members = sorted(
            (it for it in wanted if stage(it.reference, options.custom) is each), key=lambda it: order(it.reference)
        )
        judge = Judge(client, options, left, known, outlook)
        found = await abreast(members, judge.attempt, options.concurrency)
        problems += [(it, str(step)) for it, step in zip(members, found, strict=True) if isinstance(step, ProblemError)]
        part = tuple(
            (it, None if isinstance(step, ProblemError) else step) for it, step in zip(members, found, strict=True)
        )
        for _, step in part:
            outlook = outlook.after(step, options.custom) if step else outlook
        parts.append(part)
    if problems:
        raise ApplyError([text for _, text in sorted(problems, key=lambda it: order(it[0].reference))])
    return Plan(tuple(parts))


async def send(client: Client, plan: Plan, options: Options) -> tuple[Change, ...]:
    """Do what was planned, stage after stage; the changes in order.

    Raises `ApplyError` with what was done until then.
    """
    done: list[Change] = []
    for each, part in zip(Stage, plan.stages, strict=True):
        before = len(done)
        await _stage(client, await _tried(client, part, options, done), options, done)
        if each.awaited and (unhealthy := await settle(client, done[before:], options.stage_timeout)):
            raise ApplyError([unhealthy], done)
    return tuple(done)


async def _tried(
    client: Client, part: Sequence[tuple[Wanted, Step | None]], options: Options, done: Sequence[Change]
) -> list[Step]:
    """The steps of a stage, those included that could not be tried before."""
    waiting = [wanted for wanted, step in part if step is None]
    judge = Judge(client, options, {}, frozenset(), Outlook())
    found = await abreast(waiting, judge.attempt, options.concurrency)
    if problems := [str(step) for step in found if isinstance(step, ProblemError)]:
        raise ApplyError(problems, done)
    late = dict(zip((wanted.reference for wanted in waiting), found, strict=True))
    steps = [step if step is not None else late[wanted.reference] for wanted, step in part]
    return [step for step in steps if isinstance(step, Step)]


async def _stage(client: Client, steps: Sequence[Step], options: Options, done: list[Change]) -> None:
    """Send what changes, kind by kind; objects of one kind do not wait for each other."""
    sender = Sender(client, options)
    by_reference = {step.wanted.reference: step for step in steps}
    for batch in batches([step.wanted.reference for step in steps]):
        found = await abreast([by_reference[it] for it in batch], sender.attempt, options.concurrency)
        done += [change for change in found if isinstance(change, Change)]
        if problems := [str(problem) for problem in found if isinstance(problem, ProblemError)]:
            raise ApplyError(problems, done)
