"""What the process consists of: who watches, who serves, who fetches."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from os import environ
from pathlib import Path
from typing import Never

from source_controller.git.children import Children
from source_controller.git.include import wakes
from source_controller.git.mirror import forget_unused
from source_controller.git.parts import Parts
from source_controller.git.reconcile import finalize, reconcile
from source_controller.git.remotes import Remotes
from source_controller.publish import Publisher
from source_controller.server import application
from source_controller.settings import Settings, Storage
from source_controller.store.disk import DiskStore
from weir.api.conditions import READY, RECONCILING, STALLED
from weir.api.source import (
    ARTIFACT_IN_STORAGE,
    ARTIFACT_OUTDATED,
    FETCH_FAILED,
    INCLUDE_UNAVAILABLE,
    SOURCE_VERIFIED,
    STORAGE_OPERATION_FAILED,
    GitRepository,
)
from weir.kube.client import Client
from weir.outbox import Outbox
from weir.runtime.controller import Controller
from weir.runtime.health import serve
from weir.runtime.manager import Process
from weir.runtime.policy import Policy, Summary

NAME = "source-controller"

SUMMARY = Summary(
    priority=(
        STORAGE_OPERATION_FAILED,
        FETCH_FAILED,
        INCLUDE_UNAVAILABLE,
        ARTIFACT_OUTDATED,
        ARTIFACT_IN_STORAGE,
        SOURCE_VERIFIED,
        STALLED,
        RECONCILING,
    ),
    abnormal=frozenset(
        {STORAGE_OPERATION_FAILED, FETCH_FAILED, INCLUDE_UNAVAILABLE, ARTIFACT_OUTDATED, STALLED, RECONCILING}
    ),
    overrides=(SOURCE_VERIFIED,),
)
"""How Ready of a GitRepository follows from its other conditions."""

_HOUR = 3600.0


def start(settings: Settings, client: Client) -> Process:
    """Everything wired up, nothing running yet."""
    root = settings.storage.root
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    children = Children(environ)
    store, upkeep = _store(settings.storage, client)
    serving = partial(serve, application(store), settings.storage.storage_addr)
    shared = bool(settings.storage.storage_url)
    publisher = Publisher(store, settings.storage.advertised)
    parts = Parts(settings, Remotes(children, settings.mirrors), publisher)
    events = settings.events
    outbox = (
        Outbox(Path(events.outbox_path), events.events_addr, events.outbox_capacity) if events.events_addr else None
    )
    return Process(
        parts=(
            *((serving,) if shared else ()),
            partial(_fork, children),
            partial(_forget_mirrors, settings.mirrors),
            git_repositories(parts, settings),
            *upkeep,
        ),
        leading=() if shared else (serving,),  # a replica that has not the artifacts must not be asked for them
        outbox=outbox,
    )


def git_repositories(parts: Parts, settings: Settings) -> Controller[GitRepository]:
    """The controller of GitRepositories."""
    return Controller(
        GitRepository,
        partial(reconcile, parts),
        partial(finalize, parts),
        policy=Policy((READY, *SUMMARY.priority), SUMMARY),
        concurrent=settings.common.concurrent,
        wakes=wakes,
        labels=settings.common.watching.watch_label_selector,
        info=lambda repository: {"revision": repository.status.artifact.revision if repository.status.artifact else ""},
    )


def _store(storage: Storage, client: Client) -> tuple[DiskStore, tuple[Callable[[], Awaitable[None]], ...]]:
    """Where artifacts are, and what goes on beside."""
    if not storage.storage_url:
        return DiskStore(storage.root, storage.keep), ()
    from source_controller.store.shared import SharedStore  # noqa: PLC0415  costly; paid by those who share

    store = SharedStore(storage.root, storage.keep, storage.storage_url, client.fence)
    return store, (store.sweep,)


async def _fork(children: Children) -> Never:
    """Keep the server that git processes are forked from warm, and end it with us."""
    async with children:
        await asyncio.Event().wait()
    raise AssertionError("never")


async def _forget_mirrors(directory: Path) -> Never:
    while True:
        await asyncio.to_thread(forget_unused, directory)
        await asyncio.sleep(_HOUR)
