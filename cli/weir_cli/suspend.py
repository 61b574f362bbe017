"""`weir suspend` and `weir resume`: `spec.suspend` of one, several or all objects of a kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from weir_cli import candidates, nouns
from weir_cli.flags import Command
from weir_cli.nouns import Noun
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, action, failure, success, waiting

if TYPE_CHECKING:
    from weir.kube.client import Client

_MANAGER = "weir"


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@click.option("--all", "everything", is_flag=True, help="All objects of the kind in the namespace.")
@connected
def suspend(connection: Connection, words: tuple[str, ...], *, everything: bool) -> None:
    """Make the controllers leave objects alone until they are resumed.

    \b
    Exit code 1 if a name does not exist; the others are suspended all the same.
    Examples:
      weir suspend kustomization apps
      weir suspend source git --all -n team-a
    """
    noun, names = chosen(words, everything=everything)

    async def command(client: "Client") -> None:
        done, asked = await _set(client, noun, names, connection.namespace, suspended=True)
        _missing(noun, asked - len(done), asked)

    run(connection, command)


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@click.option("--all", "everything", is_flag=True, help="All objects of the kind in the namespace.")
@click.option(
    "--wait", "waits", is_flag=True, help="Wait for each object to become ready; one object is always waited for."
)
@connected
def resume(connection: Connection, words: tuple[str, ...], *, everything: bool, waits: bool) -> None:
    """Let suspended objects go on, and wait for the reconcile that follows.

    \b
    Exit code 1 if a name does not exist or an object that is waited for does not become ready.
    Examples:
      weir resume kustomization apps
      weir resume source git --all --wait
    """
    noun, names = chosen(words, everything=everything)

    async def command(client: "Client") -> None:
        done, asked = await _set(client, noun, names, connection.namespace, suspended=False)
        if done and noun.fetched and (waits or asked == 1):
            await _wait(client, connection, noun, done)
        _missing(noun, asked - len(done), asked)

    run(connection, command)


def chosen(words: Sequence[str], *, everything: bool) -> tuple[Noun, tuple[str, ...]]:
    """The kind and the names. Raises `Halt` when neither names nor --all are given, or the kind cannot be suspended."""
    noun, names = nouns.one(words)
    if not noun.can_suspend:
        raise Halt(f"a {noun.name} cannot be suspended")
    if bool(names) == everything:
        raise Halt(f"either name {noun.name} objects or give --all")
    return noun, tuple(dict.fromkeys(names))


async def _set(
    client: "Client", noun: Noun, names: Sequence[str], namespace: str, *, suspended: bool
) -> tuple[list[str], int]:
    """Set the switch on each object; no names means all. The names that exist, and how many were asked for."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    if not names:
        listing = await client.list(noun.kind, namespace, metadata_only=True)
        names = [found.metadata.name for found in listing.objects]
    if not names:
        raise Halt(f'no {noun.kind.kind} objects found in "{namespace}" namespace')
    done = []
    for name in names:
        action(f"{'suspending' if suspended else 'resuming'} {noun.name} {name} in {namespace} namespace")
        patch = {"spec": {"suspend": True if suspended else None}}
        try:
            await client.patch(noun.kind, name, namespace, patch, manager=_MANAGER)
        except NotFound:
            failure(f"{noun.kind.kind} object '{name}' not found in \"{namespace}\" namespace")
            continue
        success(f"{noun.name} {'suspended' if suspended else 'resumed'}")
        done.append(name)
    return done, len(names)


async def _wait(client: "Client", connection: Connection, noun: Noun, names: Sequence[str]) -> None:
    """Wait for all of them at once. Raises `Halt` when one did not become ready."""
    import asyncio  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    from weir_cli.wait import Asked, wait_for  # noqa: PLC0415  same

    asked = Asked(connection.timeout, together=len(names) > 1)

    async def one(name: str) -> str:
        waiting(f"waiting for {noun.kind.kind} {name} reconciliation")
        return await wait_for(client, noun, name, connection.namespace, asked)

    failed = 0
    for name, end in zip(names, await asyncio.gather(*map(one, names), return_exceptions=True), strict=True):
        if isinstance(end, str):
            success(f"{noun.kind.kind} {name} reconciliation completed")
            success(end)
        elif isinstance(end, Halt):
            failure(end.message if len(names) == 1 else f"{noun.kind.kind} {name}: {end.message}")
            failed += 1
        else:
            raise end
    if failed:
        raise Halt("")


def _missing(noun: Noun, missing: int, asked: int) -> None:
    if missing and asked > 1:
        raise Halt(f"{missing} of {asked} {noun.name} objects do not exist")
    if missing:
        raise Halt("")
