"""What watches what, and what a process consists of."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from kustomize_controller import depends, timing
from kustomize_controller.catalog import Catalog, SourceKey, source_of
from kustomize_controller.clusters import Clusters
from kustomize_controller.fetch import Archives
from kustomize_controller.finalize import finalize
from kustomize_controller.finish import WATCHED
from kustomize_controller.parts import Parts
from kustomize_controller.reconcile import reconcile
from kustomize_controller.settings import Settings
from kustomize_controller.source import KINDS, Sources
from kustomize_controller.state import Bodies, State
from kustomize_controller.variables import uses
from kustomize_controller.watch import Watcher
from kustomize_controller.workers import Workers
from weir.api.base import Kind
from weir.api.conditions import HEALTHY, READY, RECONCILING, STALLED
from weir.api.kustomization import Kustomization
from weir.http import Session
from weir.kube.client import Client
from weir.kube.kinds import CONFIG_MAP, SECRET
from weir.kube.object import Key
from weir.kube.watch import Change, Store
from weir.outbox import Outbox
from weir.runtime.controller import Controller, Watch
from weir.runtime.manager import Process
from weir.runtime.outcome import Policy
from weir.runtime.queue import Priority, Wake

NAME = "kustomize-controller"
SOURCES = ("GitRepository", "OCIRepository", "Bucket", "ExternalArtifact")


def start(settings: Settings, client: Client) -> Process:
    """The process for these settings."""
    del client

    def wake(wake: Wake) -> None:
        controller.wake(wake)

    catalog, states = Catalog(), dict[Key, State]()
    watcher = Watcher(states, wake)
    parts = Parts(
        settings=settings,
        catalog=catalog,
        sources=Sources(settings, catalog),
        archives=Archives(Session(), settings),
        workers=Workers(settings.build_workers, settings.limits),
        clusters=Clusters(settings, watcher.reconnect),
        watcher=watcher,
        states=states,
        bodies=Bodies(settings.drift_memory << 20),
        wake=wake,
    )
    controller = Controller(
        type=Kustomization,
        reconcile=partial(reconcile, parts),
        finalize=partial(finalize, parts),
        policy=Policy(owned=(READY, RECONCILING, STALLED, HEALTHY, WATCHED)),
        watches=tuple(watches(parts)),
        concurrent=settings.common.concurrent,
        labels=settings.common.watching.watch_label_selector,
        interval=timing.interval,
        retry=timing.retry,
        wakes=partial(own_wakes, parts),
        info=_info,
    )
    outbox = _outbox(settings)
    return Process(parts=(controller, partial(serve, parts)), outbox=outbox)


def watches(parts: Parts) -> Iterator[Watch]:
    """The kinds whose changes wake Kustomizations."""
    for name in SOURCES:
        if name != "ExternalArtifact" or parts.settings.features.external_artifact:
            yield Watch(KINDS[name], partial(source_wakes, parts, name), metadata_only=False)
    if not parts.settings.features.disable_config_watchers:
        for kind in (CONFIG_MAP, SECRET):
            labels = parts.settings.common.watching.watch_configs_label_selector
            yield Watch(kind, partial(config_wakes, parts, kind), labels=labels)


def source_wakes(parts: Parts, kind: str, change: Change, store: Store) -> Iterator[Wake]:
    """A source has a new revision: its users."""
    del store
    if change.new is None:
        parts.compared.pop(SourceKey(kind, *change.object.key), None)
    return parts.sources.wakes(kind, change)


def config_wakes(parts: Parts, kind: Kind, change: Change, store: Store) -> Iterator[Wake]:
    """A ConfigMap or Secret has changed: those whose passes read it, from the beginning.

    One that is seen for the first time is new, or was there when the controller started. It wakes those that may have
    been looked at without it: by no clock, since that of the API server may be another.
    """
    metadata = change.object.metadata
    for key in store:
        ks = parts.catalog.get(key)
        if ks is None or key.namespace != metadata.namespace or not uses(ks, kind.kind, metadata.name):
            continue
        if change.old is not None or key in parts.states or not depends.is_ready(ks):
            parts.states.setdefault(key, State()).forget()
            yield Wake(key, Priority.REVISION, f"{kind.kind}/{metadata.namespace}/{metadata.name} changed")


def own_wakes(parts: Parts, change: Change, store: Store) -> Iterator[Wake]:
    """A Kustomization has changed: its dependants when it became ready, and those whose prune waits for it."""
    del store
    before, after = parts.catalog.see(change)
    if change.new is None:
        parts.watcher.forget(change.object.key)
        parts.handing_over.discard(change.object.key)
    if after is None:
        return
    key = Key.of(after.metadata)
    if depends.woken(before, after):
        for dependant in parts.catalog.dependants(key):
            if not depends.is_ready(dependant) or _lags(dependant, after):
                yield Wake(Key.of(dependant.metadata), Priority.DEPENDENCY, f"Kustomization/{key} is ready")
    attempted = before is None or before.status.last_attempted_revision != after.status.last_attempted_revision
    if attempted:
        for waiting in sorted(parts.handing_over):
            if _all_have_seen(parts, waiting):
                yield Wake(waiting, Priority.DEPENDENCY, f"Kustomization/{key} has seen its revision")


def _all_have_seen(parts: Parts, key: Key) -> bool:
    """Whether every other of its source has seen the revision of an object whose prune waits for that."""
    ks, state = parts.catalog.get(key), parts.states.get(key)
    if ks is None or state is None or state.found is None:
        return True
    return not parts.catalog.undecided(ks, state.found.artifact.revision)


def _lags(dependant: Kustomization, dependency: Kustomization) -> bool:
    same = source_of(dependant) == source_of(dependency)
    return same and dependant.status.last_applied_revision != dependency.status.last_applied_revision


async def serve(parts: Parts) -> None:
    """Keep worker processes and watches until the process ends."""
    try:
        await parts.workers.start()
        await parts.watcher.poll(parts.settings.drift_poll)
    finally:
        await asyncio.shield(_close(parts))


async def _close(parts: Parts) -> None:
    await parts.watcher.close()
    await parts.workers.close()
    await parts.clusters.close()
    await parts.archives.close()


def _outbox(settings: Settings) -> Outbox | None:
    events = settings.events
    if not events.events_addr:
        return None
    return Outbox(Path(events.outbox_path), events.events_addr, events.outbox_capacity)


def _info(ks: Kustomization) -> dict[str, str]:
    source = source_of(ks)
    return {"revision": ks.status.last_applied_revision, "source_name": source.name, "path": ks.spec.path}
