"""`weir install`: the controllers into a cluster, or as manifests to standard output."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

import weir
from weir_cli.flags import Command
from weir_cli.installation import flags
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, success

if TYPE_CHECKING:
    from weir.kube.client import Client


@click.command(cls=Command)
@flags.how
@click.option("-v", "--version", default="", help="Version to install: this weir's own is the only one it has.")
@click.option("--export", "exports", is_flag=True, help="Print the manifests, and ask no cluster.")
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
@connected
def install(
    connection: Connection, /, *, version: str, exports: bool, dry_run: bool, force: bool, **given: Any
) -> None:
    """Install or upgrade the controllers, and wait until they are ready.

    \b
    What became of each object goes to standard output. Exit code 1: it failed; the last line says why.
    Examples:
      weir install
      weir install --registry mirror.example/platform --image-pull-secret pull
      weir install --dry-run
      weir install --export > gotk-components.yaml
    """
    _require(version)
    options, locked = flags.options(connection.namespace, given)
    if exports:
        from weir_cli.installation.render import export  # noqa: PLC0415  costly; paid by those who render

        click.echo(export(replace(options, locked=locked is not False)), nl=False)
        return

    async def command(client: "Client") -> None:
        from weir_cli import installing  # noqa: PLC0415  costly; only commands that talk to a cluster pay

        await installing.allowed(client, force=force)
        planned = await installing.planned(client, options, locked=locked)
        if dry_run:
            click.echo(f"{planned.lines}\n" if planned.lines else "", nl=False)
            return
        await installing.applied(client, planned, options.namespace)
        await installing.verified(client, connection)
        success("install finished")

    run(connection, command)


def _require(version: str) -> None:
    """Raise `Halt` for a version that this program does not have."""
    ours = f"v{weir.__version__}"
    if version not in {"", "latest", ours, weir.__version__}:
        raise Halt(f"--version: this is weir {ours}, and it installs {ours}: take the weir of {version}")
