"""From flags to a client, and from a coroutine to a command: every failure ends as one line that says what to do."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import weir
from weir.api import duration
from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir.kube.client import Client

_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")


@dataclass(frozen=True)
class Connection:
    """Where the cluster is, who asks, and how long to wait."""

    namespace: str
    kubeconfig: str
    context: str
    as_user: str
    as_groups: tuple[str, ...]
    timeout: float
    """Seconds."""

    @classmethod
    def of(cls, options: dict[str, Any]) -> "Connection":
        """The connection that the global flags describe. Raises `Halt` naming the flag that is wrong."""
        if not _LABEL.match(options["namespace"]):
            raise Halt(f"--namespace {options['namespace']!r} is no namespace name: lower case letters, digits and '-'")
        try:
            timeout = duration.seconds(options["timeout"])
        except ValueError as error:
            raise Halt(f"--timeout: {error}") from None
        return cls(**{**options, "timeout": timeout})

    @asynccontextmanager
    async def client(self) -> AsyncIterator["Client"]:
        """A client for the cluster, closed at the end."""
        from weir.kube.identity import connect  # noqa: PLC0415  costly; only commands that talk to a cluster pay

        client = await connect(self.kubeconfig, self.context, user_agent=f"weir/{weir.__version__}")
        try:
            yield client.impersonate(self.as_user, self.as_groups) if self.as_user else client
        finally:
            await client.close()


def run(connection: Connection, command: Callable[["Client"], Awaitable[object]]) -> None:
    """Run a command against the cluster. Raises `Halt` with the cause when the cluster refuses or cannot be reached."""
    from weir.kube.errors import KubeError  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    async def with_client() -> None:
        async with connection.client() as client:
            await command(client)

    try:
        asyncio.run(with_client())
    except KubeError as error:
        raise Halt(str(error)) from None
    except KeyboardInterrupt:
        raise Halt("interrupted", 130) from None
