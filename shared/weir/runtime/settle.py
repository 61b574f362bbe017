"""What the runtime settles itself, before and around a service's `reconcile`.

In this order, as in the sheets: gone, undecodable, marked for deletion, finalizer missing, suspended.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from weir.api.base import Resource
from weir.kube.errors import Conflict, NotFound
from weir.runtime.outcome import LostClaim, rest
from weir.runtime.run import REQUESTED_AT, Run

if TYPE_CHECKING:
    from weir.runtime.controller import Controller

R = TypeVar("R", bound=Resource)

FINALIZER = "finalizers.fluxcd.io"


async def finish_deletion(controller: "Controller[R]", run: Run[R], stored: Callable[[], Awaitable[None]]) -> None:
    """Let the service finalize, then let the object go, once what was told of it is stored.

    Nothing to do when our finalizer is not on it.
    """
    if controller.finalize is None or FINALIZER not in run.object.metadata.finalizers:
        return
    await controller.finalize(run)
    await stored()
    kept = [it for it in run.object.metadata.finalizers if it != FINALIZER]
    await _set_finalizers(run, kept)


async def add_finalizer(controller: "Controller[R]", run: Run[R]) -> None:
    """Put our finalizer on the object, if the kind has one. Raises `LostClaim` when the object changed meanwhile."""
    if controller.finalize is not None and FINALIZER not in run.object.metadata.finalizers:
        await _set_finalizers(run, [*run.object.metadata.finalizers, FINALIZER])


async def _set_finalizers(run: Run[R], finalizers: list[str]) -> None:
    body = {
        "metadata": {"finalizers": finalizers, "resourceVersion": run.writer.version, "uid": run.object.metadata.uid}
    }
    try:
        live = await run.client.patch(
            run.writer.kind, run.key.name, run.key.namespace, body, manager=run.writer.manager
        )
    except Conflict as error:
        raise LostClaim("the object was changed while its finalizer was set") from error
    except NotFound:
        return
    run.writer.version = live.metadata.resource_version


def suspended(object_: Resource) -> bool:
    """Whether `spec.suspend` is set."""
    return bool(getattr(getattr(object_, "spec", None), "suspend", False))


async def close_suspended(controller: "Controller[R]", run: Run[R]) -> None:
    """The closing step of a suspended object: the request is handled, conditions stay as far as they are true."""
    generation = run.object.metadata.generation
    conditions, observed = rest(run.status.conditions, generation, datetime.now(UTC), controller.policy)
    facts: dict[str, Any] = {"conditions": conditions, **handled(run.object)}
    if observed is not None:
        facts["observed_generation"] = observed
    await run.writer.finish(facts, controller.policy.owned)


def handled(object_: Resource) -> dict[str, Any]:
    """The reconcile request as dealt with; nothing when there was none."""
    asked = object_.metadata.annotations.get(REQUESTED_AT, "")
    return {"last_handled_reconcile_at": asked} if asked else {}
