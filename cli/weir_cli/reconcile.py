"""`weir reconcile`: ask for a reconcile now, and end on what really came of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from weir_cli import candidates, nouns, selection
from weir_cli.flags import Command
from weir_cli.selection import Found, Selection
from weir_cli.session import MANAGER, Connection, connected, run
from weir_cli.terminal import Halt, action, success, waiting, warning

if TYPE_CHECKING:
    from weir.kube.client import Client

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@selection.options
@click.option("--with-source", is_flag=True, help="Reconcile the sources of Kustomizations first.")
@connected
def reconcile(connection: Connection, /, words: tuple[str, ...], *, with_source: bool, **flags: Any) -> None:
    """Ask for a reconcile now and wait for its end.

    \b
    Exit code 0: ready. Exit code 1: it failed, or --timeout passed; the last line says why.
    Of a selection, what is suspended is left out, with a warning.
    Examples:
      weir reconcile kustomization apps --with-source
      weir reconcile source git podinfo
      weir reconcile all -A --status-selector ready=false
    """
    wanted = Selection.of(words, flags, connection.namespace)
    if not wanted.names:
        wanted = wanted.only(lambda noun: noun.fetched is not None, "a {} is not reconciled: it has no state")

    async def command(client: "Client") -> None:
        found = await wanted.find(client)
        able = _able(found, named=bool(wanted.names))
        if with_source:
            await _ask(client, connection, await _sources(client, able, named=bool(wanted.names)))
        await _ask(client, connection, able)
        wanted.check(found)

    run(connection, command)


def _able(found: Sequence[Found], *, named: bool) -> list[Found]:
    """Those that can be reconciled; the others are said. Raises `Halt` when one that was named is suspended."""
    able = []
    for each in found:
        if each.noun.fetched is None:
            success("reconciliation not supported by the object")
        elif not each.suspended:
            able.append(each)
        elif named:
            raise Halt(_suspended(each))
        else:
            warning(f"{each.noun.kind.kind} {each.name}: {_suspended(each)}")
    return able


async def _sources(client: "Client", found: Sequence[Found], *, named: bool) -> list[Found]:
    """The sources of these, each once. Raises `Halt` when one that was named has none that is reconciled."""
    from weir_cli.wait import read  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    references = {}
    for each in found:
        kind, namespace, name = each.noun.refers(each.body) or ("", "", "")
        noun = nouns.by_kind(kind)
        if noun is not None and noun.fetched is not None:
            references[kind, namespace, name] = noun
        elif named:
            what = f"{each.noun.name} {each.name}"
            raise Halt(f"--with-source: {what} has no source that can be reconciled ({kind or 'none'})")
    return _able(
        [
            Found(noun, await read(client, noun, name, namespace))
            for (_kind, namespace, name), noun in references.items()
        ],
        named=named,
    )


async def _ask(client: "Client", connection: Connection, found: Sequence[Found]) -> None:
    """Ask for all of them, then wait. Raises `Halt` when one fails."""
    from weir_cli.wait import Asked, wait_for, wait_for_all  # noqa: PLC0415  costly; only commands that connect pay

    token = datetime.now(UTC).isoformat()
    patch = {"metadata": {"annotations": {REQUESTED_AT: token}}}
    for each in found:
        noun, name, namespace = each.noun, each.name, each.namespace
        action(f"annotating {noun.kind.kind} {name} in {namespace} namespace")
        await client.patch(noun.kind, name, namespace, patch, manager=MANAGER)
        success(f"{noun.kind.kind} annotated")
    if len(found) == 1:
        waiting(f"waiting for {noun.kind.kind} reconciliation")
        success(await wait_for(client, noun, name, namespace, Asked(connection.timeout, token)))
    else:
        await wait_for_all(client, found, connection.timeout, token)


def _suspended(each: Found) -> str:
    reason = nouns.field(each.body, "metadata", "annotations", selection.SUSPEND_REASON)
    resumed = f"`weir resume {each.noun.name} {each.name} -n {each.namespace}` lets it go on"
    return f"resource is suspended{f' ({reason})' if reason else ''}: {resumed}"
