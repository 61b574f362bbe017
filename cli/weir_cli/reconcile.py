"""`weir reconcile`: ask for a reconcile now, and end on what really came of it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from weir_cli import candidates, nouns
from weir_cli.flags import Command
from weir_cli.nouns import Noun
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, action, success, waiting

if TYPE_CHECKING:
    from weir.kube.client import Client

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
_MANAGER = "weir"


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND NAME", shell_complete=candidates.to_change)
@click.option("--with-source", is_flag=True, help="Reconcile the source of a Kustomization first.")
@connected
def reconcile(connection: Connection, words: tuple[str, ...], *, with_source: bool) -> None:
    """Ask for a reconcile now and wait for its end.

    \b
    Exit code 0: ready. Exit code 1: it failed, or --timeout passed; the last line says why.
    Examples:
      weir reconcile kustomization apps --with-source
      weir reconcile source git podinfo
    """
    noun, names = nouns.one(words)
    if len(names) != 1:
        raise Halt(f"name one {noun.name}")

    async def command(client: "Client") -> None:
        if with_source:
            await _source(client, connection, noun, names[0])
        await _one(client, connection, noun, names[0], connection.namespace)

    run(connection, command)


async def _source(client: "Client", connection: Connection, noun: Noun, name: str) -> None:
    from weir_cli.wait import read  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    body = await read(client, noun, name, connection.namespace)
    if nouns.field(body, "spec", "suspend"):
        raise Halt(_suspended(noun, name, connection.namespace))
    kind, namespace, source = noun.refers(body) or ("", "", "")
    found = nouns.by_kind(kind)
    if found is None or found.fetched is None:
        raise Halt(f"--with-source: {noun.name} {name} has no source that can be reconciled ({kind or 'none'})")
    await _one(client, connection, found, source, namespace)


async def _one(client: "Client", connection: Connection, noun: Noun, name: str, namespace: str) -> None:
    from weir_cli.wait import Asked, read, wait_for  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    body = await read(client, noun, name, namespace)
    if noun.fetched is None:
        success("reconciliation not supported by the object")
        return
    if nouns.field(body, "spec", "suspend"):
        raise Halt(_suspended(noun, name, namespace))
    token = datetime.now(UTC).isoformat()
    action(f"annotating {noun.kind.kind} {name} in {namespace} namespace")
    patch = {"metadata": {"annotations": {REQUESTED_AT: token}}}
    await client.patch(noun.kind, name, namespace, patch, manager=_MANAGER)
    success(f"{noun.kind.kind} annotated")
    waiting(f"waiting for {noun.kind.kind} reconciliation")
    success(await wait_for(client, noun, name, namespace, Asked(connection.timeout, token)))


def _suspended(noun: Noun, name: str, namespace: str) -> str:
    return f"resource is suspended: `weir resume {noun.name} {name} -n {namespace}` lets it go on"
