"""The steps of the demo, in order. Each raises `NotHeld` when what it tells is not so, and returns what to print."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from weir.kube.errors import NotFound

from local_cluster.demo.world import NotHeld, World
from weir import yaml
from weir.api.base import Kind
from weir.api.kustomization import Kustomization
from weir.api.notification import Receiver
from weir.api.source import GitRepository
from weir.kube import kinds

Body = dict[str, Any]
Step = tuple[str, Callable[[World], Awaitable[str]]]

KUSTOMIZATION = Kustomization.DEFINITION.kind
GIT_REPOSITORY = GitRepository.DEFINITION.kind
RECEIVER = Receiver.DEFINITION.kind


async def bootstrap(world: World) -> str:
    """Put what a platform team brings by hand: namespaces, credentials, and the root of the fleet."""
    await world.run("kubectl", "apply", "-f", "-", stdin=yaml.dump_all(_by_hand(world)))
    await ready(world, KUSTOMIZATION, "fleet", "flux-system")
    await ready(world, KUSTOMIZATION, "tenants", "flux-system")
    return "fleet, infrastructure and tenants are applied"


async def tenants(world: World) -> str:
    """Each tenant's own overlay is applied under its own account, from SSH and from HTTP."""
    for team in ("team-a", "team-b"):
        await ready(world, KUSTOMIZATION, "app", team)
        deployment = await read(world, kinds.DEPLOYMENT, "web", team)
        if deployment["spec"]["replicas"] != 2:
            raise NotHeld(f"{team}: the production overlay asks for 2 replicas, found {deployment['spec']['replicas']}")
    revision = (await read(world, GIT_REPOSITORY, "app", "team-a"))["status"]["artifact"]["revision"]
    return f"team-a runs {revision[:18]} over SSH, team-b main over HTTP"


