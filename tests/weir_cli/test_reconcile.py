"""`weir reconcile` against the running suite: it ends on what really came of it."""

import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.weir_cli.stage import WEIR, Stage, cause, full, git_repository


def test_with_its_source(stage: Stage) -> None:
    assert stage.weir("reconcile", "kustomization", "good", "--with-source") == (
        0,
        "",
        (
            "► annotating GitRepository app in flux-system namespace\n"
            "✔ GitRepository annotated\n"
            "◎ waiting for GitRepository reconciliation\n"
            f"✔ fetched revision {full(stage)}\n"
            "► annotating Kustomization good in flux-system namespace\n"
            "✔ Kustomization annotated\n"
            "◎ waiting for Kustomization reconciliation\n"
            f"✔ applied revision {full(stage)}\n"
        ),
    )


def test_a_failure_ends_on_its_cause(stage: Stage) -> None:
    shown = stage.weir("reconcile", "ks", "bad")
    assert (shown.code, shown.err.splitlines()[-1]) == (
        1,
        f"✗ Kustomization reconciliation failed: '{cause(stage)}'",
    )


def test_a_source_that_cannot_be_reached(stage: Stage) -> None:
    stage.apply(git_repository("gone", "http://127.0.0.1:9/gone.git", "default"))
    shown = stage.weir("reconcile", "source", "git", "gone", "-n", "default")
    stage.kubectl("delete", "gitrepository", "gone", "-n", "default")
    assert shown.code == 1
    assert re.search(r"✗ GitRepository reconciliation failed: '.*127\.0\.0\.1.*'$", shown.err.strip())


def test_no_time_left_ends_on_the_last_words(stage: Stage) -> None:
    shown = stage.weir("reconcile", "ks", "slow", "--timeout", "2s")
    assert shown.code == 1
    assert shown.err.splitlines()[-1].startswith("✗ Kustomization slow is not ready after 2s: ")
    assert "; waiting for Deployment/default/web InProgress (" in shown.err.splitlines()[-1]


def test_nobody_takes_it_up(stage: Stage) -> None:
    stage.apply(git_repository("idle", stage.url, "default"))
    process = next(pid for pid in stage.local.children() if b"source-controller" in _command(pid))
    os.kill(process, signal.SIGSTOP)
    try:
        shown = stage.weir("reconcile", "source", "git", "idle", "-n", "default", "--timeout", "1s")
    finally:
        os.kill(process, signal.SIGCONT)
    stage.kubectl("delete", "gitrepository", "idle", "-n", "default")
    assert "is not ready after 1s: no controller has taken up the request" in shown.err


def test_a_person_sees_what_it_waits_for(stage: Stage) -> None:
    ours, theirs = pty.openpty()
    command = [WEIR, "reconcile", "ks", "slow", "--timeout", "2s"]
    environment = {**os.environ, "KUBECONFIG": str(stage.local.kubeconfig), "COLUMNS": "200"}
    subprocess.run(command, stderr=theirs, check=False, env=environment, timeout=30)
    os.close(theirs)
    text = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "\r\x1b[K◎ Kustomization slow: " in text
    assert "\x1b[K◎ Kustomization slow: Deployment/default/web InProgress" in text
    assert "\r\x1b[K✗ Kustomization slow is not ready" in text


def test_several_with_their_source_once(stage: Stage) -> None:
    shown = stage.weir("reconcile", "ks", "good", "bad", "good", "--with-source")
    assert (shown.code, shown.err.count("annotating GitRepository")) == (1, 1)
    assert shown.err.splitlines()[-3:] == [
        "✔ Kustomization good reconciliation completed",
        f"✔ applied revision {full(stage)}",
        f"✗ Kustomization bad: Kustomization reconciliation failed: '{cause(stage)}'",
    ]


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("ks", "x"), 1, "✗ Kustomization object 'x' not found in \"flux-system\" namespace\n"),
        (("alert", "all"), 0, "✔ reconciliation not supported by the object\n"),
        (("ks",), 1, "✗ either name kustomization objects or give --all, -l or --status-selector\n"),
    ],
)
def test_what_cannot_be(stage: Stage, words: tuple[str, ...], code: int, text: str) -> None:
    assert stage.weir("reconcile", *words) == (code, "", text)


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
