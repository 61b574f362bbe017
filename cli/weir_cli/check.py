"""`weir check`: whether the cluster is new enough, and what is installed in it as it should be."""

from typing import TYPE_CHECKING

import click

from weir.api import duration
from weir_cli.flags import Command
from weir_cli.installation.options import listed
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, success

if TYPE_CHECKING:
    from weir.kube.client import Client

_SHORTEST = 0.1
"""Seconds between two looks, at least."""


@click.command(cls=Command)
@click.option("--pre", is_flag=True, help="Only what an installation needs.")
@click.option("--components", default="", help="Deployments that have to be there, with commas between.")
@click.option("--components-extra", default="", help="More of them.")
@click.option("--poll-interval", default="1s", show_default=True, help="How often to look while something starts.")
@connected
def check(connection: Connection, *, pre: bool, components: str, components_extra: str, poll_interval: str) -> None:
    """Check the cluster, and the controllers and definitions in it. What is starting is waited for until --timeout.

    \b
    Exit code 0: all is well. Exit code 1: a line with ✗ says what is not.
    Examples:
      weir check --pre
      weir check --timeout 2m
    """
    try:
        pause = duration.seconds(poll_interval)
    except ValueError as error:
        raise Halt(f"--poll-interval: {error}") from None
    expected = listed(f"{components},{components_extra}")

    async def command(client: "Client") -> None:
        from weir_cli import checks  # noqa: PLC0415  costly; only commands that talk to a cluster pay

        well = await checks.cluster(client)
        if pre:
            _end("prerequisites checks passed", well=well)
            return
        well = await checks.distribution(client) and well
        well = await checks.controllers(client, connection, expected, max(pause, _SHORTEST)) and well
        well = await checks.definitions(client) and well
        _end("all checks passed", well=well)

    run(connection, command)


def _end(text: str, *, well: bool) -> None:
    if not well:
        raise Halt("check failed")
    success(text)
