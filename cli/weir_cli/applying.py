"""Applying manifests for a command: what became of each object goes to standard output, problems to standard error."""

from collections.abc import Sequence
from typing import Any

import click

from weir.apply.engine import ApplyError, Plan
from weir.kube.client import Client
from weir_cli.installation import apply
from weir_cli.terminal import Halt, failure


async def planned(client: Client, bodies: Sequence[dict[str, Any]], command: str) -> Plan:
    """What applying would do. Raises `Halt` when every refusal has been said."""
    try:
        return await apply.plan(client, bodies)
    except ApplyError as error:
        raise _refused(error, command) from None


async def applied(client: Client, plan: Plan, command: str) -> None:
    """Do it. Raises `Halt` when what was done, and each problem, has been said."""
    try:
        changes = await apply.send(client, plan)
    except ApplyError as error:
        raise _refused(error, command) from None
    click.echo("".join(f"{change.line}\n" for change in changes), nl=False)


def _refused(error: ApplyError, command: str) -> Halt:
    click.echo("".join(f"{change.line}\n" for change in error.done), nl=False)
    for problem in error.problems:
        failure(problem)
    if any("storedVersions" in problem for problem in error.problems):
        return Halt(f"{command} failed: objects are still stored in an older version: run `weir migrate` first")
    return Halt(f"{command} failed: " + ("what is listed was applied" if error.done else "nothing was changed"))
