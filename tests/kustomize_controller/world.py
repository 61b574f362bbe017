"""A controller at work in one namespace: artifacts come over HTTP, sources are objects whose status the test writes."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from kustomize_controller.app import start
from kustomize_controller.settings import Settings
from tests.servers.artifacts import ArtifactServer
from tests.servers.sink import Sink
from weir import archive
from weir.api.event import Event
from weir.api.kustomization import Kustomization
from weir.api.source import GitRepository
from weir.kube.client import Client
from weir.kube.errors import NotFound
from weir.kube.identity import connect
from weir.kube.kinds import CONFIG_MAP, SECRET
from weir.runtime.attempt import Host
from weir.runtime.controller import Controller, Loop
from weir.runtime.events import Recorder
from weir.runtime.schedule import Delays
from weir.settings import parse

KUSTOMIZATION = Kustomization.DEFINITION.kind
GIT_REPOSITORY = GitRepository.DEFINITION.kind
Files = Mapping[str, str]


class World:
    """What a test acts on and looks at."""

    def __init__(
        self, kube: Client, controller: Path, namespace: str, artifacts: ArtifactServer, sink: Sink, directory: Path
    ) -> None:
        self.kube, self.namespace, self.artifacts, self.sink = kube, namespace, artifacts, sink
        self.controller = controller
        """The kubeconfig of its own account."""
        self._directory = directory
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, *flags: str, client: Client | None = None) -> None:
        """Run the controller for this namespace until `stop`, under its own account unless a client is given."""
        if client is None:
            client = self._client = await connect(str(self.controller), user_agent="kustomize-controller")
        settings = parse(
            Settings,
            [f"--events-addr={self.sink.url}", f"--outbox-path={self._directory / 'outbox.sqlite'}", *flags],
            {},
        )
        started = asyncio.Event()
        self._task = asyncio.create_task(self._run(settings, client, started))
        await started.wait()

    async def stop(self) -> None:
        """End the controller."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _run(self, settings: Settings, client: Client, started: asyncio.Event) -> None:
        process = start(settings, client)
        assert process.outbox is not None
        recorder = Recorder(client, "kustomize-controller", "test", process.outbox)
        host = Host("kustomize-controller", recorder, Delays(0.2, 2.0), self.namespace)
        try:
            async with asyncio.TaskGroup() as group:
                for part in process.parts:
                    if isinstance(part, Controller):
                        group.create_task(Loop(part, client, host).run())
                    else:
                        group.create_task(part())  # type: ignore[arg-type]  # a coroutine function
                group.create_task(recorder.run())
                group.create_task(process.outbox.run())
                started.set()
        finally:
            await process.outbox.close()

    async def push(self, files: Files, revision: str, source: str = "repo", **artifact: Any) -> None:
        """Publish files as a source's artifact."""
        await self.push_bytes(
            archive.pack({path: text.encode() for path, text in files.items()}), revision, source, **artifact
        )

    async def push_bytes(self, packed: bytes, revision: str, source: str = "repo", **artifact: Any) -> None:
        """Publish bytes as a source's artifact."""
        path = f"{self.namespace}/{source}/{revision.replace('/', '-')}.tar.gz"
        self.artifacts.files[path] = packed
        status = {
            "artifact": {
                "path": path,
                "url": f"{self.artifacts.url}/{path}",
                "revision": revision,
                "digest": archive.digest(packed),
                "lastUpdateTime": "2026-01-01T00:00:00Z",
                "size": len(packed),
                **artifact,
            }
        }
        await self.source(source, status)

    async def source(self, name: str = "repo", status: Mapping[str, Any] | None = None) -> None:
        """A GitRepository with this status."""
        body = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {"url": "https://example.org/repo", "interval": "1m"},
        }
        try:
            await self.kube.get(GIT_REPOSITORY, name, self.namespace)
        except NotFound:
            await self.kube.create(GIT_REPOSITORY, body, self.namespace)
        if status is not None:
            await self.kube.patch(GIT_REPOSITORY, name, self.namespace, {"status": status}, subresource="status")

    async def apply(self, name: str = "apps", **spec: Any) -> None:
        """A Kustomization; members of the spec in camelCase."""
        given = {
            "interval": "10m",
            "retryInterval": "1s",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "repo"},
        }
        body = {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {**given, **spec},
        }
        await self.kube.apply(KUSTOMIZATION, body, name=name, namespace=self.namespace, manager="test")

    async def account(self, name: str, verbs: list[str], namespace: str = "") -> None:
        """A ServiceAccount that may do this to ConfigMaps, Secrets and Deployments of its namespace."""
        namespace, group = namespace or self.namespace, "rbac.authorization.k8s.io"
        rule = {"apiGroups": ["", "apps"], "resources": ["*"], "verbs": verbs}
        subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
        for body in (
            {"apiVersion": "v1", "kind": "ServiceAccount"},
            {"apiVersion": f"{group}/v1", "kind": "Role", "rules": [rule]},
            {
                "apiVersion": f"{group}/v1",
                "kind": "RoleBinding",
                "roleRef": {"apiGroup": group, "kind": "Role", "name": name},
                "subjects": [subject],
            },
        ):
            kind = await self.kube.discovery.kind(body["apiVersion"], body["kind"])  # type: ignore[arg-type]  # strings
            full = {**body, "metadata": {"name": name, "namespace": namespace}}
            await self.kube.apply(kind, full, name=name, namespace=namespace, manager="test")

    async def controller_without(self, resource: str) -> None:
        """A user that may do what a controller does but list and watch this resource of the core group."""
        group, name = "rbac.authorization.k8s.io", f"controller-{self.namespace}"
        core = [it for it in ("configmaps", "secrets", "events", "namespaces", "serviceaccounts") if it != resource]
        rules = [
            {
                "apiGroups": ["source.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io"],
                "resources": ["*"],
                "verbs": ["*"],
            },
            {"apiGroups": [""], "resources": core, "verbs": ["*"]},
        ]
        reference = {"apiGroup": group, "kind": "ClusterRole", "name": name}
        subjects = [{"apiGroup": group, "kind": "User", "name": name}]
        for kind, body in (
            ("ClusterRole", {"rules": rules}),
            ("ClusterRoleBinding", {"roleRef": reference, "subjects": subjects}),
        ):
            found = await self.kube.discovery.kind(f"{group}/v1", kind)
            full = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": name}, **body}
            await self.kube.apply(found, full, name=name, manager="test")

    async def bind(self, role: str, user: str) -> None:
        """Let a user do in the namespace what a Role of it allows."""
        group = "rbac.authorization.k8s.io"
        body = {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": user, "namespace": self.namespace},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": role},
            "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
        }
        kind = await self.kube.discovery.kind(f"{group}/v1", "RoleBinding")
        await self.kube.apply(kind, body, name=user, namespace=self.namespace, manager="test")

    async def kubeconfig(self, name: str, config: bytes) -> None:
        """A Secret with a kubeconfig."""
        data = {"value": base64.b64encode(config).decode()}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}
        await self.kube.create(SECRET, body, self.namespace)

    async def get(self, name: str = "apps") -> Kustomization:
        """A Kustomization as it is."""
        return (await self.kube.get(KUSTOMIZATION, name, self.namespace)).decode(Kustomization)

    async def until(
        self, wanted: Callable[[Kustomization], Any], name: str = "apps", within: float = 15.0
    ) -> Kustomization:
        """The Kustomization once it is as wanted."""
        found: Kustomization | None = None
        try:
            async with asyncio.timeout(within):
                while True:
                    found = await self.get(name)
                    if wanted(found):
                        return found
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"never as wanted: {found and found.status}") from None

    async def ready(self, revision: str, name: str = "apps", within: float = 15.0) -> Kustomization:
        """The Kustomization once it is Ready at a revision."""
        return await self.until(
            lambda ks: condition(ks) == "True" and ks.status.last_applied_revision == revision, name, within
        )

    async def failed(self, reason: str, name: str = "apps") -> str:
        """The message of Ready once it is False for this reason."""
        found = await self.until(lambda ks: (condition(ks), said(ks)[0]) == ("False", reason), name)
        return said(found)[1]

    async def config(self, name: str = "a") -> dict[str, Any]:
        """A ConfigMap's JSON."""
        return (await self.kube.get(CONFIG_MAP, name, self.namespace)).body()

    async def gone(self, name: str, within: float = 10.0) -> None:
        """Return when a ConfigMap is gone."""
        async with asyncio.timeout(within):
            with suppress(NotFound):
                while True:
                    await self.config(name)
                    await asyncio.sleep(0.02)

    async def deleted(self, name: str = "apps", within: float = 10.0) -> None:
        """Return when a Kustomization is gone."""
        async with asyncio.timeout(within):
            with suppress(NotFound):
                while True:
                    await self.get(name)
                    await asyncio.sleep(0.02)

    async def there(self, name: str, within: float = 10.0) -> dict[str, Any]:
        """A ConfigMap once it is there."""
        async with asyncio.timeout(within):
            while True:
                with suppress(NotFound):
                    return await self.config(name)
                await asyncio.sleep(0.02)

    async def request(self, name: str = "apps", token: str = "now") -> None:
        """Ask for a reconcile."""
        patch = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}}
        await self.kube.patch(KUSTOMIZATION, name, self.namespace, patch)
        await self.until(lambda ks: ks.status.last_handled_reconcile_at == token, name)

    def events(self) -> list[Event]:
        """The events that have come in."""
        return [msgspec.json.decode(request.body, type=Event) for request in self.sink.requests]

    async def event(self, text: str, within: float = 10.0, after: int = 0) -> Event:
        """The first event, of those after so many, whose message holds a text."""
        async with asyncio.timeout(within):
            while True:
                for event in self.events()[after:]:
                    if text in event.message:
                        return event
                await asyncio.sleep(0.02)


def condition(ks: Kustomization, type_: str = "Ready") -> str:
    """A condition's status, or nothing."""
    return next((it.status for it in ks.status.conditions if it.type == type_), "")


def said(ks: Kustomization, type_: str = "Ready") -> tuple[str, str]:
    """A condition's reason and message."""
    return next(((it.reason, it.message) for it in ks.status.conditions if it.type == type_), ("", ""))


def config_map(name: str = "a", namespace: str = "", **data: str) -> str:
    """A ConfigMap as YAML."""
    place = f", namespace: {namespace}" if namespace else ""
    lines = "".join(f"  {key}: {msgspec.json.encode(value).decode()}\n" for key, value in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{place}}}\ndata:\n{lines or '  x: y'}\n"


def kustomization(namespace: str, *resources: str) -> str:
    """A kustomization file."""
    return f"namespace: {namespace}\nresources: [{', '.join(resources)}]\n"


def tree(namespace: str, **maps: dict[str, str]) -> dict[str, str]:
    """A kustomization of ConfigMaps by name."""
    files = {f"{name}.yaml": config_map(name, **data) for name, data in maps.items()}
    return {"kustomization.yaml": kustomization(namespace, *files), **files}
