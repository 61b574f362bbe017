"""What controllers write: StatefulSets, DaemonSets, Jobs, Services, claims; the writes in short, in order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local_cluster.simulator import claims, daemon_sets, jobs, services, stateful_sets
from local_cluster.simulator.nodes import node
from local_cluster.simulator.plan import Action, Create, Note, Patch, Plan, Remove
from local_cluster.simulator.reading import template_hash

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "2026-01-01T00:00:00Z"
NODES = [node(0, NOW), node(1, NOW)]
TEMPLATE = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
HASH = template_hash(TEMPLATE)


def short(action: Action) -> str:
    """`create db-0`, `remove db-1`, `status replicas=2`, `patch spec`, `event Reason`."""
    match action:
        case Create(body=body):
            return f"create {body['kind']} {body['metadata']['name'].rpartition('-')[2]}"
        case Remove(target=target):
            return f"remove {target['metadata']['name']}"
        case Patch(subresource="status", change=change):
            return "status " + " ".join(f"{key}={value}" for key, value in sorted(change["status"].items()))
        case Patch(change=change):
            return f"patch {' '.join(change)}"
        case Note(reason=reason):
            return f"event {reason}"


def shorts(plan: Plan) -> list[str]:
    return [short(action) for action in plan.actions]


def pod(name: str, *, ready: bool = True, revision: str = "", phase: str = "Running", **spec: Any) -> dict[str, Any]:
    labels = {"app": "x", "controller-revision-hash": revision}
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"name": name, "namespace": "n", "uid": name, "labels": labels},
        "spec": {"containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}], **spec},
        "status": {"phase": phase, "conditions": conditions, "podIP": "10.0.0.1"},
    }


def leaving(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "metadata": {**body["metadata"], "deletionTimestamp": TEXT}}


def owner(kind: str, status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    metadata = {"name": "db", "namespace": "n", "uid": "u", "generation": 1}
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"template": TEMPLATE, **spec},
        "status": status or {},
    }


R = f"db-{HASH}"
CLAIM = {
    "metadata": {"name": "v"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
STATEFUL: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[str]]] = {
    "the first comes alone": ({"replicas": 3}, [], ["create Pod 0"]),
    "the next waits until it is ready": ({"replicas": 3}, [pod("db-0", ready=False, revision=R)], []),
    "then it comes": ({"replicas": 3}, [pod("db-0", revision=R)], ["create Pod 1"]),
    "in parallel all come": ({"replicas": 2, "podManagementPolicy": "Parallel"}, [], ["create Pod 0", "create Pod 1"]),
    "each with its claims": (
        {"replicas": 1, "volumeClaimTemplates": [CLAIM]},
        [],
        ["create PersistentVolumeClaim 0", "create Pod 0"],
    ),
    "ordinals may start elsewhere": ({"replicas": 1, "ordinals": {"start": 5}}, [], ["create Pod 5"]),
    "too many: the highest goes": ({"replicas": 1}, [pod(f"db-{i}", revision=R) for i in range(3)], ["remove db-2"]),
    "one at a time": ({"replicas": 1}, [pod("db-0", revision=R), pod("db-1"), leaving(pod("db-2"))], []),
    "an update takes the highest first": (
        {"replicas": 2},
        [pod("db-0", revision="old"), pod("db-1", revision="old")],
        ["remove db-1"],
    ),
    "then the next": ({"replicas": 2}, [pod("db-0", revision="old"), pod("db-1", revision=R)], ["remove db-0"]),
    "not below the partition": (
        {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}},
        [pod("db-0", revision="old"), pod("db-1", revision=R)],
        [],
    ),
    "only when deleted": (
        {"replicas": 1, "updateStrategy": {"type": "OnDelete"}},
        [pod("db-0", revision="old")],
        [],
    ),
    "a failed Pod makes room": ({"replicas": 1}, [pod("db-0", revision=R, phase="Failed")], ["remove db-0"]),
}


@pytest.mark.parametrize("case", STATEFUL)
def test_stateful_sets(case: str) -> None:
    spec, pods, expected = STATEFUL[case]
    body = owner("StatefulSet", selector={"matchLabels": {"app": "x"}}, **spec)
    found = shorts(stateful_sets.plan(body, pods, {}, NODES, NOW))
    assert [each for each in found if not each.startswith("status")] == expected


def test_the_status_of_a_stateful_set() -> None:
    body = owner("StatefulSet", selector={}, replicas=2)
    pods = [pod("db-0", revision=R), pod("db-1", ready=False, revision=R)]
    change = next(
        action.change for action in stateful_sets.plan(body, pods, {}, NODES, NOW).actions if isinstance(action, Patch)
    )
    assert change["status"] == {
        "observedGeneration": 1,
        "replicas": 2,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "currentReplicas": 2,
        "updatedReplicas": 2,
        "currentRevision": R,
        "updateRevision": R,
        "collisionCount": 0,
    }


def on(name: str, number: int, **rest: Any) -> dict[str, Any]:
    return pod(name, nodeName=f"local-{number}", **rest)


DAEMON: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "one for each node": ([], ["create Pod", "create Pod"]),
    "none twice": ([on("a", 1, revision=HASH), on("b", 1, revision=HASH), on("c", 2, revision=HASH)], ["remove b"]),
    "none where there is no node": ([on("a", 1, revision=HASH), on("b", 2, revision=HASH), on("c", 3)], ["remove c"]),
    "an old one goes": ([on("a", 1, revision="old"), on("b", 2, revision="old")], ["remove a"]),
    "not while another is missing": ([on("a", 1, revision="old"), on("b", 2, revision=HASH, ready=False)], []),
    "old ones that are not ready go": (
        [on("a", 1, revision="old", ready=False), on("b", 2, revision=HASH)],
        ["remove a"],
    ),
}


@pytest.mark.parametrize("case", DAEMON)
def test_daemon_sets(case: str) -> None:
    pods, expected = DAEMON[case]
    found = shorts(daemon_sets.plan(owner("DaemonSet"), pods, NODES, NOW))
    names = [each.rpartition(" ")[0] if each.startswith("create") else each for each in found]
    assert [each for each in names if not each.startswith("status")] == expected


DONE, BROKEN = pod("a", phase="Succeeded"), pod("b", phase="Failed")
JOBS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[str]]] = {
    "it starts": ({"parallelism": 2, "completions": 3}, [], ["create Pod", "create Pod"]),
    "only what is still missing": ({"parallelism": 2, "completions": 2}, [DONE], ["create Pod"]),
    "it is complete": ({"parallelism": 1, "completions": 1}, [DONE], ["event Completed"]),
    "it tries again": ({"parallelism": 1, "completions": 1, "backoffLimit": 1}, [BROKEN], ["create Pod"]),
    "it gives up": ({"parallelism": 1, "completions": 1, "backoffLimit": 0}, [BROKEN], ["event BackoffLimitExceeded"]),
    "giving up ends what still runs": (
        {"parallelism": 2, "completions": 2, "backoffLimit": 0},
        [BROKEN, pod("c")],
        ["remove c", "event BackoffLimitExceeded"],
    ),
    "suspended it runs nothing": ({"parallelism": 1, "completions": 1, "suspend": True}, [pod("c")], ["remove c"]),
}


@pytest.mark.parametrize("case", JOBS)
def test_jobs(case: str) -> None:
    spec, pods, expected = JOBS[case]
    found = shorts(jobs.plan(owner("Job", **spec), pods, NODES, NOW))
    names = [each.rpartition(" ")[0] if each.startswith("create") else each for each in found]
    assert [each for each in names if not each.startswith("status")] == expected


def test_an_ended_job_goes_when_its_time_is_over() -> None:
    status = {"conditions": [{"type": "Complete", "status": "True", "lastTransitionTime": TEXT}]}
    body = owner("Job", status, ttlSecondsAfterFinished=60)
    assert jobs.plan(body, [], NODES, NOW) == Plan(again=60.0)
    assert shorts(jobs.plan(body, [], NODES, NOW.replace(minute=2))) == ["remove db"]


def test_a_job_that_takes_too_long_fails() -> None:
    body = owner("Job", {"startTime": TEXT}, completions=1, activeDeadlineSeconds=30)
    assert jobs.plan(body, [pod("c")], NODES, NOW).again == 30.0
    late = shorts(jobs.plan(body, [pod("c")], NODES, NOW.replace(second=30)))
    assert [each for each in late if not each.startswith("status")] == ["remove c", "event DeadlineExceeded"]


def test_endpoints_of_a_service() -> None:
    spec = {"selector": {"app": "x"}, "ports": [{"name": "web", "port": 80, "targetPort": "http"}]}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s", "namespace": "n", "uid": "12345678"},
        "spec": spec,
    }
    up, down = pod("a", nodeName="local-1"), pod("b", ready=False, nodeName="local-1")
    created = [
        action.body
        for action in services.plan(service, [up, down, pod("c", phase="Failed")], [], None).actions
        if isinstance(action, Create)
    ]
    ports = [{"name": "web", "port": 8080, "protocol": "TCP"}]

    def reference(name: str) -> dict[str, str]:
        return {"kind": "Pod", "name": name, "namespace": "n", "uid": name}

    assert [body["metadata"]["name"] for body in created] == ["s-12345", "s"]
    assert created[0]["ports"] == ports
    assert created[0]["endpoints"] == [
        {
            "addresses": ["10.0.0.1"],
            "conditions": {"ready": ready, "serving": ready, "terminating": False},
            "nodeName": "local-1",
            "targetRef": reference(name),
        }
        for name, ready in (("a", True), ("b", False))
    ]
    address = {"ip": "10.0.0.1", "nodeName": "local-1"}
    assert created[1]["subsets"] == [
        {
            "addresses": [{**address, "targetRef": reference("a")}],
            "notReadyAddresses": [{**address, "targetRef": reference("b")}],
            "ports": ports,
        }
    ]
    again = services.plan(service, [up, down], [created[0]], created[1])
    assert again == Plan()


def claim(*, deleted: bool = False, **spec: Any) -> dict[str, Any]:
    metadata = {"name": "v", "namespace": "n", "uid": "u", "finalizers": ["kubernetes.io/pvc-protection"]}
    body = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": {**CLAIM["spec"], **spec},
    }
    return leaving(body) if deleted else body


def test_a_claim_is_bound_and_let_go() -> None:
    bound = claims.plan(claim(), [], None)
    assert [each.partition(" ")[0] for each in shorts(bound)] == ["create", "patch", "status"]
    user = pod("a", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "v"}}])
    assert claims.plan(claim(deleted=True), [user], None) == Plan()
    assert shorts(claims.plan(claim(deleted=True), [], None)) == ["patch metadata"]


VOLUMES: dict[str, tuple[dict[str, Any], dict[str, Any] | None, list[str]]] = {
    "free": ({}, None, ["status phase=Available"]),
    "bound": ({"claimRef": {"name": "v", "namespace": "n", "uid": "u"}}, claim(), ["status phase=Bound"]),
    "kept": ({"claimRef": {"name": "v", "namespace": "n", "uid": "u"}}, None, ["status phase=Released"]),
    "made for its claim": (
        {"claimRef": {"name": "v", "namespace": "n", "uid": "u"}, "persistentVolumeReclaimPolicy": "Delete"},
        None,
        ["remove pv"],
    ),
    "of another claim of that name": (
        {"claimRef": {"name": "v", "namespace": "n", "uid": "other"}},
        claim(),
        ["status phase=Released"],
    ),
}


@pytest.mark.parametrize("case", VOLUMES)
def test_volumes(case: str) -> None:
    spec, found, expected = VOLUMES[case]
    volume = {"metadata": {"name": "pv", "uid": "pv"}, "spec": spec}
    assert shorts(claims.volume_plan(volume, found)) == expected
