"""`weir tree`: what a Kustomization has applied, and how it is, down through the Kustomizations among it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from weir.api.kustomization import Kustomization
from weir_cli import candidates, listing, nouns
from weir_cli.flags import Command
from weir_cli.nouns import Body, Reference, field
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, plain, shorten

if TYPE_CHECKING:
    import asyncio

    from weir.kube.client import Client

_TOOLKIT = ".toolkit.fluxcd.io"
_CONCURRENT = 8
"""Objects that are read at the same time."""


@dataclass(frozen=True)
class Node:
    """An object, how it is, and what it has applied."""

    group: str
    kind: str
    namespace: str
    name: str
    health: str
    """`Current`, `InProgress`, `Failed`, `Terminating`, `NotFound`; `Unknown` when it may not or cannot be read."""
    message: str = ""
    children: tuple["Node", ...] = ()
    more: str = ""
    """A remark: `suspended`, or `shown above` where Kustomizations apply each other."""

    @property
    def title(self) -> str:
        """`Kind/namespace/name`."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


Seed = tuple[Node, str]
"""An object that has not been looked at, and the version of its API."""


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="kustomization NAME", shell_complete=candidates.to_change)
@click.option("--compact", is_flag=True, help="Only objects of the toolkit.")
@click.option("-o", "--output", type=click.Choice(["text", "json", "yaml"]), default="text", show_default=True)
@connected
def tree(connection: Connection, words: tuple[str, ...], *, compact: bool, output: str) -> None:
    """Show what a Kustomization has applied and how each object is, nested Kustomizations included.

    \b
    Examples:
      weir tree kustomization apps
      weir tree ks flux-system --compact
      weir tree ks apps -o json
    """
    noun, names = nouns.one(words)
    if noun.kind.kind != "Kustomization" or len(names) != 1:
        raise Halt("give one Kustomization: weir tree kustomization NAME")

    async def command(client: "Client") -> None:
        root = await grown(client, names[0], connection.namespace, compact=compact)
        click.echo(drawing(root) if output == "text" else listing.encoded(document(root), output), nl=False)

    run(connection, command)


async def grown(client: "Client", name: str, namespace: str, *, compact: bool = False) -> Node:
    """The tree of a Kustomization; `compact` leaves out what is not of the toolkit. Raises `Halt` without it."""
    import asyncio  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    kind = Kustomization.DEFINITION.kind
    found = Node(kind.group, kind.kind, namespace, name, "")
    root = await _grow(client, (found, kind.version), frozenset(), asyncio.Semaphore(_CONCURRENT), compact=compact)
    if root.health == "NotFound":
        raise Halt(f"Kustomization object '{name}' not found in \"{namespace}\" namespace")
    return root


async def _grow(
    client: "Client", seed: Seed, above: frozenset[Reference], slots: "asyncio.Semaphore", *, compact: bool
) -> Node:
    """The node with its health, and with its children if it has applied any."""
    import asyncio  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    async with slots:
        node, body = await _looked_at(client, *seed)
    if not body or node.kind != "Kustomization" or not node.group.endswith(_TOOLKIT):
        return node
    here = (node.kind, node.namespace, node.name)
    if here in above:
        return replace(node, more="shown above")
    seeds = _applied(body)
    if field(body, "spec", "kubeConfig"):
        remote = [replace(seed, health="Unknown", message="in another cluster") for seed, _version in seeds]
        return replace(node, children=tuple(one for one in remote if not compact or one.group.endswith(_TOOLKIT)))
    kept = [seed for seed in seeds if not compact or seed[0].group.endswith(_TOOLKIT)]
    grown = (_grow(client, seed, above | {here}, slots, compact=compact) for seed in kept)
    return replace(node, children=tuple(await asyncio.gather(*grown)))


def _applied(body: Body) -> list[Seed]:
    """What a Kustomization has in its inventory. Raises `Halt` naming an entry that is none."""
    from weir.apply import inventory  # noqa: PLC0415  costly; only this command needs it

    seeds = []
    for entry in field(body, "status", "inventory", "entries") or ():
        try:
            namespace, name, group, kind = inventory.parse(entry["id"])
        except ValueError as error:
            raise Halt(f"Kustomization {body['metadata']['name']}: status.inventory: {error}") from None
        seeds.append((Node(group, kind, namespace, name, ""), str(entry.get("v", ""))))
    return seeds


async def _looked_at(client: "Client", node: Node, version: str) -> tuple[Node, Body]:
    """The node with its health, and the object itself; empty when it is not there or may not be read."""
    from weir.health.rules import assess  # noqa: PLC0415  costly; only this command needs it
    from weir.kube.errors import KubeError, NotFound  # noqa: PLC0415  same

    try:
        kind = await client.discovery.kind(f"{node.group}/{version}" if node.group else version, node.kind)
        body = (await client.get(kind, node.name, node.namespace)).body()
    except NotFound:
        return replace(node, health="NotFound"), {}
    except KubeError as error:
        return replace(node, health="Unknown", message=str(error)), {}
    health = assess(body, now=datetime.now(UTC))
    suspended = "suspended" if node.group.endswith(_TOOLKIT) and field(body, "spec", "suspend") else ""
    return replace(node, health=str(health.status), message=health.message, more=suspended), body


def drawing(root: Node) -> str:
    """The tree as lines: `Kind/namespace/name`, and how it is."""
    return "".join(f"{line}\n" for line in [_said(root), *_branches(root, "")])


def _branches(node: Node, indent: str) -> list[str]:
    lines = []
    for number, child in enumerate(node.children, 1):
        last = number == len(node.children)
        lines.append(f"{indent}{'└──' if last else '├──'} {_said(child)}")
        lines += _branches(child, indent + ("    " if last else "│   "))
    return lines


def _said(node: Node) -> str:
    remark = "; ".join(part for part in (node.message if node.health != "Current" else "", node.more) if part)
    return plain(shorten(f"{node.title}  {node.health}{f' ({remark})' if remark else ''}"))


def document(node: Node) -> dict[str, Any]:
    """The tree as upstream writes it, and beside `resource` the object's health."""
    group_kind = {"Group": node.group, "Kind": node.kind}
    found: dict[str, Any] = {
        "resource": {"Namespace": node.namespace, "Name": node.name, "GroupKind": group_kind},
        "health": {"status": node.health, **({"message": node.message} if node.message else {})},
    }
    return {**found, **({"resources": [document(child) for child in node.children]} if node.children else {})}
