"""What a tenant's kubeconfig may say (CVE-2022-24817), and what becomes of a broken one."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.servers.cluster import RunningCluster
from weir import yaml
from weir.kube import kinds
from weir.kube.errors import ConfigurationError, Unreachable
from weir.kube.identity import connect, connect_with
from weir.kube.kubeconfig import allowed

PEM = base64.b64encode(b"pem").decode()


def kubeconfig(
    user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None, token: str = "t", **more: Any
) -> bytes:
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
            "users": [{"name": "u", "user": {**({"token": token} if token else {}), **(user or {})}}],
            "clusters": [{"name": "k", "cluster": {"server": "https://x", **(cluster or {})}}],
            **more,
        }
    ).encode()


REFUSED = {
    "a program": (
        kubeconfig({"exec": {"command": "/bin/sh"}}, token=""),
        r"user\.exec is not allowed.*--insecure-kubeconfig-exec",
    ),
    "an auth provider": (
        kubeconfig({"auth-provider": {"name": "gcp", "config": {"cmd-path": "/bin/sh"}}}, token=""),
        r"user\.auth-provider is not allowed",
    ),
    "a token by path": (
        kubeconfig({"tokenFile": "/var/run/secrets/token"}, token=""),
        r"user\.tokenFile is not allowed",
    ),
    "a key by path": (
        kubeconfig({"client-certificate-data": PEM, "client-key": "/etc/shadow"}),
        r"user\.client-key is not allowed",
    ),
    "a certificate by path": (kubeconfig({"client-certificate": "/x"}), r"user\.client-certificate is not allowed"),
    "a CA by path": (
        kubeconfig(cluster={"certificate-authority": "/etc/passwd"}),
        r"cluster\.certificate-authority is not allowed",
    ),
    "unverified TLS": (
        kubeconfig(cluster={"insecure-skip-tls-verify": True}),
        r"insecure-skip-tls-verify is not allowed.*--insecure-kubeconfig-tls",
    ),
    "no YAML": (b"{", "is no YAML"),
    "a list": (b"- a\n", "is no map"),
    "users that are no list": (kubeconfig(users={"a": "b"}), "users is no list"),
    "a user that is no map": (kubeconfig(users=[{"name": "u", "user": "x"}]), "user 'u' is no map"),
    "a context that is not there": (b"current-context: a\n", "has no context 'a'"),
    "a cluster that is not there": (kubeconfig(clusters=[]), "has no cluster 'k'"),
    "no server: a default would be our own host": (kubeconfig(cluster={"server": ""}), r"cluster\.server is missing"),
    "a token of two lines": (kubeconfig(token="a\nb"), r"user\.token holds a line break"),
    "a token that is a map": (kubeconfig({"token": {"a": "b"}}), r"user\.token is no text"),
    "a CA that is no base64": (
        kubeconfig(cluster={"certificate-authority-data": "%%"}),
        r"cluster\.certificate-authority-data is no base64",
    ),
    "a key with a pass phrase": (
        kubeconfig({"client-key-data": base64.b64encode(b"-----BEGIN ENCRYPTED PRIVATE KEY-----").decode()}),
        "needs a pass phrase",
    ),
}

DROPPED = {
    "a CA by path beside the CA": {"cluster": {"certificate-authority": "/etc/passwd"}},
    "a token by path beside a token": {"user": {"tokenFile": "/var/run/secrets/token"}},
    "a program beside a token": {"user": {"exec": {"command": "/bin/sh"}}},
    "an auth provider beside a token": {"user": {"auth-provider": {"name": "gcp"}}},
    "unverified TLS beside a CA": {"cluster": {"insecure-skip-tls-verify": True}},
    "impersonation": {"user": {"as": "system:admin", "as-groups": ["system:masters"]}},
    "what nobody knows": {"user": {"later": "x"}, "cluster": {"later": "x"}},
    "users of other contexts": {
        "users": [{"name": "u", "user": {"token": "t"}}, {"name": "v", "user": {"exec": {"command": "x"}}}]
    },
}

UNUSABLE = {
    "another scheme": (kubeconfig(cluster={"server": "file:///etc/passwd"}), r"cluster\.server must be an http"),
    "no scheme": (kubeconfig(cluster={"server": "kubernetes"}), r"cluster\.server must be an http"),
    "a port that is none": (kubeconfig(cluster={"server": "https://x:99999"}), r"cluster\.server must be an http"),
    "a proxy that we cannot speak to": (
        kubeconfig(cluster={"proxy-url": "socks5://x:1"}),
        r"cluster\.proxy-url must be an http",
    ),
    "a CA that is none": (
        kubeconfig(cluster={"certificate-authority-data": PEM}),
        "certificate authority is not usable",
    ),
    "a key pair that is none": (
        kubeconfig({"client-certificate-data": PEM, "client-key-data": PEM}),
        "certificate authority is not usable",
    ),
}


@pytest.mark.parametrize(("given", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses_and_names_the_field(given: bytes, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        allowed(given, allow_exec=False, allow_insecure=False)


@pytest.mark.parametrize("more", DROPPED.values(), ids=DROPPED.keys())
def test_leaves_out_what_reaches_beyond_the_file(more: dict[str, Any]) -> None:
    authority = {"certificate-authority-data": PEM}
    plain = allowed(kubeconfig(cluster=authority), allow_exec=False, allow_insecure=False)
    more = {**more, "cluster": authority | more.get("cluster", {})}
    assert allowed(kubeconfig(**more), allow_exec=False, allow_insecure=False) == plain
    assert plain.authority == b"pem"


def test_flags_let_programs_and_unverified_tls_through() -> None:
    given = kubeconfig({"exec": {"command": "x"}}, {"insecure-skip-tls-verify": True}, token="")
    document = allowed(given, allow_exec=True, allow_insecure=True).document
    assert document["users"] == [{"name": "it", "user": {"exec": {"command": "x"}}}]
    assert document["clusters"][0]["cluster"] == {"server": "https://x", "insecure-skip-tls-verify": True}


@pytest.mark.parametrize(("given", "text"), UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_what_cannot_be_used_is_said(given: bytes, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        await connect_with(given)


async def test_a_tenants_kubeconfig_works(cluster: RunningCluster, namespace: str) -> None:
    client = await connect_with(cluster.kubeconfig.read_bytes())
    assert (await client.get(kinds.NAMESPACE, namespace)).metadata.name == namespace
    await client.close()
    with pytest.raises(Unreachable, match="the client is closed"):
        await client.get(kinds.NAMESPACE, namespace)


async def test_a_programs_token_is_asked_for(cluster: RunningCluster, namespace: str, tmp_path: Path) -> None:
    program = tmp_path / "login"
    credential = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}'
    program.write_text(f"#!/bin/sh\necho '{credential % cluster.token}'\n")
    program.chmod(0o700)
    config = yaml.load(cluster.kubeconfig.read_text())
    config["users"][0]["user"] = {
        "exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "interactiveMode": "Never"}
    }
    client = await connect_with(yaml.dump(config).encode(), allow_exec=True)
    assert (await client.get(kinds.NAMESPACE, namespace)).metadata.name == namespace
    await client.close()


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "kubeconfig"
    with pytest.raises(ConfigurationError, match=str(missing)):
        await connect(str(missing), user_agent="t")


BROKEN = {"nothing": "", "no YAML": "{", "a list": "- a\n", "no contexts": "current-context: a\n", "a number": "7\n"}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_file_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=str(file)):
        await connect(str(file), user_agent="t")


async def test_the_variable_names_the_file(
    cluster: RunningCluster, namespace: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'none'}:{cluster.kubeconfig}")
    client = await connect(user_agent="t")
    assert (await client.get(kinds.NAMESPACE, namespace)).metadata.name == namespace
    await client.close()


async def test_the_environments_proxy_is_used_and_its_logins_are_not(
    cluster: RunningCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    config = yaml.load(cluster.kubeconfig.read_text())
    config["users"][0]["user"] = {}
    client = await connect_with(yaml.dump(config).encode())
    assert (await client.request("GET", "/version")).startswith(b"{")
    await client.close()
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    client = await connect_with(cluster.kubeconfig.read_bytes())
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        await client.get(kinds.NAMESPACE, "default")
    await client.close()
