"""`weir local`: the whole suite on nothing but Python."""

import asyncio
from pathlib import Path

import click

from weir_cli.terminal import Halt, action, success


@click.group()
def local() -> None:
    """Run a local cluster with the whole suite, on nothing but Python."""


@local.command()
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help="Keep the state here; else it is thrown away."
)
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Write the administrator's kubeconfig here.")
@click.option("--controllers", default="all", show_default=True, help="all, none, or names with commas.")
@click.option("--port", type=int, default=0, help="Port of the API server; a free one by default.")
def up(directory: Path | None, kubeconfig: Path | None, controllers: str, port: int) -> None:
    """Start the cluster, NATS and the controllers, and stay until Ctrl-C.

    \b
    Examples:
      weir local up
      weir local up --dir ~/weir --kubeconfig ~/weir/kubeconfig
      weir local up --controllers source-controller
    """
    from local_cluster import suite  # noqa: PLC0415  only this command starts a cluster

    try:
        wanted = suite.controllers(controllers)
    except ValueError as error:
        raise Halt(f"--controllers: {error}") from None

    async def stay() -> None:
        async with suite.start(wanted, directory=directory, port=port, say=action) as running:
            if kubeconfig:
                running.write_kubeconfig(kubeconfig)
            success("ready")
            click.echo(running.describe(), nl=False)
            await running.interrupted()
            action("stopping")

    try:
        asyncio.run(stay())
    except suite.Broken as error:
        raise Halt(str(error)) from None
