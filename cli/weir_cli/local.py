"""`weir local`: the whole suite on nothing but Python."""

import asyncio
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import click

from weir_cli.terminal import Halt, action, success

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.group()
def local() -> None:
    """Run a local cluster with the whole suite, on nothing but Python."""


@local.command()
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help="Keep the state here; else it is thrown away."
)
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Write the administrator's kubeconfig here.")
@click.option("--controllers", default="all", show_default=True, help="all, none, or names with commas.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the API server; a free one by default.")
@click.option(
    "--existing",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Start no cluster; install into the one of this kubeconfig and run the controllers here.",
)
def up(directory: Path | None, kubeconfig: Path | None, controllers: str, port: int, existing: Path | None) -> None:
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
    if port and not _free(port):
        raise Halt(f"--port: something else listens on {port}")
    try:
        asyncio.run(_stay(wanted, directory, kubeconfig, port, existing))
    except suite.Broken as error:
        raise Halt(str(error)) from None
    except asyncio.CancelledError:
        raise Halt("interrupted before everything had started; everything is stopped", 130) from None


async def _stay(
    wanted: Sequence[str], directory: Path | None, kubeconfig: Path | None, port: int, existing: Path | None
) -> None:
    from local_cluster import suite  # noqa: PLC0415  only this command starts a cluster

    task = asyncio.current_task()
    assert task is not None
    for number in _SIGNALS:  # whoever loses patience while it starts leaves nothing behind
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with suite.start(wanted, directory=directory, port=port, existing=existing, say=action) as running:
        if kubeconfig:
            running.write_kubeconfig(kubeconfig)
            action(f"the kubeconfig is also in {kubeconfig}")
        success("ready; Ctrl-C stops everything")
        click.echo(running.describe(), nl=False)
        stop = asyncio.Event()
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
        action("stopping")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: what was just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
