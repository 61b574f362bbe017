"""`weir suspend` and `weir resume`: `spec.suspend` of one, several or all objects of a kind."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from weir_cli.get import one
from weir_cli.nouns import Noun
from weir_cli.reconcile import wait_for
from weir_cli.session import Connection, run
from weir_cli.terminal import Halt, action, failure, success

if TYPE_CHECKING:
    from weir.kube.client import Client

_MANAGER = "weir"


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]")
@click.option("--all", "everything", is_flag=True, help="All objects of the kind in the namespace.")
@click.pass_obj
def suspend(connection: Connection, words: tuple[str, ...], *, everything: bool) -> None:
    """Make the controllers leave objects alone until they are resumed.

    \b
    Examples:
      weir suspend kustomization apps
      weir suspend source git --all -n team-a
    """
    noun, names = chosen(words, everything=everything)
    run(connection, lambda client: _set(client, connection, noun, names, suspended=True))


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]")
@click.option("--all", "everything", is_flag=True, help="All objects of the kind in the namespace.")
@click.option(
    "--wait", "waits", is_flag=True, help="Wait for each object to become ready; one object is always waited for."
)
@click.pass_obj
def resume(connection: Connection, words: tuple[str, ...], *, everything: bool, waits: bool) -> None:
    """Let suspended objects go on, and wait for the reconcile that follows.

    \b
    Examples:
      weir resume kustomization apps
      weir resume source git --all --wait
    """
    noun, names = chosen(words, everything=everything)

    async def command(client: "Client") -> None:
        done = await _set(client, connection, noun, names, suspended=False)
        if noun.fetched and (waits or len(done) == 1):
            ends = await asyncio.gather(
                *(wait_for(client, connection, noun, name, "") for name in done), return_exceptions=True
            )
            _report(noun, ends)

    run(connection, command)


def chosen(words: Sequence[str], *, everything: bool) -> tuple[Noun, tuple[str, ...]]:
    """The kind and the names. Raises `Halt` when neither names nor --all are given, or the kind cannot be suspended."""
    noun, names = one(words)
    if not noun.can_suspend:
        raise Halt(f"a {noun.name} cannot be suspended")
    if bool(names) == everything:
        raise Halt(f"name the {noun.name} objects, or give --all")
    return noun, names


async def _set(
    client: "Client", connection: Connection, noun: Noun, names: Sequence[str], *, suspended: bool
) -> list[str]:
    """Set the switch on each object; a name that does not exist is said and makes the command fail."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    namespace = connection.namespace
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
            failure(f'{noun.kind.kind} {name} not found in "{namespace}" namespace')
            continue
        success(f"{noun.name} {'suspended' if suspended else 'resumed'}")
        done.append(name)
    if len(done) < len(names):
        raise Halt(f"{len(names) - len(done)} of {len(names)} objects do not exist")
    return done


def _report(noun: Noun, ends: Sequence[str | BaseException]) -> None:
    failed = 0
    for end in ends:
        if isinstance(end, str):
            success(end)
        elif isinstance(end, Halt):
            failure(end.message)
            failed += 1
        else:
            raise end
    if failed:
        raise Halt(f"{failed} of {len(ends)} {noun.name} objects did not become ready")
