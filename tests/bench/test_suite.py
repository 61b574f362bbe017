"""The whole suite on a cluster: how long the main jobs take. Figures are printed, no time is asserted.

On the local cluster, or with `--cluster real` on a real control plane.
"""

import asyncio
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION
from local_cluster.demo.moves import call_webhook
from local_cluster.demo.world import World, stage
from tests.bench.timeline import Timeline, peaks, quantiles, usage
from tests.servers.clusters import Existing
from weir import yaml
from weir.kube import kinds
from weir.kube.abreast import abreast

NAMESPACE = "bench"
ROUNDS = 20
FLEET, LARGE = 200, 1000
CONTROLLERS = ("source-controller", "kustomize-controller", "notification-controller")

Holds = Callable[[Timeline], bool]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]


def say(text: str) -> None:
    print(f"  {text}", flush=True)  # noqa: T201  a benchmark's purpose


def kustomization(name: str, path: str, **spec: Any) -> dict[str, Any]:
    reference = {"kind": "GitRepository", "name": "bench", "namespace": NAMESPACE}
    return {
        "apiVersion": KUSTOMIZATION.api_version,
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "interval": "10m",
            "path": path,
            "prune": True,
            "sourceRef": reference,
            **spec,
        },
    }


def config_map(name: str, value: str) -> str:
    metadata = {"name": name, "namespace": NAMESPACE}
    return yaml.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"v": value}})


def deployment(name: str, tag: str) -> str:
    text = f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}, namespace: {NAMESPACE}}}
        spec:
          replicas: 1
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec: {{containers: [{{name: c, image: "registry.example.com/web:{tag}"}}]}}
        """
    return textwrap.dedent(text)


def four(name: str, value: str) -> dict[str, str]:
    metadata = {"name": name, "namespace": NAMESPACE}
    account = yaml.dump({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    ports = {"selector": {"app": name}, "ports": [{"port": 80}]}
    service = yaml.dump({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": ports})
    return {
        f"fleet/{name}/config.yaml": config_map(name, value),
        f"fleet/{name}/account.yaml": account,
        f"fleet/{name}/service.yaml": service,
        f"fleet/{name}/deployment.yaml": deployment(name, "1"),
    }


def applied(commit: str, *names: str) -> Holds:
    """Every one of the Kustomizations has applied the commit."""
    return _each(names, lambda status: status.get("lastAppliedRevision", "").endswith(commit))


def ready(commit: str, *names: str) -> Holds:
    """Every one of the Kustomizations has been Ready at the commit."""

    def is_ready(status: Mapping[str, Any]) -> bool:
        conditions = {it["type"]: it["status"] for it in status.get("conditions", ())}
        return conditions.get("Ready") == "True" and status.get("lastAppliedRevision", "").endswith(commit)

    return _each(names, is_ready)


def _each(names: Sequence[str], good: Callable[[Mapping[str, Any]], bool]) -> Holds:
    """Whether every one has been good. One that was is not looked at again: that would cost more than all the rest."""
    left = list(names)

    def holds(line: Timeline) -> bool:
        while left and good(_status(line, left[-1])):
            left.pop()
        return not left

    return holds


def fetched(commit: str) -> Holds:
    """The source's artifact is that of the commit."""

    def holds(line: Timeline) -> bool:
        artifact = line.get(GIT_REPOSITORY, NAMESPACE, "bench").get("status", {}).get("artifact", {})
        return bool(artifact.get("revision", "").endswith(commit))

    return holds


def holds_value(name: str, value: str) -> Holds:
    """The ConfigMap has the value."""
    return lambda line: _value(line, name) == value


def restored(name: str, value: str, version: str = "", uid: str = "") -> Holds:
    """The ConfigMap has the value again, after the version or as another object."""

    def holds(line: Timeline) -> bool:
        metadata = line.get(kinds.CONFIG_MAP, NAMESPACE, name).get("metadata", {})
        newer = int(metadata.get("resourceVersion") or 0) > int(version or 0)
        return newer and metadata.get("uid") != uid and _value(line, name) == value

    return holds


def runs(name: str, tag: str) -> Holds:
    """The Deployment has the image tag."""

    def holds(line: Timeline) -> bool:
        found = line.get(kinds.DEPLOYMENT, NAMESPACE, name)
        return bool(found and found["spec"]["template"]["spec"]["containers"][0]["image"].endswith(f":{tag}"))

    return holds


def _status(line: Timeline, name: str) -> dict[str, Any]:
    status: dict[str, Any] = line.get(KUSTOMIZATION, NAMESPACE, name).get("status", {})
    return status


def _value(line: Timeline, name: str) -> str:
    return str(line.get(kinds.CONFIG_MAP, NAMESPACE, name).get("data", {}).get("v", ""))


async def apply(world: World, *bodies: Mapping[str, Any]) -> None:
    await world.run("kubectl", "apply", "--server-side", "-f", "-", stdin=yaml.dump_all(list(bodies)))


