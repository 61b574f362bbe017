"""`weir get`: what there is, and how it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from weir_cli import candidates, listing, nouns
from weir_cli.flags import Command
from weir_cli.listing import Question
from weir_cli.nouns import Body, Noun
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, failure

if TYPE_CHECKING:
    from weir.kube.client import Client
    from weir.kube.errors import KubeError


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True, metavar="KIND [NAME]", shell_complete=candidates.to_get)
@click.option("-A", "--all-namespaces", is_flag=True, help="Look into every namespace.")
@click.option("-l", "--label-selector", default="", help="Labels that objects must have, such as team=a.")
@click.option("--status-selector", default="", help="type=status or type!=status of a condition, such as ready=false.")
@click.option(
    "-o", "--output", type=click.Choice(["table", "wide", "json", "yaml", "name"]), default="table", show_default=True
)
@click.option("-w", "--watch", is_flag=True, help="Go on with one row per change.")
@click.option("--no-header", is_flag=True, help="Leave the header out.")
@click.option("--show-source", is_flag=True, help="Add the source of Kustomizations.")
@connected
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
    wanted, rest = nouns.parse(words)
    if len(rest) > 1:
        raise Halt(f"one name at most, not {' '.join(rest)}")
    question = Question(
        name=rest[0] if rest else "",
        namespace="" if flags["all_namespaces"] else connection.namespace,
        labels=flags["label_selector"],
        status=flags["status_selector"],
        output=flags["output"],
        header=not flags["no_header"],
        show_source=flags["show_source"],
        watch=flags["watch"],
    )
    listing.matches(wanted[0], {}, question.status)  # says what is wrong with it before anything is asked
    if question.watch and len(wanted) > 1:
        raise Halt("--watch: expected a single resource type")
    if question.watch:
        run(connection, lambda client: _watch(client, wanted[0], question))
    else:
        run(connection, lambda client: _show(client, wanted, question))


async def _show(client: "Client", wanted: Sequence[Noun], question: Question) -> None:
    """Print what there is, one table per kind that has objects."""
    found = await _found(client, wanted, question)
    if not any(bodies for _noun, bodies in found):
        raise Halt(_nothing(wanted, question))
    if not question.is_table:
        click.echo(listing.document(found, question), nl=False)
        return
    several = len(wanted) > 1
    for noun, bodies in found:
        if bodies:
            click.echo(listing.table(noun, bodies, question, qualified=several), nl=several)


async def _found(client: "Client", wanted: Sequence[Noun], question: Question) -> list[tuple[Noun, list[Body]]]:
    """The objects by kind. Of several kinds, one that cannot be listed is said and does not hide the others."""
    import asyncio  # noqa: PLC0415  costly; completion, which imports this module, does not need it

    from weir.kube.errors import ApiError, NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    answers = await asyncio.gather(*(_objects(client, noun, question) for noun in wanted), return_exceptions=True)
    errors: list[KubeError] = []
    found = []
    for noun, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, list):
            found.append((noun, answer))
        elif not isinstance(answer, ApiError):
            raise answer
        elif not isinstance(answer, NotFound) or len(wanted) == 1:
            errors.append(answer)
    if errors and not any(bodies for _noun, bodies in found):
        raise errors[0]
    for error in errors:
        failure(str(error))
    return found


async def _objects(client: "Client", noun: Noun, question: Question) -> list[Body]:
    found = await client.list(noun.kind, question.namespace, labels=question.labels, fields=_fields(question))
    bodies = [item.body() for item in found.objects]
    return [body for body in bodies if listing.matches(noun, body, question.status)]


async def _watch(client: "Client", noun: Noun, question: Question) -> None:
    """Print what there is, then one row per change until interrupted."""
    from contextlib import aclosing  # noqa: PLC0415  same as below

    from weir_cli.follow import changes  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    fields = _fields(question)
    start = await client.list(noun.kind, question.namespace, labels=question.labels, fields=fields)
    bodies = [body for item in start.objects if listing.matches(noun, body := item.body(), question.status)]
    table = listing.new_table(noun, question)
    if question.is_table:
        rows = [listing.row(noun, body, question) for body in bodies]
        click.echo(table.text(rows, header=question.header), nl=False)
    else:
        click.echo("".join(listing.single(noun, body, question) for body in bodies), nl=False)
    events = changes(
        client, noun.kind, question.namespace, since=start.resource_version, labels=question.labels, fields=fields
    )
    async with aclosing(events):
        async for event in events:
            body = event.object.body()
            if not listing.matches(noun, body, question.status):
                continue
            row = listing.row(noun, body, question)
            text = table.text([row], header=False) if question.is_table else listing.single(noun, body, question)
            click.echo(text, nl=False)


def _fields(question: Question) -> str:
    return f"metadata.name={question.name}" if question.name else ""


def _nothing(wanted: Sequence[Noun], question: Question) -> str:
    place = f'in "{question.namespace}" namespace' if question.namespace else "in any namespace"
    kind = wanted[0].kind.kind if len(wanted) == 1 else "toolkit"
    if question.name:
        return f"{kind} object '{question.name}' not found {place}"
    return f"no {kind} objects found {place}"
