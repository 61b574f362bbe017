"""How objects are shown: tables for people, documents for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from weir_cli import nouns
from weir_cli.nouns import SOURCE, Body, Column, Noun
from weir_cli.terminal import Halt, Table, shorten

_STATIC = {"type": "Ready", "status": "True"}


@dataclass(frozen=True)
class Question:
    """What is asked for and how it is shown."""

    name: str = ""
    namespace: str = ""
    """Empty: every namespace."""
    labels: str = ""
    status: str = ""
    """`type=status` or `type!=status` of a condition."""
    output: str = "table"
    header: bool = True
    show_source: bool = False
    watch: bool = False

    @property
    def is_table(self) -> bool:
        """Whether a person reads the answer."""
        return self.output in {"table", "wide"}


def matches(noun: Noun, body: Body, selector: str) -> bool:
    """Whether a condition is as `type=status` or `type!=status` says. Raises `Halt` when the selector says neither."""
    if not selector:
        return True
    type_, equals, status = selector.partition("=")
    negated, type_ = type_.endswith("!"), type_.removesuffix("!")
    if not (equals and type_ and status):
        raise Halt(f"--status-selector {selector!r}: expected type=status or type!=status, such as ready=false")
    conditions = [_STATIC] if noun.static else nouns.field(body, "status", "conditions") or []
    found = any(
        item.get("type", "").lower() == type_.lower() and item.get("status", "").lower() == status.lower()
        for item in conditions
    )
    return found != negated


def columns(noun: Noun, question: Question) -> list[Column]:
    """The columns of a table, without NAMESPACE."""
    added: tuple[Column, ...] = noun.wide if question.output == "wide" else ()
    if question.show_source and noun.kind.kind == "Kustomization" and SOURCE not in added:
        added = (SOURCE, *added)
    return [noun.columns[0], *added, *noun.columns[1:]]


def row(noun: Noun, body: Body, question: Question, *, qualified: bool = False) -> list[str]:
    """The cells of one object."""
    cells = [
        shorten(value(body)) if name in {"Revision", "Message"} else value(body)
        for name, value in columns(noun, question)
    ]
    if qualified:
        cells[0] = f"{noun.kind.kind.lower()}/{cells[0]}"
    return cells if question.namespace else [body["metadata"].get("namespace", ""), *cells]


def new_table(noun: Noun, question: Question) -> Table:
    """An empty table for objects of a kind."""
    names = [name for name, _value in columns(noun, question)]
    return Table(names if question.namespace else ["Namespace", *names])


def table(noun: Noun, bodies: Iterable[Body], question: Question, *, qualified: bool = False) -> str:
    """A whole table."""
    rows = [row(noun, body, question, qualified=qualified) for body in bodies]
    return new_table(noun, question).text(rows, header=question.header)


def document(found: Sequence[tuple[Noun, list[Body]]], question: Question) -> str:
    """The objects as a program wants them: names, a List, or the object itself when it was named."""
    if question.output == "name":
        return "".join(_name(noun, body) for noun, bodies in found for body in bodies)
    bodies = [_shown(body) for _noun, bodies in found for body in bodies]
    alone = question.name and len(bodies) == 1
    return encoded(bodies[0] if alone else {"apiVersion": "v1", "kind": "List", "items": bodies}, question.output)


def single(noun: Noun, body: Body, question: Question) -> str:
    """One object of many that come one after the other: a name, a line of JSON, or a YAML document."""
    if question.output == "name":
        return _name(noun, body)
    if question.output == "json":
        return msgspec.json.encode(_shown(body)).decode() + "\n"
    return "---\n" + encoded(_shown(body), question.output)


def encoded(value: Any, output: str) -> str:
    """A value as indented JSON, or as YAML."""
    if output == "json":
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
    from weir import yaml  # noqa: PLC0415  only this output needs it

    return yaml.dump(value)


def _name(noun: Noun, body: Body) -> str:
    return f"{noun.definition.singular}.{noun.kind.group}/{body['metadata']['name']}\n"


def _shown(body: Body) -> Body:
    """Without the bookkeeping of field managers, as kubectl shows objects."""
    metadata = {key: value for key, value in body["metadata"].items() if key != "managedFields"}
    return {**body, "metadata": metadata}
