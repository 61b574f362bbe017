"""From a kubeconfig, or the pod that we run in, to a client."""

import os
from pathlib import Path
from typing import Any

from weir import yaml
from weir.kube.client import Client
from weir.kube.errors import ConfigurationError
from weir.kube.transport import Transport

_HOME = Path("~/.kube/config")
_USER_FIELDS = {"client-certificate-data", "client-key-data", "token", "username", "password"}
_CLUSTER_FIELDS = {
    "server",
    "certificate-authority-data",
    "tls-server-name",
    "proxy-url",
    "disable-compression",
}
_DROPPED = {
    "certificate-authority",
    "client-certificate",
    "client-key",
    "tokenFile",
    "as",
    "as-uid",
    "as-groups",
    "as-user-extra",
    "auth-provider",
    "extensions",
}
"""File paths, impersonation and auth providers of a tenant's kubeconfig: left out, never read."""


async def connect(kubeconfig: str = "", context: str = "", *, user_agent: str) -> Client:
    """A client by kubeconfig file, the KUBECONFIG variable, the pod's own account, or `~/.kube/config`, in that order.

    Raises `ConfigurationError` naming the file.
    """
    from kubernetes_asyncio import config  # noqa: PLC0415  costly; paid by those who connect
    from kubernetes_asyncio.client import Configuration  # noqa: PLC0415  same

    configuration = Configuration()
    path = kubeconfig or os.environ.get("KUBECONFIG", "")
    try:
        if not path and "KUBERNETES_SERVICE_HOST" in os.environ:
            config.load_incluster_config(client_configuration=configuration)
        else:
            path = _existing(path)
            await config.load_kube_config(
                path, context or None, client_configuration=configuration, persist_config=False
            )
    except (config.ConfigException, OSError, ValueError) as error:
        raise ConfigurationError(f"{path or 'the pod'}: {error}") from None
    return _client(configuration, user_agent)


def _existing(path: str) -> str:
    """The kubeconfig path (several with the system's separator), if anything is there."""
    path = path or str(_HOME.expanduser())
    if not any(Path(part).exists() for part in path.split(os.pathsep)):
        raise ConfigurationError(f"no kubeconfig at {path}: give --kubeconfig or set KUBECONFIG")
    return path


async def connect_with(
    kubeconfig: bytes, *, allow_exec: bool = False, allow_insecure: bool = False, user_agent: str = "weir"
) -> Client:
    """A client by a kubeconfig that a tenant gave. Raises `ConfigurationError` naming the field that is refused."""
    from kubernetes_asyncio import config  # noqa: PLC0415  costly; paid by those who connect
    from kubernetes_asyncio.client import Configuration  # noqa: PLC0415  same

    given = allowed(kubeconfig, allow_exec=allow_exec, allow_insecure=allow_insecure)
    configuration = Configuration()
    try:
        await config.load_kube_config_from_dict(given, client_configuration=configuration)
    except (config.ConfigException, OSError, ValueError) as error:
        raise ConfigurationError(f"the kubeconfig cannot be used: {error}") from None
    return _client(configuration, user_agent)


def allowed(kubeconfig: bytes, *, allow_exec: bool, allow_insecure: bool) -> dict[str, Any]:
    """What a loader may see of a kubeconfig: an allow-list of inline fields (CVE-2022-24817).

    Programs and unverified TLS are refused by name unless allowed; file paths, impersonation and auth providers are
    left out; anything unknown is left out too. Raises `ConfigurationError`.
    """
    try:
        given = yaml.load(kubeconfig)
    except yaml.YamlError as error:
        raise ConfigurationError(f"the kubeconfig is no YAML: {error}") from None
    if not isinstance(given, dict):
        raise ConfigurationError("the kubeconfig is no map")
    users = [_entry(item, "user", _USER_FIELDS | ({"exec"} if allow_exec else set())) for item in _list(given, "users")]
    insecure = {"insecure-skip-tls-verify"} if allow_insecure else set()
    clusters = [_entry(item, "cluster", _CLUSTER_FIELDS | insecure) for item in _list(given, "clusters")]
    contexts = [_entry(item, "context", {"cluster", "user", "namespace"}) for item in _list(given, "contexts")]
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": str(given.get("current-context") or ""),
        "users": users,
        "clusters": clusters,
        "contexts": contexts,
    }


def _list(given: dict[str, Any], name: str) -> list[Any]:
    found = given.get(name) or []
    if not isinstance(found, list):
        raise ConfigurationError(f"the kubeconfig's {name} is no list")
    return found


def _entry(item: Any, member: str, fields: set[str]) -> dict[str, Any]:
    if not isinstance(item, dict) or not isinstance(item.get(member) or {}, dict):
        raise ConfigurationError(f"the kubeconfig has a {member} that is no map")
    values = item.get(member) or {}
    for name, flag in (
        ("exec", "--insecure-kubeconfig-exec"),
        ("insecure-skip-tls-verify", "--insecure-kubeconfig-tls"),
    ):
        if values.get(name) and name not in fields and name not in _DROPPED:
            raise ConfigurationError(f"the kubeconfig's {member}.{name} is not allowed: the controller needs {flag}")
    return {"name": str(item.get("name", "")), member: {key: value for key, value in values.items() if key in fields}}


def _client(configuration: Any, user_agent: str) -> Client:
    from kubernetes_asyncio.client.api_client import ApiClient  # noqa: PLC0415  costly; paid by those who connect

    return Client(Transport(ApiClient(configuration), user_agent))
