"""After NATS lost its memory: what fails now is announced again, as its controller would have said it.

The truth is in the Kubernetes API. The de-duplication key is that of the original, so it makes no difference how many
replicas announce, or whether the controller's own event came through as well. Nobody is told that all is well.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from notification_controller.bus import Bus
from notification_controller.errors import TooLarge
from notification_controller.metadata import clean
from notification_controller.mirror import Mirror
from weir.api.base import Kind, Struct
from weir.api.conditions import READY, Condition, find
from weir.api.event import Event
from weir.api.notification import Alert
from weir.kube.client import Client
from weir.kube.errors import ApiError, NoSuchKind
from weir.kube.object import Object
from weir.runtime.events import make
from weir.runtime.outcome import Notice, Severity

SPEAKERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "source-controller": (
        "source.toolkit.fluxcd.io",
        ("Bucket", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository"),
    ),
    "source-watcher": ("source.extensions.fluxcd.io", ("ArtifactGenerator",)),
    "kustomize-controller": ("kustomize.toolkit.fluxcd.io", ("Kustomization",)),
    "helm-controller": ("helm.toolkit.fluxcd.io", ("HelmRelease",)),
    "image-reflector-controller": ("image.toolkit.fluxcd.io", ("ImageRepository", "ImagePolicy")),
    "image-automation-controller": ("image.toolkit.fluxcd.io", ("ImageUpdateAutomation",)),
}
"""Controllers, with the group and the kinds that they send events about."""
KINDS = {kind: (group, speaker) for speaker, (group, kinds) in SPEAKERS.items() for kind in kinds}

QUIET = frozenset({"Progressing", "DependencyNotReady", "NotFound", "NoArtifact"})
"""Reasons of objects that only wait for others: their controllers make no error event."""

_LOG = logging.getLogger(__name__)


class _Spec(Struct):
    suspend: bool = False


class _Snapshot(Struct):
    metadata: dict[str, str] = {}


class _Status(Struct):
    conditions: tuple[Condition, ...] = ()
    last_attempted_revision: str = ""
    history: tuple[_Snapshot, ...] = ()


class _Judged(Struct):
    """What we read of an object, of whatever kind."""

    spec: _Spec = _Spec()
    status: _Status = _Status()


async def announce(bus: Bus, client: Client, alerts: Mirror[Alert], namespace: str) -> None:
    """Publish an event for every failing object of the kinds that Alerts ask for, in one namespace or in all.

    Raises `BusDown`, and `Unreachable` when the API server does not answer.
    """
    sent = 0
    for name in sorted(wanted(alerts.objects.values())):
        for found in await _objects(client, name, namespace):
            if event := failure(found, datetime.now(UTC)):
                sent += await _publish(bus, event)
    if sent:
        _LOG.info("NATS lost its memory: %d failing objects are announced again", sent)


def wanted(alerts: Iterable[Alert]) -> set[str]:
    """The kinds that Alerts listen to."""
    return {str(source.kind) for alert in alerts if alert.spec for source in alert.spec.event_sources} & KINDS.keys()


def failure(found: Object, now: datetime) -> Event | None:
    """The event about a failing object of `KINDS`; `None` when it is well, suspended, waits, or cannot be read."""
    try:
        judged = msgspec.json.decode(found.raw, type=_Judged)
    except (msgspec.DecodeError, RecursionError):
        return None
    ready = find(judged.status.conditions, READY)
    if judged.spec.suspend or ready is None or ready.status != "False" or ready.reason in QUIET:
        return None
    group, speaker = KINDS[found.kind]
    kind = Kind(group, found.api_version.rpartition("/")[2], found.kind, "")
    metadata = {f"{group}/{name}": value for name, value in _revisions(judged.status)}
    notice = Notice(Severity.ERROR, ready.reason, ready.message, metadata)
    return clean(make(kind, found.metadata, notice, speaker, "", now))


def _revisions(status: _Status) -> Iterator[tuple[str, str]]:
    if not status.last_attempted_revision:
        return
    yield "revision", status.last_attempted_revision
    latest: Mapping[str, str] = status.history[0].metadata if status.history else {}
    if latest.get("revision") == status.last_attempted_revision and (origin := latest.get("originRevision")):
        yield "originRevision", origin


async def _objects(client: Client, name: str, namespace: str) -> list[Object]:
    try:
        kind = await client.discovery.preferred(KINDS[name][0], name)
        return (await client.list(kind, namespace)).objects
    except NoSuchKind:
        return []
    except ApiError as error:  # it answers: asking again is of no use, and the other kinds go on
        _LOG.warning("failing objects of kind %s cannot be announced again: %s", name, error)
        return []


async def _publish(bus: Bus, event: Event) -> bool:
    try:
        return not (await bus.publish_event(event)).duplicate
    except TooLarge as error:
        _LOG.error("an event was refused: %s", error)
        return False
