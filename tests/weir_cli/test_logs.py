"""`weir logs` against the running suite."""

import json
import os
import subprocess
import time

import pytest

from tests.weir_cli.stage import WEIR, Stage, cause, watching

pytestmark = pytest.mark.local  # its Pods show the logs of the controllers, which run beside the cluster


def test_nothing_ends_a_stream(stage: Stage) -> None:
    entry = {
        "ts": "2026-01-01T00:00:00.000Z",
        "level": "error",
        "msg": "after the mess",
        "error": "two\nlines\x1b[31m",
        "controllerKind": "GitRepository",
        "name": "app",
        "namespace": "flux-system",
    }
    mess = [
        b"no json",
        b'{"broken',
        b"[" * 200_000,
        b"\xff\xfe",
        b"x" * 2_000_000,
        b'{"ts": 1, "controllerKind": 7}',
    ]
    with (stage.local.directory / "state/source-controller.log").open("ab") as log:
        log.write(b"\n".join([*mess, json.dumps(entry).encode(), b""]))
    shown = stage.weir("logs", "--kind", "gitrepository", "--name", "app", "--level", "error", "--tail", "3")
    assert shown == (
        0,
        "2026-01-01T00:00:00.000Z error GitRepository/app.flux-system - after the mess two lines [31m\n",
        "",
    )


def test_entries_of_several_controllers_are_in_order(stage: Stage) -> None:
    times = [
        line.split()[0]
        for line in stage.weir("logs", "-A", "--level", "info").out.splitlines()
        if line.startswith("20")
    ]
    assert len(times) > 10
    assert times == sorted(times)


def test_an_early_end_of_the_reader_is_quiet(stage: Stage) -> None:
    environment = {**os.environ, "KUBECONFIG": str(stage.local.kubeconfig)}
    command = f"'{WEIR}' logs -A | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_follows(stage: Stage) -> None:
    with watching(stage, [WEIR, "logs", "-f", "--tail", "0", "--kind", "Kustomization", "--name", "bad"]) as process:
        time.sleep(2)  # no output says that it has begun
        stage.weir("reconcile", "ks", "bad")
        assert process.stdout is not None
        assert cause(stage) in process.stdout.readline()


def test_other_places_are_named(stage: Stage) -> None:
    assert stage.weir("logs", "--flux-namespace", "default").err == (
        '✗ no controllers found in "default" namespace: --flux-namespace says where they run\n'
    )
    assert stage.weir("logs", "-n", "nobody") == (0, "", "")
