"""Deleting what is no longer wanted, and only that: labels, switches and every other inventory are asked first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from weir.api.base import Kind
from weir.api.kustomization import OWNER_NAME, OWNER_NAMESPACE, InventoryEntry
from weir.apply.changes import Action, Change, Reference
from weir.apply.manifest import disabled
from weir.apply.requests import get_object
from weir.apply.stages import order
from weir.kube.abreast import abreast
from weir.kube.client import Client
from weir.kube.errors import ApiError, Conflict, KubeError, NotFound
from weir.kube.object import Key

_TRIES = 4
_SWITCHES = (("prune", "disabled"), ("reconcile", "disabled"), ("ssa", "Ignore"))
_CONCURRENT = 8

Claimed = Callable[[str], object]
"""Who else claims an object, by inventory id; None: nobody."""


class PruneError(Exception):
    """Objects that could not be deleted. `left` are their entries, `done` is what became of all."""

    def __init__(self, problems: Sequence[str], done: Sequence[Change], left: tuple[InventoryEntry, ...]) -> None:
        super().__init__("delete failed, errors: " + " ".join(f"{problem};" for problem in problems))
        self.done = tuple(done)
        self.left = left


async def prune(client: Client, stale: Iterable[InventoryEntry], owner: Key, claimed: Claimed) -> tuple[Change, ...]:
    """Delete stale objects, in the reverse of the order of applying; deletion is not awaited.

    Left alone (`skipped`) are objects that another object claims, that do not carry the labels of `owner`, and that a
    switch protects. Raises `PruneError`.
    """
    references = sorted((Reference.of_entry(entry) for entry in stale), key=order, reverse=True)
    done: list[Change] = []
    problems: list[str] = []
    for _, batch in groupby(references, key=lambda it: order(it)[:3]):
        found = await abreast(batch, lambda it: _delete(client, it, owner, claimed), _CONCURRENT)
        done += [change for change, _ in found]
        problems += [problem for _, problem in found if problem]
    if problems:
        left = tuple(change.reference.entry for change in done if change.action is Action.UNKNOWN)
        raise PruneError(problems, done, left)
    return tuple(done)


async def remaining(client: Client, done: Iterable[Change]) -> list[Reference]:
    """The deleted objects that are still there: finalizers hold them."""
    deleted = [change.reference for change in done if change.action is Action.DELETED]
    return [it for it in deleted if await _is_there(client, it)]


async def _delete(client: Client, reference: Reference, owner: Key, claimed: Claimed) -> tuple[Change, str]:
    """What became of one object, and what went wrong."""
    what = "query"
    try:
        kind = await client.discovery.kind(reference.api_version, reference.kind)
        for left in reversed(range(_TRIES)):
            what = "query"
            live = (await client.get(kind, reference.name, reference.namespace)).body()
            if _is_claimed(reference, kind, claimed) or not _may_go(live, owner):
                return Change(reference, Action.SKIPPED), ""
            what = "delete"
            if await _deleted(client, kind, live, last=not left):
                break
    except NotFound:
        return Change(reference, Action.DELETED), ""
    except KubeError as error:
        message = error.message if isinstance(error, ApiError) else str(error)
        return Change(reference, Action.UNKNOWN), f"{reference.subject} {what} failed: {message}"
    return Change(reference, Action.DELETED), ""


async def _deleted(client: Client, kind: Kind, live: Mapping[str, Any], *, last: bool) -> bool:
    """Delete just this version of the object; False when it changed meanwhile and has to be looked at again."""
    metadata = live["metadata"]
    if metadata.get("deletionTimestamp"):
        return True
    try:
        await client.delete(
            kind,
            metadata["name"],
            metadata.get("namespace") or "",
            uid=metadata["uid"],
            resource_version=metadata["resourceVersion"],
        )
    except Conflict:
        if last:
            raise
        return False
    return True


def _is_claimed(reference: Reference, kind: Kind, claimed: Claimed) -> bool:
    """Whether somebody wants the object; an id with a namespace may mean an object that has none."""
    placed = reference if kind.namespaced else reference._replace(namespace="")
    return claimed(reference.entry.id) is not None or claimed(placed.entry.id) is not None


def _may_go(live: Mapping[str, Any], owner: Key) -> bool:
    labels = (live.get("metadata") or {}).get("labels") or {}
    ours = (labels.get(OWNER_NAMESPACE), labels.get(OWNER_NAME)) == (owner.namespace, owner.name)
    return ours and not any(disabled(live, key=key, value=value) for key, value in _SWITCHES)


async def _is_there(client: Client, reference: Reference) -> bool:
    try:
        await get_object(client, reference)
    except NotFound:
        return False
    except KubeError:
        return True
    return True
