"""`weir suspend` and `weir resume`: `spec.suspend` of one, several or all objects of a kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from weir_cli import candidates, selection
from weir_cli.flags import Command
from weir_cli.selection import Found, Selection
from weir_cli.session import MANAGER, Connection, connected, run
from weir_cli.terminal import Halt, action, success

if TYPE_CHECKING:
    from weir.kube.client import Client


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@selection.options
@click.option("--reason", default="", help="Why; it stands in an annotation until the object is resumed.")
@connected
def suspend(connection: Connection, /, words: tuple[str, ...], *, reason: str, **flags: Any) -> None:
    """Make the controllers leave objects alone until they are resumed.

    \b
    Exit code 1 if a name does not exist; the others are suspended all the same.
    Examples:
      weir suspend kustomization apps --reason "migrating the database"
      weir suspend source git --all -n team-a
      weir suspend all -l team=a -A
    """
    wanted = chosen(words, flags, connection.namespace)

    async def command(client: "Client") -> None:
        found = await wanted.find(client)
        await _set(client, found, suspended=True, reason=reason)
        wanted.check(found)

    run(connection, command)


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@selection.options
@click.option(
    "--wait", "waits", is_flag=True, help="Wait for each object to become ready; one object is always waited for."
)
@connected
def resume(connection: Connection, /, words: tuple[str, ...], *, waits: bool, **flags: Any) -> None:
    """Let suspended objects go on, and wait for the reconcile that follows.

    \b
    Exit code 1 if a name does not exist or an object that is waited for does not become ready.
    Examples:
      weir resume kustomization apps
      weir resume source git --all --wait
    """
    wanted = chosen(words, flags, connection.namespace)

    async def command(client: "Client") -> None:
        from weir_cli.wait import wait_for_all  # noqa: PLC0415  costly; only commands that talk to a cluster pay

        found = await wanted.find(client)
        await _set(client, found, suspended=False)
        awaited = [each for each in found if each.noun.fetched]
        if awaited and (waits or len(wanted.names or found) == 1):
            await wait_for_all(client, awaited, connection.timeout)
        wanted.check(found)

    run(connection, command)


def chosen(words: Sequence[str], flags: dict[str, Any], namespace: str) -> Selection:
    """What is to be switched. Raises `Halt` when nothing is chosen, or the kind has no switch."""
    wanted = Selection.of(words, flags, namespace)
    return wanted.only(lambda noun: noun.can_suspend, "a {} cannot be suspended")


async def _set(client: "Client", found: Sequence[Found], *, suspended: bool, reason: str = "") -> None:
    """Set the switch on each object. Raises `Halt` when one is gone meanwhile."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    patch = {
        "metadata": {"annotations": {selection.SUSPEND_REASON: reason or None}},
        "spec": {"suspend": True if suspended else None},
    }
    for each in found:
        noun, name, namespace = each.noun, each.name, each.namespace
        action(f"{'suspending' if suspended else 'resuming'} {noun.name} {name} in {namespace} namespace")
        try:
            await client.patch(noun.kind, name, namespace, patch, manager=MANAGER)
        except NotFound:
            raise Halt(f"{noun.kind.kind} object '{name}' not found in \"{namespace}\" namespace") from None
        success(f"{noun.name} {'suspended' if suspended else 'resumed'}")
