"""What every `weir create` does: check what was typed, print the manifest or upsert it, and wait for its end."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from weir.api import duration
from weir.api.base import Definition, Kind, ObjectMeta, Resource
from weir_cli import nouns
from weir_cli.nouns import Body
from weir_cli.session import LABEL, MANAGER, Connection, run
from weir_cli.terminal import Halt, action, generating, success, waiting

if TYPE_CHECKING:
    from weir.kube.client import Client

_OPTIONS = (
    click.option("--label", "labels", multiple=True, help="Labels, as key=value,...; may be repeated."),
    click.option("--export", is_flag=True, help="Print the manifest; change nothing."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags that all of them have."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """The words of a flag that may be repeated, or hold several parted by commas."""
    return tuple(word for value in values for word in value.split(",") if word)


def meta(definition: Definition, name: str, namespace: str, labels: Sequence[str]) -> dict[str, Any]:
    """What the API structs are made with, next to the spec. Raises `Halt` for what is no name or label."""
    metadata = ObjectMeta(name=named(name), namespace=namespace, labels=labelled(labels))
    return {"api_version": definition.kind.api_version, "kind": definition.kind.kind, "metadata": metadata}


def named(name: str) -> str:
    """The name. Raises `Halt` when it is none."""
    if not LABEL.fullmatch(name):
        raise Halt(f"{name!r} is no name: up to 63 lower case letters, digits and '-'")
    return name


def interval(flag: str, text: str) -> str:
    """The duration of a flag. Raises `Halt` naming the flag."""
    try:
        duration.seconds(text)
    except ValueError as error:
        raise Halt(f"{flag}: {error}") from None
    return text


def reference(flag: str, text: str, default: str = "") -> tuple[str, str, str]:
    """Kind, name and namespace of `[Kind/]name[.namespace]`; the kind in its own writing when it is one of ours.

    Raises `Halt` naming the flag when there is no kind, or no name.
    """
    kind, slash, rest = text.rpartition("/")
    name, _dot, namespace = rest.partition(".")
    kind = kind if slash else default
    if not (kind and name):
        raise Halt(f"{flag} {text!r}: expected Kind/name or Kind/name.namespace")
    known = nouns.by_kind(kind)
    return known.kind.kind if known else kind, name, namespace


def known(flag: str, value: str, choices: Collection[str]) -> None:
    """Raise `Halt` unless the value of a flag is one of those that are served."""
    if value not in choices:
        what = f"{flag} {value}: that is not served yet;" if value else f"{flag} is needed:"
        raise Halt(f"{what} use one of {', '.join(sorted(choices))}")


def manifest(resource: Resource) -> Body:
    """The object as it is sent. Raises `Halt` naming the field that breaks a rule of its kind."""
    body: Body = msgspec.to_builtins(resource)
    try:
        msgspec.convert(body, type(resource))
    except msgspec.ValidationError as error:
        raise Halt(str(error)) from None
    return body


def finish(connection: Connection, resource: Resource, *, export: bool) -> None:
    """Print the object, or create or update it and wait until it is ready."""
    body = manifest(resource)
    noun = nouns.by_kind(body["kind"])
    assert noun is not None
    if export:
        show([body])
        return

    async def command(client: "Client") -> None:
        from weir_cli.wait import Asked, read, wait_for  # noqa: PLC0415  costly; only commands that connect pay

        name = body["metadata"]["name"]
        generating(f"generating {noun.name}")
        await say(client, body)
        if noun.static or noun.fetched is None:
            return
        waiting(f"waiting for {noun.kind.kind} {name} reconciliation")
        # what it depends on may become ready meanwhile: that is no failure
        end = await wait_for(client, noun, name, connection.namespace, Asked(connection.timeout, together=True))
        success(f"{noun.kind.kind} {name} is ready")
        success(end)
        if path := nouns.field(await read(client, noun, name, connection.namespace), "status", "webhookPath"):
            success(f"generated webhook URL path {path}")

    run(connection, command)


def show(bodies: Iterable[Body]) -> None:
    """Print manifests."""
    from weir import yaml  # noqa: PLC0415  only this output needs it

    click.echo("".join(f"---\n{yaml.dump(body)}" for body in bodies), nl=False)


async def say(client: "Client", body: Body) -> None:
    """Create or update, and say so."""
    kind = await client.discovery.kind(body["apiVersion"], body["kind"])
    name = f"{body['kind']} {body['metadata']['name']}"
    action(f"applying {name}")
    success(f"{name} {await upsert(client, kind, body)}")


async def upsert(client: "Client", kind: Kind, body: Body) -> str:
    """Create the object, or give one that is there this content; labels and annotations are added to those it has.

    Returns `created` or `updated`. Raises `Conflict` when somebody changes it at the same time.
    """
    from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    name, namespace = body["metadata"]["name"], body["metadata"].get("namespace", "")
    try:
        there = (await client.get(kind, name, namespace)).body()
    except NotFound:
        await client.create(kind, body, namespace, manager=MANAGER)
        return "created"
    metadata = dict(there["metadata"])
    for field in ("labels", "annotations"):
        if field in body["metadata"]:
            metadata[field] = {**metadata.get(field, {}), **body["metadata"][field]}
    replaced = {**there, **body, "metadata": metadata}
    await client.request("PUT", kind.path(namespace, name), query={"fieldManager": MANAGER}, body=replaced)
    return "updated"


def labelled(values: Sequence[str]) -> dict[str, str]:
    """The labels of `--label`. Raises `Halt` for what is no pair."""
    pairs = [word.partition("=") for word in listed(values)]
    for key, equals, value in pairs:
        if not (key and equals):
            raise Halt(f"--label {key + equals + value!r}: expected key=value")
    return {key: value for key, _equals, value in pairs}
