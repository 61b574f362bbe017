"""`weir why`: why an object is as it is: who owns it, from which commit and file, and what it waits for."""

import posixpath
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from weir_cli import deps, nouns, objects, ownership
from weir_cli.flags import Command
from weir_cli.nouns import Body, field
from weir_cli.ownership import Link
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, sheet

if TYPE_CHECKING:
    from weir.api.base import Kind
    from weir.kube.client import Client

_ORIGIN = "config.kubernetes.io/origin"
_REVISION = "source.toolkit.fluxcd.io/revision"

_NOBODY = "nobody here: no Kustomization or HelmRelease applied it"


@dataclass(frozen=True)
class Why:
    """What is known of an object. What nobody can tell is empty."""

    body: Body
    owner: Link | None
    """Who applied it; None: nobody here."""
    sources: tuple[Link, ...]
    revision: str
    """What the owner has applied last."""
    commit: str
    """What the source said of the commit when it fetched it, with its message."""
    file: str
    """Path in the source, if the owner's build adds origins (`buildMetadata: [originAnnotations]`)."""
    health: str
    """`Current`, `InProgress`, `Failed`, ... and the reason."""
    waits: tuple[str, ...]
    """What its owner or the object itself waits for."""


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND/NAME")
@connected
def why(connection: Connection, words: tuple[str, ...]) -> None:
    """Tell why an object is as it is: its owner, the commit and file it is from, its health, what it waits for.

    Only what is known is said; the file is known if the Kustomization has `buildMetadata: [originAnnotations]`.

    \b
    Examples:
      weir why deployment/web -n apps
      weir why ks/apps
    """
    wanted = objects.parse(words)
    if len(wanted) > 1:
        raise Halt("one object at a time, such as deployment/web")

    async def command(client: "Client") -> None:
        kind = await objects.resolve(client, wanted[0][0])
        click.echo(said(await known(client, kind, wanted[0][1], connection.namespace)), nl=False)

    run(connection, command)


async def known(client: "Client", kind: "Kind", name: str, namespace: str) -> Why:
    """What is known of an object. Raises `Halt` when it is not there, `KubeError` when it may not be read."""
    from weir.health.rules import assess  # noqa: PLC0415  costly; only this command needs it

    body = await objects.get(client, kind, name, namespace)
    owner = await ownership.owner(client, body)
    links = await ownership.chain(client, owner) if owner else ()
    above = links[0].body if links else None
    revision = str(field(above or {}, "status", "lastAppliedRevision") or "")
    health = assess(body, now=datetime.now(UTC))
    waits = [reason for one in (body, above) if one for reason in await _waits(client, one)]
    return Why(
        body=body,
        owner=links[0] if links else None,
        sources=links[1:],
        revision=revision,
        commit=await _commit(client, links[1], revision) if links[1:] and revision else "",
        file=origin(body, above) if above else "",
        health=f"{health.status} ({health.message})" if health.message else str(health.status),
        waits=tuple(dict.fromkeys(waits)),
    )


async def _commit(client: "Client", source: Link, revision: str) -> str:
    """What the events of the source say of that revision; empty when they have gone, or may not be read."""
    from weir.kube import kinds  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir.kube.errors import ApiError  # noqa: PLC0415  same

    kind, namespace, name = source.reference
    fields = f"involvedObject.kind={kind},involvedObject.name={name}"
    try:
        found = (await client.list(kinds.EVENT, namespace, fields=fields)).objects
    except ApiError:
        return ""
    told = (item.body() for item in found if item.metadata.annotations.get(_REVISION) == revision)
    return next((str(one["message"]) for one in told if "commit '" in str(one.get("message"))), "")


def origin(body: Body, owner: Body) -> str:
    """The file that an object is from, as its origin annotation says: in the source, or in a repository it names."""
    from weir import yaml  # noqa: PLC0415  only this command needs it

    try:
        found: Any = yaml.load(str((field(body, "metadata", "annotations") or {}).get(_ORIGIN, "")))
    except yaml.YamlError:  # anybody may write annotations
        return ""
    path = field(found, "path") or field(found, "configuredIn") if isinstance(found, dict) else ""
    if not path:
        return ""
    if repository := found.get("repo"):
        return f"{path} in {repository}" + (f" at {found['ref']}" if found.get("ref") else "")
    return posixpath.normpath(posixpath.join(str(field(owner, "spec", "path") or ""), str(path)))


async def _waits(client: "Client", body: Body) -> list[str]:
    """What an object of the toolkit waits for: a resume, its dependencies, the health of what it applied."""
    title = f"{body['kind']} {body['metadata']['name']}"
    if ".toolkit.fluxcd.io/" not in body["apiVersion"]:
        return []
    if field(body, "spec", "suspend"):
        return [f"{title} is suspended: weir resume lets it go on"]
    ready = nouns.condition(body, "Ready")
    if body["kind"] != "Kustomization" or ready.get("status") == "True":
        return []
    from weir_cli.pending import pending  # noqa: PLC0415  costly; only this question needs it

    found = [f"{title} is not ready: {ready.get('message', nouns.NOT_RECONCILED)}", *await deps.unready(client, body)]
    unhealthy = await pending(client, body)
    return [*found, unhealthy] if unhealthy else found


def said(found: Why) -> str:
    """What is known, a line each."""
    metadata = found.body["metadata"]
    name = "/".join(part for part in (found.body["kind"], metadata.get("namespace", ""), metadata["name"]) if part)
    owner = "/".join(found.owner.reference) if found.owner else _NOBODY
    rows = [("Object", name), ("Health", found.health), ("Owner", owner)]
    rows += [("Problem", link.problem) for link in (found.owner, *found.sources) if link and link.problem]
    for link in found.sources:
        address = str(field(link.body or {}, "spec", "url") or "")
        rows.append(("Source", "/".join(link.reference) + (f" ({address})" if address else "")))
    rows += [("Revision", found.revision), ("Commit", found.commit), ("File", found.file)]
    return sheet([*rows, *(("Waits", reason) for reason in found.waits)])
