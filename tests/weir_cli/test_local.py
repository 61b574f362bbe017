"""`weir local up` as a process: what it starts, and that nothing is left of it."""

import os
import signal
from pathlib import Path

import pytest

from tests.servers.cluster import RunningCluster
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


def test_the_suite_runs_on_a_cluster_that_is_there(own_cluster: RunningCluster, tmp_path: Path) -> None:
    local = Local(tmp_path, "--existing", str(own_cluster.kubeconfig), "--controllers", "source-controller")
    local.start()
    assert len(local.children()) == 1, "the controller alone"
    assert local.kubeconfig.read_text() == own_cluster.kubeconfig.read_text()
    assert "source-controller" in weir("version", kubeconfig=local.kubeconfig).out
    assert own_cluster.kubectl("get", "pods", "-n", "flux-system", "-o", "name") == ""
    assert local.stop() == 0
    foreign = '[{"op": "remove", "path": "/spec/template/metadata/annotations"}]'
    own_cluster.kubectl(
        "patch", "deployment", "source-controller", "-n", "flux-system", "--type", "json", "-p", foreign
    )
    again = weir("local", "up", "--existing", str(own_cluster.kubeconfig))
    assert again.code == 1
    assert again.err.endswith(
        "✗ Deployment/flux-system/source-controller runs in this cluster already: remove it first\n"
    )


UNUSABLE = {
    "": "its current context leads to no cluster",
    "[": "did not find expected node content",
    "{contexts: [{name: a, context: {cluster: b}}], current-context: a, clusters: []}": "leads to no cluster",
    "{contexts: [{name: a, context: {cluster: b}}], current-context: a, clusters: [{name: b, cluster: 7}]}": "leads to",
}


@pytest.mark.parametrize("text", UNUSABLE, ids=range(len(UNUSABLE)))
def test_a_kubeconfig_without_a_cluster_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text)
    shown = weir("local", "up", "--existing", str(tmp_path / "config"))
    assert shown.code == 1
    assert shown.err.startswith("✗ ")
    assert str(tmp_path / "config") in shown.err
    assert UNUSABLE[text] in shown.err
