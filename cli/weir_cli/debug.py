"""`weir debug`: the status, the variables and the history of a Kustomization, as they are used."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from weir_cli import candidates, listing, nouns, objects
from weir_cli.flags import Command
from weir_cli.nouns import Body, field
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, plain

if TYPE_CHECKING:
    from weir.kube.client import Client

_MASK = "***"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,=")
"""Characters that stand in a dotenv file as they are."""


@dataclass(frozen=True)
class Variable:
    """A variable of `postBuild`, and where its value comes from."""

    name: str
    value: str
    origin: str
    """`substitute`, or `ConfigMap/name` or `Secret/name` of `substituteFrom`."""

    @property
    def secret(self) -> bool:
        """Whether the value stands in a Secret."""
        return self.origin.startswith("Secret/")


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="kustomization NAME", shell_complete=candidates.to_change)
@click.option("--show-status", is_flag=True, help="Print the status as YAML.")
@click.option("--show-vars", is_flag=True, help="Print the variables for substitution as KEY=value; Secrets masked.")
@click.option("--show-history", is_flag=True, help="Print what became of the last builds as YAML.")
@click.option("--show-secrets", is_flag=True, help="With --show-vars: print the values of Secrets too.")
@connected
def debug(connection: Connection, /, words: tuple[str, ...], *, show_secrets: bool, **shows: bool) -> None:
    """Show the status, the variables or the history of a Kustomization. Give one of the three flags.

    \b
    Examples:
      weir debug kustomization apps --show-status
      weir debug ks apps --show-vars
      weir debug ks apps --show-vars --show-secrets > .env
    """
    noun, names = nouns.one(words)
    if noun.kind.kind != "Kustomization" or len(names) != 1:
        raise Halt("give one Kustomization: weir debug kustomization NAME --show-status")
    if sum(shows.values()) != 1:
        raise Halt("give one of --show-status, --show-vars and --show-history")
    if show_secrets and not shows["show_vars"]:
        raise Halt("--show-secrets belongs to --show-vars")

    async def command(client: "Client") -> None:
        body = await objects.get(client, noun.kind, names[0], connection.namespace)
        if shows["show_vars"]:
            click.echo(dotenv(await variables(client, body), show_secrets=show_secrets), nl=False)
        elif shows["show_history"]:
            click.echo(listing.encoded(field(body, "status", "history") or [], "yaml"), nl=False)
        else:
            click.echo("# Status of the Kustomization " + "/".join((connection.namespace, names[0])))
            click.echo(listing.encoded(body.get("status") or {}, "yaml"), nl=False)

    run(connection, command)


async def variables(client: "Client", body: Body) -> list[Variable]:
    """The variables of a Kustomization by name, each from where it is taken: later layers win, `substitute` last.

    Raises `Halt` naming the ConfigMap or Secret that is missing or holds no text, `KubeError` when one may not be read.
    """
    post = field(body, "spec", "postBuild") or {}
    namespace = body["metadata"]["namespace"]
    found: dict[str, Variable] = {}
    for reference in post.get("substituteFrom") or ():
        for one in await _layer(client, reference, namespace, f"Kustomization {body['metadata']['name']}"):
            found[one.name] = one
    for name, value in (post.get("substitute") or {}).items():
        found[name] = Variable(name, str(value), "substitute")
    return sorted(found.values(), key=lambda one: one.name)


async def _layer(client: "Client", reference: Body, namespace: str, whose: str) -> list[Variable]:
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay
    from weir.kube.kinds import CONFIG_MAP, SECRET  # noqa: PLC0415  same

    origin = f"{reference['kind']}/{reference['name']}"
    where = f"{whose}: substituteFrom {origin}"
    kind = SECRET if reference["kind"] == "Secret" else CONFIG_MAP
    try:
        data = (await client.get(kind, reference["name"], namespace)).body().get("data") or {}
    except NotFound:
        if reference.get("optional"):
            return []
        raise Halt(f"{where} does not exist in {namespace}: create it or mark it optional") from None
    if kind is SECRET:
        data = {name: _decoded(value, f"{where}: {name}") for name, value in data.items()}
    return [Variable(name, value, origin) for name, value in data.items()]


def _decoded(value: str, where: str) -> str:
    try:
        return base64.b64decode(value).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Halt(f"{where}: the value is no UTF-8 text") from None


def dotenv(found: Iterable[Variable], *, show_secrets: bool = False) -> str:
    """Lines of a dotenv file; what would not stand for itself is quoted, and values of Secrets are masked."""
    lines = (f"{plain(one.name)}={_MASK if one.secret and not show_secrets else _quoted(one.value)}\n" for one in found)
    return "".join(lines)


def _quoted(value: str) -> str:
    if set(value) <= _PLAIN:
        return value
    for character, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("$", "\\$"), ("`", "\\`")):
        value = value.replace(character, written)
    return f'"{value}"'
