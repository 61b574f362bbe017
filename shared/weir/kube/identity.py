"""From a kubeconfig, or the pod that we run in, to a client."""

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from weir.kube.client import Client
from weir.kube.errors import ConfigurationError
from weir.kube.fence import pass_fence
from weir.kube.kubeconfig import Given, allowed
from weir.kube.transport import Transport

_READ_AHEAD = 2**21
"""Bytes of an answer that are read before anybody asks: a line of a watch holds a whole object."""
_HOME = Path("~/.kube/config")
_REFRESH = 60.0
"""Seconds after which a token file, a program or a provider is asked for its token again."""


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
            loader = await config.load_kube_config(
                path, context or None, client_configuration=configuration, persist_config=False
            )
            configuration.refresh_api_key_hook = _refresh(loader.load_and_set)
    except ConfigurationError:
        raise
    except Exception as error:  # noqa: BLE001  the loader lets through what YAML libraries, plugins and providers raise
        raise ConfigurationError(f"{path or 'the pod'}: {error or type(error).__name__}") from None
    return _client(configuration, user_agent, path or "the pod")


def _existing(path: str) -> str:
    """The kubeconfig path (several with the system's separator), if anything is there."""
    path = path or str(_HOME.expanduser())
    if not any(Path(part).expanduser().exists() for part in path.split(os.pathsep)):
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
        loader = await config.load_kube_config_from_dict(given.document, client_configuration=configuration)
        if allow_exec:
            configuration.refresh_api_key_hook = _refresh(loader.load_and_set)
    except Exception as error:  # noqa: BLE001  the loader lets through what a plugin raises
        raise ConfigurationError(f"the kubeconfig cannot be used: {error or type(error).__name__}") from None
    with TemporaryDirectory(prefix="weir-") as directory:
        _materials(configuration, given, Path(directory))
        return _client(configuration, user_agent, "the kubeconfig")


def _materials(configuration: Any, given: Given, directory: Path) -> None:
    """Certificates and key as the files that Python's ssl reads; they are needed until the client is made."""
    for attribute, content in (
        ("ssl_ca_cert", given.authority),
        ("cert_file", given.certificate),
        ("key_file", given.key),
    ):
        if content:
            file = directory / attribute
            file.touch(mode=0o600)
            file.write_bytes(content)
            setattr(configuration, attribute, str(file))


def _refresh(load: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """What asks for the token again from time to time: those of token files, programs and providers expire."""
    due = time.monotonic() + _REFRESH

    async def refresh(configuration: Any) -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + _REFRESH  # before waiting: the others go on with what they have
        try:
            await load(configuration)
        except Exception as error:  # noqa: BLE001  as the first time
            raise ConfigurationError(f"the credentials cannot be renewed: {error}") from None

    return refresh


def _client(configuration: Any, user_agent: str, where: str) -> Client:
    from kubernetes_asyncio.client.api_client import ApiClient  # noqa: PLC0415  costly; paid by those who connect

    for name, address in (("server", str(configuration.host)), ("proxy-url", str(configuration.proxy or ""))):
        if (address or name == "server") and not _is_http(address):
            raise ConfigurationError(f"{where}: cluster.{name} must be an http or https address")
    configuration.proxy = configuration.proxy or _environments_proxy(str(configuration.host))
    configuration.connection_pool_maxsize = 0  # every watch keeps a connection: a full pool would starve the rest
    try:
        api = ApiClient(configuration)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"{where}: certificate, key or certificate authority is not usable: {error}") from None
    _session(api.rest_client)
    return Client(Transport(api, user_agent))


def _environments_proxy(address: str) -> str | None:
    """The proxy that the process's variables name for an address."""
    parts = urlsplit(address)
    return None if proxy_bypass(parts.netloc.rpartition("@")[2]) else getproxies().get(parts.scheme)


def _session(rest: Any) -> None:
    """Give the client a session of ours: writes pass their fence, and no request looks into variables and `~/.netrc`.

    Looking there costs two threads each time, and adds logins nobody gave.
    """
    import aiohttp  # noqa: PLC0415  costly; paid by those who connect

    former, trace = rest.pool_manager, aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(pass_fence)
    trace.on_request_chunk_sent.append(pass_fence)
    rest.pool_manager = aiohttp.ClientSession(
        connector=former.connector, read_bufsize=_READ_AHEAD, trace_configs=[trace]
    )
    former.detach()


def _is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False
