"""`weir stats`: how many objects of each kind run, fail or are suspended, and what their artifacts take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from weir_cli import nouns
from weir_cli.flags import Command
from weir_cli.nouns import NOUNS, Body, Noun, field
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Table

if TYPE_CHECKING:
    from weir.kube.client import Client

_STEP = 1024
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True)
class Count:
    """One kind in numbers."""

    kind: str
    running: int
    """Those that are not suspended."""
    failing: int
    """Those whose Ready condition is False."""
    suspended: int
    storage: int
    """Bytes of all artifacts."""


@click.command(cls=Command)
@click.option("-A", "--all-namespaces", is_flag=True, help="Count in every namespace.")
@click.option("--no-header", is_flag=True, help="Leave the header out.")
@connected
def stats(connection: Connection, *, all_namespaces: bool, no_header: bool) -> None:
    """Count objects by kind: running, failing, suspended, and the size of their artifacts.

    \b
    Examples:
      weir stats -A
      weir stats -n team-a
    """

    async def command(client: "Client") -> None:
        counts = await counted(client, "" if all_namespaces else connection.namespace)
        table = Table(("Reconcilers", "Running", "Failing", "Suspended", "Storage"))
        click.echo(table.text([_row(count) for count in counts], header=not no_header), nl=False)

    run(connection, command)


async def counted(client: "Client", namespace: str = "") -> list[Count]:
    """The numbers of every kind that is reconciled, in the order of `get all`; an empty namespace means all.

    A kind that the cluster does not serve counts nothing. Raises `KubeError` for one that may not be listed.
    """
    import asyncio  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    return await asyncio.gather(*(_counted(client, noun, namespace) for noun in NOUNS if not noun.static))


async def _counted(client: "Client", noun: Noun, namespace: str) -> Count:
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    try:
        found = (await client.list(noun.kind, namespace)).objects
    except NotFound:
        found = []
    return count(noun.kind.kind, [item.body() for item in found])


def count(kind: str, bodies: Sequence[Body]) -> Count:
    """The numbers of these objects."""
    suspended = sum(bool(field(body, "spec", "suspend")) for body in bodies)
    failing = sum(nouns.condition(body, "Ready").get("status") == "False" for body in bodies)
    storage = sum(int(field(body, "status", "artifact", "size") or 0) for body in bodies)
    return Count(kind, len(bodies) - suspended, failing, suspended, storage)


def size(number: int) -> str:
    """Bytes in the largest binary unit that leaves at least 1, to one decimal: `1.5 MiB`; `-` for none."""
    if not number:
        return "-"
    amount, unit = float(number), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{number} B"


def _row(numbers: Count) -> list[str]:
    return [
        numbers.kind,
        str(numbers.running),
        str(numbers.failing),
        str(numbers.suspended),
        size(numbers.storage),
    ]
