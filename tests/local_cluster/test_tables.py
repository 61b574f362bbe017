"""Cells, columns, JSON paths and time spans."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_cluster.schema.facts import facts
from local_cluster.tables import jsonpath
from local_cluster.tables.cells import duration
from local_cluster.tables.columns import CELLS, generic
from local_cluster.tables.workloads import pod_status

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
MADE = (NOW - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")

SPANS = {
    0: "0s",
    119: "119s",
    120: "2m",
    185: "3m5s",
    3599: "59m",
    3 * 3600: "3h",
    4 * 3600 + 120: "4h2m",
    47 * 3600: "47h",
    2 * 86400: "2d",
    3 * 86400 + 7200: "3d2h",
    30 * 86400: "30d",
    800 * 86400: "2y70d",
    4000 * 86400: "10y",
    -5: "<invalid>",
}


@pytest.mark.parametrize("seconds", SPANS)
def test_a_time_span_is_written_as(seconds: int) -> None:
    assert duration(seconds) == SPANS[seconds]


def obj(**content: Any) -> dict[str, Any]:
    return {"metadata": {"name": "x", "namespace": "n", "creationTimestamp": MADE}, **content}


@pytest.mark.parametrize("key", sorted(facts().table_columns))
def test_every_kind_has_a_cell_for_each_of_its_columns(key: str) -> None:
    group_version, _, plural = key.rpartition("/")
    cells = CELLS.get(f"{group_version.rpartition('/')[0]}/{plural}")
    if cells is None:
        return
    body = obj(spec={}, status={}, roleRef={"kind": "Role", "name": "r"})
    assert len(cells(body, NOW)) == len(facts().table_columns[key])


def test_a_kind_without_columns_shows_name_and_creation() -> None:
    assert generic(obj(), NOW) == ["x", MADE]


ROWS: dict[str, tuple[str, dict[str, Any], list[Any]]] = {
    "a service of type load balancer": (
        "/services",
        obj(
            spec={
                "type": "LoadBalancer",
                "clusterIP": "10.0.0.1",
                "selector": {"b": "2", "a": "1"},
                "ports": [{"port": 80, "nodePort": 30080, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}],
            }
        ),
        ["x", "LoadBalancer", "10.0.0.1", "<pending>", "80:30080/TCP,53/UDP", "5m", "a=1,b=2"],
    ),
    "an external service": (
        "/services",
        obj(spec={"type": "ExternalName", "externalName": "example.org"}),
        ["x", "ExternalName", "<none>", "example.org", "<none>", "5m", "<none>"],
    ),
    "a node that is cordoned": (
        "/nodes",
        obj(
            metadata={
                "name": "n1",
                "creationTimestamp": MADE,
                "labels": {"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/edge": ""},
            },
            spec={"unschedulable": True},
            status={
                "conditions": [{"type": "Ready", "status": "True"}],
                "addresses": [{"type": "InternalIP", "address": "1.2.3.4"}],
                "nodeInfo": {
                    "kubeletVersion": "v1",
                    "osImage": "o",
                    "kernelVersion": "k",
                    "containerRuntimeVersion": "c",
                },
            },
        ),
        ["n1", "Ready,SchedulingDisabled", "edge,worker", "5m", "v1", "1.2.3.4", "<none>", "o", "k", "c"],
    ),
    "a finished job": (
        "batch/jobs",
        obj(
            spec={"completions": 1, "parallelism": 1},
            status={
                "succeeded": 1,
                "startTime": MADE,
                "completionTime": (NOW - timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "conditions": [{"type": "Complete", "status": "True"}],
            },
        ),
        ["x", "Complete", "1/1", "60s", "5m", "", "", "<none>"],
    ),
    "a config map with text and bytes": ("/configmaps", obj(data={"a": ""}, binaryData={"b": ""}), ["x", 2, "5m"]),
    "an event": (
        "/events",
        obj(
            type="Normal",
            reason="Made",
            message="made it\n",
            involvedObject={"kind": "Pod", "name": "p"},
            source={"component": "kubelet", "host": "n1"},
            firstTimestamp=MADE,
            lastTimestamp=MADE,
            count=3,
        ),
        ["5m", "Normal", "Made", "pod/p", "", "kubelet, n1", "made it", "5m", 3, "x"],
    ),
    "an ingress": (
        "networking.k8s.io/ingresses",
        obj(spec={"rules": [{"host": "a"}, {"host": "b"}, {"host": "c"}, {"host": "d"}], "tls": [{}]}),
        ["x", "<none>", "a,b,c + 1 more...", "", "80, 443", "5m"],
    ),
    "a volume claim": (
        "/persistentvolumeclaims",
        obj(
            spec={"volumeName": "v", "volumeMode": "Filesystem"},
            status={
                "phase": "Bound",
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
            },
        ),
        ["x", "Bound", "v", "1Gi", "RWO,RWX", "", "<unset>", "5m", "Filesystem"],
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_the_row_of(case: str) -> None:
    shelf, body, row = ROWS[case]
    assert CELLS[shelf](body, NOW) == row


def container(state: dict[str, Any], *, ready: bool = False) -> dict[str, Any]:
    return {"name": "c", "state": state, "ready": ready}


STATES: dict[str, tuple[dict[str, Any], str]] = {
    "pending": ({"status": {"phase": "Pending"}}, "Pending"),
    "running": (
        {"status": {"phase": "Running", "containerStatuses": [container({"running": {}}, ready=True)]}},
        "Running",
    ),
    "a crash loop": (
        {"status": {"phase": "Running", "containerStatuses": [container({"waiting": {"reason": "CrashLoopBackOff"}})]}},
        "CrashLoopBackOff",
    ),
    "completed": (
        {
            "status": {
                "phase": "Succeeded",
                "containerStatuses": [container({"terminated": {"reason": "Completed", "exitCode": 0}})],
            }
        },
        "Completed",
    ),
    "an exit code": (
        {"status": {"phase": "Failed", "containerStatuses": [container({"terminated": {"exitCode": 3}})]}},
        "ExitCode:3",
    ),
    "terminating": ({"status": {"phase": "Running"}, "metadata": {"deletionTimestamp": MADE}}, "Terminating"),
    "initializing": (
        {
            "spec": {"initContainers": [{"name": "c"}, {"name": "d"}]},
            "status": {"phase": "Pending", "initContainerStatuses": [container({"running": {}})]},
        },
        "Init:0/2",
    ),
    "evicted": ({"status": {"phase": "Failed", "reason": "Evicted"}}, "Evicted"),
}


@pytest.mark.parametrize("case", STATES)
def test_the_word_for_a_pod_that_is(case: str) -> None:
    body, word = STATES[case]
    assert pod_status(body) == word


PATHS: dict[str, tuple[str, list[Any]]] = {
    "a field": (".spec.size", [3]),
    "a field that is absent": (".spec.none.deep", []),
    "an index": (".list[1].a", [2]),
    "the last": (".list[-1].a", [2]),
    "all": (".list[*].a", [1, 2]),
    "a filter": ('.list[?(@.kind=="x")].a', [2]),
    "a filter by inequality": (".list[?(@.kind!='x')].a", [1]),
    "an escaped dot": (r".spec.annotations.example\.org/a", ["v"]),
    "a quoted key": (".spec.annotations['example.org/a']", ["v"]),
    "braces": ("{.spec.size}", [3]),
}


@pytest.mark.parametrize("case", PATHS)
def test_a_path_of(case: str) -> None:
    path, found = PATHS[case]
    body = {
        "spec": {"size": 3, "annotations": {"example.org/a": "v"}},
        "list": [{"a": 1, "kind": "y"}, {"a": 2, "kind": "x"}],
    }
    assert list(jsonpath.find(body, jsonpath.parse(path))) == found


def test_a_path_that_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="cannot read the JSON path"):
        jsonpath.parse(".a[")