async def signed_push(world: World) -> str:
    """A push with a GitHub-signed webhook rolls out without waiting for any interval."""
    await _image(world, "team-b", "2.0.0")
    await call_webhook(world)

    async def rolled_out() -> bool:
        deployment = await read(world, kinds.DEPLOYMENT, "web", "team-b")
        return bool(deployment["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":2.0.0"))

    await world.until("web:2.0.0 in team-b", rolled_out)
    await ready(world, KUSTOMIZATION, "app", "team-b")
    return "web:2.0.0 runs in team-b"


async def forged_push(world: World) -> str:
    """A webhook with a wrong signature is refused."""
    status = await call_webhook(world, token="not-the-token", expect=400)  # noqa: S106  wrong on purpose
    return f"answered {status}"


async def new_tag(world: World) -> str:
    """A source that asks for `1.x` follows a new tag."""
    await _image(world, "team-a", "1.1.0", tag="1.1.0")
    await call_webhook(world)

    async def picked() -> bool:
        status = (await read(world, GIT_REPOSITORY, "app", "team-a")).get("status", {})
        return bool(status.get("artifact", {}).get("revision", "").startswith("1.1.0@"))

    await world.until("tag 1.1.0 in team-a", picked)
    await ready(world, KUSTOMIZATION, "app", "team-a")
    return "1.x is now 1.1.0"


async def drift(world: World) -> str:
    """What is edited or deleted by hand comes back at once."""
    await world.run("kubectl", "-n", "team-a", "scale", "deployment/web", "--replicas=7")

    async def scaled_back() -> bool:
        return bool((await read(world, kinds.DEPLOYMENT, "web", "team-a"))["spec"]["replicas"] == 2)

    await world.until("2 replicas again", scaled_back)
    await world.run("kubectl", "-n", "team-a", "delete", "service/web", "--wait=false")

    async def back() -> bool:
        return "deletionTimestamp" not in (await read(world, kinds.SERVICE, "web", "team-a"))["metadata"]

    await world.until("the service again", back)
    return "replicas and service are back"


async def reach_over(world: World) -> str:
    """A tenant that reaches for another's namespace is denied, and says so."""
    await world.push(
        "team-b",
        "Reach over",
        {"production/grab.yaml": _config_map("grabbed", "team-a"), **_resources(world, "team-b", "grab.yaml")},
    )
    await call_webhook(world)
    message = await failed(world, "app", "team-b", "forbidden")
    await world.push("team-b", "Stay at home", {"production/grab.yaml": None, **_resources(world, "team-b")})
    await call_webhook(world)
    await ready(world, KUSTOMIZATION, "app", "team-b")
    return message


async def broken_overlay(world: World) -> str:
    """A broken overlay names its file while everybody else goes on."""
    broken = {
        "production/kustomization.yaml": world.read("team-b", "production/kustomization.yaml").replace(
            "resources:", "resource:"
        )
    }
    whole = {"production/kustomization.yaml": world.read("team-b", "production/kustomization.yaml")}
    await world.push("team-b", "Break the overlay", broken)
    await call_webhook(world)
    message = await failed(world, "app", "team-b", "production/kustomization.yaml")
    if "resource" not in message:
        raise NotHeld(f"the message does not name the field: {message}")
    await _image(world, "team-a", "1.2.0", tag="1.2.0")
    await call_webhook(world)
    await revision(world, "app", "team-a", "1.2.0@")
    await world.push("team-b", "Mend the overlay", whole)
    await call_webhook(world)
    await ready(world, KUSTOMIZATION, "app", "team-b")
    return message


async def fix_overtakes(world: World) -> str:
    """A fix overtakes the rollout that can never finish."""
    await _image(world, "team-a", "broken", tag="1.3.0")
    await call_webhook(world)
    await attempted(world, "app", "team-a", "1.3.0@")
    await _image(world, "team-a", "1.3.1", tag="1.3.1")
    await call_webhook(world)
    await revision(world, "app", "team-a", "1.3.1@")
    await ready(world, KUSTOMIZATION, "app", "team-a")
    return "1.3.1 did not wait for 1.3.0"


async def prune(world: World) -> str:
    """A file that leaves Git leaves the cluster."""
    await world.push(
        "team-b", "Remove extra", {"production/extra.yaml": None, **_resources(world, "team-b", without="extra.yaml")}
    )
    await call_webhook(world)

    async def gone() -> bool:
        try:
            await world.kube.get(kinds.CONFIG_MAP, "extra", "team-b")
        except NotFound:
            return True
        return False

    await world.until("the config map is gone", gone)
    return "team-b/extra is pruned"


async def suspend_resume(world: World) -> str:
    """Suspend holds, resume catches up."""
    await world.run("weir", "suspend", "kustomization", "app", "-n", "team-b")
    await _image(world, "team-b", "2.1.0")
    await call_webhook(world)
    await asyncio.sleep(1)
    image = (await read(world, kinds.DEPLOYMENT, "web", "team-b"))["spec"]["template"]["spec"]["containers"][0]["image"]
    if image.endswith(":2.1.0"):
        raise NotHeld("the suspended Kustomization was applied")
    await world.run("weir", "resume", "kustomization", "app", "-n", "team-b")
    await revision(world, "app", "team-b", "main@")
    return "2.1.0 came with the resume"


async def alerts(world: World) -> str:
    """Failures and recoveries arrived at the chat."""
    wanted = (
        "forbidden",
        "production/kustomization.yaml",
        "Deployment/team-a/web configured",
        "ConfigMap/team-b/extra deleted",
    )

    async def arrived() -> bool:
        texts = "\n".join(world.chat.texts())
        missing = [text for text in wanted if text not in texts]
        if missing:
            raise NotHeld(f"never arrived: {missing}")
        return True

    await world.until("alerts", arrived)
    return f"{len(world.chat.messages)} messages"


async def metrics(world: World) -> str:
    """Every controller's metrics can be scraped."""
    seen = 0
    async with aiohttp.ClientSession() as session:
        for name, port in world.running.ports.metrics.items():
            async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                families = {family.name: family for family in text_string_to_metric_families(await answer.text())}
            if "controller_runtime_reconcile" not in families or "gotk_reconcile_duration_seconds" not in families:
                raise NotHeld(f"{name} does not export its reconciles")
            seen += len(families)
    return f"{seen} metric families"


STORY: tuple[Step, ...] = (
    ("the fleet comes up from one Git repository", bootstrap),
    ("each tenant runs its own overlay under its own account", tenants),
    ("a push with a signed webhook rolls out", signed_push),
    ("a forged webhook is refused", forged_push),
    ("`1.x` follows a new tag", new_tag),
    ("edits and deletions by hand are undone", drift),
    ("a tenant that reaches over is denied and says so", reach_over),
    ("a broken overlay names its file; the others go on", broken_overlay),
    ("a fix overtakes a failing rollout", fix_overtakes),
    ("what leaves Git is pruned", prune),
    ("suspend holds, resume catches up", suspend_resume),
    ("alerts arrived", alerts),
    ("metrics are scraped", metrics),
)


async def read(world: World, kind: Kind, name: str, namespace: str) -> Body:
    """An object; `NotHeld` when there is none."""
    try:
        return (await world.kube.get(kind, name, namespace)).body()
    except NotFound:
        raise NotHeld(f"{kind.kind}/{namespace}/{name} does not exist") from None


async def ready(world: World, kind: Kind, name: str, namespace: str) -> None:
    """Wait until the object is ready for its source's present revision."""

    async def look() -> bool:
        body = await read(world, kind, name, namespace)
        condition = _condition(body, "Ready")
        if condition.get("status") != "True" or condition.get("observedGeneration") != body["metadata"]["generation"]:
            raise NotHeld(f"{kind.kind}/{namespace}/{name}: {condition.get('message', 'no condition yet')}")
        source = body["spec"].get("sourceRef")
        if kind == KUSTOMIZATION and source:
            artifact = (await read(world, GIT_REPOSITORY, source["name"], source.get("namespace", namespace)))[
                "status"
            ].get("artifact", {})
            return bool(body["status"].get("lastAppliedRevision") == artifact.get("revision"))
        return True

    await world.until(f"{kind.kind}/{namespace}/{name} is ready", look)


async def failed(world: World, name: str, namespace: str, text: str) -> str:
    """Wait until the Kustomization has failed with that text; returns its message."""

    async def look() -> str:
        condition = _condition(await read(world, KUSTOMIZATION, name, namespace), "Ready")
        message = str(condition.get("message", ""))
        if condition.get("status") != "False" or text not in message:
            raise NotHeld(f"{condition.get('status')}: {message}")
        return message

    return str(await world.until(f"Kustomization/{namespace}/{name} fails with {text!r}", look))


async def attempted(world: World, name: str, namespace: str, prefix: str) -> None:
    """Wait until a revision was attempted."""

    async def look() -> bool:
        status = (await read(world, KUSTOMIZATION, name, namespace)).get("status", {})
        return str(status.get("lastAttemptedRevision", "")).startswith(prefix)

    await world.until(f"{namespace}/{name} attempts {prefix}", look)


async def revision(world: World, name: str, namespace: str, prefix: str) -> None:
    """Wait until a revision was applied."""

    async def look() -> bool:
        status = (await read(world, KUSTOMIZATION, name, namespace)).get("status", {})
        return str(status.get("lastAppliedRevision", "")).startswith(prefix)

    await world.until(f"{namespace}/{name} applies {prefix}", look)


async def call_webhook(world: World, *, token: str = "", expect: int = 200) -> int:
    """Call the Receiver as GitHub does after a push."""
    path = (await read(world, RECEIVER, "push", "flux-system"))["status"]["webhookPath"]
    body = b'{"ref": "refs/heads/main"}'
    key = (token or world.secrets["webhook"]).encode()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
    address = f"http://127.0.0.1:{world.running.ports.webhooks}{path}"
    async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
        if answer.status != expect:
            raise NotHeld(f"the webhook answered {answer.status}, expected {expect}")
        return answer.status


def _condition(body: Body, type_: str) -> Body:
    return next((item for item in body.get("status", {}).get("conditions", []) if item["type"] == type_), {})


async def _image(world: World, repository: str, version: str, *, tag: str = "") -> None:
    """Push a new image version in the production overlay."""
    path = "production/kustomization.yaml"
    lines = world.read(repository, path).splitlines(keepends=True)
    text = "".join(f'    newTag: "{version}"\n' if "newTag:" in line else line for line in lines)
    await world.push(repository, f"Run web {version}", {path: text}, tag=tag)


def _resources(world: World, repository: str, extra: str = "", without: str = "") -> dict[str, str]:
    """The production overlay with one resource more or less; without arguments, with those that it started with."""
    path = "production/kustomization.yaml"
    content = yaml.load(world.read(repository, path))
    names = [name for name in content["resources"] if name not in {without, "grab.yaml"}]
    content["resources"] = [*names, extra] if extra else names
    return {path: yaml.dump(content)}


def _config_map(name: str, namespace: str) -> str:
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace},
            "data": {"x": "y"},
        }
    )


