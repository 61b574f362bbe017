"""What a tenant's kubeconfig may say (CVE-2022-24817), and what becomes of a broken one."""

from pathlib import Path
from typing import Any

import pytest

from weir import yaml
from weir.kube.errors import ConfigurationError
from weir.kube.identity import allowed, connect, connect_with


def kubeconfig(user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> bytes:
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
            "users": [{"name": "u", "user": {"token": "t", **(user or {})}}],
            "clusters": [{"name": "k", "cluster": {"server": "https://x", **(cluster or {})}}],
        }
    ).encode()


REFUSED = {
    "a program": (
        kubeconfig(user={"exec": {"command": "/bin/sh"}}),
        r"user\.exec is not allowed.*--insecure-kubeconfig-exec",
    ),
    "unverified TLS": (
        kubeconfig(cluster={"insecure-skip-tls-verify": True}),
        r"insecure-skip-tls-verify is not allowed.*--insecure-kubeconfig-tls",
    ),
    "no YAML": (b"{", "is no YAML"),
    "a list": (b"- a\n", "is no map"),
    "users that are no list": (b"users: {a: b}\n", "users is no list"),
    "a user that is no map": (b"users: [a]\n", "user that is no map"),
}

DROPPED = {
    "a CA by path": kubeconfig(cluster={"certificate-authority": "/etc/passwd"}),
    "a key by path": kubeconfig(user={"client-key": "/etc/shadow"}),
    "a token by path": kubeconfig(user={"tokenFile": "/var/run/secrets/token"}),
    "impersonation": kubeconfig(user={"as": "system:admin", "as-groups": ["system:masters"]}),
    "an auth provider": kubeconfig(user={"auth-provider": {"name": "gcp", "config": {"cmd-path": "/bin/sh"}}}),
    "what nobody knows": kubeconfig(user={"later": "x"}, cluster={"later": "x"}),
}


@pytest.mark.parametrize(("given", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses_and_names_the_field(given: bytes, text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        allowed(given, allow_exec=False, allow_insecure=False)


@pytest.mark.parametrize("given", DROPPED.values(), ids=DROPPED.keys())
def test_leaves_out_what_reaches_beyond_the_file(given: bytes) -> None:
    assert allowed(given, allow_exec=False, allow_insecure=False) == yaml.load(kubeconfig())


def test_flags_let_programs_and_unverified_tls_through() -> None:
    given = kubeconfig(user={"exec": {"command": "x"}}, cluster={"insecure-skip-tls-verify": True})
    assert allowed(given, allow_exec=True, allow_insecure=True) == yaml.load(given)


async def test_a_tenants_kubeconfig_without_context_is_an_error() -> None:
    with pytest.raises(ConfigurationError):
        await connect_with(b"{}")


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "kubeconfig"
    with pytest.raises(ConfigurationError, match=str(missing)):
        await connect(str(missing), user_agent="t")
