"""`weir uninstall`: away with the controllers, their definitions, and every object of these."""

from typing import TYPE_CHECKING

import click

from weir_cli.flags import Command
from weir_cli.session import Connection, connected, run

if TYPE_CHECKING:
    from weir.kube.client import Client


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@click.option("-s", "--silent", is_flag=True, help="Do not ask.")
@click.option("--keep-namespace", is_flag=True, help="Leave the namespace.")
@connected
def uninstall(connection: Connection, *, dry_run: bool, silent: bool, keep_namespace: bool) -> None:
    """Remove the controllers, then their definitions with all Kustomizations, sources, alerts and the like.

    \b
    What Kustomizations have applied stays. Exit code 1: something is left; run it again when the cause is mended.
    Examples:
      weir uninstall --dry-run
      weir uninstall --silent --keep-namespace
    """

    async def command(client: "Client") -> None:
        from weir_cli.uninstalling import Uninstalling  # noqa: PLC0415  costly; only commands that connect pay

        await Uninstalling(client, connection, dry_run=dry_run).run(silent=silent, keep_namespace=keep_namespace)

    run(connection, command)
