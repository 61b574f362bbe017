"""`weir stats`: numbers of the running suite, and of objects as they can be."""

import pytest

from tests.weir_cli.stage import Stage, lines
from weir_cli.nouns import Body
from weir_cli.stats import Count, count, size

_FAILED: Body = {"spec": {}, "status": {"conditions": [{"type": "Ready", "status": "False"}]}}
_COUNTS = {
    "nothing there": ([], Count("GitRepository", 0, 0, 0, 0)),
    "not reconciled yet is running": ([{"spec": {}}], Count("GitRepository", 1, 0, 0, 0)),
    "failing is running too": ([_FAILED], Count("GitRepository", 1, 1, 0, 0)),
    "suspended while it failed": ([{**_FAILED, "spec": {"suspend": True}}], Count("GitRepository", 0, 1, 1, 0)),
    "artifacts are added up": (
        [{"status": {"artifact": {"size": 1000}}}, {"status": {"artifact": {"size": 24}}}, {"status": {}}],
        Count("GitRepository", 3, 0, 0, 1024),
    ),
}
_SIZES = {0: "-", 1023: "1023 B", 1024: "1.0 KiB", 1024 * 1536: "1.5 MiB", 5 * 1024**5: "5120.0 TiB"}


@pytest.mark.parametrize(("bodies", "expected"), _COUNTS.values(), ids=_COUNTS.keys())
def test_numbers(bodies: list[Body], expected: Count) -> None:
    assert count("GitRepository", bodies) == expected


@pytest.mark.parametrize(("number", "expected"), _SIZES.items())
def test_sizes(number: int, expected: str) -> None:
    assert size(number) == expected


def test_one_row_per_kind(stage: Stage) -> None:
    path = "jsonpath={.status.artifact.size}"
    stored = size(int(stage.kubectl("get", "gitrepository", "app", "-n", "flux-system", "-o", path)))
    shown = stage.weir("stats")
    assert (shown.code, shown.err) == (0, "")
    found = lines(shown.out)
    assert [row for row in found if row[0] != "Kustomization"] == [
        ["RECONCILERS", "RUNNING", "FAILING", "SUSPENDED", "STORAGE"],
        ["GitRepository", "1", "0", "0", stored],
        ["ExternalArtifact", "0", "0", "0", "-"],
        ["Receiver", "0", "0", "0", "-"],
    ]
    assert [row[1::2] for row in found if row[0] == "Kustomization"] == [["3", "0"]]
    assert lines(stage.weir("stats", "-A", "--no-header").out)[0] == found[1]
