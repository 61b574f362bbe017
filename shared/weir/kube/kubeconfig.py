"""What a tenant's kubeconfig may say (CVE-2022-24817): nothing else reaches a loader. Pure."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple

from weir import yaml
from weir.kube.errors import ConfigurationError

_USER = {"token", "username", "password"}
_CLUSTER = {"server", "tls-server-name", "proxy-url"}

_CREDENTIALS = ("token", "client-certificate-data", "username")
_NEEDS_INLINE: Mapping[str, Mapping[str, tuple[tuple[str, ...], str]]] = {
    "user": {
        "exec": (_CREDENTIALS, "the controller runs no program without --insecure-kubeconfig-exec"),
        "auth-provider": (_CREDENTIALS, "auth providers are not supported"),
        "tokenFile": (("token",), "give the token itself as token"),
        "client-certificate": (("client-certificate-data",), "give the certificate as client-certificate-data"),
        "client-key": (("client-key-data",), "give the key as client-key-data"),
    },
    "cluster": {
        "insecure-skip-tls-verify": (
            ("certificate-authority-data",),
            "the controller needs --insecure-kubeconfig-tls",
        ),
        "certificate-authority": (
            ("certificate-authority-data",),
            "give the certificate as certificate-authority-data",
        ),
    },
}
"""Fields that would reach beyond the file, what makes up for them, and the way out. With it they are left out."""


class Given(NamedTuple):
    """A kubeconfig of one context; certificates and key are PEM."""

    document: dict[str, Any]
    """For the loader, without certificates and key."""
    authority: bytes
    certificate: bytes
    key: bytes


def allowed(kubeconfig: bytes, *, allow_exec: bool, allow_insecure: bool) -> Given:
    """The current context's cluster and user, fields of the allow-list only.

    File paths, programs, auth providers and unverified TLS are refused by name, unless something inline stands beside
    them: then they are left out, as are impersonation and everything unknown. Raises `ConfigurationError`.
    """
    try:
        given = yaml.load(kubeconfig)
    except yaml.YamlError as error:
        raise ConfigurationError(f"the kubeconfig is no YAML: {error}") from None
    if not isinstance(given, dict):
        raise ConfigurationError("the kubeconfig is no map")
    current = _text(given, "current-context", "current-context")
    context = _named(given, "contexts", "context", current)
    cluster = _named(given, "clusters", "cluster", _text(context, "cluster", "context.cluster"))
    name = _text(context, "user", "context.user")
    user = _named(given, "users", "user", name) if name else {}
    insecure = _flag(cluster, "insecure-skip-tls-verify")
    _refuse("user", user, {"exec"} if allow_exec else set())
    _refuse("cluster", cluster, {"insecure-skip-tls-verify"} if allow_insecure else set())
    document = _document(
        {key: _text(cluster, key, f"cluster.{key}") for key in _CLUSTER if cluster.get(key)}
        | ({"insecure-skip-tls-verify": True} if allow_insecure and insecure else {}),
        {key: _text(user, key, f"user.{key}") for key in _USER if user.get(key)}
        | ({"exec": user["exec"]} if allow_exec and user.get("exec") else {}),
    )
    key = _pem(user, "client-key-data", "user")
    if b"ENCRYPTED" in key:  # OpenSSL would ask the terminal
        raise ConfigurationError("the kubeconfig's user.client-key-data needs a pass phrase")
    return Given(
        document,
        _pem(cluster, "certificate-authority-data", "cluster"),
        _pem(user, "client-certificate-data", "user"),
        key,
    )


def _document(cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    if not cluster.get("server"):
        raise ConfigurationError("the kubeconfig's cluster.server is missing")
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": cluster}],
        "users": [{"name": "it", "user": user}],
    }


def _named(given: dict[str, Any], list_: str, member: str, name: str) -> dict[str, Any]:
    """The entry of that name. Raises `ConfigurationError`."""
    entries = given.get(list_) or []
    if not isinstance(entries, list):
        raise ConfigurationError(f"the kubeconfig's {list_} is no list")
    for entry in entries:
        if isinstance(entry, dict) and entry.get("name") == name:
            found = entry.get(member) or {}
            if isinstance(found, dict):
                return found
            raise ConfigurationError(f"the kubeconfig's {member} {name!r} is no map")
    raise ConfigurationError(f"the kubeconfig has no {member} {name!r}")


def _refuse(where: str, values: dict[str, Any], allowed_: set[str]) -> None:
    for field, (inline, way_out) in _NEEDS_INLINE[where].items():
        if values.get(field) and field not in allowed_ and not any(values.get(name) for name in inline):
            raise ConfigurationError(f"the kubeconfig's {where}.{field} is not allowed: {way_out}")


def _flag(values: dict[str, Any], field: str) -> bool:
    value = values.get(field) or False
    if not isinstance(value, bool):
        raise ConfigurationError(f"the kubeconfig's cluster.{field} is neither true nor false")
    return value


def _text(values: dict[str, Any], field: str, path: str) -> str:
    value = values.get(field) or ""
    if not isinstance(value, str | int | float):  # a password of digits is a number to YAML
        raise ConfigurationError(f"the kubeconfig's {path} is no text")
    text = str(value).strip()
    if not text.isprintable():
        raise ConfigurationError(f"the kubeconfig's {path} holds a line break or a control character")
    return text


def _pem(values: dict[str, Any], field: str, where: str) -> bytes:
    try:
        return base64.b64decode("".join(str(values.get(field) or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"the kubeconfig's {where}.{field} is no base64") from None
