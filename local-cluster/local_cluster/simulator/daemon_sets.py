"""DaemonSets: one Pod on each node that fits. Pure."""

from collections.abc import Sequence
from datetime import datetime

from weir.kube.kinds import DAEMON_SET, POD

from .plan import Action, Create, Plan, Remove, status
from .pods import fitting
from .reading import Body, active, deleting, is_true, number, pod_from, share, template_hash

_REVISION = "controller-revision-hash"
_GENERATION = "pod-template-generation"
_COUNTED = "deprecated.daemonset.template.generation"


def plan(daemon_set: Body, pods: Sequence[Body], nodes: Sequence[Body], now: datetime) -> Plan:
    """Create what nodes lack, remove what they have twice, replace what is old."""
    del now
    if deleting(daemon_set):
        return Plan()
    template = daemon_set["spec"]["template"]
    revision = template_hash(template)
    wanted = {node["metadata"]["name"] for node in fitting(template["spec"], nodes)}
    by_node: dict[str, list[Body]] = {}
    for pod in active(pods):
        by_node.setdefault(pod["spec"].get("nodeName", ""), []).append(pod)
    actions: list[Action] = [Remove(POD, pod) for pod in pods if not active([pod]) and not deleting(pod)]
    actions += [Create(POD, _pod(daemon_set, node, revision)) for node in sorted(wanted - by_node.keys())]
    for node, there in by_node.items():
        actions += [Remove(POD, pod) for pod in (there[1:] if node in wanted else there)]
    current = {node: there[0] for node, there in by_node.items() if node in wanted}
    actions += _outdated(daemon_set, current, revision, len(wanted))
    return Plan((*actions, *status(DAEMON_SET, daemon_set, _status(daemon_set, current, len(wanted), revision))))


def _pod(daemon_set: Body, node: str, revision: str) -> Body:
    counted = (daemon_set["metadata"].get("annotations") or {}).get(_COUNTED, "1")
    labels = {_REVISION: revision, _GENERATION: counted}
    pod = pod_from(daemon_set["spec"]["template"], daemon_set, labels=labels)
    pod["spec"]["nodeName"] = node
    return pod


def _old(pod: Body, revision: str) -> bool:
    return bool((pod["metadata"].get("labels") or {}).get(_REVISION) != revision)


def _outdated(daemon_set: Body, current: dict[str, Body], revision: str, wanted: int) -> list[Action]:
    strategy = daemon_set["spec"].get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return []
    may_miss = share((strategy.get("rollingUpdate") or {}).get("maxUnavailable", 1), wanted, up=True)
    missing = wanted - sum(is_true(pod, "Ready") for pod in current.values())
    old = [pod for pod in current.values() if _old(pod, revision)]
    sick = [pod for pod in old if not is_true(pod, "Ready")]
    well = [pod for pod in old if is_true(pod, "Ready")]
    return [Remove(POD, pod) for pod in [*sick, *well[: max(0, may_miss - missing)]]]


def _status(daemon_set: Body, current: dict[str, Body], wanted: int, revision: str) -> Body:
    ready = sum(is_true(pod, "Ready") for pod in current.values())
    updated = sum(not _old(pod, revision) for pod in current.values())
    return {
        "observedGeneration": number(daemon_set, "metadata", "generation"),
        "currentNumberScheduled": len(current),
        "desiredNumberScheduled": wanted,
        "numberMisscheduled": 0,
        "numberReady": ready,
        "numberAvailable": ready or None,
        "numberUnavailable": wanted - ready or None,
        "updatedNumberScheduled": updated or None,
    }
