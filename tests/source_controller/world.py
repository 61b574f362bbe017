"""The source-controller at work in one namespace, and what tests ask about it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from source_controller.app import NAME, start
from source_controller.settings import Git, Settings, Storage
from weir.api.conditions import Condition, find
from weir.api.source import Artifact, GitRepository
from weir.archive import matches, unpack
from weir.kube.client import Client, PatchType
from weir.kube.errors import NotFound
from weir.kube.identity import connect
from weir.kube.kinds import EVENT, SECRET
from weir.outbox import Outbox
from weir.runtime.attempt import Host
from weir.runtime.controller import Controller, Loop
from weir.runtime.events import Recorder
from weir.runtime.health import serving
from weir.runtime.manager import Process
from weir.runtime.schedule import Delays

KIND = GitRepository.DEFINITION.kind


class World:
    """One namespace with its own controller, storage and artifact server."""

    def __init__(self, client: Client, controller: Path, namespace: str, directory: Path) -> None:
        self.client = client
        self.controller = controller
        """The kubeconfig of its own account."""
        self.namespace = namespace
        self.directory = directory
        self.storage = directory / "storage"
        self.events_url = ""
        self.port = 0
        self._tasks: list[asyncio.Task[Any]] = []
        self._client: Client | None = None
        self._outbox: Outbox | None = None
        self._starts = 0

    async def start(self, **storage: Any) -> None:
        """Run the controller; `storage` are settings of the artifacts."""
        self.port = self.port or await _free_port()
        address = f"127.0.0.1:{self.port}"
        settings = Settings(
            storage=Storage(storage_path=str(self.storage), storage_addr=address, storage_adv_addr=address, **storage),
            git=Git(git_mirror_path=str(self.directory / "mirrors")),
        )
        self._client = client = await connect(str(self.controller), user_agent=NAME)
        process: Process = start(settings, client)
        self._starts += 1
        outbox_file = self.directory / f"outbox-{self._starts}.sqlite"
        self._outbox = Outbox(outbox_file, self.events_url) if self.events_url else None
        recorder = Recorder(client, NAME, "pod-1", self._outbox)
        host = Host(NAME, recorder, Delays(least=0.1, most=1.0), self.namespace)
        works: list[Callable[[], Awaitable[None]]] = [recorder.run, *([self._outbox.run] if self._outbox else [])]
        works += [Loop(it, client, host).run if isinstance(it, Controller) else it for it in process.parts]
        works += process.leading
        self._tasks = [asyncio.create_task(_run(work)) for work in works]

    async def stop(self) -> None:
        """Cancel everything."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        if self._outbox:
            await self._outbox.close()
        if self._client:
            await self._client.close()
            self._client = None
        self._tasks = []

    async def make(self, name: str, url: str, **spec: Any) -> None:
        """Create a GitRepository; its interval is an hour, so that nothing happens by itself."""
        await self.client.create(KIND, self.body(name, url=url, **spec), self.namespace)

    def body(self, name: str, **spec: Any) -> dict[str, Any]:
        return {
            "apiVersion": KIND.api_version,
            "kind": KIND.kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {"interval": "1h", "timeout": "10s", "ref": {"branch": "main"}, **spec},
        }

    async def secret(self, name: str, **data: str) -> None:
        """Create a Secret; `_` before crt and key is a dot."""
        keys = {key.replace("_crt", ".crt").replace("_key", ".key"): value for key, value in data.items()}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": keys}
        await self.client.create(SECRET, body, self.namespace)

    async def get(self, name: str) -> GitRepository:
        return (await self.client.get(KIND, name, self.namespace)).decode(GitRepository)

    async def patch(self, name: str, **spec: Any) -> None:
        await self.client.patch(KIND, name, self.namespace, {"spec": spec}, type=PatchType.MERGE)

    async def request(self, name: str, token: str) -> None:
        """Ask for a pass."""
        body = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}}
        await self.client.patch(KIND, name, self.namespace, body, type=PatchType.MERGE)

    async def pass_over(self, name: str, token: str) -> GitRepository:
        """Ask for a pass and wait for its end."""
        await self.request(name, token)
        return await self.until(name, lambda repository: repository.status.last_handled_reconcile_at == token)

    async def until(self, name: str, right: Callable[[GitRepository], bool], within: float = 15) -> GitRepository:
        """The object as soon as it is right."""
        try:
            async with asyncio.timeout(within):
                while not right(repository := await self.get(name)):
                    await asyncio.sleep(0.01)
                return repository
        except TimeoutError:
            pytest.fail(f"{name} stays {await self.get(name)}")

    async def ready(self, name: str, revision: str = "") -> GitRepository:
        """The object as soon as it is Ready, at that revision if one is given."""

        def right(repository: GitRepository) -> bool:
            artifact = repository.status.artifact
            return (
                state(repository) == ("True", "Succeeded")
                and artifact is not None
                and (not revision or artifact.revision == revision)
            )

        return await self.until(name, right)

    async def failed(self, name: str, reason: str) -> Condition:
        """The Ready condition as soon as it is False with that reason."""
        repository = await self.until(name, lambda repository: state(repository) == ("False", reason))
        condition = find(repository.status.conditions, "Ready")
        assert condition
        return condition

    async def until_gone(self, name: str, within: float = 10) -> None:
        with suppress(NotFound):
            async with asyncio.timeout(within):
                while True:
                    await self.get(name)
                    await asyncio.sleep(0.02)

    async def tree(self, artifact: Artifact | None) -> dict[str, bytes]:
        """The artifact as a consumer gets it: fetched, checked, unpacked."""
        assert artifact
        async with aiohttp.ClientSession() as session, session.get(artifact.url) as response:
            data = await response.read()
            assert (response.status, len(data)) == (200, artifact.size)
        assert matches(data, artifact.digest)
        return unpack(data)

    async def events(self, name: str, reason: str = "") -> list[tuple[str, str, str]]:
        """(type, reason, message) of the Kubernetes events of an object."""
        listing = await self.client.list(EVENT, self.namespace, fields=f"involvedObject.name={name}")
        bodies = [found.body() for found in listing.objects]
        return [
            (body["type"], body["reason"], body["message"]) for body in bodies if not reason or body["reason"] == reason
        ]


def state(repository: GitRepository) -> tuple[str, str]:
    """Status and reason of Ready."""
    condition = find(repository.status.conditions, "Ready")
    return (condition.status, condition.reason) if condition else ("", "")


def conditions(repository: GitRepository) -> dict[str, tuple[str, str, str]]:
    """(status, reason, message) by type."""
    return {it.type: (it.status, it.reason, it.message) for it in repository.status.conditions}


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


async def _free_port() -> int:
    from aiohttp import web  # noqa: PLC0415  only here

    async with serving(web.Application(), "127.0.0.1:0") as port:
        return port
