"""From flags to a client, and from a coroutine to a command: every failure ends as one line that says what to do."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

import weir
from weir.api import duration
from weir_cli import flags, kubeconfig
from weir_cli.kubeconfig import Overrides
from weir_cli.terminal import Halt, warning

if TYPE_CHECKING:
    from weir.kube.client import Client

P = ParamSpec("P")

NAMESPACE = "flux-system"
MANAGER = "weir"
"""Field manager of what people change by a command."""
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""A name as Kubernetes wants it of namespaces: a DNS label."""


@dataclass(frozen=True)
class Connection:
    """Where the cluster is, who asks, and how long to wait."""

    namespace: str
    kubeconfig: str
    context: str
    overrides: Overrides
    as_user: str
    as_groups: tuple[str, ...]
    timeout: float
    """Seconds."""

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Connection":
        """The connection that the global flags describe. Raises `Halt` naming the flag that is wrong."""
        _refuse(given)
        try:
            timeout = duration.seconds(given["timeout"])
        except ValueError as error:
            raise Halt(f"--timeout: {error}") from None
        return cls(
            namespace=_namespace(given),
            kubeconfig=given["kubeconfig"],
            context=given["context"],
            overrides=Overrides.of(given),
            as_user=given["as_user"],
            as_groups=given["as_groups"],
            timeout=timeout,
        )

    @asynccontextmanager
    async def client(self) -> AsyncIterator["Client"]:
        """A client for the cluster, closed at the end."""
        from weir.kube.identity import connect  # noqa: PLC0415  costly; only commands that talk to a cluster pay

        with kubeconfig.overridden(self.kubeconfig, self.context, self.overrides) as (path, context):
            client = await connect(path, context, user_agent=f"weir/{weir.__version__}")
        try:
            yield client.impersonate(self.as_user, self.as_groups) if self.as_user else client
        finally:
            await client.close()


def connected(command: Callable[Concatenate[Connection, P], None]) -> Callable[P, None]:
    """Call a command with the connection that its global flags describe."""

    @wraps(command)
    def with_connection(*args: P.args, **kwargs: P.kwargs) -> None:
        command(Connection.of(flags.given(click.get_current_context())), *args, **kwargs)

    return with_connection


def run(connection: Connection, command: Callable[["Client"], Awaitable[object]]) -> None:
    """Run a command against the cluster. Raises `Halt` with the cause when the cluster refuses or cannot be reached."""
    import asyncio  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    from weir.kube.errors import KubeError, Unauthorized  # noqa: PLC0415  same

    async def with_client() -> None:
        async with connection.client() as client:
            try:
                await command(client)
            except Unauthorized:
                raise Halt(f"{client.host} does not accept the credentials of the kubeconfig or --token") from None

    try:
        asyncio.run(with_client())
    except KubeError as error:
        raise Halt(str(error)) from None
    except KeyboardInterrupt:
        raise Halt("interrupted", 130) from None


def _refuse(given: dict[str, Any]) -> None:
    if given["as_uid"]:
        raise Halt("--as-uid is not supported: impersonate by --as and --as-group")
    if given["as_groups"] and not given["as_user"]:
        raise Halt("--as-group needs --as")
    for name, reason in flags.IGNORED.items():
        if given[name]:
            warning(f"--{name.replace('_', '-')} has no effect: {reason}")


def _namespace(given: dict[str, Any]) -> str:
    """The namespace by flag, by the context if it is to be followed, by the environment, or the default."""
    if namespace := given["namespace"]:
        if not LABEL.fullmatch(namespace):
            raise Halt(f"--namespace {namespace!r} is no namespace name: lower case letters, digits and '-'")
        return str(namespace)
    if given["ns_follows_kube_context"] or os.environ.get("FLUX_NS_FOLLOWS_KUBE_CONTEXT"):
        namespace = kubeconfig.read(given["kubeconfig"]).context(given["context"]).get("namespace", "")
        if namespace:
            return str(namespace)
    namespace = os.environ.get("FLUX_SYSTEM_NAMESPACE", "")
    if namespace and not LABEL.fullmatch(namespace):
        warning(f"FLUX_SYSTEM_NAMESPACE {namespace!r} is no namespace name: using {NAMESPACE}")
        return NAMESPACE
    return namespace or NAMESPACE