def _by_hand(world: World) -> list[Body]:
    """The objects that are not in Git."""
    secrets = world.secrets
    fleet = {
        "interval": "10m",
        "url": f"{world.addresses['http_address']}/fleet.git",
        "ref": {"branch": "main"},
        "secretRef": {"name": "git-http"},
    }
    root = {
        "interval": "10m",
        "path": "./clusters/production",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": "fleet"},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "cluster-settings"}]},
    }
    http = {"username": "git", "password": secrets["password"]}
    ssh = {"identity": secrets["identity"], "known_hosts": secrets["known_hosts"]}
    return [
        _named("v1", "Namespace", "team-a"),
        _named("v1", "Namespace", "team-b"),
        _named("v1", "ConfigMap", "cluster-settings", "flux-system", data=dict(world.addresses)),
        _named("v1", "Secret", "webhook-token", "flux-system", stringData={"token": secrets["webhook"]}),
        _named("v1", "Secret", "git-http", "flux-system", stringData=http),
        _named("v1", "Secret", "git-ssh", "team-a", stringData=ssh),
        _named("v1", "Secret", "git-http", "team-b", stringData=http),
        _named(GIT_REPOSITORY.api_version, "GitRepository", "fleet", "flux-system", spec=fleet),
        _named(KUSTOMIZATION.api_version, "Kustomization", "fleet", "flux-system", spec=root),
    ]


def _named(api_version: str, kind: str, name: str, namespace: str = "", **rest: Any) -> Body:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
