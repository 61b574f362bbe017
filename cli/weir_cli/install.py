"""`weir install`: the controllers into a cluster, or as manifests to standard output."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

import weir
from weir_cli.flags import Command
from weir_cli.installation.options import COMPONENTS, LOG_LEVELS, Options, listed
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, success

if TYPE_CHECKING:
    from weir.kube.client import Client

F = TypeVar("F", bound=Callable[..., Any])

_LOCKED = {"true": True, "false": False}


def _switch(name: str, text: str) -> Callable[[F], F]:
    """An option that is on; `--name=false` takes it away."""
    return click.option(name, type=bool, is_flag=False, flag_value=True, default=True, show_default=True, help=text)


@click.command(cls=Command)
@click.option("--components", default=",".join(COMPONENTS), show_default=True, help="Controllers, with commas between.")
@click.option("--registry", default="", help="Registry that goes before the name of every image.")
@click.option("--image-pull-secret", default="", help="Secret to pull images with.")
@click.option("--registry-creds", default="", help="user:password, to make that Secret; else it has to be there.")
@click.option("--log-level", type=click.Choice(LOG_LEVELS), default="info", show_default=True)
@click.option("--cluster-domain", default=Options.cluster_domain, show_default=True, help="Domain of Services.")
@_switch("--watch-all-namespaces", "Reconcile objects of all namespaces; else of the installation's own.")
@_switch("--network-policy", "Let in nothing but webhooks, readers of metrics, and what is in the namespace.")
@click.option("--toleration-keys", default="", help="Taints that the pods tolerate, with commas between.")
@click.option(
    "--multitenancy",
    type=click.Choice(["auto", *_LOCKED]),
    default="auto",
    show_default=True,
    help="Lock tenants in; auto: unless an installation is there that is open.",
)
@click.option("-v", "--version", default="", help="Version to install: this weir's own is the only one it has.")
@click.option("--export", "exports", is_flag=True, help="Print the manifests, and ask no cluster.")
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
@click.option("--force", is_flag=True, help="Do not ask when another tool looks after the installation.")
@connected
def install(
    connection: Connection,
    /,
    *,
    version: str,
    multitenancy: str,
    exports: bool,
    dry_run: bool,
    force: bool,
    **given: Any,
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
    options = _options(connection.namespace, version, given)
    locked = _LOCKED.get(multitenancy)
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


def _options(namespace: str, version: str, given: dict[str, Any]) -> Options:
    ours = f"v{weir.__version__}"
    if version not in {"", "latest", ours, weir.__version__}:
        raise Halt(f"--version: this is weir {ours}, and it installs {ours}: take the weir of {version}")
    given |= {name: listed(given[name]) for name in ("components", "toleration_keys")}
    try:
        return Options(namespace, **given)
    except ValueError as error:
        raise Halt(str(error)) from None
