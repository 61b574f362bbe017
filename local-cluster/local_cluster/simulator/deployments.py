"""Deployments roll out through ReplicaSets. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from weir.kube.kinds import DEPLOYMENT, REPLICA_SET

from . import rollout
from .conditions import conditions
from .failures import DEADLINE, failure
from .plan import CONTROLLER, Action, Create, Note, Patch, Plan, Remove, status
from .reading import Body, deleting, number, owner_reference, template_hash, uid, without_zeroes

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
_DESIRED, _MOST = "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas"
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def plan(deployment: Body, replica_sets: Sequence[Body], now: datetime) -> Plan:
    """The next step of the rollout, and the status."""
    if deleting(deployment):
        return Plan()
    new = current(deployment, replica_sets)
    old = [each for each in replica_sets if new is None or uid(each) != uid(new)]
    if new is None:
        actions = () if deployment["spec"].get("paused") else _begin(deployment, old)
    else:
        actions = (*_revision(deployment, new, old), *_scale(deployment, new, old), *_cleanup(deployment, new, old))
    wanted, again = conditions(deployment, new, replica_sets, now, told=failure(_template(deployment)) == DEADLINE)
    counted = _counted(deployment, new, replica_sets) | {"conditions": wanted}
    return Plan((*actions, *status(DEPLOYMENT, deployment, counted)), again)


def _template(deployment: Body) -> Body:
    template: Body = deployment["spec"]["template"]
    return template


def current(deployment: Body, replica_sets: Sequence[Body]) -> Body | None:
    """The ReplicaSet of the Deployment's template, or None."""
    wanted = _bare(_template(deployment))
    return next((each for each in replica_sets if _bare(each["spec"]["template"]) == wanted), None)


def _bare(template: Body) -> Body:
    """A template without the label that tells ReplicaSets apart."""
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    return {"labels": labels, "annotations": metadata.get("annotations") or {}, "spec": template.get("spec")}


def _number_of(replica_set: Body) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(REVISION) or "0")


def _annotations(deployment: Body) -> dict[str, str]:
    replicas = number(deployment, "spec", "replicas", default=1)
    recreate = (deployment["spec"].get("strategy") or {}).get("type") == "Recreate"
    most = replicas if recreate else replicas + rollout.limits(deployment).surge
    return {_DESIRED: str(replicas), _MOST: str(most)}


def _begin(deployment: Body, old: Sequence[Body]) -> tuple[Action, ...]:
    """A new ReplicaSet, with as many Pods as may be added at once."""
    code = template_hash(_template(deployment))
    metadata = _template(deployment).get("metadata") or {}
    labels = {**(metadata.get("labels") or {}), HASH: code}
    selector = dict(deployment["spec"]["selector"])
    selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH: code}
    inherited = {
        key: value for key, value in (deployment["metadata"].get("annotations") or {}).items() if key != _APPLIED
    }
    revision = str(1 + max(map(_number_of, old), default=0))
    annotations = {**inherited, **_annotations(deployment), REVISION: revision}
    body: Body = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{deployment['metadata']['name']}-{code}",
            "namespace": deployment["metadata"]["namespace"],
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {
            "replicas": _first_replicas(deployment, old),
            "selector": selector,
            "template": {**_template(deployment), "metadata": {**metadata, "labels": labels}},
        },
    }
    if deployment["spec"].get("minReadySeconds"):
        body["spec"]["minReadySeconds"] = deployment["spec"]["minReadySeconds"]
    text = f"Scaled up replica set {body['metadata']['name']} from 0 to {body['spec']['replicas']}"
    return Create(REPLICA_SET, body), Note(deployment, "ScalingReplicaSet", text, "deployment-controller")


def _first_replicas(deployment: Body, old: Sequence[Body]) -> int:
    wanted = number(deployment, "spec", "replicas", default=1)
    standing = sum(number(each, "spec", "replicas") for each in old)
    if (deployment["spec"].get("strategy") or {}).get("type") == "Recreate":
        return 0 if standing or any(number(each, "status", "replicas") for each in old) else wanted
    return max(0, min(wanted, wanted + rollout.limits(deployment).surge - standing))


def _revision(deployment: Body, new: Body, old: Sequence[Body]) -> list[Action]:
    """A rollback makes an old ReplicaSet the newest; the Deployment carries the number."""
    latest = max(map(_number_of, old), default=0)
    revision = _number_of(new) if _number_of(new) > latest else latest + 1
    actions: list[Action] = []
    wanted = {REVISION: str(revision), **_annotations(deployment)}
    present = new["metadata"].get("annotations") or {}
    changed = {key: value for key, value in wanted.items() if present.get(key) != value}
    if changed:
        actions.append(_annotate(REPLICA_SET, new, changed))
    if (deployment["metadata"].get("annotations") or {}).get(REVISION) != str(revision):
        actions.append(_annotate(DEPLOYMENT, deployment, {REVISION: str(revision)}))
    return actions


def _annotate(kind: Any, obj: Body, annotations: Mapping[str, str]) -> Patch:
    return Patch(kind, obj, {"metadata": {"annotations": dict(annotations)}}, manager=CONTROLLER)


def _scale(deployment: Body, new: Body, old: Sequence[Body]) -> list[Action]:
    actions: list[Action] = []
    wanted = rollout.desired(deployment, new, old)
    for each in [new, *old]:
        before, after = number(each, "spec", "replicas"), wanted.get(uid(each))
        if after is None or after == before:
            continue
        actions.append(Patch(REPLICA_SET, each, {"spec": {"replicas": after}}, manager=CONTROLLER))
        verb = "up" if after > before else "down"
        text = f"Scaled {verb} replica set {each['metadata']['name']} from {before} to {after}"
        actions.append(Note(deployment, "ScalingReplicaSet", text, "deployment-controller"))
    return actions


def _cleanup(deployment: Body, new: Body, old: Sequence[Body]) -> list[Action]:
    """Old ReplicaSets beyond the history limit go, once the rollout is complete."""
    wanted = number(deployment, "spec", "replicas", default=1)
    if number(new, "status", "availableReplicas") < wanted:
        return []
    idle = [each for each in old if not number(each, "spec", "replicas") and not number(each, "status", "replicas")]
    spare = len(idle) - number(deployment, "spec", "revisionHistoryLimit", default=10)
    return [Remove(REPLICA_SET, each) for each in sorted(idle, key=_number_of)[: max(0, spare)] if not deleting(each)]


def _counted(deployment: Body, new: Body | None, replica_sets: Sequence[Body]) -> Body:
    def total(field: str) -> int:
        return sum(number(each, "status", field) for each in replica_sets)

    replicas = total("replicas")
    available = total("availableReplicas")
    counted = {
        "observedGeneration": deployment["metadata"].get("generation"),
        "replicas": replicas,
        "updatedReplicas": number(new, "status", "replicas") if new else 0,
        "readyReplicas": total("readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, max(replicas, number(deployment, "spec", "replicas", default=1)) - available),
    }
    return without_zeroes(counted)
