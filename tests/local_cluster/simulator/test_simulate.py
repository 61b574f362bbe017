"""Workloads on a running local cluster."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from weir.api.base import Kind
from weir.kube.client import Client
from weir.kube.kinds import (
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    EVENT,
    JOB,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    REPLICA_SET,
    SERVICE,
    STATEFUL_SET,
)

Body = dict[str, Any]
FAIL = "local.weir.dev/fail"


def template(name: str, image: str = "nginx:1", fail: str = "", **spec: Any) -> Body:
    metadata: Body = {"labels": {"app": name}, **({"annotations": {FAIL: fail}} if fail else {})}
    return {"metadata": metadata, "spec": {"containers": [{"name": "c", "image": image}], **spec}}


def workload(kind: Kind, name: str, pods: Body, **spec: Any) -> Body:
    selector = {} if kind in (JOB, CRON_JOB) else {"selector": {"matchLabels": {"app": name}}}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": name}}
    return {**body, "spec": {**selector, "template": pods, **spec}}


async def until(kube: Client, kind: Kind, name: str, namespace: str, holds: Callable[[Body], bool]) -> Body:
    """The object once the condition holds; fails with its status after ten seconds."""
    body: Body = {}
    try:
        async with asyncio.timeout(10):
            while True:
                body = (await kube.get(kind, name, namespace)).body()
                if holds(body):
                    return body
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{kind.kind} {name}: {body.get('status')}") from None


async def bodies(kube: Client, kind: Kind, namespace: str) -> list[Body]:
    return [each.body() for each in (await kube.list(kind, namespace)).objects]


def rolled_out(body: Body) -> bool:
    status, wanted = body.get("status", {}), body["spec"]["replicas"]
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    return status.get("observedGeneration") == body["metadata"]["generation"] and counts == [wanted] * 3


def has(kind: str, status: str, reason: str = "") -> Callable[[Body], bool]:
    def holds(body: Body) -> bool:
        found = [each for each in body.get("status", {}).get("conditions", ()) if each["type"] == kind]
        return bool(found) and found[0]["status"] == status and reason in ("", found[0].get("reason"))

    return holds


async def test_a_deployment_rolls_out_updates_scales_and_heals(kube: Client, namespace: str) -> None:
    await kube.create(DEPLOYMENT, workload(DEPLOYMENT, "web", template("web"), replicas=3), namespace)
    first = await until(kube, DEPLOYMENT, "web", namespace, rolled_out)
    assert first["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    assert first["status"]["readyReplicas"] == 3
    change = {"spec": {"replicas": 4, "template": template("web", "nginx:2")}}
    await kube.patch(DEPLOYMENT, "web", namespace, change)
    second = await until(kube, DEPLOYMENT, "web", namespace, rolled_out)
    assert second["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "2"}
    sets = await bodies(kube, REPLICA_SET, namespace)
    assert sorted(each["spec"]["replicas"] for each in sets) == [0, 4]
    pods = await bodies(kube, POD, namespace)
    assert {pod["spec"]["containers"][0]["image"] for pod in pods if "deletionTimestamp" not in pod["metadata"]} == {
        "nginx:2"
    }
    gone = pods[0]["metadata"]["name"]
    await kube.delete(POD, gone, namespace)
    async with asyncio.timeout(10):
        while gone in {pod["metadata"]["name"] for pod in await bodies(kube, POD, namespace)}:
            await asyncio.sleep(0.02)
    await until(kube, DEPLOYMENT, "web", namespace, rolled_out)


FAILURES = {
    "image-pull": ("nginx:1", "image-pull", "ImagePullBackOff"),
    "an image tagged broken": ("nginx:broken", "", "ImagePullBackOff"),
    "crash-loop": ("nginx:1", "crash-loop", "CrashLoopBackOff"),
    "an image tagged fail": ("nginx:fail", "", "CrashLoopBackOff"),
}


@pytest.mark.parametrize("case", FAILURES)
async def test_pods_fail_as_told_and_say_so(kube: Client, namespace: str, case: str) -> None:
    image, fail, expected = FAILURES[case]
    body = workload(DEPLOYMENT, "bad", template("bad", image, fail), progressDeadlineSeconds=1)
    await kube.create(DEPLOYMENT, body, namespace)
    late = await until(kube, DEPLOYMENT, "bad", namespace, has("Progressing", "False", "ProgressDeadlineExceeded"))
    assert late["status"]["unavailableReplicas"] == 1
    pod = (await bodies(kube, POD, namespace))[0]
    reasons = set()
    async with asyncio.timeout(10):
        while expected not in reasons:
            pod = (await kube.get(POD, pod["metadata"]["name"], namespace)).body()
            state = pod["status"]["containerStatuses"][0]["state"]
            reasons.add(state.get("waiting", {}).get("reason"))
            await asyncio.sleep(0.02)
    events = {(each["reason"], each["type"]) for each in await bodies(kube, EVENT, namespace)}
    assert ("BackOff", "Warning") in events


async def test_a_deadline_passes_when_told_and_a_fix_recovers(kube: Client, namespace: str) -> None:
    await kube.create(DEPLOYMENT, workload(DEPLOYMENT, "late", template("late", fail="deadline")), namespace)
    await until(kube, DEPLOYMENT, "late", namespace, has("Progressing", "False", "ProgressDeadlineExceeded"))
    fixed = {"spec": {"template": {"metadata": {"annotations": {FAIL: None}}}}}
    await kube.patch(DEPLOYMENT, "late", namespace, fixed)
    await until(kube, DEPLOYMENT, "late", namespace, rolled_out)


async def test_a_stateful_set_comes_in_order_with_its_claims(kube: Client, namespace: str) -> None:
    claim = {
        "metadata": {"name": "v"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    body = workload(STATEFUL_SET, "db", template("db"), replicas=2, serviceName="db", volumeClaimTemplates=[claim])
    await kube.create(STATEFUL_SET, body, namespace)
    done = await until(kube, STATEFUL_SET, "db", namespace, lambda it: it.get("status", {}).get("readyReplicas") == 2)
    assert done["status"]["currentRevision"] == done["status"]["updateRevision"]
    assert [pod["metadata"]["name"] for pod in await bodies(kube, POD, namespace)] == ["db-0", "db-1"]
    claims = {
        each["metadata"]["name"]: each["status"]["phase"]
        for each in await bodies(kube, PERSISTENT_VOLUME_CLAIM, namespace)
    }
    assert claims == {"v-db-0": "Bound", "v-db-1": "Bound"}
    await kube.patch(STATEFUL_SET, "db", namespace, {"spec": {"template": template("db", "nginx:2")}})
    await until(
        kube,
        STATEFUL_SET,
        "db",
        namespace,
        lambda it: (
            it["status"].get("updatedReplicas") == it["status"].get("readyReplicas") == 2
            and it["status"]["currentRevision"] != done["status"]["currentRevision"]
        ),
    )


async def test_a_daemon_set_runs_on_each_node(kube: Client, namespace: str) -> None:
    await kube.create(DAEMON_SET, workload(DAEMON_SET, "agent", template("agent")), namespace)
    done = await until(kube, DAEMON_SET, "agent", namespace, lambda it: it["status"].get("numberAvailable") == 1)
    expected = {
        "currentNumberScheduled": 1,
        "desiredNumberScheduled": 1,
        "numberMisscheduled": 0,
        "numberReady": 1,
        "numberAvailable": 1,
        "observedGeneration": 1,
        "updatedNumberScheduled": 1,
    }
    assert done["status"] == expected


async def test_jobs_end(kube: Client, namespace: str) -> None:
    await kube.create(JOB, workload(JOB, "good", template("good", restartPolicy="Never")), namespace)
    bad = template("bad", "i:fail", restartPolicy="Never")
    await kube.create(JOB, workload(JOB, "bad", bad, backoffLimit=1), namespace)
    good = await until(kube, JOB, "good", namespace, has("Complete", "True", "CompletionsReached"))
    assert (good["status"]["succeeded"], "completionTime" in good["status"]) == (1, True)
    failed = await until(kube, JOB, "bad", namespace, has("Failed", "True", "BackoffLimitExceeded"))
    assert failed["status"]["failed"] == 2


async def test_a_service_finds_its_pods(kube: Client, namespace: str) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    spec = {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    await kube.create(SERVICE, {**service, "spec": spec}, namespace)
    await kube.create(DEPLOYMENT, workload(DEPLOYMENT, "web", template("web"), replicas=2), namespace)
    endpoints = Kind("", "v1", "Endpoints", "endpoints")

    def both(body: Body) -> bool:
        return [len(each.get("addresses", ())) for each in body.get("subsets") or ()] == [2]

    async with asyncio.timeout(10):
        while not [each for each in await bodies(kube, endpoints, namespace) if both(each)]:
            await asyncio.sleep(0.02)
    found = await until(kube, SERVICE, "web", namespace, lambda it: bool(it["status"]["loadBalancer"].get("ingress")))
    assert found["status"]["loadBalancer"]["ingress"][0]["ip"].startswith("172.18.")


async def test_what_is_deleted_takes_its_pods_along(kube: Client, namespace: str) -> None:
    await kube.create(DEPLOYMENT, workload(DEPLOYMENT, "web", template("web"), replicas=2), namespace)
    await until(kube, DEPLOYMENT, "web", namespace, rolled_out)
    await kube.delete(DEPLOYMENT, "web", namespace)
    async with asyncio.timeout(10):
        while await bodies(kube, POD, namespace) or await bodies(kube, REPLICA_SET, namespace):
            await asyncio.sleep(0.02)


async def test_logs_are_served(kube: Client, namespace: str) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": template("one")["spec"]}
    await kube.create(POD, pod, namespace)
    await until(kube, POD, "one", namespace, has("Ready", "True"))
    log = await kube.request("GET", POD.path(namespace, "one", "log"))
    assert log.decode().splitlines() == ["starting nginx:1 in pod one", "configuration read: 0 variables", "ready"]
