"""`weir local up` as a process: what it starts, and that nothing is left of it."""

import os
import signal
from pathlib import Path

import pytest

from tests.weir_cli.stage import Local, weir


def alive(pids: list[int]) -> list[int]:
    found = []
    for pid in pids:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        found.append(pid)
    return found


def test_state_survives_with_a_directory(tmp_path: Path) -> None:
    local = Local(tmp_path, "--dir", str(tmp_path / "state"), "--controllers", "source-controller")
    local.start()
    children = local.children()
    assert len(children) == 2, "the cluster and one controller"
    version = weir("version", kubeconfig=local.kubeconfig)
    assert "source-controller" in version.out
    assert local.stop() == 0
    assert alive(children) == []
    assert "► stopping" in local.printed

    again = Local(tmp_path, "--dir", str(tmp_path / "state"), "--controllers", "none")
    again.start()
    assert len(again.children()) == 1, "the cluster alone"
    assert weir("version", kubeconfig=again.kubeconfig) == version, "what was installed is still there"
    assert again.stop(signal.SIGTERM) == 0


def test_impatience_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    local = Local(tmp_path, "--controllers", "none")
    local.start(until="starting the cluster")
    children = local.children()
    assert local.stop() == 130
    assert local.printed.endswith("✗ interrupted before everything had started; everything is stopped\n")
    assert alive(children) == []
    assert list(tmp_path.glob("weir-*")) == []


def test_flags_that_cannot_be() -> None:
    assert weir("local", "up", "--controllers", "helm-controller").err == (
        "✗ --controllers: 'helm-controller' is none of source-controller, kustomize-controller,"
        " notification-controller\n"
    )
    assert weir("local", "up", "--dir", "/proc/nowhere", "--controllers", "none").err == (
        "✗ [Errno 2] No such file or directory: '/proc/nowhere'\n"
    )
