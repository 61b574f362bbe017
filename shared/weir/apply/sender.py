"""Doing what was planned for an object."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from weir.api.base import Kind
from weir.apply import managers
from weir.apply.changes import Action, Change, Reference
from weir.apply.problems import ProblemError, problem_of, told
from weir.apply.requests import apply_object, live_object, patch_object
from weir.apply.steps import Options, Step
from weir.kube.client import Client
from weir.kube.errors import Conflict, KubeError, NoSuchKind, NotFound

_TRIES = 3
_POLL_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0)


class Sender(NamedTuple):
    """Does the steps that change something."""

    client: Client
    options: Options

    async def attempt(self, step: Step) -> Change | ProblemError:
        """The change that a step makes, or its problem."""
        if not step.changes:
            return _change(step.reference, step.action, step.live)
        try:
            return await self._send(step)
        except ProblemError as problem:
            return problem
        except NoSuchKind as error:
            return problem_of(step.wanted, "apply failed", error)
        except KubeError as error:
            deleted = " (the object was deleted before, to be created anew)" if step.recreate else ""
            return problem_of(step.wanted, f"apply failed{deleted}", error)

    async def _send(self, step: Step) -> Change:
        kind = await self.client.discovery.kind(step.wanted.reference.api_version, step.wanted.reference.kind)
        if step.recreate:
            await self._delete(kind, step)
        if step.cleanup:
            await self._clean(kind, step)
        assert step.payload is not None, "a step that changes something has a payload"
        answer = await apply_object(self.client, kind, step.reference, step.payload, manager=self.options.manager)
        return _change(step.reference, step.action, answer)

    async def _clean(self, kind: Kind, step: Step) -> None:
        live = step.live
        for left in reversed(range(_TRIES)):
            patch = managers.cleanup(live, self.options.takeovers) if live is not None else []
            if not patch:
                return
            try:
                await patch_object(self.client, kind, step.reference, patch, manager=self.options.manager)
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
            raise problem_of(step.wanted, "immutable field detected, failed to delete object", error) from error
        try:
            async with asyncio.timeout(self.options.timeout):
                for pause in pauses():
                    live = await live_object(self.client, reference)
                    if live is None or (live.get("metadata") or {}).get("uid") != uid:
                        return
                    await asyncio.sleep(pause)
        except TimeoutError:
            text = f"it is still there after {self.options.timeout:.0f}s, marked for deletion; finalizers hold it"
            raise ProblemError(
                told(step.wanted, "immutable field detected, failed to wait for deletion", text)
            ) from None


def _change(reference: Reference, action: Action, live: Mapping[str, Any] | None) -> Change:
    metadata = (live or {}).get("metadata") or {}
    return Change(reference, action, metadata.get("uid", ""), metadata.get("resourceVersion", ""), live)


def pauses() -> Iterable[float]:
    """Seconds between polls: short at first, then two."""
    yield from _POLL_SECONDS
    while True:
        yield _POLL_SECONDS[-1]
