"""The suite on its stage, with the chart's rights and arguments instead of its own."""

import aiohttp

from local_cluster.demo.world import NotHeld, World
from tests.charts.documented import NAMES, Body, container
from tests.e2e.charts.helm import NAMESPACE, render
from weir import yaml

WORKLOADS = {"Deployment", "StatefulSet"}
"""What stands for processes, which run here without pods."""
ROLES = ("ClusterRoleBinding", "ClusterRole", "RoleBinding", "Role")


async def install(world: World, values: Body) -> None:
    """Take the suite's rights away, apply what the chart makes of the values, and start the controllers as it does."""
    found = render(values)
    for name in NAMES:
        await world.running.processes[name].stop()
    await _take_rights_away(world)
    bodies = [body for (kind, _), body in found.items() if kind not in WORKLOADS]
    await world.run("kubectl", "apply", "--server-side", "--force-conflicts", "-f", "-", stdin=yaml.dump_all(bodies))
    for name in NAMES:
        await _restart(world, name, container(found, name)["args"])


def denied(world: World, name: str) -> list[str]:
    """What a controller's log says of rights that its own account lacks, but for watching what it applied: it polls."""
    said = world.running.processes[name].log.read_text(encoding="utf-8").splitlines()
    lacking = [it for it in said if "forbidden" in it.lower() and f"system:serviceaccount:{NAMESPACE}:" in it]
    return [it for it in lacking if '"msg":"watching ' not in it]


async def _take_rights_away(world: World) -> None:
    for kind in ROLES:
        where = ["-n", NAMESPACE] if kind in {"Role", "RoleBinding"} else []
        await world.run("kubectl", "delete", kind.lower(), "-l", "app.kubernetes.io/part-of=flux", *where)


async def _restart(world: World, name: str, arguments: list[str]) -> None:
    """Start a controller with the chart's arguments; the suite's come after, for the addresses of the loopback."""
    process = world.running.processes[name]
    given = [it.replace("$(RUNTIME_NAMESPACE)", NAMESPACE) for it in arguments]
    process.command = [process.command[0], *given, *(it for it in process.command[1:] if it not in given)]
    process.log.write_bytes(b"")
    await process.start()
    await _ready(world, name)


async def _ready(world: World, name: str) -> None:
    """Wait until the probes of the chart pass."""
    ports = world.running.ports
    urls = [f"http://127.0.0.1:{ports.health[name]}/healthz", f"http://127.0.0.1:{ports.health[name]}/readyz"]
    if name == "source-controller":
        urls.append(f"http://127.0.0.1:{ports.artifacts}/")

    async def ready() -> bool:
        async with aiohttp.ClientSession() as session:
            for url in urls:
                try:
                    async with session.get(url) as answer:
                        if answer.status != 200:
                            raise NotHeld(f"{url}: {answer.status} {await answer.text()}")
                except aiohttp.ClientError as error:
                    raise NotHeld(str(error)) from None
        return True

    await world.until(f"{name} is ready", ready)
