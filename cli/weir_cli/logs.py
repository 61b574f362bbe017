"""`weir logs`: what the controllers log, one readable line per entry."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import click
import msgspec

from weir.api import duration
from weir_cli.flags import Command
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, interactive, plain

_COLOURS = {"error": "red", "debug": "bright_black"}


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted; empty members take all."""

    kind: str = ""
    name: str = ""
    level: str = ""
    namespace: str = ""


class Entry(NamedTuple):
    """A log entry as it is shown."""

    time: str
    """As the controller wrote it, ISO 8601."""
    text: str


@click.command(cls=Command)
@click.option("--kind", default="", help="Kind of the objects, such as Kustomization.")
@click.option("--name", default="", help="Name of the object.")
@click.option("--level", type=click.Choice(["debug", "info", "error"]), help="Entries of this level.")
@click.option("--since", default="", help="Only entries newer than this, such as 10m.")
@click.option("--since-time", default="", help="Only entries after this moment, RFC 3339.")
@click.option("--tail", type=click.IntRange(min=-1), default=-1, help="Only the last lines of each controller.")
@click.option("-f", "--follow", is_flag=True, help="Go on as entries come.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Entries of objects in every namespace, and of none.")
@click.option("--flux-namespace", default="flux-system", show_default=True, help="Where the controllers run.")
@connected
def logs(connection: Connection, /, **flags: Any) -> None:
    """Show what the controllers log about objects, oldest first.

    \b
    Examples:
      weir logs -A --level error
      weir logs -f --kind Kustomization --name apps
    """
    namespace = "" if flags["all_namespaces"] else connection.namespace
    wanted = Filter(flags["kind"], flags["name"], flags["level"] or "", namespace)
    query = _query(flags, datetime.now(UTC))
    from weir_cli import pods  # noqa: PLC0415  costly; the help does not need it

    show = pods.follow if flags["follow"] else pods.show
    run(connection, lambda client: show(client, flags["flux_namespace"], query, wanted))


def _query(flags: dict[str, Any], now: datetime) -> dict[str, str]:
    """What is asked of the API server. Raises `Halt` naming the flag that is wrong."""
    if flags["since"] and flags["since_time"]:
        raise Halt("either --since or --since-time")
    query = {}
    try:
        if flags["since"]:
            query["sinceTime"] = moment(now - timedelta(seconds=duration.seconds(flags["since"])))
    except (ValueError, OverflowError) as error:
        raise Halt(f"--since: {error}") from None
    if flags["since_time"]:
        query["sinceTime"] = moment(_given(flags["since_time"]))
    if flags["tail"] >= 0:
        query["tailLines"] = str(flags["tail"])
    return query


def _given(text: str) -> datetime:
    try:
        when: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise Halt(f"--since-time {text!r} is no moment: write it as 2026-01-31T10:00:00Z")
    return when


def moment(when: datetime) -> str:
    """RFC 3339, UTC, whole seconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(line: bytes, wanted: Filter, controller: str = "") -> Entry | None:
    """The readable form of a log line: time, level, object, message, error. None: not wanted, or no entry.

    An entry that is about no object is said to be about the controller.
    """
    try:
        fields = msgspec.json.decode(line, type=dict[str, Any])
    except (ValueError, RecursionError):  # whatever a line holds, it must not end the stream
        return None
    kind = str(fields.get("controllerKind") or fields.get("reconciler kind") or "")
    name, namespace, level = (str(fields.get(key, "")) for key in ("name", "namespace", "level"))
    if (
        (wanted.kind and wanted.kind.lower() != kind.lower())
        or (wanted.name and wanted.name != name)
        or (wanted.level and wanted.level != level)
        or (wanted.namespace and wanted.namespace != namespace)
    ):
        return None
    about = f"{kind}/{name}.{namespace}" if kind and name else kind or controller
    time = str(fields.get("ts", ""))
    text = plain(f"{time} {level} {about} - {fields.get('msg', '')} {fields.get('error', '')}".rstrip())
    return Entry(time, click.style(text, fg=_COLOURS[level]) if interactive() and level in _COLOURS else text)
