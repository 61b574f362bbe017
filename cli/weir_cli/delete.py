"""`weir delete`: objects of the toolkit, after a yes."""

from typing import TYPE_CHECKING, Any

import click

from weir_cli import candidates, nouns, selection
from weir_cli.flags import Command
from weir_cli.selection import Found, Selection
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import action, confirm, success

if TYPE_CHECKING:
    from weir.kube.client import Client

_SHOWN = 5
"""Objects that a question names."""


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@selection.options
@click.option("-s", "--silent", is_flag=True, help="Do not ask.")
@connected
def delete(connection: Connection, /, words: tuple[str, ...], *, silent: bool, **flags: Any) -> None:
    """Delete objects; a Kustomization with `prune` takes along what it has applied.

    \b
    Exit code 1 if a name does not exist; the others are deleted all the same.
    Examples:
      weir delete kustomization apps
      weir delete source git podinfo --silent
    """
    wanted = Selection.of(words, flags, connection.namespace)

    async def command(client: "Client") -> None:
        found = await wanted.find(client)
        if found and not silent:
            confirm(question(found), "--silent")
        for noun, body in found:
            name, namespace, uid = (body["metadata"][key] for key in ("name", "namespace", "uid"))
            action(f"deleting {noun.name} {name} in {namespace} namespace")
            await client.delete(noun.kind, name, namespace, uid=uid)
            success(f"{noun.name} deleted")
        wanted.check(found)

    run(connection, command)


def question(found: list[Found]) -> str:
    """What is asked before these are deleted: what they are, and what goes with them."""
    names = ", ".join(f"{each.noun.name} {each.namespace}/{each.name}" for each in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    pruned = " with everything applied by it" if any(map(_prunes, found)) else ""
    return f"Delete {names}{more}{pruned}?"


def _prunes(each: Found) -> bool:
    policy = nouns.field(each.body, "spec", "deletionPolicy") or "MirrorPrune"
    prune = bool(nouns.field(each.body, "spec", "prune"))
    return each.noun.kind.kind == "Kustomization" and (prune if policy == "MirrorPrune" else policy != "Orphan")
