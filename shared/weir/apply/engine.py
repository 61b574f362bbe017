"""The sending: all dry runs first, then stage by stage what changes.

`plan` tries every object that can be tried and tells every error with its file; nothing is sent if there is one.
Objects whose kind or namespace comes with the same apply are tried when their stage comes. `send` does what was
planned.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from weir.api.base import Kind
from weir.apply import managers
from weir.apply.changes import Action, Change, Reference, lines
from weir.apply.manifest import careful
from weir.apply.settle import settle
from weir.apply.stages import Stage, batches, order, stage
from weir.apply.steps import Left, Options, Outlook, Step, Wanted, decide, is_immutable, recreated, skipped
from weir.kube.client import Client, PatchType
from weir.kube.errors import ApiError, Conflict, Forbidden, KubeError, NoSuchKind, NotFound

T = TypeVar("T")
R = TypeVar("R")

_TRIES = 3
_POLL_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)


class ApplyError(Exception):
    """Objects that could not be applied. `done` is what was sent before; it stays."""

    def __init__(self, problems: Sequence[str], done: Iterable[Change] = ()) -> None:
        self.problems = tuple(problems)
        self.done = tuple(done)
        told = lines(self.done, Action.CREATED, Action.CONFIGURED)
        super().__init__("\n".join((*self.problems, *([told] if told else []))))


class _ProblemError(Exception):
    """One object's problem; `later` when it may be over once its stage comes."""

    def __init__(self, text: str, *, later: bool = False) -> None:
        super().__init__(text)
        self.later = later


