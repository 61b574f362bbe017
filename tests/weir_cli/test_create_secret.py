"""`weir create secret`: the keys that controllers read, and nothing secret where it is not asked for."""

import hashlib
from pathlib import Path

import pytest

from tests.weir_cli.stage import Stage, weir
from weir import yaml

HTTPS = ("git", "a", "--url", "https://example.com/a.git")

REFUSED = {
    "no user": (HTTPS, "give --username with --password or --password-file, or --bearer-token"),
    "both": (
        (*HTTPS, "-u", "a", "-p", "hunter2", "--bearer-token", "hunter2"),
        "give --username with --password or --password-file, or --bearer-token",
    ),
    "no scheme": (("git", "a"), "--url is needed: https://, http:// or ssh://"),
    "no such file": (
        (*HTTPS, "-u", "a", "--password-file", "/nowhere"),
        "--password-file /nowhere: No such file or directory",
    ),
    "a key without its certificate": (
        ("tls", "a", "--tls-key-file", "/nowhere"),
        "--tls-crt-file and --tls-key-file only work together",
    ),
    "no TLS": (("tls", "a"), "give --ca-crt-file, or --tls-crt-file and --tls-key-file, or all three"),
    "no proxy": (("proxy", "a"), "--address is needed: http://, https:// or socks5://"),
    "a type to come": (
        ("oci", "a"),
        "secret oci: no controller reads it yet; there are git, tls, proxy and receiver",
    ),
    "no host": (
        ("receiver", "a", "--type", "github"),
        "--hostname is needed: the host that webhooks are reached at",
    ),
}


@pytest.mark.parametrize(("words", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(words: tuple[str, ...], text: str) -> None:
    assert weir("create", "secret", *words) == (1, "", f"✗ {text}\n")


def exported(*words: str) -> dict[str, str]:
    shown = weir("create", "secret", *words, "--export")
    assert (shown.code, shown.err) == (0, "")
    body = yaml.load(shown.out)
    assert (body["kind"], body["metadata"]["namespace"]) == ("Secret", "flux-system")
    data: dict[str, str] = body["stringData"]
    return data


def test_manifests(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("id", "id.pub", "hosts", "ca", "token")}
    for name, path in files.items():
        path.write_text(f"{name}\n")
    at = {name: str(path) for name, path in files.items()}
    assert exported(*HTTPS, "-u", "git", "--password-file", at["token"], "--ca-file", at["ca"]) == {
        "username": "git",
        "password": "token",
        "ca.crt": "ca\n",
    }
    ssh = ("git", "a", "--url", "ssh://git@example.com/a.git")
    assert exported(*ssh, "--private-key-file", at["id"], "--known-hosts-file", at["hosts"]) == {
        "identity": "id\n",
        "identity.pub": "id.pub\n",
        "known_hosts": "hosts\n",
    }
    assert "ssh-keyscan" in weir("create", "secret", *ssh).err
    assert exported("tls", "a", "--ca-crt-file", at["ca"]) == {"ca.crt": "ca\n"}
    assert exported("proxy", "a", "--address", "http://p:3128", "-u", "u", "-p", "w") == {
        "address": "http://p:3128",
        "username": "u",
        "password": "w",
    }


def test_a_token_for_webhooks_is_nowhere_but_in_its_secret(stage: Stage) -> None:
    words = ("create", "secret", "receiver", "push", "--type", "github", "--hostname", "hooks.example.com")
    shown = stage.weir(*words, "--token", "hunter2", "-n", "default")
    assert shown == (
        0,
        "",
        (
            "► receiver secret 'push' created in 'default' namespace\n"
            "✔ address for senders in its annotation notification.toolkit.fluxcd.io/webhook\n"
        ),
    )
    assert "'push' updated in" in stage.weir(*words, "-n", "default").err
    assert stage.weir(*words, "--token", "hunter2", "-n", "default").code == 0
    body = yaml.load(stage.kubectl("get", "secret", "push", "-n", "default", "-o", "yaml"))
    stage.kubectl("delete", "secret", "push", "-n", "default")
    path = hashlib.sha256(b"hunter2pushdefault").hexdigest()
    assert body["data"] == {"token": "aHVudGVyMg=="}
    assert body["metadata"]["annotations"] == {
        "notification.toolkit.fluxcd.io/webhook": f"https://hooks.example.com/hook/{path}"
    }
