"""Which cluster, as whom: global flags and environment."""

import base64
from pathlib import Path

from tests.weir_cli.stage import Stage, weir
from weir import yaml


def test_token_and_server_instead_of_a_kubeconfig(stage: Stage, tmp_path: Path) -> None:
    config = yaml.load(stage.local.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    authority = tmp_path / "ca.crt"
    authority.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    flags = ("--server", cluster["server"], "--token", config["users"][0]["user"]["token"])
    trusted = weir("get", "ks", "good", "-o", "name", *flags, "--certificate-authority", str(authority))
    assert trusted == (0, "kustomization.kustomize.toolkit.fluxcd.io/good\n", "")
    unverified = weir("get", "ks", "good", "-o", "name", *flags, "--insecure-skip-tls-verify")
    assert unverified == trusted
    assert "the server's certificate is not trusted" in weir("get", "ks", *flags).err


def test_a_context_by_name(stage: Stage) -> None:
    assert stage.weir("get", "ks", "good", "-o", "name", "--context", "local").code == 0
    assert stage.weir("--context", "x", "get", "ks").err == ("✗ no context 'x' in the kubeconfig: there are local\n")


def test_who_may_not_is_told_what(stage: Stage) -> None:
    shown = stage.weir("get", "ks", "--as", "system:serviceaccount:default:default")
    assert shown == (
        1,
        "",
        (
            "✗ kustomizations.kustomize.toolkit.fluxcd.io is forbidden: User"
            ' "system:serviceaccount:default:default" cannot list resource "kustomizations" in API group'
            ' "kustomize.toolkit.fluxcd.io" in the namespace "flux-system"\n'
        ),
    )


def test_a_wrong_token_is_not_printed(stage: Stage) -> None:
    shown = stage.weir("get", "all", "--token", "wrong-token")
    assert shown.err.endswith("does not accept the credentials of the kubeconfig or --token\n")
    assert "wrong-token" not in shown.err
    assert shown.code == 1


def test_no_server(stage: Stage) -> None:
    shown = stage.weir("get", "all", "--server", "https://127.0.0.1:9")
    assert shown.code == 1
    assert "cannot connect to 127.0.0.1:9" in shown.err
    assert len(shown.err.splitlines()) == 1


def test_the_namespace_of_the_environment_and_of_the_context(stage: Stage) -> None:
    def place(**env: str) -> str:
        return stage.weir("get", "receivers", env=env).err

    assert '"team-a"' in place(FLUX_SYSTEM_NAMESPACE="team-a")
    assert place(FLUX_SYSTEM_NAMESPACE="Team") == (
        "⚠️ FLUX_SYSTEM_NAMESPACE 'Team' is no namespace name: using flux-system\n"
        '✗ no Receiver objects found in "flux-system" namespace\n'
    )
    assert '"default"' in place(FLUX_NS_FOLLOWS_KUBE_CONTEXT="1")
