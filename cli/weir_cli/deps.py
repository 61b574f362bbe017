"""`weir deps`: which Kustomization waits for which, and which of them are ready."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from weir.api.kustomization import Kustomization
from weir_cli import nouns
from weir_cli.flags import Command
from weir_cli.nouns import Body, field
from weir_cli.session import Connection, connected, run
from weir_cli.terminal import Halt, plain

if TYPE_CHECKING:
    from weir.kube.client import Client

_COLOURS = {
    "ready": "palegreen",
    "not ready": "lightsalmon",
    "suspended": "lightgrey",
    "missing": "white",
    "unknown": "white",
}
"""Names that both Graphviz and style sheets know."""

_STRANGE = re.compile(r"[^a-zA-Z0-9._/-]")


@dataclass(frozen=True)
class Dependent:
    """A Kustomization, and those that have to be ready before it. Each is known as `namespace/name`."""

    name: str
    state: str
    """`ready`, `not ready`, `suspended`; of what others depend on also `missing`, or `unknown`: it may not be read."""
    needs: tuple[str, ...] = ()


@click.command(cls=Command)
@click.option("-A", "--all-namespaces", is_flag=True, help="Kustomizations of every namespace.")
@click.option("-o", "--output", type=click.Choice(["text", "dot", "mermaid"]), default="text", show_default=True)
@connected
def deps(connection: Connection, *, all_namespaces: bool, output: str) -> None:
    """Show the graph of `dependsOn` between Kustomizations, with the state of each.

    \b
    Examples:
      weir deps -A
      weir deps -A -o dot | dot -Tsvg > deps.svg
      weir deps -A -o mermaid
    """

    async def command(client: "Client") -> None:
        found = await graph(client, "" if all_namespaces else connection.namespace)
        if not found:
            place = "any namespace" if all_namespaces else f'"{connection.namespace}" namespace'
            raise Halt(f"no Kustomization objects found in {place}")
        click.echo(_FORMS[output](found), nl=False)

    run(connection, command)


async def graph(client: "Client", namespace: str = "") -> list[Dependent]:
    """The Kustomizations of a namespace, or of all, and what they depend on in others, by name. Raises `KubeError`."""
    listed = [item.body() for item in (await client.list(Kustomization.DEFINITION.kind, namespace)).objects]
    found = {one.name: one for one in map(dependent, listed)}
    left = [name for one in found.values() for name in one.needs]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = await _named(client, name)
            left += found[name].needs
    return [found[name] for name in sorted(found)]


async def unready(client: "Client", body: Body) -> list[str]:
    """What a Kustomization depends on and that is not ready, each with its state. Raises `KubeError`."""
    found = [await _named(client, name) for name in dependent(body).needs]
    return [f"Kustomization {one.name} is {one.state}" for one in found if one.state != "ready"]


async def _named(client: "Client", name: str) -> Dependent:
    from weir.kube.errors import ApiError, NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    namespace, _slash, own = name.partition("/")
    try:
        return dependent((await client.get(Kustomization.DEFINITION.kind, own, namespace)).body())
    except NotFound:
        return Dependent(name, "missing")
    except ApiError:  # a tenant sees the own namespace and depends on another
        return Dependent(name, "unknown")


def dependent(body: Body) -> Dependent:
    """What the graph shows of a Kustomization."""
    namespace, name = body["metadata"]["namespace"], body["metadata"]["name"]
    needs = field(body, "spec", "dependsOn") or ()
    names = tuple(sorted(f"{one.get('namespace') or namespace}/{one['name']}" for one in needs))
    return Dependent(f"{namespace}/{name}", _state(body), names)


def _state(body: Body) -> str:
    if field(body, "spec", "suspend"):
        return "suspended"
    current = field(body, "metadata", "generation") == field(body, "status", "observedGeneration")
    return "ready" if current and nouns.condition(body, "Ready").get("status") == "True" else "not ready"


def text(found: Sequence[Dependent]) -> str:
    """Below each those that wait for it, indented; what waits for several is told whole once. Circles come last."""
    below: dict[str, list[str]] = {one.name: [] for one in found}
    for one in found:
        for name in one.needs:
            below[name].append(one.name)
    states = {one.name: one.state for one in found}
    left = [(0, one.name) for one in reversed(found) if not one.needs]
    lines, told = [], set()
    while left:
        depth, name = left.pop()
        again = name in told and bool(below[name])
        lines.append(f"{'  ' * depth}{name}  {states[name]}{' (shown above)' if again else ''}")
        told.add(name)
        left += [] if again else [(depth + 1, other) for other in reversed(below[name])]
    lines += [f"{name}  {state} (in a circle, or behind one)" for name, state in states.items() if name not in told]
    return "".join(f"{plain(line)}\n" for line in lines)


def dot(found: Sequence[Dependent]) -> str:
    """The graph for Graphviz; an arrow leads from a Kustomization to what it waits for."""
    ids = _ids(found)
    nodes = "".join(
        f'  {ids[one.name]} [label="{_label(one.name)}\\n{one.state}", fillcolor={_COLOURS[one.state]}];\n'
        for one in found
    )
    edges = "".join(f"  {ids[one.name]} -> {ids[name]};\n" for one in found for name in one.needs)
    return f"digraph kustomizations {{\n  rankdir=RL;\n  node [shape=box, style=filled];\n{nodes}{edges}}}\n"


def mermaid(found: Sequence[Dependent]) -> str:
    """The graph for Mermaid; an arrow leads from a Kustomization to what it waits for."""
    ids = _ids(found)
    nodes = "".join(f'  {ids[one.name]}["{_label(one.name)}<br>{one.state}"]\n' for one in found)
    edges = "".join(f"  {ids[one.name]} --> {ids[name]}\n" for one in found for name in one.needs)
    styles = "".join(f"  style {ids[one.name]} fill:{_COLOURS[one.state]}\n" for one in found)
    return f"graph RL\n{nodes}{edges}{styles}"


def _ids(found: Sequence[Dependent]) -> dict[str, str]:
    """An id for each that is a word in both languages, whatever the name."""
    return {one.name: f"k{number}" for number, one in enumerate(found)}


def _label(name: str) -> str:
    """A name as it may stand in quotes: `dependsOn` takes any text."""
    return _STRANGE.sub("_", name)


_FORMS = {"text": text, "dot": dot, "mermaid": mermaid}
