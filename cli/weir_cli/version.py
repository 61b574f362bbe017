"""`weir version`: of this command, and of what is installed in the cluster."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

import weir
from weir_cli.flags import Command
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir.kube.client import Client


@click.command(cls=Command)
@click.option("--client", "client_only", is_flag=True, help="Do not ask the cluster.")
@click.option("-o", "--output", type=click.Choice(["text", "json", "yaml"]), default="text", show_default=True)
@connected
def version(connection: Connection, *, client_only: bool, output: str) -> None:
    """Print the versions of weir, of the definitions in the cluster, and of the controllers.

    \b
    Examples:
      weir version
      weir version --client -o json
    """
    versions = {"weir": f"v{weir.__version__}"}

    async def ask(client: "Client") -> None:
        versions.update(await _distribution(client))
        versions.update(await _controllers(client, connection.namespace))

    if not client_only:
        run(connection, ask)
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(versions), indent=2))
    else:  # plain words: the text is YAML
        click.echo("".join(f"{name}: {value}\n" for name, value in versions.items()), nl=False)


async def _distribution(client: "Client") -> dict[str, str]:
    """What the definitions are part of, and its version; nothing when they do not say, or may not be read."""
    from weir.kube.errors import Forbidden  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir_cli.installation.state import distribution  # noqa: PLC0415  same

    try:
        there = await distribution(client)
    except Forbidden:
        return {}
    return {"distribution": there.text} if there and there.text else {}


async def _controllers(client: "Client", namespace: str) -> dict[str, str]:
    """Image tag by image name, over the toolkit's Deployments. Raises `Halt` when there are none."""
    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir_cli.pods import PART_OF  # noqa: PLC0415  same

    found = {}
    for deployment in (await client.list(kinds.DEPLOYMENT, namespace, labels=PART_OF)).objects:
        for container in deployment.body()["spec"]["template"]["spec"]["containers"]:
            name, tag = image(container)
            if not tag:
                raise Halt(f"{deployment.metadata.name}: the image {container['image']} has no tag")
            found[name] = tag
    if not found:
        raise Halt(f'no controllers found in "{namespace}" namespace: --client prints the version of weir alone')
    return dict(sorted(found.items()))


def image(container: dict[str, Any]) -> tuple[str, str]:
    """Name and tag of a container's image, without registry, folders and digest."""
    name, _colon, tag = str(container["image"]).partition("@")[0].rpartition("/")[2].partition(":")
    return name, tag