class Plan(NamedTuple):
    """What is to be done, in stages and in order; None stands for an object that is tried when its stage comes."""

    stages: tuple[tuple[tuple[Wanted, Step | None], ...], ...]

    @property
    def changes(self) -> bool:
        """Whether anything is to be sent, as far as is known."""
        return any(step is None or step.changes for part in self.stages for _, step in part)


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
        judge = _Judge(client, options, left, known, outlook)
        found = await _gather(members, judge.attempt, options.concurrency)
        problems += [
            (it, str(step)) for it, step in zip(members, found, strict=True) if isinstance(step, _ProblemError)
        ]
        part = tuple(
            (it, None if isinstance(step, _ProblemError) else step) for it, step in zip(members, found, strict=True)
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
    judge = _Judge(client, options, {}, frozenset(), Outlook())
    found = await _gather(waiting, judge.attempt, options.concurrency)
    if problems := [str(step) for step in found if isinstance(step, _ProblemError)]:
        raise ApplyError(problems, done)
    late = dict(zip((wanted.reference for wanted in waiting), found, strict=True))
    steps = [step if step is not None else late[wanted.reference] for wanted, step in part]
    return [step for step in steps if isinstance(step, Step)]


async def _stage(client: Client, steps: Sequence[Step], options: Options, done: list[Change]) -> None:
    """Send what changes, kind by kind; objects of one kind do not wait for each other."""
    sender = _Sender(client, options)
    by_reference = {step.wanted.reference: step for step in steps}
    for batch in batches([step.wanted.reference for step in steps]):
        found = await _gather([by_reference[it] for it in batch], sender.attempt, options.concurrency)
        done += [change for change in found if isinstance(change, Change)]
        if problems := [str(problem) for problem in found if isinstance(problem, _ProblemError)]:
            raise ApplyError(problems, done)
    for group in {step.wanted.body["spec"]["group"] for step in steps if step.changes and _is_definition(step)}:
        client.discovery.forget(group)


def _is_definition(step: Step) -> bool:
    return step.wanted.reference.kind == "CustomResourceDefinition" and "group" in (step.wanted.body.get("spec") or {})


async def _gather(
    items: Sequence[T], work: Callable[[T], Awaitable[R | _ProblemError | None]], concurrency: int
) -> list[R | _ProblemError | None]:
    """What comes of each item, in order; at most `concurrency` at a time."""
    slots = asyncio.Semaphore(max(concurrency, 1))

    async def one(item: T) -> R | _ProblemError | None:
        async with slots:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


class _Judge(NamedTuple):
    """Tries objects without changing them."""

    client: Client
    options: Options
    left: Mapping[str, Left]
    known: frozenset[str]
    outlook: Outlook

    async def attempt(self, wanted: Wanted) -> Step | _ProblemError | None:
        """The step for an object, its problem, or None when it has to be tried later."""
        if self.outlook.comes(wanted.reference):
            return None
        try:
            return await self._judge(wanted)
        except _ProblemError as problem:
            return None if problem.later else problem

    async def _judge(self, wanted: Wanted) -> Step:
        identifier = wanted.reference.entry.id
        left = self.left.get(identifier)
        if left and left.digest == wanted.digest:
            return Step(wanted, Action.UNCHANGED, wanted.reference)
        if alone := skipped(wanted, None):
            live = await self._live(wanted)
            return skipped(wanted, live) or alone
        kind, wanted = await self._placed(wanted)
        if identifier in self.known or self.options.migrate:
            live = await self._live(wanted)
            if live is not None and self.options.migrate:
                live = await _migrate(self.client, kind, wanted, live)
            return await self._compared(kind, wanted, live)
        dry_run = await self._dry_run(kind, wanted, None)
        if isinstance(dry_run, Step):
            return dry_run
        live = await self._live(wanted) if (dry_run.get("metadata") or {}).get("resourceVersion") else None
        return skipped(wanted, live) or decide(wanted, live, dry_run, self.options)

    async def _compared(self, kind: Kind, wanted: Wanted, live: Mapping[str, Any] | None) -> Step:
        if alone := skipped(wanted, live):
            return alone
        dry_run = await self._dry_run(kind, wanted, live)
        return dry_run if isinstance(dry_run, Step) else decide(wanted, live, dry_run, self.options)

    async def _placed(self, wanted: Wanted) -> tuple[Kind, Wanted]:
        """The kind at the API server, and the object in a place that fits its scope."""
        reference = wanted.reference
        try:
            kind = await self.client.discovery.kind(reference.api_version, reference.kind)
        except KubeError as error:
            raise _problem(wanted, "dry-run failed", error) from error
        if kind.namespaced and not reference.namespace:
            raise _ProblemError(_told(wanted, "namespace not specified", f"{reference.kind} is namespaced"))
        if not kind.namespaced and reference.namespace:
            metadata = {key: value for key, value in wanted.body["metadata"].items() if key != "namespace"}
            reference = reference._replace(namespace="")
            return kind, wanted._replace(reference=reference, body={**wanted.body, "metadata": metadata})
        return kind, wanted

    async def _live(self, wanted: Wanted) -> Mapping[str, Any] | None:
        return await live_object(self.client, wanted.reference)

    async def _dry_run(self, kind: Kind, wanted: Wanted, live: Mapping[str, Any] | None) -> Mapping[str, Any] | Step:
        """The object as an apply would leave it, or the step of recreating it."""
        try:
            answer = await _apply(self.client, kind, wanted.reference, wanted.body, dry_run=True)
        except ApiError as error:
            if is_immutable(error.status, error.message):
                live = live if live is not None else await self._live(wanted)
                step = recreated(wanted, live, self.options) if live is not None else None
                if step:
                    return step
            raise self._refused(wanted, error) from error
        except KubeError as error:
            raise _problem(wanted, "dry-run failed", error) from error
        return answer

    def _refused(self, wanted: Wanted, error: ApiError) -> _ProblemError:
        later = isinstance(error, Forbidden | NotFound) and self.outlook.may_help(wanted.reference, self.options.custom)
        if isinstance(error, NotFound):
            return _ProblemError(_told(wanted, "not found", error.message), later=later)
        return _problem(wanted, "dry-run failed", error, later=later)


class _Sender(NamedTuple):
    """Does the steps that change something."""

    client: Client
    options: Options

    async def attempt(self, step: Step) -> Change | _ProblemError:
        """The change that a step makes, or its problem."""
        if not step.changes:
            return _change(step.reference, step.action, step.live)
        try:
            return await self._send(step)
        except _ProblemError as problem:
            return problem
        except NoSuchKind as error:
            return _problem(step.wanted, "apply failed", error)
        except KubeError as error:
            deleted = " (the object was deleted before, to be created anew)" if step.recreate else ""
            return _problem(step.wanted, f"apply failed{deleted}", error)

    async def _send(self, step: Step) -> Change:
        kind = await self.client.discovery.kind(step.wanted.reference.api_version, step.wanted.reference.kind)
        if step.recreate:
            await self._delete(kind, step)
        if step.cleanup:
            await self._clean(kind, step)
        assert step.payload is not None, "a step that changes something has a payload"
        answer = await _apply(self.client, kind, step.reference, step.payload)
        return _change(step.reference, step.action, answer)

    async def _clean(self, kind: Kind, step: Step) -> None:
        live = step.live
        for left in reversed(range(_TRIES)):
            patch = managers.cleanup(live, self.options.takeovers) if live is not None else []
            if not patch:
                return
            try:
                await self.client.patch(
                    kind,
                    step.reference.name,
                    step.reference.namespace,
                    patch,
                    type=PatchType.JSON,
                    manager=managers.MANAGER,
                )
            except Conflict:
                if not left:
                    raise
                live = await live_object(self.client, step.reference)
            else:
                return

    async def _delete(self, kind: Kind, step: Step) -> None:
        reference = step.reference
        uid = ((step.live or {}).get("metadata") or {}).get("uid", "")
        try:
            await self.client.delete(kind, reference.name, reference.namespace, uid=uid)
        except NotFound:
            return
        except KubeError as error:
            raise _problem(step.wanted, "immutable field detected, failed to delete object", error) from error
        try:
            async with asyncio.timeout(self.options.timeout):
                for pause in pauses():
                    live = await live_object(self.client, reference)
                    if live is None or (live.get("metadata") or {}).get("uid") != uid:
                        return
                    await asyncio.sleep(pause)
        except TimeoutError:
            text = f"it is still there after {self.options.timeout:.0f}s, marked for deletion; finalizers hold it"
            raise _ProblemError(
                _told(step.wanted, "immutable field detected, failed to wait for deletion", text)
            ) from None


def pauses() -> Iterable[float]:
    """Seconds between polls: short at first, then two."""
    yield from _POLL_SECONDS
    while True:
        yield _POLL_SECONDS[-1]


async def live_object(client: Client, reference: Reference) -> Mapping[str, Any] | None:
    """The object as it is, or None when it is not there or cannot be read."""
    try:
        kind = await client.discovery.kind(reference.api_version, reference.kind)
        return (await client.get(kind, reference.name, reference.namespace if kind.namespaced else "")).body()
    except KubeError:
        return None


async def _apply(
    client: Client, kind: Kind, reference: Reference, body: Mapping[str, Any], *, dry_run: bool = False
) -> Mapping[str, Any]:
    answer = await client.apply(
        kind,
        body,
        name=reference.name,
        namespace=reference.namespace,
        manager=managers.MANAGER,
        force=True,
        dry_run=dry_run,
    )
    return answer.body()


async def _migrate(client: Client, kind: Kind, wanted: Wanted, live: Mapping[str, Any]) -> Mapping[str, Any]:
    patch = managers.migrated(live, wanted.reference.api_version)
    if not patch:
        return live
    try:
        answer = await client.patch(
            kind,
            wanted.reference.name,
            wanted.reference.namespace,
            patch,
            type=PatchType.JSON,
            manager=managers.MANAGER,
        )
    except KubeError as error:
        raise _problem(wanted, "moving managed fields to the API version failed", error) from error
    return answer.body()


def _change(reference: Reference, action: Action, live: Mapping[str, Any] | None) -> Change:
    metadata = (live or {}).get("metadata") or {}
    return Change(reference, action, metadata.get("uid", ""), metadata.get("resourceVersion", ""), live)


def _problem(wanted: Wanted, what: str, error: KubeError, *, later: bool = False) -> _ProblemError:
    reason = error.reason if isinstance(error, ApiError) else ""
    message = error.message if isinstance(error, ApiError) else str(error)
    return _ProblemError(_told(wanted, f"{what} ({reason})" if reason else what, message), later=later)


def _told(wanted: Wanted, what: str, why: str) -> str:
    origin = f" [{wanted.origin}]" if wanted.origin else ""
    return f"{wanted.reference.subject} {what}: {careful(wanted.body, why)}{origin}"
