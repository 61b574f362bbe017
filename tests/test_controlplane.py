"""The builder of the control plane, as far as it goes without Go."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.controlplane.build import program

ROOT = Path(__file__).parents[1]


def build(*names: str, path: Path) -> str:
    """What it says in the end, on a machine with these programs."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.servers.controlplane.build", *names],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": str(path), "HOME": str(path)},
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


def test_without_go_it_says_what_to_install(tmp_path: Path) -> None:
    assert (
        build(path=tmp_path) == "Go is not installed: put Go 1.26 or newer on the PATH, it builds the control plane\n"
    )


def test_a_build_that_fails_is_told(tmp_path: Path) -> None:
    go = tmp_path / "go"
    go.write_text('#!/bin/sh\n[ "$1" = env ] && echo go1.26 && exit\necho "no space left on device" >&2\nexit 2\n')
    go.chmod(0o755)
    assert build("helm", path=tmp_path) == "no space left on device\ngo build failed with 2\n"
    assert build("docker", path=tmp_path).startswith("no such program: docker; there are etcd, kube-apiserver, ")


def test_what_is_given_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    given = tmp_path / "etcd"
    given.touch()
    assert program("etcd") == given
