"""The command line as a program."""

import subprocess
import sys
from pathlib import Path

import pytest

from weir_cli.main import COMMANDS, hoist

WEIR = str(Path(sys.executable).parent / "weir")


def weir(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([WEIR, *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_help_names_every_command() -> None:
    text = weir("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches(command: str) -> None:
    shown = weir(command, "--help")
    assert shown.returncode == 0, shown.stderr
    assert COMMANDS[command][1].split()[0].lower() in shown.stdout.lower()


def test_an_error_is_one_line_and_exit_code_1() -> None:
    shown = weir("get", "deployments")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr.startswith("✗ 'deployments' is no kind that weir knows")


def test_no_cluster_is_said_plainly(tmp_path: Path) -> None:
    missing = tmp_path / "kubeconfig"
    shown = weir("--kubeconfig", str(missing), "get", "all")
    assert shown.returncode == 1
    assert shown.stderr.startswith("✗ ")
    assert "Traceback" not in shown.stderr


def test_version_without_a_cluster() -> None:
    assert weir("version", "--client").stdout.startswith("weir: v")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    assert "_WEIR_COMPLETE" in weir("completion", shell).stdout


HOISTED = {
    "after the command": (["get", "ks", "-n", "team"], ["-n", "team", "get", "ks"]),
    "with an equals sign": (["get", "--namespace=team", "ks"], ["--namespace=team", "get", "ks"]),
    "a command's own flags stay": (["get", "-A", "ks", "-o", "name"], ["get", "-A", "ks", "-o", "name"]),
    "nothing is moved from behind --": (["get", "--", "-n", "x"], ["get", "--", "-n", "x"]),
}


@pytest.mark.parametrize(("typed", "meant"), HOISTED.values(), ids=HOISTED.keys())
def test_global_flags_may_stand_anywhere(typed: list[str], meant: list[str]) -> None:
    assert hoist(typed) == meant
