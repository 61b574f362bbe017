"""`weir events`: Kubernetes events of toolkit objects, oldest first."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from weir_cli import nouns
from weir_cli.nouns import Body
from weir_cli.session import Connection, run
from weir_cli.terminal import Halt, failure, table

if TYPE_CHECKING:
    from weir.kube.client import Client

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


@click.command()
@click.option("--for", "target", default="", metavar="KIND[/NAME]", help="Only events of this object and its source.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Events of every namespace.")
@click.option("--types", default="", help="Types to show: Normal, Warning, or both with a comma.")
@click.option("-w", "--watch", is_flag=True, help="Go on as events come.")
@click.option("--no-header", is_flag=True, help="Leave the header out.")
@click.pass_obj
def events(connection: Connection, /, **flags: Any) -> None:
    """Show Kubernetes events of toolkit objects, oldest first.

    \b
    Examples:
      weir events -A --types Warning
      weir events --for Kustomization/apps
    """
    run(connection, lambda client: _show(client, connection, flags))


async def _show(client: "Client", connection: Connection, flags: dict[str, Any]) -> None:
    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    namespace = "" if flags["all_namespaces"] else connection.namespace
    references = await _references(client, connection, flags["target"])
    types = {word.strip().lower() for word in flags["types"].split(",") if word.strip()}
    listing = await client.list(kinds.EVENT, "" if references else namespace)
    found = [body for item in listing.objects if wanted(body := item.body(), references, types)]
    found.sort(key=last_seen)
    names = [*(() if namespace else ("Namespace",)), "Last seen", "Type", "Reason", "Object", "Message"]
    now = datetime.now(UTC)
    if not found and not flags["watch"]:
        failure(f"No events found in {namespace or 'any'} namespace.")
        return
    rows = [_row(body, now, with_namespace=not namespace) for body in found]
    click.echo(table(names, rows, with_header=not flags["no_header"]), nl=False)
    while flags["watch"]:
        async for event in client.watch(
            kinds.EVENT, "" if references else namespace, resource_version=listing.resource_version
        ):
            body = event.object.body()
            if event.type in {"ADDED", "MODIFIED"} and wanted(body, references, types):
                cells = _row(body, datetime.now(UTC), with_namespace=not namespace)
                click.echo(table(names, [cells], with_header=False), nl=False)


async def _references(client: "Client", connection: Connection, target: str) -> set[tuple[str, str, str]]:
    """Kind, namespace and name of what is asked about; no name takes all of a kind, an empty set every kind."""
    if not target:
        return set()
    kind, _slash, name = target.partition("/")
    noun = nouns.by_kind(kind)
    if noun is None:
        raise Halt(f"'{kind}' is not a recognized toolkit kind")
    found = {(noun.kind.kind, connection.namespace, name)}
    if name:
        from weir_cli.reconcile import read  # noqa: PLC0415  only this question needs it

        source = noun.source(await read(client, noun, name, connection.namespace))
        found |= {source} if source else set()
    return found


def wanted(body: Body, references: set[tuple[str, str, str]], types: set[str]) -> bool:
    """Whether the event is one of those asked for."""
    if types and str(body.get("type", "")).lower() not in types:
        return False
    about = body.get("involvedObject", {})
    if not references:
        return ".toolkit.fluxcd.io/" in str(about.get("apiVersion", ""))
    key = (about.get("kind", ""), about.get("namespace", ""))
    return any(key == (kind, namespace) and name in {"", about.get("name")} for kind, namespace, name in references)


def last_seen(body: Body) -> str:
    """When the event was last seen, RFC 3339."""
    series = body.get("series") or {}
    return str(
        series.get("lastObservedTime")
        or body.get("lastTimestamp")
        or body.get("eventTime")
        or body["metadata"].get("creationTimestamp", "")
    )


def age(since: str, now: datetime) -> str:
    """How long ago a moment was, in its largest unit: `5m`."""
    try:
        elapsed = int((now - datetime.fromisoformat(since)).total_seconds())
    except ValueError:
        return "unknown"
    return next((f"{elapsed // size}{unit}" for size, unit in _UNITS if elapsed >= size), "0s")


def _row(body: Body, now: datetime, *, with_namespace: bool) -> list[str]:
    count = int((body.get("series") or {}).get("count") or body.get("count") or 1)
    seen = age(last_seen(body), now)
    if count > 1:
        seen += f" (x{count} over {age(str(body.get('firstTimestamp') or last_seen(body)), now)})"
    about = body.get("involvedObject", {})
    cells = [
        seen,
        str(body.get("type", "")),
        str(body.get("reason", "")),
        f"{about.get('kind', '')}/{about.get('name', '')}",
        str(body.get("message", "")),
    ]
    return [str(about.get("namespace", "")), *cells] if with_namespace else cells
