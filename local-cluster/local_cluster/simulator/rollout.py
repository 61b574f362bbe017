"""How many Pods the old and new ReplicaSets of a Deployment may have: the arithmetic of a rolling update. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .reading import Body, number, share


class Limits(NamedTuple):
    """Pods that a rolling update may add, and may miss."""

    surge: int
    unavailable: int


def limits(deployment: Body) -> Limits:
    """The limits of a Deployment's strategy in Pods; at least one of them moves."""
    replicas = number(deployment, "spec", "replicas", default=1)
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    surge = share(rolling.get("maxSurge", "25%"), replicas, up=True)
    unavailable = share(rolling.get("maxUnavailable", "25%"), replicas, up=False)
    return Limits(surge, unavailable if surge or unavailable else 1)


def desired(deployment: Body, new: Body, old: Sequence[Body]) -> Mapping[str, int]:
    """The replicas that each ReplicaSet should have now, by uid."""
    if (deployment["spec"].get("strategy") or {}).get("type") == "Recreate":
        return _recreate(deployment, new, old)
    if deployment["spec"].get("paused"):
        return {}
    return _scale_up(deployment, new, old) or _scale_down(deployment, new, old)


def _replicas(replica_set: Body) -> int:
    return number(replica_set, "spec", "replicas")


def _uid(replica_set: Body) -> str:
    return str(replica_set["metadata"]["uid"])


def _recreate(deployment: Body, new: Body, old: Sequence[Body]) -> Mapping[str, int]:
    alive = [each for each in old if _replicas(each) or number(each, "status", "replicas")]
    if alive:
        return {_uid(each): 0 for each in alive if _replicas(each)}
    wanted = number(deployment, "spec", "replicas", default=1)
    return {_uid(new): wanted} if _replicas(new) != wanted else {}


def _scale_up(deployment: Body, new: Body, old: Sequence[Body]) -> Mapping[str, int]:
    wanted = number(deployment, "spec", "replicas", default=1)
    if _replicas(new) > wanted:
        return {_uid(new): wanted}
    total = sum(map(_replicas, [new, *old]))
    room = wanted + limits(deployment).surge - total
    grown = min(wanted, _replicas(new) + max(0, room))
    return {_uid(new): grown} if grown > _replicas(new) else {}


def _scale_down(deployment: Body, new: Body, old: Sequence[Body]) -> Mapping[str, int]:
    """Old ReplicaSets give up Pods that are not available first, then as many as may be missed."""
    wanted = number(deployment, "spec", "replicas", default=1)
    least = wanted - limits(deployment).unavailable
    new_missing = _replicas(new) - number(new, "status", "availableReplicas")
    room = sum(map(_replicas, [new, *old])) - least - max(0, new_missing)
    changed: dict[str, int] = {}
    for each in old:
        sick = _replicas(each) - number(each, "status", "availableReplicas")
        drop = max(0, min(sick, room))
        if drop:
            changed[_uid(each)] = _replicas(each) - drop
            room -= drop
    available = sum(number(each, "status", "availableReplicas") for each in [new, *old])
    spare = available - least
    for each in old:
        left = changed.get(_uid(each), _replicas(each))
        drop = max(0, min(left, spare))
        if drop:
            changed[_uid(each)] = left - drop
            spare -= drop
    return changed
