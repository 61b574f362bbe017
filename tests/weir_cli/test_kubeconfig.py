"""What flags make of kubeconfig files."""

import os
from pathlib import Path
from typing import Any

import pytest

from weir import yaml
from weir_cli import kubeconfig
from weir_cli.kubeconfig import Config, Overrides
from weir_cli.terminal import Halt

FILE = """
current-context: one
contexts:
  - {name: one, context: {cluster: here, user: me, namespace: team}}
  - {name: two, context: {cluster: there, user: you}}
clusters:
  - {name: here, cluster: {server: https://here, certificate-authority: pki/ca.crt, certificate-authority-data: QQ==}}
  - {name: there, cluster: {server: https://there}}
users:
  - {name: me, user: {token: mine}}
  - {name: you, user: {client-key: /keys/you}}
"""

CHANGES: dict[str, tuple[str, Overrides, dict[str, Any], dict[str, Any]]] = {
    "another context": ("two", Overrides(), {"server": "https://there"}, {"client-key": "/keys/you"}),
    "another cluster": ("", Overrides(cluster="there"), {"server": "https://there"}, {"token": "mine"}),
    "another user": ("two", Overrides(user="me"), {"server": "https://there"}, {"token": "mine"}),
    "a token": ("two", Overrides(token="other"), {"server": "https://there"}, {"token": "other"}),
    "no verification": (
        "",
        Overrides(insecure_skip_tls_verify=True),
        {"server": "https://here", "insecure-skip-tls-verify": True},
        {"token": "mine"},
    ),
    "another server and authority": (
        "",
        Overrides(server="https://x", certificate_authority="/ca", tls_server_name="y"),
        {"server": "https://x", "certificate-authority": "/ca", "tls-server-name": "y"},
        {"token": "mine"},
    ),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(("context", "overrides", "cluster", "user"), CHANGES.values(), ids=CHANGES.keys())
def test_flags_win(
    file: Path, context: str, overrides: Overrides, cluster: dict[str, Any], user: dict[str, Any]
) -> None:
    found = kubeconfig.changed(kubeconfig.read(str(file)), context, overrides)
    assert (found["clusters"][0]["cluster"], found["users"][0]["user"]) == (cluster, user)


def test_the_file_that_is_connected_with_is_private_and_goes_away(file: Path) -> None:
    with kubeconfig.overridden(str(file), "", Overrides(token="t")) as (path, context):
        assert Path(path).stat().st_mode & 0o777 == 0o600
        assert yaml.load(Path(path).read_text())["current-context"] == context
    assert not Path(path).exists()


def test_without_flags_the_file_stays_what_it_is(file: Path) -> None:
    with kubeconfig.overridden(str(file), "two", Overrides()) as found:
        assert found == (str(file), "two")


def test_several_files(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "sub" / "other"
    other.parent.mkdir()
    other.write_text(FILE.replace("mine", "theirs").replace("current-context: one", "current-context: two"))
    empty = tmp_path / "empty"
    empty.touch()
    found = kubeconfig.read(os.pathsep.join(map(str, (file, "/nowhere", empty, other))))
    assert (found.current, found.users["me"]) == ("two", {"token": "mine"})
    assert found.clusters["here"]["certificate-authority"] == str(tmp_path.resolve() / "pki/ca.crt")


WRONG = {
    "an unknown context": ("x", Overrides(), "no context 'x' in the kubeconfig: there are one, two"),
    "an unknown cluster": ("", Overrides(cluster="x"), "--cluster: no cluster 'x' in the kubeconfig"),
    "an unknown user": ("", Overrides(user="x"), "--user: no user 'x' in the kubeconfig"),
}


@pytest.mark.parametrize(("context", "overrides", "text"), WRONG.values(), ids=WRONG.keys())
def test_what_is_missing_is_named(file: Path, context: str, overrides: Overrides, text: str) -> None:
    with pytest.raises(Halt, match=text):
        kubeconfig.changed(kubeconfig.read(str(file)), context, overrides)


def test_a_token_alone_is_not_enough() -> None:
    with pytest.raises(Halt, match="no cluster: give --server"):
        kubeconfig.changed(Config(), "", Overrides(token="t"))


@pytest.mark.parametrize("text", ["a: [", "- a list", "\0"])
def test_a_broken_file_is_named(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(Halt, match=str(file)):
        kubeconfig.read(str(file))
