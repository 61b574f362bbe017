"""`weir export`: objects as manifests for a repository, without what only the cluster knows."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from weir_cli import candidates, nouns, selection
from weir_cli.flags import Command
from weir_cli.nouns import Body
from weir_cli.selection import Found, Selection
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, failure

if TYPE_CHECKING:
    from weir.kube.client import Client

_KEPT = ("name", "namespace", "labels", "annotations")
_PASSING = ("kubectl.kubernetes.io/last-applied-configuration", "reconcile.fluxcd.io/requestedAt")
"""Annotations that commands leave behind: no part of what is wanted."""
_CREDENTIALS = ("secretRef", "proxySecretRef")


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME...]", shell_complete=candidates.to_change)
@selection.options
@click.option("--with-credentials", is_flag=True, help="Add the Secrets that sources refer to.")
@connected
def export(connection: Connection, /, words: tuple[str, ...], *, with_credentials: bool, **flags: Any) -> None:
    """Print objects as YAML for a repository: no status, nothing that only the cluster knows.

    \b
    Exit code 1 if a name, or a Secret that is asked for, does not exist; what there is is printed all the same.
    Examples:
      weir export kustomization apps > apps.yaml
      weir export source git --all --with-credentials
    """
    wanted = Selection.of(words, flags, connection.namespace)
    if with_credentials and not all(noun.name.startswith("source ") for noun in wanted.nouns):
        raise Halt("--with-credentials is for sources: name a kind of source")

    async def command(client: "Client") -> None:
        from weir import yaml  # noqa: PLC0415  only this output needs it

        found = await wanted.find(client)
        secrets, missing = await credentials(client, found) if with_credentials else ([], [])
        bodies = [manifest(each.body) for each in found] + secrets
        click.echo("".join(f"---\n{yaml.dump(body)}" for body in bodies), nl=False)
        for name in missing:
            failure(f"Secret {name} does not exist")
        wanted.check(found)
        if missing:
            raise Halt("")

    run(connection, command)


def manifest(body: Body) -> Body:
    """What a repository keeps of an object: names, labels, annotations, and what is wanted."""
    metadata = {key: value for key in _KEPT if (value := body["metadata"].get(key))}
    annotations = {key: value for key, value in metadata.pop("annotations", {}).items() if key not in _PASSING}
    if annotations:
        metadata["annotations"] = annotations
    wanted = {key: value for key, value in body.items() if key not in {"metadata", "status"}}
    return {**wanted, "metadata": metadata}


async def credentials(client: "Client", found: Iterable[Found]) -> tuple[list[Body], list[str]]:
    """The Secrets that sources refer to, each once, as manifests; and those that do not exist, as `namespace/name`."""
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir.kube.kinds import SECRET  # noqa: PLC0415  same

    names = {
        (each.namespace, name): None
        for each in found
        for key in _CREDENTIALS
        if (name := nouns.field(each.body, "spec", key, "name"))
    }
    secrets, missing = [], []
    for namespace, name in names:
        try:
            secrets.append(manifest((await client.get(SECRET, name, namespace)).body()))
        except NotFound:
            missing.append(f"{namespace}/{name}")
    return secrets, missing
