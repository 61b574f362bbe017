"""What the containers of a Pod would have logged: a few plausible lines, the same each time they are read."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from .failures import CRASH_LOOP, NEVER_READY, failure
from .reading import Body, read_time, stable_number, uid

LOG_FILE = "local.weir.dev/log-file"
"""Annotation of a Pod whose log is a file of this machine; only believed in `SYSTEM_NAMESPACE`."""

SYSTEM_NAMESPACE = "flux-system"
_HEARTBEAT = 10.0
_POLL = 0.2


class NotStarted(Exception):
    """The container has no log yet; the text is the API server's."""


class Entry(NamedTuple):
    """One line, and when it was written."""

    time: datetime
    text: str


async def entries(
    pod: Body, container: str, now: datetime, *, follow: bool = False, previous: bool = False
) -> AsyncIterator[Entry]:
    """The lines of a container (the first without a name) up to now; `follow` goes on while the container runs.

    `previous`: before the last restart. Raises `NotStarted` while the container waits, and `KeyError` when
    the Pod has no container of that name.
    """
    metadata = pod["metadata"]
    path = (metadata.get("annotations") or {}).get(LOG_FILE)
    if path and metadata.get("namespace") == SYSTEM_NAMESPACE:
        async for entry in _file(Path(path), follow=follow):
            yield entry
        return
    chosen, status = _container(pod, container)
    started, ended = _times(pod, chosen, status, previous=previous)
    last = started
    for entry in _lines(pod, chosen, started, ended, ended or now):
        last = entry.time
        yield entry
    while follow and ended is None:
        last += timedelta(seconds=_HEARTBEAT)
        await asyncio.sleep(max(0.0, (last - datetime.now(UTC)).total_seconds()))
        yield _heartbeat(started, last)


def _container(pod: Body, name: str) -> tuple[Body, Body]:
    spec, status = pod["spec"], pod.get("status") or {}
    found = [each for each in [*spec["containers"], *(spec.get("initContainers") or ())] if name in ("", each["name"])]
    if not found:
        raise KeyError(name)
    statuses = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    return found[0], next((each for each in statuses if each["name"] == found[0]["name"]), {})


def _times(pod: Body, container: Body, status: Body, *, previous: bool) -> tuple[datetime, datetime | None]:
    name, pod_name = container["name"], pod["metadata"]["name"]
    state, last = status.get("state") or {}, (status.get("lastState") or {}).get("terminated")
    if previous or (last and "waiting" in state):
        if not last:
            raise NotStarted(f'previous terminated container "{name}" in pod "{pod_name}" not found')
        return _read(last["startedAt"]), _read(last["finishedAt"])
    if "running" in state:
        return _read(state["running"]["startedAt"]), None
    if "terminated" in state:
        return _read(state["terminated"]["startedAt"]), _read(state["terminated"]["finishedAt"])
    waiting = (state.get("waiting") or {}).get("reason", "ContainerCreating")
    why = "trying and failing to pull image" if "Pull" in waiting else waiting
    raise NotStarted(f'container "{name}" in pod "{pod_name}" is waiting to start: {why}')


def _read(text: str) -> datetime:
    return read_time(text) or datetime.now(UTC)


def _lines(pod: Body, container: Body, started: datetime, ended: datetime | None, until: datetime) -> Iterator[Entry]:
    image, environment = container.get("image", ""), container.get("env") or ()
    ports = ", ".join(f":{each['containerPort']}" for each in container.get("ports") or ())
    texts = [f"starting {image} in pod {pod['metadata']['name']}", f"configuration read: {len(environment)} variables"]
    once = pod["spec"].get("restartPolicy", "Always") != "Always"
    if failure(pod) == CRASH_LOOP:
        texts.append("fatal: cannot go on: told to fail; exit code 1")
    elif failure(pod) == NEVER_READY:
        texts.append("warning: a dependency does not answer; not ready yet")
    elif once:
        texts += ["working"] + (["done; exit code 0"] if ended else [])
    else:
        texts.append(f"listening on {ports}" if ports else "ready")
    jitter = 1 + stable_number(uid(pod)) % 9
    for i, text in enumerate(texts):
        yield Entry(started + timedelta(milliseconds=jitter * (i + 1)), text)
    beat = started + timedelta(seconds=_HEARTBEAT)
    while not once and beat <= until:
        yield _heartbeat(started, beat)
        beat += timedelta(seconds=_HEARTBEAT)


def _heartbeat(started: datetime, beat: datetime) -> Entry:
    return Entry(beat, f"alive for {int((beat - started).total_seconds())}s")


async def _file(path: Path, *, follow: bool) -> AsyncIterator[Entry]:
    position, rest = 0, b""
    while True:
        chunk = await asyncio.to_thread(_from, path, position)
        position += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield Entry(datetime.now(UTC), line.decode(errors="replace"))
        if not chunk and not follow:
            if rest:
                yield Entry(datetime.now(UTC), rest.decode(errors="replace"))
            return
        if not chunk:
            await asyncio.sleep(_POLL)


def _from(path: Path, position: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(position)
            return file.read(1 << 20)
    except OSError:
        return b""
