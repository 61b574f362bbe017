"""The command line as a program, without a cluster."""

import subprocess
from pathlib import Path

import pytest

from tests.weir_cli.stage import WEIR, weir
from weir import __version__
from weir_cli.main import COMMANDS

NO_CLUSTER = {
    "an unknown command": (("bogus",), "✗ No such command 'bogus'.\n"),
    "an option without its value": (("-n",), "✗ Option '-n' requires an argument.\n"),
    "a name that is none": (
        ("get", "all", "-n", "Team"),
        "✗ --namespace 'Team' is no namespace name: lower case letters, digits and '-'\n",
    ),
    "a duration without a unit": (
        ("--timeout", "5", "get", "all"),
        "✗ --timeout: '5' is not a duration: write a number with a unit, such as 30s, 5m or 1h30m\n",
    ),
    "groups without a user": (("get", "all", "--as-group", "x"), "✗ --as-group needs --as\n"),
    "a user's uid": (
        ("get", "all", "--as-uid", "1"),
        "✗ --as-uid is not supported: impersonate by --as and --as-group\n",
    ),
    "two beginnings": (("logs", "--since", "1m", "--since-time", "x"), "✗ either --since or --since-time\n"),
    "a moment that is none": (
        ("logs", "--since-time", "yesterday"),
        "✗ --since-time 'yesterday' is no moment: write it as 2026-01-31T10:00:00Z\n",
    ),
    "an unknown type": (("events", "--types", "bad,Normal"), "✗ --types: Bad is none of Normal, Warning\n"),
    "a broken selector": (
        ("get", "ks", "--status-selector", "x"),
        "✗ --status-selector 'x': expected type=status or type!=status, such as ready=false\n",
    ),
    "two names": (("get", "ks", "a", "b"), "✗ one name at most, not a b\n"),
    "no name": (("reconcile", "ks"), "✗ either name kustomization objects or give --all, -l or --status-selector\n"),
    "a controller that there is not": (
        ("install", "--export", "--components", "source-controller,kustomize-controller,helm-controller"),
        (
            "✗ --components: helm-controller is no part of Weir: "
            "there are source-controller, kustomize-controller, notification-controller\n"
        ),
    ),
    "a controller that has to be": (
        ("install", "--export", "--components", "source-controller"),
        "✗ --components: kustomize-controller cannot be left out\n",
    ),
    "a domain that is none": (
        ("install", "--export", "--cluster-domain", "a b"),
        "✗ --cluster-domain: 'a b' is not a domain, such as cluster.local\n",
    ),
    "a taint that is none": (
        ("install", "--export", "--toleration-keys", "a=b"),
        "✗ --toleration-keys: 'a=b' is not the key of a taint\n",
    ),
    "a password for no registry": (
        ("install", "--export", "--registry-creds", "a:s3cret"),
        "✗ --registry-creds needs --registry and --image-pull-secret\n",
    ),
    "a password without a user": (
        ("install", "--export", "--registry", "r", "--image-pull-secret", "p", "--registry-creds", "s3cret"),
        "✗ --registry-creds is not user:password\n",
    ),
    "another version": (
        ("install", "--version", "v9.9.9"),
        f"✗ --version: this is weir v{__version__}, and it installs v{__version__}: take the weir of v9.9.9\n",
    ),
    "no kubeconfig": (
        ("--kubeconfig", "/nowhere", "get", "all"),
        "✗ no kubeconfig at /nowhere: give --kubeconfig or set KUBECONFIG\n",
    ),
    "none at home either": (
        ("get", "all"),
        "✗ no kubeconfig at /nonexistent/.kube/config: give --kubeconfig or set KUBECONFIG\n",
    ),
}


def test_help_names_every_command() -> None:
    text = weir("--help").out
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []
    assert weir().out == text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches(command: str) -> None:
    shown = weir(command, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert "Options:" in shown.out


@pytest.mark.parametrize(("words", "text"), NO_CLUSTER.values(), ids=NO_CLUSTER.keys())
def test_an_error_is_one_line_and_exit_code_1(words: tuple[str, ...], text: str) -> None:
    assert weir(*words) == (1, "", text)


def test_version_without_a_cluster() -> None:
    assert weir("version", "--client").out.startswith("weir: v")
    assert weir("--version").out.startswith("weir version ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    assert "_WEIR_COMPLETE" in weir("completion", shell).out


def test_an_option_without_effect_is_told(tmp_path: Path) -> None:
    shown = weir("version", "--client", "--kube-api-qps", "5")
    assert shown.err == "⚠️ --kube-api-qps has no effect: requests are not held back\n"
    assert shown.code == 0


def test_a_directory_is_built_without_a_cluster(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base/map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    (tmp_path / "base/kustomization.yaml").write_text("resources:\n- map.yaml\n")
    (tmp_path / "top").mkdir()
    (tmp_path / "top/kustomization.yaml").write_text("namePrefix: x-\nresources:\n- ../base\n")
    (tmp_path / "link").symlink_to("/etc")
    expected = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-a\n"
    assert weir("kustomize", "--root", str(tmp_path), str(tmp_path / "top")) == (0, expected, "")
    (tmp_path / ".git").mkdir()
    written = tmp_path / "out.yaml"
    assert weir("kustomize", str(tmp_path / "top"), "-o", str(written)) == (0, "", "")
    assert written.read_text() == expected


def test_a_directory_that_does_not_build_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources:\n- missing.yaml\n")
    shown = weir("kustomize", str(tmp_path))
    assert (shown.code, shown.out) == (1, "")
    assert shown.err.startswith("✗ kustomization.yaml:")
    assert "missing.yaml" in shown.err
    (tmp_path / "kustomization.yaml").write_text("resources:\n- https://example.com/x?ref=1\n")
    refused = weir("kustomize", str(tmp_path)).err
    assert refused.startswith("✗ remote bases are not fetched here:")
    assert "https://example.com/x?ref=1" in refused
    assert weir("kustomize", "--root", "/usr", str(tmp_path)).err == f"✗ --root /usr does not hold {tmp_path}\n"


def test_a_full_disk_is_said() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        done = subprocess.run([WEIR, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, "✗ [Errno 28] No space left on device\n".encode())
