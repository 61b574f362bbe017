"""A Provider and its Secrets to a configuration."""

from typing import Any

import pytest

from notification_controller.config import resolve
from notification_controller.errors import Unusable
from notification_controller.message import Config, Tls
from weir.api.base import LocalObjectReference, ObjectMeta
from weir.api.notification import Provider, ProviderSpec


def provider(kind: str = "generic", **spec: Any) -> Provider:
    return Provider(metadata=ObjectMeta(name="chat", namespace="apps"), spec=ProviderSpec(kind, **spec))


def config(**fields: Any) -> Config:
    return Config(**({"type": "generic", "name": "apps/chat"} | fields))


RESOLVED: dict[str, tuple[Provider, dict[str, dict[str, bytes]], Config]] = {
    "the spec alone": (
        provider("slack", address="https://x/y", channel="c", username="u", timeout="1m30s"),
        {},
        config(type="slack", address="https://x/y", channel="c", username="u", timeout=90.0),
    ),
    "the Secret's address wins, trimmed": (
        provider(address="https://spec"),
        {"secret": {"address": b" https://secret/x\n"}},
        config(address="https://secret/x"),
    ),
    "the Secret's address wins even when it is empty": (
        provider(address="https://spec"),
        {"secret": {"address": b""}},
        config(address=""),
    ),
    "the token keeps its bytes": (provider(), {"secret": {"token": b"t\xff\n"}}, config(token=b"t\xff\n")),
    "credentials of the Secret": (
        provider(username="spec"),
        {"secret": {"username": b"u", "password": b"p\n"}},
        config(username="u", password="p"),
    ),
    "a password alone goes with the user name of the spec": (
        provider(username="spec"),
        {"secret": {"password": b"p"}},
        config(username="spec", password="p"),
    ),
    "headers as YAML": (
        provider(),
        {"secret": {"headers": b"X-A: one\nX-B: 'two'\n"}},
        config(headers={"X-A": "one", "X-B": "two"}),
    ),
    "headers as JSON": (provider(), {"secret": {"headers": b'{"X-A": "one"}'}}, config(headers={"X-A": "one"})),
    "the proxy of the spec": (provider(proxy="http://spec:1"), {}, config(proxy="http://spec:1")),
    "the Secret's proxy beats it": (
        provider(proxy="http://spec:1"),
        {"secret": {"proxy": b"http://secret:1\n"}},
        config(proxy="http://secret:1"),
    ),
    "the proxy Secret beats both, with its own user": (
        provider(proxy="http://spec:1"),
        {
            "secret": {"proxy": b"http://secret:1"},
            "proxy": {"address": b"socks5://old@p:1080", "username": b"u@x", "password": b"p:/"},
        },
        config(proxy="socks5://u%40x:p%3A%2F@p:1080"),
    ),
    "a CA alone": (provider(), {"cert": {"ca.crt": b"CA"}}, config(tls=Tls(b"CA"))),
    "new key names beat the old ones": (
        provider(),
        {"cert": {"caFile": b"old", "ca.crt": b"CA", "certFile": b"C", "keyFile": b"K"}},
        config(tls=Tls(b"CA", b"C", b"K")),
    ),
    "nats credentials": (
        provider("nats"),
        {"secret": {"creds": b"CREDS\n", "nkey": b"SU\n"}},
        config(type="nats", creds="CREDS", nkey="SU"),
    ),
}


@pytest.mark.parametrize("case", RESOLVED)
def test_resolved(case: str) -> None:
    given, secrets, expected = RESOLVED[case]
    assert resolve(given, **secrets) == expected


UNUSABLE: dict[str, tuple[Provider, dict[str, dict[str, bytes]], str]] = {
    "no spec": (Provider(metadata=ObjectMeta(name="chat", namespace="apps")), {}, "Provider apps/chat has no spec"),
    "a long address": (
        provider(),
        {"secret": {"address": b"x" * 2049}},
        "Provider apps/chat: the address in the Secret is longer than 2048 bytes",
    ),
    "an address that is no text": (
        provider(),
        {"secret": {"address": b"\xff"}},
        "Provider apps/chat: Secret key address is not UTF-8 text",
    ),
    "headers that are no YAML": (
        provider(),
        {"secret": {"headers": b"hidden: ["}},
        "Provider apps/chat: Secret key headers is not YAML",
    ),
    "headers that are a list": (
        provider(),
        {"secret": {"headers": b"- hidden"}},
        "Provider apps/chat: Secret key headers must map strings to strings",
    ),
    "headers with a line break": (
        provider(),
        {"secret": {"headers": b'{"X": "a\\r\\nY: b"}'}},
        "Provider apps/chat: Secret key headers holds a control character",
    ),
    "a proxy of another scheme": (
        provider(),
        {"proxy": {"address": b"ftp://hidden"}},
        "Provider apps/chat: proxySecretRef: key address must be a URL with scheme http, https, socks5 and a host",
    ),
    "a proxy Secret without an address": (
        provider(),
        {"proxy": {"username": b"hidden"}},
        "Provider apps/chat: proxySecretRef: key address must be a URL with scheme http, https, socks5 and a host",
    ),
    "a certificate without its key": (
        provider(),
        {"cert": {"tls.crt": b"hidden"}},
        "Provider apps/chat: certSecretRef needs tls.crt and tls.key together",
    ),
    "an empty certificate Secret": (
        provider(),
        {"cert": {}},
        "Provider apps/chat: certSecretRef holds neither ca.crt nor tls.crt and tls.key",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable(case: str) -> None:
    given, secrets, text = UNUSABLE[case]
    with pytest.raises(Unusable) as caught:
        resolve(given, **secrets)
    assert str(caught.value) == text


def test_a_configuration_shows_no_secret() -> None:
    given = provider(secret_ref=LocalObjectReference("s"), address="https://hidden")
    shown = repr(resolve(given, {"token": b"hidden", "password": b"hidden"}))
    assert shown == "Config(type='generic', name='apps/chat')"
