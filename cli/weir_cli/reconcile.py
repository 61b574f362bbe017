"""`weir reconcile`: ask for a reconcile now, and end on what really came of it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from weir_cli import nouns
from weir_cli.get import one
from weir_cli.nouns import Body, Noun
from weir_cli.session import Connection, run
from weir_cli.terminal import Halt, action, success, waiting

if TYPE_CHECKING:
    from weir.kube.client import Client

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
_MANAGER = "weir"
_POLL = 0.25
"""Seconds between two looks at the object: a watch could miss its start, a look cannot."""


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="KIND NAME")
@click.option("--with-source", is_flag=True, help="Reconcile the source of a Kustomization first.")
@click.pass_obj
def reconcile(connection: Connection, words: tuple[str, ...], *, with_source: bool) -> None:
    """Ask for a reconcile now and wait for its end.

    \b
    Exit code 0: ready. Exit code 1: it failed; the last line says why.
    Examples:
      weir reconcile kustomization apps --with-source
      weir reconcile source git podinfo
    """
    noun, names = one(words)
    if len(names) != 1:
        raise Halt(f"name one {noun.name}")
    if noun.fetched is None:
        success("reconciliation not supported by the object")
        return

    async def command(client: "Client") -> None:
        if with_source:
            await _source(client, connection, noun, names[0])
        await _one(client, connection, noun, names[0])

    run(connection, command)


async def _source(client: "Client", connection: Connection, noun: Noun, name: str) -> None:
    body = await read(client, noun, name, connection.namespace)
    kind, namespace, source = noun.source(body) or ("", "", "")
    found = nouns.by_kind(kind)
    if found is None or found.fetched is None:
        raise Halt(f"--with-source: {noun.name} {name} has no source that can be reconciled ({kind or 'none'})")
    await _one(client, connection, found, source, namespace)


async def _one(client: "Client", connection: Connection, noun: Noun, name: str, namespace: str = "") -> None:
    namespace = namespace or connection.namespace
    body = await read(client, noun, name, namespace)
    if nouns.field(body, "spec", "suspend"):
        raise Halt(f"resource is suspended: weir resume {noun.name} {name} -n {namespace}")
    token = datetime.now(UTC).isoformat()
    action(f"annotating {noun.kind.kind} {name} in {namespace} namespace")
    await client.patch(
        noun.kind, name, namespace, {"metadata": {"annotations": {REQUESTED_AT: token}}}, manager=_MANAGER
    )
    success(f"{noun.kind.kind} annotated")
    waiting(f"waiting for {noun.kind.kind} reconciliation")
    success(await wait_for(client, connection, noun, name, token, namespace))


async def read(client: "Client", noun: Noun, name: str, namespace: str) -> Body:
    """The object. Raises `Halt` when there is none."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    try:
        return (await client.get(noun.kind, name, namespace)).body()
    except NotFound:
        raise Halt(f"{noun.kind.kind} object '{name}' not found in \"{namespace}\" namespace") from None


async def wait_for(
    client: "Client", connection: Connection, noun: Noun, name: str, token: str, namespace: str = ""
) -> str:
    """The success text, once the object is ready.

    `token` is the requestedAt that has to be dealt with first; empty: only the generation counts. Raises `Halt` with
    the Ready message when the attempt failed, or with the last words when time is up.
    """
    namespace = namespace or connection.namespace
    deadline = time.monotonic() + connection.timeout
    while True:
        body = await read(client, noun, name, namespace)
        end = judge(body, noun, token)
        if end is not None:
            return end
        if time.monotonic() > deadline:
            words = "; ".join(
                f"{type_}: {message}"
                for type_ in ("Ready", "Reconciling")
                if (message := nouns.condition(body, type_).get("message"))
            )
            raise Halt(
                f"{noun.kind.kind} {name} is not ready after {connection.timeout:g}s: {words or 'no condition yet'}"
            )
        await asyncio.sleep(_POLL)


def judge(body: Body, noun: Noun, token: str) -> str | None:
    """What came of the attempt: the success text, None while it goes on. Raises `Halt` with the cause of a failure."""
    if token and nouns.field(body, "status", "lastHandledReconcileAt") != token:
        return None
    ready = nouns.condition(body, "Ready")
    generation = nouns.field(body, "metadata", "generation") or 0
    if ready.get("observedGeneration", 0) < generation:
        return None
    if ready.get("status") == "True" and nouns.field(body, "status", "observedGeneration") == generation:
        return noun.fetched(body) if noun.fetched else ""
    if ready.get("status") == "False":
        raise Halt(f"{noun.kind.kind} reconciliation failed: '{ready.get('message', '')}'")
    return None
