"""ReplicaSets keep their number of Pods. Pure."""

from collections.abc import Sequence
from datetime import datetime

from weir.kube.kinds import POD, REPLICA_SET

from .plan import Action, Create, Plan, Remove, status
from .pods import place
from .reading import Body, active, deleting, is_true, number, pod_from, read_time, ready, without_zeroes

_BURST = 500


def plan(replica_set: Body, pods: Sequence[Body], nodes: Sequence[Body], now: datetime) -> Plan:
    """Create what is missing, delete what is too many (the least useful first), say how it stands."""
    del now
    if deleting(replica_set):
        return Plan()
    spec, living = replica_set["spec"], active(pods)
    wanted = number(spec, "replicas", default=1)
    missing = min(wanted - len(living), _BURST)
    actions: list[Action] = [Create(POD, place(pod_from(spec["template"], replica_set), nodes)) for _ in range(missing)]
    actions += [Remove(POD, pod) for pod in sorted(living, key=usefulness)[: max(0, len(living) - wanted)]]
    up = len(ready(living))
    counted = {
        "replicas": len(living),
        "fullyLabeledReplicas": len(living),
        "readyReplicas": up,
        "availableReplicas": up,
        "observedGeneration": replica_set["metadata"].get("generation"),
    }
    return Plan((*actions, *status(REPLICA_SET, replica_set, without_zeroes(counted, "replicas"))))


def usefulness(pod: Body) -> tuple[bool, bool, float]:
    """Sorts Pods so that the first is the first to go: unscheduled, then not ready, then the youngest."""
    born = read_time(pod["metadata"].get("creationTimestamp"))
    return bool(pod["spec"].get("nodeName")), is_true(pod, "Ready"), -born.timestamp() if born else 0.0
