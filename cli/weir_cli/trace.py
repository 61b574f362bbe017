"""`weir trace`: which Kustomization or HelmRelease an object comes from, and which source that one is made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from weir_cli import nouns, objects, ownership
from weir_cli.flags import Command
from weir_cli.nouns import Body, field
from weir_cli.ownership import Link
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, failure, sheet

if TYPE_CHECKING:
    from weir.api.base import Kind
    from weir.kube.client import Client

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Trace:
    """An object and what it comes from."""

    body: Body
    links: tuple[Link, ...]
    """The owner, then its sources; empty when nobody here has applied the object."""


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND/NAME... | KIND NAME")
@click.option("--kind", "kind_", default="", help="Kind of the object, with --api-version.")
@click.option("--api-version", default="", help="API version of the object, such as apps/v1.")
@connected
def trace(connection: Connection, words: tuple[str, ...], kind_: str, api_version: str) -> None:
    """Show where objects come from: Kustomization or HelmRelease, source and revision.

    \b
    Examples:
      weir trace deployment/web -n apps
      weir trace pod web-5d4f -n apps
      weir trace web --kind Deployment --api-version apps/v1 -n apps
    """
    if bool(kind_) != bool(api_version):
        raise Halt("--kind and --api-version belong together: give both, or KIND/NAME alone")
    wanted = [("", name) for name in words] if kind_ else objects.parse(words)

    async def command(client: "Client") -> None:
        told = False
        for word, name in wanted:
            kind = await (client.discovery.kind(api_version, kind_) if kind_ else objects.resolve(client, word))
            told = _show(await traced(client, kind, name, connection.namespace), after_another=told) or told

    run(connection, command)


async def traced(client: "Client", kind: "Kind", name: str, namespace: str) -> Trace:
    """Where an object comes from. Raises `Halt` when it is not there, `KubeError` when it may not be read."""
    body = await objects.get(client, kind, name, namespace)
    owner = await ownership.owner(client, body)
    return Trace(body, await ownership.chain(client, owner) if owner else ())


def _show(found: Trace, *, after_another: bool) -> bool:
    if not found.links:
        failure("object not managed by Flux")
        return False
    click.echo(("---\n" if after_another else "") + "---\n".join(sheet(rows) for rows in blocks(found)), nl=False)
    return True


def blocks(found: Trace) -> list[Rows]:
    """What is said of the object, of its owner, and of each source."""
    metadata = found.body["metadata"]
    first = [("Object", f"{found.body['kind']}/{metadata['name']}"), ("Namespace", metadata.get("namespace", ""))]
    return [[*first, ("Status", "Managed by Flux")], *(_block(link) for link in found.links)]


def _block(link: Link) -> Rows:
    kind, namespace, name = link.reference
    rows = [(kind, name), ("Namespace", namespace)]
    if link.body is None:
        return [*rows, ("Status", "Not found"), ("Message", link.problem)]
    rows += [(label, value(link.body)) for label, value in (*_OF.get(kind, ()), *_OF_SOURCES)]
    return [*rows, *_state(link.body)]


def _state(body: Body) -> Rows:
    """When the object was last dealt with, and what was said of it."""
    if field(body, "spec", "suspend"):
        return [("Status", "Suspended"), ("Message", str(nouns.condition(body, "Ready").get("message", "")))]
    ready = nouns.condition(body, "Ready")
    if not ready:
        return [("Status", "Unknown"), ("Message", nouns.NOT_RECONCILED)]
    verb = "reconciled" if ready.get("status") == "True" else "failed"
    return [
        ("Status", f"Last {verb} at {ready.get('lastTransitionTime', '')}"),
        ("Message", str(ready.get("message", ""))),
    ]


_OF: dict[str, Sequence[tuple[str, Callable[[Body], str]]]] = {
    "Kustomization": (
        ("Target", nouns.text("spec", "targetNamespace")),
        ("Path", nouns.text("spec", "path")),
        ("Revision", nouns.text("status", "lastAppliedRevision")),
    ),
    "HelmRelease": (
        ("Target", nouns.text("spec", "targetNamespace")),
        ("Revision", lambda body: str((field(body, "status", "history") or [{}])[0].get("chartVersion", ""))),
    ),
    "HelmChart": (("Chart", nouns.text("spec", "chart")), ("Version", nouns.text("spec", "version"))),
    "Bucket": (("Endpoint", nouns.text("spec", "endpoint")), ("Bucket", nouns.text("spec", "bucketName"))),
}
_OF_SOURCES = (
    ("URL", nouns.text("spec", "url")),
    *((name.capitalize(), nouns.text("spec", "ref", name)) for name in ("tag", "semver", "branch", "name", "commit")),
    ("Digest", nouns.text("spec", "ref", "digest")),
    ("Revision", nouns.text("status", "artifact", "revision")),
    ("Origin Source", nouns.text("status", "artifact", "metadata", "org.opencontainers.image.source")),
    ("Origin Revision", nouns.text("status", "artifact", "metadata", "org.opencontainers.image.revision")),
)
