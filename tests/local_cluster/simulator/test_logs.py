"""What containers log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_cluster.simulator.logs import LOG_FILE, NotStarted, entries

NOW = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
STARTED = "2026-01-02T15:04:01Z"
RUNNING = {"state": {"running": {"startedAt": STARTED}}}
ENDED = {"terminated": {"startedAt": STARTED, "finishedAt": STARTED, "exitCode": 1}}


def pod(
    *, state: dict[str, Any] | None = None, namespace: str = "n", policy: str = "Always", **annotations: str
) -> dict[str, Any]:
    metadata = {"name": "x", "namespace": namespace, "uid": "u", "annotations": annotations}
    container = {"name": "c", "image": "nginx:1", "env": [{"name": "A"}], "ports": [{"containerPort": 80}]}
    status = {"containerStatuses": [{"name": "c", **(state or RUNNING)}]}
    return {"metadata": metadata, "spec": {"containers": [container], "restartPolicy": policy}, "status": status}


async def lines(body: dict[str, Any], container: str = "", *, previous: bool = False, later: float = 0) -> list[str]:
    now = NOW + timedelta(seconds=later)
    return [entry.text async for entry in entries(body, container, now, previous=previous)]


FAIL = "local.weir.dev/fail"
BEGIN = ["starting nginx:1 in pod x", "configuration read: 1 variables"]
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "one that serves": (pod(), [*BEGIN, "listening on :80"]),
    "one that crashes": (
        pod(state={"state": {"waiting": {}}, "lastState": ENDED}, **{FAIL: "crash-loop"}),
        [*BEGIN, "fatal: cannot go on: told to fail; exit code 1"],
    ),
    "one that is never ready": (
        pod(**{FAIL: "never-ready"}),
        [*BEGIN, "warning: a dependency does not answer; not ready yet"],
    ),
    "one that is done": (pod(state={"state": ENDED}, policy="Never"), [*BEGIN, "working", "done; exit code 0"]),
}


@pytest.mark.parametrize("case", CASES)
async def test_lines(case: str) -> None:
    body, expected = CASES[case]
    assert await lines(body, "c") == expected


async def test_a_container_that_lives_says_so() -> None:
    assert await lines(pod(), later=20) == [*BEGIN, "listening on :80", "alive for 10s", "alive for 20s"]


async def test_a_container_that_waits_has_no_log() -> None:
    body = pod(state={"state": {"waiting": {"reason": "ImagePullBackOff"}}})
    with pytest.raises(
        NotStarted, match='container "c" in pod "x" is waiting to start: trying and failing to pull image'
    ):
        await lines(body)
    with pytest.raises(NotStarted, match='previous terminated container "c" in pod "x" not found'):
        await lines(pod(), "c", previous=True)


async def test_an_unknown_container() -> None:
    with pytest.raises(KeyError, match="other"):
        await lines(pod(), "other")


async def test_a_file_is_read_for_the_suite_alone(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("one\ntwo\nthree")
    told = {LOG_FILE: str(path)}
    assert await lines(pod(namespace="flux-system", **told)) == ["one", "two", "three"]
    assert await lines(pod(**told)) == [*BEGIN, "listening on :80"]
