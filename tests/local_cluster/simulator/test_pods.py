"""The life of a Pod, step by step."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local_cluster.simulator import pods
from local_cluster.simulator.nodes import node
from local_cluster.simulator.plan import KUBELET, Note, Patch, Plan, Remove
from local_cluster.simulator.settings import Settings
from weir.kube.kinds import POD

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "2026-01-01T00:00:00Z"
NODE = node(0, NOW)
QUICK = Settings(start=0, ready=0, run=0, stop=0, crash=0, restart=0.5)


def pod(*, image: str = "nginx:1", fail: str = "", status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    annotations = {"local.weir.dev/fail": fail} if fail else {}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x", "namespace": "n", "uid": "u", "generation": 1, "annotations": annotations},
        "spec": {"nodeName": "local-1", "containers": [{"name": "c", "image": image}], **spec},
        "status": status or {"phase": "Pending"},
    }


def live(body: dict[str, Any], steps: int) -> list[tuple[str, str, str, list[str]]]:
    """Phase, waiting or ended reason, readiness and events after each step that the Pod takes on its own."""
    seen: list[tuple[str, str, str, list[str]]] = []
    for _ in range(steps):
        plan = pods.plan(body, [NODE], 1e6, NOW, QUICK)
        change = next((action.change["status"] for action in plan.actions if isinstance(action, Patch)), None)
        if change is None:
            break
        body = {**body, "status": {**body["status"], **change}}
        state = body["status"]["containerStatuses"][0]["state"]
        reason = next((part.get("reason", "") for part in state.values()), "")
        ready = next(each["status"] for each in body["status"]["conditions"] if each["type"] == "Ready")
        events = [action.reason for action in plan.actions if isinstance(action, Note)]
        seen.append((body["status"]["phase"], reason, ready, events))
    return seen


PROBED = [{"name": "c", "image": "i:1", "readinessProbe": {"tcpSocket": {"port": 80}}}]
START = ["Scheduled", "Pulled", "Started"]
LIVES: dict[str, tuple[dict[str, Any], int, list[tuple[str, str, str, list[str]]]]] = {
    "without a probe it is ready as it runs": (pod(), 9, [("Running", "", "True", START)]),
    "with a probe it is ready a moment later": (
        pod(containers=PROBED),
        9,
        [("Running", "", "False", START), ("Running", "", "True", [])],
    ),
    "never ready": (pod(fail="never-ready"), 9, [("Running", "", "False", START)]),
    "an image that cannot be pulled": (
        pod(image="nginx:broken"),
        9,
        [
            ("Pending", "ErrImagePull", "False", ["Scheduled", "Failed"]),
            ("Pending", "ImagePullBackOff", "False", ["BackOff"]),
        ],
    ),
    "a crash loop": (
        pod(image="nginx:fail"),
        4,
        [
            ("Running", "", "False", START),
            ("Running", "CrashLoopBackOff", "False", ["BackOff"]),
            ("Running", "", "False", []),
            ("Running", "CrashLoopBackOff", "False", ["BackOff"]),
        ],
    ),
    "a Pod that runs to its end": (
        pod(restartPolicy="Never"),
        9,
        [("Running", "", "True", START), ("Succeeded", "Completed", "False", [])],
    ),
    "a Pod that fails": (
        pod(restartPolicy="Never", image="i:fail"),
        9,
        [("Running", "", "False", START), ("Failed", "Error", "False", [])],
    ),
}


@pytest.mark.parametrize("case", LIVES)
def test_a_life(case: str) -> None:
    body, steps, expected = LIVES[case]
    assert live(body, steps) == expected


def test_the_whole_status_of_a_pod_that_cannot_pull() -> None:
    plan = pods.plan(pod(fail="image-pull"), [NODE], 1.0, NOW, Settings())
    error = 'rpc error: code = NotFound desc = failed to pull and unpack image "nginx:1": nginx:1: not found'
    unready = {"reason": "ContainersNotReady", "message": "containers with unready status: [c]"}
    times = {"lastProbeTime": None, "lastTransitionTime": TEXT, "observedGeneration": 1}
    change = {
        "conditions": [
            {"type": "PodReadyToStartContainers", "status": "False", **times},
            {"type": "Initialized", "status": "True", **times},
            {"type": "Ready", "status": "False", **times, **unready},
            {"type": "ContainersReady", "status": "False", **times, **unready},
            {"type": "PodScheduled", "status": "True", **times},
        ],
        "observedGeneration": 1,
        "hostIP": "172.18.0.2",
        "hostIPs": [{"ip": "172.18.0.2"}],
        "startTime": TEXT,
        "containerStatuses": [
            {
                "name": "c",
                "image": "nginx:1",
                "imageID": "",
                "lastState": {},
                "ready": False,
                "started": False,
                "restartCount": 0,
                "state": {"waiting": {"reason": "ErrImagePull", "message": error}},
            }
        ],
    }
    body = pod(fail="image-pull")
    assert plan == Plan(
        (
            Patch(POD, body, {"status": change}, "status", KUBELET),
            Note(body, "Scheduled", "Successfully assigned n/x to local-1", "default-scheduler"),
            Note(body, "Failed", f'Failed to pull image "nginx:1": {error}', "kubelet", warning=True),
        )
    )


def test_back_off_doubles_up_to_its_limit() -> None:
    status = {
        "phase": "Running",
        "containerStatuses": [{"name": "c", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
    }
    body = pod(fail="crash-loop", status=status)
    assert pods.plan(body, [NODE], 1.0, NOW, Settings(restart=1)) == Plan(again=7.0)
    assert pods.plan(body, [NODE], 1.0, NOW, Settings(restart=1, longest_restart=5)) == Plan(again=4.0)


def test_a_deleted_pod_goes_when_its_time_is_over() -> None:
    body = pod()
    body["metadata"] |= {"deletionTimestamp": TEXT, "deletionGracePeriodSeconds": 30}
    assert pods.plan(body, [NODE], 0.0, NOW, Settings(stop=0.5)) == Plan(again=0.5)
    assert pods.plan(body, [NODE], 0.5, NOW, Settings(stop=0.5)) == Plan((Remove(POD, body, now=True),))


def test_a_pod_waits_for_a_node_that_fits() -> None:
    body = pod(nodeName="", nodeSelector={"disk": "ssd"})
    plan = pods.plan(body, [NODE], 0.0, NOW, Settings())
    text = (
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, "
        "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
    )
    assert plan.actions[1] == Note(body, "FailedScheduling", text, "default-scheduler", warning=True)
    fitting = {**NODE, "metadata": {"name": "local-2", "labels": {"disk": "ssd"}}}
    bound = pods.plan(body, [NODE, fitting], 0.0, NOW, Settings())
    assert [action.change for action in bound.actions if isinstance(action, Patch)] == [
        {"spec": {"nodeName": "local-2"}}
    ]
