"""`weir version`: of this command, and of what is installed in the cluster."""

import json
from typing import TYPE_CHECKING

import click

import weir
from weir_cli.logs import PART_OF
from weir_cli.session import Connection, run
from weir_cli.terminal import Halt

if TYPE_CHECKING:
    from weir.kube.client import Client


@click.command()
@click.option("--client", "client_only", is_flag=True, help="Do not ask the cluster.")
@click.option("-o", "--output", type=click.Choice(["text", "json", "yaml"]), default="text")
@click.pass_obj
def version(connection: Connection, *, client_only: bool, output: str) -> None:
    """Print the versions of weir and of the controllers in the cluster."""
    versions = {"weir": f"v{weir.__version__}"}

    async def ask(client: "Client") -> None:
        versions.update(await installed(client, connection.namespace))

    if not client_only:
        run(connection, ask)
    if output == "json":
        click.echo(json.dumps(versions, indent=2))
    else:
        click.echo("".join(f"{name}: {value}\n" for name, value in versions.items()), nl=False)


async def installed(client: "Client", namespace: str) -> dict[str, str]:
    """Image tag by image name, over the toolkit's Deployments. Raises `Halt` when there are none."""
    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    found = {}
    for deployment in (await client.list(kinds.DEPLOYMENT, namespace, labels=PART_OF)).objects:
        for container in deployment.body()["spec"]["template"]["spec"]["containers"]:
            image, colon, tag = container["image"].rpartition("/")[2].partition(":")
            if not colon:
                raise Halt(f"{deployment.metadata.name}: the image {image} has no tag")
            found[image] = tag.partition("@")[0]
    if not found:
        raise Halt(f'no controllers found in "{namespace}" namespace: --client prints the version of weir alone')
    return found
