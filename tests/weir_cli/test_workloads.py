"""What keeps a pod from starting, in one line."""

from typing import Any

import pytest

from weir_cli.installation.workloads import held_up

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing is known yet": ({}, ""),
    "it runs": ({"containerStatuses": [{"state": {"running": {}}}]}, ""),
    "it is being made": ({"containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}, ""),
    "its claim is not bound": (
        {"conditions": [{"type": "PodScheduled", "status": "False", "message": "unbound PersistentVolumeClaims"}]},
        "pod nats-0 finds no node: unbound PersistentVolumeClaims",
    ),
    "no message": (
        {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]},
        "pod nats-0 finds no node: Unschedulable",
    ),
    "the image is not there": (
        {"containerStatuses": [{"state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}]},
        "pod nats-0 does not start: ErrImagePull: not found",
    ),
    "what comes before does not start": (
        {
            "initContainerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
            "containerStatuses": [{"state": {"waiting": {"reason": "PodInitializing"}}}],
        },
        "pod nats-0 does not start: CrashLoopBackOff",
    ),
}


@pytest.mark.parametrize(("status", "text"), CASES.values(), ids=CASES.keys())
def test_held_up(status: dict[str, Any], text: str) -> None:
    assert held_up({"metadata": {"name": "nats-0"}, "status": status}) == text
