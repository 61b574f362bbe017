"""What people do in the story: push, and have GitHub call the webhook."""

import hashlib
import hmac
import re

import aiohttp

from local_cluster.demo.look import RECEIVER, read, ready
from local_cluster.demo.world import NotHeld, World
from weir import yaml


async def call_webhook(world: World, *, token: str = "", expect: int = 200) -> int:
    """Call the Receiver as GitHub does after a push; again while nobody is there to answer."""
    await ready(world, RECEIVER, "push", "flux-system")
    path = (await read(world, RECEIVER, "push", "flux-system"))["status"]["webhookPath"]
    body = b'{"ref": "refs/heads/main"}'
    key = (token or world.secrets["webhook"]).encode()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
    address = f"http://127.0.0.1:{world.running.ports.webhooks}{path}"

    async def call() -> int:
        try:
            async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
                status = answer.status
        except aiohttp.ClientError as error:
            raise NotHeld(f"the webhook is not there: {error}") from None
        if status != expect:
            raise NotHeld(f"the webhook answered {status}, expected {expect}")
        return status

    return int(await world.until("the webhook is taken", call))


async def set_image(world: World, repository: str, version: str, *, tag: str = "") -> None:
    """Push a new image version in the production overlay."""
    path = "production/kustomization.yaml"
    text = re.sub(r"newTag: .*", f'newTag: "{version}"', world.read(repository, path))
    await world.push(repository, f"Run web {version}", {path: text}, tag=tag)


def resources(world: World, repository: str, extra: str = "", without: str = "") -> dict[str, str]:
    """The production overlay with one resource more or less; without arguments, with those that it started with."""
    path = "production/kustomization.yaml"
    content = yaml.load(world.read(repository, path))
    names = [name for name in content["resources"] if name not in {without, "grab.yaml"}]
    content["resources"] = [*names, extra] if extra else names
    return {path: yaml.dump(content)}


def config_map(name: str, namespace: str) -> str:
    """A ConfigMap as YAML."""
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace},
            "data": {"x": "y"},
        }
    )
