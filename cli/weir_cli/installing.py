"""The steps of `weir install`; each says what it does."""

from dataclasses import replace

from weir.apply.engine import Plan
from weir.kube.client import Client
from weir_cli import applying
from weir_cli.installation import apply, state
from weir_cli.installation.options import Options
from weir_cli.installation.render import render, secrets_of
from weir_cli.rollout import rolled_out
from weir_cli.session import Connection
from weir_cli.terminal import Halt, action, confirm, generating, success, waiting


async def allowed(client: Client, *, force: bool) -> None:
    """Raise `Halt` where the cluster is too old, or another tool looks after what is there and nobody says yes."""
    if not state.will_do(found := await state.kubernetes(client)):
        raise Halt(f"Kubernetes {found} is too old: {state.FLOOR} is needed")
    there = await state.distribution(client)
    if there is None:
        return
    if there.bootstrapped:
        raise Halt(
            f"{there.text} is applied here from Git, which would undo this: "
            "write `weir install --export` over its gotk-components.yaml there"
        )
    if there.foreign and not force:
        confirm(
            f"{there.text} is looked after by {there.foreign}, which may undo this. Install all the same?", "--force"
        )


async def planned(client: Client, options: Options, *, locked: bool | None) -> Plan:
    """What is to be done; tenants are locked in unless an installation is found that is open (`locked` None)."""
    generating("generating manifests")
    options = replace(options, locked=not await apply.is_open(client, options.namespace) if locked is None else locked)
    bodies = [*render(options), *secrets_of(options)]
    success("manifests build completed")
    return await applying.planned(client, bodies, "install")


async def applied(client: Client, plan: Plan, namespace: str) -> None:
    """Do it. What became of each object goes to standard output."""
    action(f"installing components in {namespace} namespace")
    await applying.applied(client, plan, "install")


async def verified(client: Client, connection: Connection) -> None:
    """Wait until all is ready."""
    waiting("verifying installation")
    _names, ready = await rolled_out(client, connection)
    if not ready:
        raise Halt("install failed: what is installed is not ready")
