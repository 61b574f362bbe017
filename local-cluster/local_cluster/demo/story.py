"""The steps of the demo, in order. Each raises `NotHeld` when what it tells is not so, and returns what to print."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, attempted, failed, gone, read, ready, revision
from local_cluster.demo.moves import call_webhook, config_map, resources, set_image
from local_cluster.demo.platform import by_hand
from local_cluster.demo.world import NotHeld, World
from weir import yaml
from weir.kube import kinds

Step = tuple[str, Callable[[World], Awaitable[str]]]


async def bootstrap(world: World) -> str:
    """Put what a platform team brings by hand: namespaces, credentials, and the root of the fleet."""
    await world.run("kubectl", "apply", "-f", "-", stdin=yaml.dump_all(by_hand(world)))
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
    await set_image(world, "team-b", "2.0.0")
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
    await set_image(world, "team-a", "1.1.0", tag="1.1.0")
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
        {"production/grab.yaml": config_map("grabbed", "team-a"), **resources(world, "team-b", "grab.yaml")},
    )
    await call_webhook(world)
    message = await failed(world, "app", "team-b", "forbidden")
    await world.push("team-b", "Stay at home", {"production/grab.yaml": None, **resources(world, "team-b")})
    await call_webhook(world)
    await ready(world, KUSTOMIZATION, "app", "team-b")
    return message


async def broken_overlay(world: World) -> str:
    """A broken overlay names its file and field while everybody else goes on."""
    path = "base/kustomization.yaml"
    whole = world.read("team-b", path)
    await world.push(
        "team-b", "Break the overlay", {path: whole.replace("configMapGenerator:", "configMapGenerators:")}
    )
    await call_webhook(world)
    message = await failed(world, "app", "team-b", path)
    if "configMapGenerators" not in message:
        raise NotHeld(f"the message does not name the field: {message}")
    await set_image(world, "team-a", "1.2.0", tag="1.2.0")
    await call_webhook(world)
    await revision(world, "app", "team-a", "1.2.0@")
    await world.push("team-b", "Mend the overlay", {path: whole})
    await call_webhook(world)
    await ready(world, KUSTOMIZATION, "app", "team-b")
    return message


async def fix_overtakes(world: World) -> str:
    """A fix overtakes the rollout that can never finish."""
    await set_image(world, "team-a", "broken", tag="1.3.0")
    await call_webhook(world)
    await attempted(world, "app", "team-a", "1.3.0@")
    await set_image(world, "team-a", "1.3.1", tag="1.3.1")
    await call_webhook(world)
    await revision(world, "app", "team-a", "1.3.1@")
    await ready(world, KUSTOMIZATION, "app", "team-a")
    return "1.3.1 did not wait for 1.3.0"


async def prune(world: World) -> str:
    """A file that leaves Git leaves the cluster."""
    await world.push(
        "team-b", "Remove extra", {"production/extra.yaml": None, **resources(world, "team-b", without="extra.yaml")}
    )
    await call_webhook(world)
    await gone(world, kinds.CONFIG_MAP, "extra", "team-b")
    return "team-b/extra is pruned"


async def suspend_resume(world: World) -> str:
    """Suspend holds, resume catches up."""
    await world.run("weir", "suspend", "kustomization", "app", "-n", "team-b")
    await set_image(world, "team-b", "2.1.0")
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
        "base/kustomization.yaml",
        "Recovered. Applied revision: main@sha1:",
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

            async def scrape(name: str = name, port: int = port) -> int:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                        families = {family.name for family in text_string_to_metric_families(await answer.text())}
                except aiohttp.ClientError as error:
                    raise NotHeld(f"{name} does not answer: {error}") from None
                if not {"controller_runtime_reconcile", "gotk_reconcile_duration_seconds"} <= families:
                    raise NotHeld(f"{name} does not export its reconciles")
                return len(families)

            seen += await world.until(f"metrics of {name}", scrape)
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
