"""StatefulSets: Pods with a number, in order, each with its claims. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from weir.kube.kinds import PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET

from .plan import Action, Create, Plan, Remove, status
from .pods import place
from .reading import Body, active, deleting, is_true, number, pod_from, template_hash, without_zeroes

_MOST = 10_000
"""Pods that one StatefulSet can have here."""
_REVISION = "controller-revision-hash"


def plan(
    stateful_set: Body, pods: Sequence[Body], claims: Mapping[str, Body], nodes: Sequence[Body], now: datetime
) -> Plan:
    """Create, replace or remove the next Pod; `claims`: the namespace's, by name."""
    del now
    if deleting(stateful_set):
        return Plan()
    name, spec = stateful_set["metadata"]["name"], stateful_set["spec"]
    revision = f"{name}-{template_hash(spec['template'])}"
    by_name = {pod["metadata"]["name"]: pod for pod in pods}
    first = number(spec, "ordinals", "start")
    wanted = [f"{name}-{first + i}" for i in range(min(number(spec, "replicas", default=1), _MOST))]
    ordered = spec.get("podManagementPolicy", "OrderedReady") == "OrderedReady"
    actions = [
        *_ended(by_name, wanted),
        *(
            _missing(stateful_set, by_name, wanted, claims, nodes, revision, ordered=ordered)
            or _surplus(by_name, wanted, ordered=ordered)
            or _outdated(spec, by_name, wanted, revision)
        ),
    ]
    return Plan((*actions, *status(STATEFUL_SET, stateful_set, _status(stateful_set, by_name, wanted, revision))))


def _ended(pods: Mapping[str, Body], wanted: Sequence[str]) -> list[Action]:
    """A Pod that ended makes room for its successor."""
    ended = [pods[name] for name in wanted if name in pods and not active([pods[name]]) and not deleting(pods[name])]
    return [Remove(POD, pod) for pod in ended]


def _missing(
    stateful_set: Body,
    pods: Mapping[str, Body],
    wanted: Sequence[str],
    claims: Mapping[str, Body],
    nodes: Sequence[Body],
    revision: str,
    *,
    ordered: bool,
) -> list[Action]:
    actions: list[Action] = []
    for name in wanted:
        if name not in pods:
            actions += [*_claims(stateful_set, name, claims), Create(POD, _pod(stateful_set, name, revision, nodes))]
        if ordered and (name not in pods or not is_true(pods[name], "Ready")):
            break
    return actions


def _pod(stateful_set: Body, name: str, revision: str, nodes: Sequence[Body]) -> Body:
    index = name.rpartition("-")[2]
    labels = {
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": index,
        _REVISION: revision,
    }
    spec = stateful_set["spec"]
    pod = pod_from(spec["template"], stateful_set, name=name, labels=labels)
    pod["spec"] |= {"hostname": name, "subdomain": spec.get("serviceName", "")}
    templates = [each["metadata"]["name"] for each in spec.get("volumeClaimTemplates") or ()]
    volumes = [each for each in pod["spec"].get("volumes") or () if each["name"] not in templates]
    claims = [{"name": each, "persistentVolumeClaim": {"claimName": f"{each}-{name}"}} for each in templates]
    if claims:
        pod["spec"]["volumes"] = [*volumes, *claims]
    return place(pod, nodes)


def _claims(stateful_set: Body, pod: str, claims: Mapping[str, Body]) -> list[Action]:
    actions: list[Action] = []
    for template in stateful_set["spec"].get("volumeClaimTemplates") or ():
        name = f"{template['metadata']['name']}-{pod}"
        if name not in claims:
            labels = (stateful_set["spec"]["selector"] or {}).get("matchLabels") or {}
            own = template["metadata"].get("labels") or {}
            metadata = {"name": name, "namespace": stateful_set["metadata"]["namespace"], "labels": {**own, **labels}}
            body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": template["spec"]}
            actions.append(Create(PERSISTENT_VOLUME_CLAIM, body))
    return actions


def _surplus(pods: Mapping[str, Body], wanted: Sequence[str], *, ordered: bool) -> list[Action]:
    """Pods above the number go, the highest first, one at a time when ordered."""
    extra = sorted((name for name in pods if name not in wanted), key=lambda name: -int(name.rpartition("-")[2]))
    if ordered and any(deleting(pods[name]) for name in extra):
        return []
    going = [pods[name] for name in extra if not deleting(pods[name])]
    return [Remove(POD, pod) for pod in (going[:1] if ordered else going)]


def _outdated(spec: Body, pods: Mapping[str, Body], wanted: Sequence[str], revision: str) -> list[Action]:
    """The highest Pod of an old revision goes, when all above it are ready."""
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return []
    partition = number(strategy, "rollingUpdate", "partition")
    for name in reversed(wanted[partition:]):
        pod = pods.get(name)
        if pod is None or deleting(pod):
            return []
        if _revision_of(pod) != revision:
            return [Remove(POD, pod)]
        if not is_true(pod, "Ready"):
            return []
    return []


def _revision_of(pod: Body) -> str:
    return str((pod["metadata"].get("labels") or {}).get(_REVISION, ""))


def _status(stateful_set: Body, pods: Mapping[str, Body], wanted: Sequence[str], revision: str) -> Body:
    living = [pods[name] for name in wanted if name in pods and active([pods[name]])]
    ready = [pod for pod in living if is_true(pod, "Ready")]
    updated = [pod for pod in living if _revision_of(pod) == revision]
    finished = len(updated) == len(wanted) and all(is_true(pod, "Ready") for pod in updated)
    before = (stateful_set.get("status") or {}).get("currentRevision") or revision
    current = revision if finished else before
    counted = {
        "observedGeneration": stateful_set["metadata"].get("generation"),
        "replicas": len(living),
        "readyReplicas": len(ready),
        "availableReplicas": len(ready),
        "currentReplicas": sum(_revision_of(pod) == current for pod in living),
        "updatedReplicas": len(updated),
        "currentRevision": current,
        "updateRevision": revision,
        "collisionCount": 0,
    }
    return without_zeroes(counted, "replicas", "availableReplicas", "collisionCount")
