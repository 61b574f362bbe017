"""`weir logs`: what the controllers log, one readable line per entry."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import msgspec

from weir.api import duration
from weir_cli.session import Connection, run
from weir_cli.terminal import Halt, failure, interactive

if TYPE_CHECKING:
    from weir.kube.client import Client
    from weir.kube.object import Object

PART_OF = "app.kubernetes.io/part-of=flux"
_COLOURS = {"error": "red", "debug": "bright_black"}


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted; empty members take all."""

    kind: str
    name: str
    level: str
    namespace: str


@click.command()
@click.option("--kind", default="", help="Kind of the objects, such as Kustomization.")
@click.option("--name", default="", help="Name of the object.")
@click.option("--level", type=click.Choice(["debug", "info", "error"]), default=None, help="Entries of this level.")
@click.option("--since", default="", help="Only entries newer than this, such as 10m.")
@click.option("--since-time", default="", help="Only entries after this moment, RFC 3339.")
@click.option("--tail", type=int, default=None, help="Only the last lines of each controller.")
@click.option("-f", "--follow", is_flag=True, help="Go on as entries come.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Entries of objects in every namespace.")
@click.option("--flux-namespace", default="flux-system", show_default=True, help="Where the controllers run.")
@click.pass_obj
def logs(connection: Connection, /, **flags: Any) -> None:
    """Show what the controllers log about objects.

    \b
    Examples:
      weir logs -A --level error
      weir logs -f --kind Kustomization --name apps
    """
    wanted = Filter(
        flags["kind"], flags["name"], flags["level"] or "", "" if flags["all_namespaces"] else connection.namespace
    )
    query = _query(flags)
    run(connection, lambda client: _show(client, flags["flux_namespace"], query, wanted))


def _query(flags: dict[str, Any]) -> dict[str, str]:
    query = {"container": "manager"}
    try:
        if flags["since"]:
            after = datetime.now(UTC) - timedelta(seconds=duration.seconds(flags["since"]))
            query["sinceTime"] = after.strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError as error:
        raise Halt(f"--since: {error}") from None
    if flags["since_time"]:
        query["sinceTime"] = flags["since_time"]
    if flags["tail"] is not None:
        query["tailLines"] = str(flags["tail"])
    if flags["follow"]:
        query["follow"] = "true"
    return query


async def _show(client: "Client", namespace: str, query: dict[str, str], wanted: Filter) -> None:
    pods = await controller_pods(client, namespace)
    if not pods:
        raise Halt(f'no controllers found in "{namespace}" namespace: --flux-namespace says where they run')
    await asyncio.gather(*(_pod(client, pod, query, wanted) for pod in pods))


async def controller_pods(client: "Client", namespace: str) -> "list[Object]":
    """The pods of the toolkit's Deployments, found through their pod templates' labels."""
    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    pods = []
    for deployment in (await client.list(kinds.DEPLOYMENT, namespace, labels=PART_OF)).objects:
        labels = deployment.body()["spec"]["selector"].get("matchLabels", {})
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        pods += (await client.list(kinds.POD, namespace, labels=selector)).objects
    return pods


async def _pod(client: "Client", pod: "Object", query: dict[str, str], wanted: Filter) -> None:
    """Print a pod's entries; a pod that cannot be read is said and does not end the others."""
    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir.kube.errors import KubeError  # noqa: PLC0415  same

    containers = [container["name"] for container in pod.body()["spec"]["containers"]]
    query = query if "manager" in containers else {**query, "container": containers[0]}
    path = kinds.POD.path(pod.metadata.namespace, pod.metadata.name, "log")
    try:
        lines: AsyncIterator[bytes] = client.stream(path, query=query)
        async for line in lines:
            if (text := entry(line, wanted)) is not None:
                click.echo(text)
    except KubeError as error:
        failure(f"{pod.metadata.name}: {error}")


def entry(line: bytes, wanted: Filter) -> str | None:
    """The readable form of a log line: time, level, object, message, error. None: not wanted, or no entry."""
    try:
        fields = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:
        return None
    kind = fields.get("controllerKind") or fields.get("reconciler kind") or ""
    name, namespace, level = (str(fields.get(key, "")) for key in ("name", "namespace", "level"))
    if (
        (wanted.kind and wanted.kind.lower() != kind.lower())
        or (wanted.name and wanted.name != name)
        or (wanted.level and wanted.level != level)
        or (wanted.namespace and wanted.namespace != namespace)
    ):
        return None
    about = f"{kind}/{name}.{namespace}" if name else kind
    text = f"{fields.get('ts', '')} {level} {about} - {fields.get('msg', '')} {fields.get('error', '')}".rstrip()
    text = "".join(character if character.isprintable() else " " for character in text)
    return click.style(text, fg=_COLOURS[level]) if interactive() and level in _COLOURS else text
