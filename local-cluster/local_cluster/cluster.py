"""A running cluster: state, controllers and server together."""

import asyncio
import base64
import fcntl
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from local_cluster import certificates
from local_cluster.auth.tokens import Tokens
from local_cluster.bootstrap import bootstrap
from local_cluster.controllers import controlling
from local_cluster.server.http import Server
from local_cluster.server.token import token_for
from local_cluster.simulator.run import simulate
from local_cluster.state import State
from local_cluster.storage.journal import Journal
from local_cluster.storage.store import Store
from weir import yaml
from weir.kube.identity import connect


class InUse(Exception):
    """Another process has the directory."""


class Cluster:
    """A Kubernetes API on the loopback: `async with Cluster.start(directory) as cluster`."""

    def __init__(self, directory: Path, port: int, state: State, admin: str) -> None:
        self.directory = directory
        self.port = port
        self.state = state
        self._admin = admin

    @classmethod
    @asynccontextmanager
    async def start(cls, directory: Path | None = None, port: int = 0) -> AsyncIterator[Self]:
        """Start; with a directory the state survives a restart, without one it is thrown away at the end.

        `port` 0 takes the port of the last run in this directory if it is free, else any. Raises `InUse`.
        """
        async with AsyncExitStack() as stack:
            if directory is None:
                directory = Path(stack.enter_context(TemporaryDirectory(prefix="local-cluster-")))
            stack.enter_context(_locked(directory))
            certificates.ensure(directory / "pki")
            admin = _admin_token(directory / "pki" / "admin.token")
            tokens = Tokens(directory / "pki" / "accounts.key", admin)
            store = Store()
            journal = Journal(directory / "state")
            journal.restore(store)
            stack.callback(journal.close)
            state = State(store, tokens)
            await stack.enter_async_context(controlling(state, (directory / "pki" / "ca.crt").read_text()))
            bootstrap(state)
            bound = await stack.enter_async_context(_listening(Server(state), directory, port))
            cluster = cls(directory, bound, state, admin)
            certificates.write_private(cluster.kubeconfig_file, cluster.kubeconfig().encode())
            await stack.enter_async_context(cluster._simulating())
            yield cluster

    @asynccontextmanager
    async def _simulating(self) -> AsyncIterator[None]:
        """Play nodes and workload controllers while the block lasts, through the API like any client."""
        client = await connect(str(self.kubeconfig_file), user_agent="kube-controller-manager")
        task = asyncio.create_task(simulate(client))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await client.close()

    @property
    def url(self) -> str:
        """`https://127.0.0.1:port`."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def kubeconfig_file(self) -> Path:
        """The administrator's kubeconfig, readable by its owner alone."""
        return self.directory / "kubeconfig"

    def kubeconfig(self, user: str = "admin", *, token: str = "") -> str:
        """A kubeconfig (YAML); of the administrator unless a token is given."""
        authority = (self.directory / "pki" / "ca.crt").read_bytes()
        cluster = {"server": self.url, "certificate-authority-data": base64.b64encode(authority).decode()}
        context = {"cluster": "local", "user": user, "namespace": "default"}
        return yaml.dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "local", "cluster": cluster}],
                "users": [{"name": user, "user": {"token": token or self._admin}}],
                "contexts": [{"name": "local", "context": context}],
                "current-context": "local",
            }
        )

    def token_for(self, namespace: str, service_account: str) -> str:
        """A token of a service account, valid for a day. Raises `ApiError` 404."""
        return token_for(self.state, namespace, service_account)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the directory for this process alone. Raises `InUse`."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (directory / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"{directory}: another local cluster runs in this directory") from None
        yield


@asynccontextmanager
async def _listening(server: Server, directory: Path, port: int) -> AsyncIterator[int]:
    """Listen on the port, or on the last one when it is 0, so that a kubeconfig outlives a restart."""
    kept = directory / "port"
    wanted = port or (int(kept.read_text()) if kept.exists() else 0)
    async with AsyncExitStack() as stack:
        try:
            bound = await stack.enter_async_context(server.listening(directory / "pki", wanted))
        except OSError:
            if port:
                raise
            bound = await stack.enter_async_context(server.listening(directory / "pki", 0))
        kept.write_text(str(bound))
        yield bound


def _admin_token(path: Path) -> str:
    if not path.exists():
        certificates.write_private(path, secrets.token_urlsafe(32).encode())
    return path.read_text()
