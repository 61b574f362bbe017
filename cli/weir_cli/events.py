"""`weir events`: Kubernetes events of toolkit objects, oldest first."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from weir_cli import nouns
from weir_cli.flags import Command
from weir_cli.nouns import Body, Reference
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, Table, failure

if TYPE_CHECKING:
    from weir.kube.client import Client

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_TYPES = ("Normal", "Warning")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@click.command(cls=Command)
@click.option("--for", "target", default="", metavar="KIND[/NAME]", help="Events of this object and what it refers to.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Events of every namespace.")
@click.option("--types", default="", help="Types to show: Normal, Warning, or both with a comma.")
@click.option("-w", "--watch", is_flag=True, help="Go on as events come.")
@click.option("--no-header", is_flag=True, help="Leave the header out.")
@connected
def events(connection: Connection, /, **flags: Any) -> None:
    """Show Kubernetes events of toolkit objects, oldest first.

    \b
    Examples:
      weir events -A --types Warning
      weir events --for Kustomization/apps -w
    """
    types = {word.strip().capitalize() for word in flags["types"].split(",") if word.strip()}
    if wrong := types.difference(_TYPES):
        raise Halt(f"--types: {', '.join(sorted(wrong))} is none of {', '.join(_TYPES)}")
    namespace = "" if flags["all_namespaces"] else connection.namespace
    run(connection, lambda client: _show(client, namespace, types, flags))


async def _show(client: "Client", namespace: str, types: set[str], flags: dict[str, Any]) -> None:
    import asyncio  # noqa: PLC0415  costly; the help does not need it

    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    references = await _references(client, namespace, flags["target"])
    found: list[Body] = []
    since: list[tuple[Reference, str]] = []
    for reference in references:
        listing = await client.list(kinds.EVENT, reference[1], fields=_fields(reference))
        since.append((reference, listing.resource_version))
        found += [body for item in listing.objects if wanted(body := item.body(), types)]
    if not found and not flags["watch"]:
        failure(f"No events found in {namespace or 'any'} namespace.")
        return
    found.sort(key=last_seen)
    names = ("Last seen", "Type", "Reason", "Object", "Message")
    table = Table(names if namespace else ("Namespace", *names))
    now = datetime.now(UTC)
    rows = [row(body, now, with_namespace=not namespace) for body in found]
    click.echo(table.text(rows, header=not flags["no_header"]), nl=False)
    if flags["watch"]:
        await asyncio.gather(*(_watch(client, one, version, types, table, namespace) for one, version in since))


async def _watch(
    client: "Client", reference: Reference, since: str, types: set[str], table: Table, namespace: str
) -> None:
    from contextlib import aclosing  # noqa: PLC0415  same as below

    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir_cli.follow import changes  # noqa: PLC0415  same

    async with aclosing(changes(client, kinds.EVENT, reference[1], since=since, fields=_fields(reference))) as found:
        async for event in found:
            body = event.object.body()
            if event.type != "DELETED" and wanted(body, types):
                cells = row(body, datetime.now(UTC), with_namespace=not namespace)
                click.echo(table.text([cells], header=False), nl=False)


async def _references(client: "Client", namespace: str, target: str) -> list[Reference]:
    """Kind, namespace and name of what is asked about; what is empty takes all."""
    if not target:
        return [("", namespace, "")]
    kind, _slash, name = target.partition("/")
    noun = nouns.by_kind(kind)
    if noun is None:
        raise Halt(f"'{kind}' is not a recognized toolkit kind")
    found: list[Reference] = [(noun.kind.kind, namespace, name)]
    if name and namespace:
        from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only this question needs it

        try:
            needed = noun.refers((await client.get(noun.kind, name, namespace)).body())
        except NotFound:  # its events outlive it
            needed = None
        found += [needed] if needed else []
    return found


def _fields(reference: Reference) -> str:
    kind, _namespace, name = reference
    parts = (("involvedObject.kind", kind), ("involvedObject.name", name))
    return ",".join(f"{key}={value}" for key, value in parts if value)


def wanted(body: Body, types: set[str]) -> bool:
    """Whether the event is about a toolkit object and of one of the types; no types means all."""
    about = body.get("involvedObject", {})
    return ".toolkit.fluxcd.io/" in str(about.get("apiVersion", "")) and (not types or body.get("type") in types)


def last_seen(body: Body) -> datetime:
    """When the event was last seen."""
    series = body.get("series") or {}
    return _moment(
        series.get("lastObservedTime")
        or body.get("lastTimestamp")
        or body.get("eventTime")
        or body["metadata"].get("creationTimestamp")
    )


def _moment(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return _NEVER
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def age(since: datetime, now: datetime) -> str:
    """How long ago a moment was, in its largest unit: `5m`."""
    if since == _NEVER:
        return "unknown"
    elapsed = int((now - since).total_seconds())
    return next((f"{elapsed // size}{unit}" for size, unit in _UNITS if elapsed >= size), "0s")


def row(body: Body, now: datetime, *, with_namespace: bool) -> list[str]:
    """The cells of an event; one that came again says how often, and over how long."""
    count = int((body.get("series") or {}).get("count") or body.get("count") or 1)
    seen = age(last_seen(body), now)
    if count > 1:
        first = body.get("firstTimestamp") or body.get("eventTime")
        seen += f" (x{count} over {age(_moment(first) if first else last_seen(body), now)})"
    about = body.get("involvedObject", {})
    cells = [
        seen,
        str(body.get("type", "")),
        str(body.get("reason", "")),
        f"{about.get('kind', '')}/{about.get('name', '')}",
        str(body.get("message", "")),
    ]
    return [str(about.get("namespace", "")), *cells] if with_namespace else cells
