"""Which controller looks after which kind, and whom a change wakes. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime

from weir.api.base import Kind
from weir.kube.kinds import (
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    NODE,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    REPLICA_SET,
    SERVICE,
    STATEFUL_SET,
)
from weir.kube.object import Key

from . import claims, cron_jobs, daemon_sets, deployments, jobs, pods, replica_sets, services, stateful_sets
from .claims import PERSISTENT_VOLUME
from .plan import Plan
from .reading import Body, deleting
from .services import ENDPOINT_SLICE, ENDPOINTS
from .settings import Settings
from .world import World, key_of

Planner = Callable[[Body, World, datetime, Settings], Plan]
Item = tuple[Kind, Key]


def _space(body: Body) -> str:
    return str(body["metadata"].get("namespace", ""))


def _nodes(world: World) -> list[Body]:
    return list(world.all(NODE))


def _pod(pod: Body, world: World, now: datetime, settings: Settings) -> Plan:
    return pods.plan(pod, _nodes(world), world.since(pod, pods.stage(pod), now), now, settings)


def _deployment(body: Body, world: World, now: datetime, _: Settings) -> Plan:
    return deployments.plan(body, world.owned(body, REPLICA_SET), now)


def _replica_set(body: Body, world: World, now: datetime, _: Settings) -> Plan:
    return replica_sets.plan(body, world.owned(body, POD), _nodes(world), now)


def _stateful_set(body: Body, world: World, now: datetime, _: Settings) -> Plan:
    present = {each["metadata"]["name"]: each for each in world.all(PERSISTENT_VOLUME_CLAIM, _space(body))}
    return stateful_sets.plan(body, world.owned(body, POD), present, _nodes(world), now)


def _daemon_set(body: Body, world: World, now: datetime, _: Settings) -> Plan:
    return daemon_sets.plan(body, world.owned(body, POD), _nodes(world), now)


def _job(body: Body, world: World, now: datetime, _: Settings) -> Plan:
    return jobs.plan(body, world.owned(body, POD), _nodes(world), now)


def _cron_job(body: Body, world: World, now: datetime, _: Settings) -> Plan:
    return cron_jobs.plan(body, world.owned(body, JOB), now)


def _service(body: Body, world: World, _now: datetime, _: Settings) -> Plan:
    slices = world.owned(body, ENDPOINT_SLICE)
    return services.plan(body, list(world.all(POD, _space(body))), slices, world.get(ENDPOINTS, key_of(body)))


def _claim(body: Body, world: World, _now: datetime, _: Settings) -> Plan:
    name = body["spec"].get("volumeName") or f"pvc-{body['metadata']['uid']}"
    return claims.plan(body, list(world.all(POD, _space(body))), world.get(PERSISTENT_VOLUME, Key("", name)))


def _volume(body: Body, world: World, _now: datetime, _: Settings) -> Plan:
    reference = body["spec"].get("claimRef") or {}
    claim = world.get(PERSISTENT_VOLUME_CLAIM, Key(reference.get("namespace", ""), reference.get("name", "")))
    return claims.volume_plan(body, claim)


PLANNERS: dict[str, Planner] = {
    "Pod": _pod,
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "CronJob": _cron_job,
    "Service": _service,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _volume,
}

WATCHED: tuple[Kind, ...] = (
    NODE,
    PERSISTENT_VOLUME,
    PERSISTENT_VOLUME_CLAIM,
    CRON_JOB,
    JOB,
    DEPLOYMENT,
    REPLICA_SET,
    STATEFUL_SET,
    DAEMON_SET,
    POD,
    SERVICE,
    ENDPOINT_SLICE,
    ENDPOINTS,
)
_OWNERS = {(kind.api_version, kind.kind): kind for kind in WATCHED}


def woken(kind: Kind, body: Body, world: World) -> Iterator[Item]:
    """The objects to look at after a change of this one."""
    key = key_of(body)
    yield kind, key
    for owner in body["metadata"].get("ownerReferences") or ():
        owning = _OWNERS.get((owner.get("apiVersion", ""), owner.get("kind", "")))
        if owning and owner.get("controller"):
            yield owning, Key(key.namespace, owner["name"])
    more = _WAKES.get(kind.kind)
    if more:
        yield from more(body, world)


def _by_pod(pod: Body, world: World) -> Iterator[Item]:
    labels = (pod["metadata"].get("labels") or {}).items()
    for service in world.all(SERVICE, _space(pod)):
        selector = service["spec"].get("selector")
        if selector and selector.items() <= labels:
            yield SERVICE, key_of(service)
    for volume in pod["spec"].get("volumes") or ():
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        claim = world.get(PERSISTENT_VOLUME_CLAIM, Key(_space(pod), name)) if name else None
        if claim and deleting(claim):
            yield PERSISTENT_VOLUME_CLAIM, key_of(claim)


def _by_node(_node: Body, world: World) -> Iterator[Item]:
    yield from ((DAEMON_SET, key_of(each)) for each in world.all(DAEMON_SET))
    yield from ((POD, key_of(pod)) for pod in world.all(POD) if not pod["spec"].get("nodeName"))


def _by_endpoints(endpoints: Body, _: World) -> Iterator[Item]:
    yield SERVICE, key_of(endpoints)


def _by_claim(claim: Body, _: World) -> Iterator[Item]:
    if claim["spec"].get("volumeName"):
        yield PERSISTENT_VOLUME, Key("", claim["spec"]["volumeName"])


def _by_volume(volume: Body, _: World) -> Iterator[Item]:
    reference = volume["spec"].get("claimRef")
    if reference:
        yield PERSISTENT_VOLUME_CLAIM, Key(reference.get("namespace", ""), reference.get("name", ""))


_WAKES: dict[str, Callable[[Body, World], Iterator[Item]]] = {
    "Pod": _by_pod,
    "Node": _by_node,
    "Endpoints": _by_endpoints,
    "PersistentVolumeClaim": _by_claim,
    "PersistentVolume": _by_volume,
}
