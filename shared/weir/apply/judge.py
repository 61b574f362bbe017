"""Trying an object: what an apply would do to it, without doing it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from weir.api.base import Kind
from weir.apply import managers
from weir.apply.changes import Action
from weir.apply.problems import ProblemError, problem_of, told
from weir.apply.requests import apply_object, live_object, patch_object
from weir.apply.steps import Left, Options, Outlook, Step, Wanted, decide, is_immutable, recreated, skipped
from weir.kube.client import Client
from weir.kube.errors import ApiError, Forbidden, KubeError, NotFound

_TRIES = 3
"""Looks at an object that others write to all the time."""


class Judge(NamedTuple):
    """Tries objects without changing them."""

    client: Client
    options: Options
    left: Mapping[str, Left]
    known: frozenset[str]
    outlook: Outlook

    async def attempt(self, wanted: Wanted) -> Step | ProblemError | None:
        """The step for an object, its problem, or None when it has to be tried later."""
        if self.outlook.comes(wanted.reference):
            return None
        try:
            return await self._judge(wanted)
        except ProblemError as problem:
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
        live = await self._live(wanted) if _version(dry_run) else None
        if live is not None and _version(live) != _version(dry_run):
            return await self._compared(kind, wanted, live)
        return skipped(wanted, live) or decide(wanted, live, dry_run, self.options)

    async def _compared(self, kind: Kind, wanted: Wanted, live: Mapping[str, Any] | None) -> Step:
        for left in reversed(range(_TRIES)):
            if alone := skipped(wanted, live):
                return alone
            dry_run = await self._dry_run(kind, wanted, live)
            if isinstance(dry_run, Step):
                return dry_run
            # Somebody who wrote between the two answers would look like a difference of ours.
            if not left or live is None or _version(live) == _version(dry_run):
                return decide(wanted, live, dry_run, self.options)
            live = await self._live(wanted)
        raise AssertionError  # the last try returns

    async def _placed(self, wanted: Wanted) -> tuple[Kind, Wanted]:
        """The kind at the API server, and the object in a place that fits its scope."""
        reference = wanted.reference
        try:
            kind = await self.client.discovery.kind(reference.api_version, reference.kind)
        except KubeError as error:
            raise problem_of(wanted, "dry-run failed", error) from error
        if kind.namespaced and not reference.namespace:
            raise ProblemError(told(wanted, "namespace not specified", f"{reference.kind} is namespaced"))
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
            answer = await apply_object(
                self.client, kind, wanted.reference, wanted.body, manager=self.options.manager, dry_run=True
            )
        except ApiError as error:
            if is_immutable(error.status, error.message):
                live = live if live is not None else await self._live(wanted)
                step = recreated(wanted, live, self.options) if live is not None else None
                if step:
                    return step
            raise self._refused(wanted, error) from error
        except KubeError as error:
            raise problem_of(wanted, "dry-run failed", error) from error
        return answer

    def _refused(self, wanted: Wanted, error: ApiError) -> ProblemError:
        later = isinstance(error, Forbidden | NotFound) and self.outlook.may_help(wanted.reference, self.options.custom)
        if isinstance(error, NotFound):
            return ProblemError(told(wanted, "not found", error.message), later=later)
        return problem_of(wanted, "dry-run failed", error, later=later)


def _version(obj: Mapping[str, Any]) -> str:
    return str((obj.get("metadata") or {}).get("resourceVersion") or "")


async def _migrate(client: Client, kind: Kind, wanted: Wanted, live: Mapping[str, Any]) -> Mapping[str, Any]:
    patch = managers.migrated(live, wanted.reference.api_version)
    if not patch:
        return live
    try:
        return await patch_object(client, kind, wanted.reference, patch)
    except KubeError as error:
        raise problem_of(wanted, "moving managed fields to the API version failed", error) from error
