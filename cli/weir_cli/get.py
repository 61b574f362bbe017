"""`weir get`: what there is, and how it is."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from weir_cli import nouns
from weir_cli.nouns import NOUNS, Body, Noun
from weir_cli.session import Connection, run
from weir_cli.terminal import Halt, failure, shorten, table

if TYPE_CHECKING:
    from weir.kube.client import Client

ORDER = ("GitRepository", "ExternalArtifact", "Kustomization", "Receiver", "Provider", "Alert")
"""Kinds of `get all`, in the order of the tables."""


@dataclass(frozen=True)
class Question:
    """What is asked for and how it is shown."""

    name: str
    namespace: str
    """Empty: every namespace."""
    labels: str
    status: str
    output: str
    header: bool
    show_source: bool
    watch: bool


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME]")
@click.option("-A", "--all-namespaces", is_flag=True, help="Look into every namespace.")
@click.option("-l", "--label-selector", default="", help="Labels that objects must have, such as team=a.")
@click.option("--status-selector", default="", help="type=status or type!=status of a condition, such as ready=false.")
@click.option("-o", "--output", type=click.Choice(["table", "wide", "json", "yaml", "name"]), default="table")
@click.option("-w", "--watch", is_flag=True, help="Go on with one row per change.")
@click.option("--no-header", is_flag=True, help="Leave the header out.")
@click.option("--show-source", is_flag=True, help="Add the source of Kustomizations.")
@click.pass_obj
def get(connection: Connection, /, words: tuple[str, ...], **flags: Any) -> None:
    """List objects and their state.

    \b
    KIND is one of: all, sources git, sources external, sources all, kustomizations (ks), receivers,
    alert-providers, alerts.
    Examples:
      weir get all -A
      weir get kustomizations --status-selector ready=false
      weir get sources git podinfo -o yaml
    """
    wanted, rest = parse(words)
    if len(rest) > 1:
        raise Halt(f"one name at most, not {' '.join(rest)}")
    question = Question(
        name=rest[0] if rest else "",
        namespace="" if flags["all_namespaces"] else connection.namespace,
        labels=flags["label_selector"],
        status=flags["status_selector"],
        output=flags["output"],
        header=not flags["no_header"],
        show_source=flags["show_source"] or flags["output"] == "wide",
        watch=flags["watch"],
    )
    if question.watch and len(wanted) > 1:
        raise Halt("--watch: expected a single resource type")
    if question.watch:
        run(connection, lambda client: follow(client, wanted[0], question))
    else:
        run(connection, lambda client: show(client, wanted, question))


def parse(words: Sequence[str]) -> tuple[tuple[Noun, ...], tuple[str, ...]]:
    """The kinds that are meant, and the words left over. Raises `Halt` with what there is to choose from."""
    if words[0] == "all":
        return tuple(noun for kind in ORDER for noun in NOUNS if noun.kind.kind == kind), tuple(words[1:])
    if words[0] in {"source", "sources"} and words[1:2] == ("all",):
        return tuple(noun for noun in NOUNS if noun.name.startswith("source ")), tuple(words[2:])
    noun, rest = one(words)
    return (noun,), rest


def one(words: Sequence[str]) -> tuple[Noun, tuple[str, ...]]:
    """The kind that is meant, and the words left over. Raises `Halt` with what there is to choose from."""
    for noun in NOUNS:
        typed = words[: len(noun.words)]
        if len(typed) == len(noun.words) and all(word in ways for word, ways in zip(typed, noun.words, strict=True)):
            return noun, tuple(words[len(noun.words) :])
    known = ", ".join(" ".join(ways[-1] for ways in noun.words) for noun in NOUNS)
    raise Halt(f"{' '.join(words)!r} is no kind that weir knows: try one of {known}")


async def show(client: "Client", wanted: Sequence[Noun], question: Question) -> None:
    """Print what there is, one table per kind that has objects."""
    from weir.kube.errors import KubeError  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    found: list[tuple[Noun, list[Body]]] = []
    for noun in wanted:
        try:
            found.append((noun, await objects(client, noun, question)))
        except KubeError as error:
            if len(wanted) == 1:
                raise
            if getattr(error, "status", 0) != 404:
                failure(str(error))
    if not any(bodies for _noun, bodies in found):
        raise Halt(_nothing(wanted, question))
    if question.output in {"json", "yaml", "name"}:
        click.echo(data(found, question), nl=False)
        return
    tables = [rows(noun, bodies, question, qualified=len(wanted) > 1) for noun, bodies in found if bodies]
    click.echo("\n".join(tables), nl=False)


async def objects(client: "Client", noun: Noun, question: Question) -> list[Body]:
    """The objects of a kind that the question is about, by namespace and name."""
    fields = f"metadata.name={question.name}" if question.name else ""
    listing = await client.list(noun.kind, question.namespace, labels=question.labels, fields=fields)
    bodies = [found.body() for found in listing.objects]
    return [body for body in bodies if matches(body, question.status)]


def matches(body: Body, selector: str) -> bool:
    """Whether a condition is as `type=status` or `type!=status` says. Raises `Halt` when the selector says neither."""
    if not selector:
        return True
    type_, equals, status = selector.partition("=")
    if not equals:
        raise Halt(f"--status-selector {selector!r}: expected type=status or type!=status, such as ready=false")
    negated, type_ = type_.endswith("!"), type_.removesuffix("!")
    conditions = nouns.field(body, "status", "conditions") or []
    found = any(
        item.get("type", "").lower() == type_.lower() and item.get("status", "").lower() == status.lower()
        for item in conditions
    )
    return found != negated


def columns(noun: Noun, question: Question) -> list[str]:
    """The names of the columns."""
    names = [name for name, _value in noun.columns]
    if _with_source(noun, question):
        names.insert(1, "Source")
    return names if question.namespace else ["Namespace", *names]


def row(noun: Noun, body: Body, question: Question, *, qualified: bool = False) -> list[str]:
    """The cells of one object."""
    cells = [shorten(value(body)) if name in {"Revision", "Message"} else value(body) for name, value in noun.columns]
    if qualified:
        cells[0] = f"{noun.kind.kind.lower()}/{cells[0]}"
    if _with_source(noun, question):
        cells.insert(1, "/".join(noun.source(body) or ()))
    return cells if question.namespace else [body["metadata"].get("namespace", ""), *cells]


def rows(noun: Noun, bodies: Iterable[Body], question: Question, *, qualified: bool) -> str:
    """One table."""
    lines = [row(noun, body, question, qualified=qualified) for body in bodies]
    return table(columns(noun, question), lines, with_header=question.header)


def data(found: Sequence[tuple[Noun, list[Body]]], question: Question) -> str:
    """The objects as a program wants them: a List, or the object itself when it was named."""
    if question.output == "name":
        return "".join(
            f"{noun.kind.kind.lower()}.{noun.kind.group}/{body['metadata']['name']}\n"
            for noun, bodies in found
            for body in bodies
        )
    bodies = [body for _noun, bodies in found for body in bodies]
    value = bodies[0] if question.name and len(bodies) == 1 else {"apiVersion": "v1", "kind": "List", "items": bodies}
    if question.output == "json":
        return json.dumps(value, indent=2) + "\n"
    from weir import yaml  # noqa: PLC0415  only this output needs it

    return yaml.dump(value)


async def follow(client: "Client", noun: Noun, question: Question) -> None:
    """Print one row per change until interrupted; widths follow the first rows."""
    listing = await client.list(noun.kind, question.namespace, labels=question.labels)
    bodies = [found.body() for found in listing.objects]
    bodies = [body for body in bodies if not question.name or body["metadata"]["name"] == question.name]
    click.echo(rows(noun, bodies, question, qualified=False), nl=False)
    version = listing.resource_version
    while True:
        async for event in client.watch(
            noun.kind, question.namespace, resource_version=version, labels=question.labels
        ):
            version = event.object.metadata.resource_version
            if event.type == "BOOKMARK" or (question.name and event.object.metadata.name != question.name):
                continue
            cells = row(noun, event.object.body(), question)
            click.echo(table(columns(noun, question), [cells], with_header=False), nl=False)


def _with_source(noun: Noun, question: Question) -> bool:
    return question.show_source and noun.kind.kind == "Kustomization"


def _nothing(wanted: Sequence[Noun], question: Question) -> str:
    place = f'in "{question.namespace}" namespace' if question.namespace else "in any namespace"
    kind = wanted[0].kind.kind if len(wanted) == 1 else "toolkit"
    if question.name:
        return f"{kind} object '{question.name}' not found {place}"
    hint = "" if not question.namespace else "; -A looks into every namespace"
    return f"no {kind} objects found {place}{hint}"
