"""Applying an installation: namespace and definitions, once these are served the rest."""

from collections.abc import Sequence
from typing import Any

from weir.apply import engine
from weir.apply.changes import Change
from weir.apply.engine import Plan
from weir.apply.steps import Options, Wanted
from weir.kube import kinds
from weir.kube.client import Client
from weir.kube.errors import NotFound
from weir_cli.installation.render import LOCKS

MANAGER = "flux"
"""The field manager of what the command line installs, as upstream has it: adoption finds its own fields."""
_OPTIONS = Options(manager=MANAGER, takeovers=(), recreates=False)


async def plan(client: Client, bodies: Sequence[dict[str, Any]]) -> Plan:
    """What applying would do. Raises `ApplyError` with every object that the API server refuses."""
    return await engine.plan(client, [Wanted.of(body) for body in bodies], _OPTIONS, left={}, known=frozenset())


async def send(client: Client, planned: Plan) -> tuple[Change, ...]:
    """Do it; what became of each object. Raises `ApplyError` with what was done until then."""
    return await engine.send(client, planned, _OPTIONS)


async def is_open(client: Client, namespace: str) -> bool:
    """Whether an installation is there whose tenants are not locked in: it stays so, like the chart's."""
    try:
        body = (await client.get(kinds.DEPLOYMENT, "kustomize-controller", namespace)).body()
    except NotFound:
        return False
    container = body["spec"]["template"]["spec"]["containers"][0]
    return f"{LOCKS[0]}true" not in (container.get("args") or ())