async def set_up(world: World, tmp_path: Path) -> None:
    (tmp_path / "repo/push").mkdir(parents=True)
    (tmp_path / "repo/push/config.yaml").write_text(config_map("push", "0"))
    await world.make("bench", tmp_path / "repo")
    spec = {
        "interval": "10m",
        "url": f"{world.addresses['http_address']}/bench.git",
        "ref": {"branch": "main"},
        "secretRef": {"name": "git"},
    }
    receiver = {
        "type": "github",
        "secretRef": {"name": "token"},
        "resources": [{"kind": "GitRepository", "name": "bench", "namespace": NAMESPACE}],
    }
    await apply(world, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    await apply(
        world,
        secret("git", NAMESPACE, username="git", password=world.secrets["password"]),
        secret("token", "flux-system", token=world.secrets["webhook"]),
        {
            "apiVersion": GIT_REPOSITORY.api_version,
            "kind": "GitRepository",
            "metadata": {"name": "bench", "namespace": NAMESPACE},
            "spec": spec,
        },
        {
            "apiVersion": "notification.toolkit.fluxcd.io/v1",
            "kind": "Receiver",
            "metadata": {"name": "push", "namespace": "flux-system"},
            "spec": receiver,
        },
    )


def secret(name: str, namespace: str, **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}


async def push(world: World, files: Mapping[str, str]) -> tuple[str, float]:
    """Push and call the webhook; the commit, and the moment of the call."""
    commit = await world.push("bench", "Change", files)
    started = time.monotonic()
    await call_webhook(world)
    return commit, started


async def test_suite(tmp_path: Path, existing: Existing) -> None:
    followed = (GIT_REPOSITORY, KUSTOMIZATION, kinds.CONFIG_MAP, kinds.DEPLOYMENT)
    async with (
        stage(say, existing and existing.kubeconfig) as world,
        Timeline().following(world.kube, followed) as line,
    ):
        await set_up(world, tmp_path)
        await apply(world, kustomization("push", "push"))
        await line.when(holds_value("push", "0"))
        await pushes(world, line)
        await waits(world, line)
        await drifts(world, line)
        await chain(world, line)
        await fix(world, line)
        await minute(world, await fleet(world, line, FLEET))
        costs(world)


async def test_large_fleet(tmp_path: Path, existing: Existing) -> None:
    followed = (GIT_REPOSITORY, KUSTOMIZATION)
    async with (
        stage(say, existing and existing.kubeconfig) as world,
        Timeline().following(world.kube, followed) as line,
    ):
        await set_up(world, tmp_path)
        await fleet(world, line, LARGE)
        costs(world)


async def pushes(world: World, line: Timeline) -> None:
    artifact: list[float] = []
    done: list[float] = []
    ended: list[float] = []
    for number in range(1, ROUNDS + 1):
        commit, started = await push(world, {"push/config.yaml": config_map("push", str(number))})
        moments = await asyncio.gather(
            line.when(fetched(commit)),
            line.when(holds_value("push", str(number))),
            line.when(ready(commit, "push")),
        )
        for series, moment in zip((artifact, done, ended), moments, strict=True):
            series.append(moment - started)
    say(f"push with webhook to artifact  {quantiles(artifact)}")
    say(f"push with webhook to applied   {quantiles(done)}")
    say(f"push with webhook to Ready     {quantiles(ended)}")


async def waits(world: World, line: Timeline) -> None:
    await push(world, {"wait/deployment.yaml": deployment("wait", "0")})
    await apply(world, kustomization("wait", "wait", wait=True))
    await line.when(runs("wait", "0"))
    series = []
    for number in range(1, ROUNDS + 1):
        commit, started = await push(world, {"wait/deployment.yaml": deployment("wait", str(number))})
        moment = await line.when(ready(commit, "wait"))
        series.append(moment - started)
    say(f"push with wait to Ready        {quantiles(series)}")


async def drifts(world: World, line: Timeline) -> None:
    wanted, edits, deletions = _value(line, "push"), [], []
    for number in range(25):
        edited = {"data": {"v": f"drift {number}"}}
        started = time.monotonic()
        live = await world.kube.patch(kinds.CONFIG_MAP, "push", NAMESPACE, edited, manager="kubectl-edit")
        edits.append(await line.when(restored("push", wanted, live.metadata.resource_version)) - started)
        await asyncio.sleep(0.2)
        started = time.monotonic()
        await world.kube.delete(kinds.CONFIG_MAP, "push", NAMESPACE)
        deletions.append(await line.when(restored("push", wanted, uid=live.metadata.uid)) - started)
        await asyncio.sleep(0.2)
    say(f"drift: edit to restored        {quantiles(edits)}")
    say(f"drift: deletion to restored    {quantiles(deletions)}")


async def chain(world: World, line: Timeline) -> None:
    names = [f"chain-{number}" for number in range(10)]
    commit, _ = await push(world, {f"{name}/config.yaml": config_map(name, "0") for name in names})
    await line.when(fetched(commit))
    links = [
        kustomization(name, name, dependsOn=[{"name": before}] if before else [])
        for before, name in zip(["", *names], names, strict=False)
    ]
    started = time.monotonic()
    await apply(world, *reversed(links))
    moment = await line.when(ready(commit, *names))
    say(f"chain of 10 from creation      {moment - started:.2f} s (with kubectl)")
    commit, started = await push(world, {f"{name}/config.yaml": config_map(name, "1") for name in names})
    moment = await line.when(ready(commit, *names))
    say(f"chain of 10, all changed       {moment - started:.2f} s")
    commit, started = await push(world, {"elsewhere.yaml": config_map("elsewhere", "1")})
    moment = await line.when(ready(commit, *names))
    say(f"chain of 10, none changed      {moment - started:.2f} s")


async def fix(world: World, line: Timeline) -> None:
    series = []
    for number in range(5):
        await push(world, {"wait/deployment.yaml": deployment("wait", "broken")})
        await line.when(runs("wait", "broken"))
        await asyncio.sleep(0.5)
        commit, _ = await push(world, {"wait/deployment.yaml": deployment("wait", f"fixed-{number}")})
        known = await line.when(fetched(commit))
        moment = await line.when(runs("wait", f"fixed-{number}"))
        series.append(moment - known)
    say(f"fix behind a failing rollout   {quantiles(series)} (artifact to applied)")


async def fleet(world: World, line: Timeline, size: int) -> list[str]:
    """So many Kustomizations of four objects, made; then one of them changed. Their names."""
    names = [f"app-{number:04}" for number in range(size)]
    files = {path: text for name in names for path, text in four(name, "0").items()}
    commit, _ = await push(world, files)
    await line.when(fetched(commit))
    costs = await Costs.now(world)
    started = time.monotonic()
    await abreast(names, lambda name: make(world, name), 16)
    moment = await line.when(ready(commit, *names), limit=600)
    say(f"{size} Kustomizations, all Ready   {moment - started:.1f} s")
    await costs.told(size)
    costs = await Costs.now(world)
    commit, started = await push(world, {"fleet/app-0100/config.yaml": config_map("app-0100", "1")})
    one = await line.when(ready(commit, "app-0100"))
    everything = await line.when(applied(commit, *names), limit=600)
    say(f"one of {size} changed            Ready {one - started:.2f} s, every revision {everything - started:.2f} s")
    await costs.told(size)
    return names


async def make(world: World, name: str) -> None:
    body = kustomization(name, f"fleet/{name}")
    await world.kube.apply(KUSTOMIZATION, body, name=name, namespace=NAMESPACE, manager="bench")


async def minute(world: World, names: Sequence[str]) -> None:
    """What a minute costs in which nothing happens but every object's interval."""
    often = {"spec": {"interval": "1m"}}
    await abreast(names, lambda name: world.kube.patch(KUSTOMIZATION, name, NAMESPACE, often), 16)
    await asyncio.sleep(75)
    costs = await Costs.now(world)
    await asyncio.sleep(60)
    say(f"{len(names)} at an interval of a minute")
    await costs.told(len(names))


@dataclass(frozen=True)
class Costs:
    """CPU seconds and API requests of each controller up to a moment."""

    world: World
    spent: Mapping[str, tuple[float, float]]

    @classmethod
    async def now(cls, world: World) -> "Costs":
        spent = {name: (usage(pid(world, name))[1], await requests(world, name)) for name in CONTROLLERS}
        return cls(world, spent)

    async def told(self, size: int) -> None:
        """Print what was spent since, and the memory that is held now."""
        for name, (cpu, calls) in (await Costs.now(self.world)).spent.items():
            since, asked = cpu - self.spent[name][0], calls - self.spent[name][1]
            memory = usage(pid(self.world, name))[0]
            say(
                f"  {name:26} {memory:6.0f} MiB {since:7.1f} CPU seconds {asked / size:6.1f} requests per Kustomization"
            )


def pid(world: World, name: str) -> int:
    return world.running.processes[name].pid


async def requests(world: World, name: str) -> float:
    """How many requests a controller has made to the API server."""
    address = f"http://127.0.0.1:{world.running.ports.metrics[name]}/metrics"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        families = text_string_to_metric_families(await answer.text())
    return sum(it.value for family in families if family.name == "rest_client_requests" for it in family.samples)


def costs(world: World) -> None:
    for name, process in world.running.processes.items():
        (memory, cpu), (own, children) = usage(process.pid), peaks(process.pid)
        say(f"  {name:26} {memory:6.0f} MiB   {cpu:6.1f} CPU seconds   peak RSS {own:.0f} MiB, children {children:.0f}")
