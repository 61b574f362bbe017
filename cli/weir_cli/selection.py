"""Which objects a verb is for: by name, or in bulk by kind, labels and readiness."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from weir_cli import listing, nouns
from weir_cli.nouns import Body, Noun
from weir_cli.terminal import Halt, failure

if TYPE_CHECKING:
    from weir.kube.client import Client

SUSPEND_REASON = "weir.dev/suspend-reason"
"""Annotation of a suspended object: why it is."""
_OPTIONS = (
    click.option("--all", "everything", is_flag=True, help="All objects of the kind in the namespace."),
    click.option("-A", "--all-namespaces", is_flag=True, help="Look into every namespace, with --all or a selector."),
    click.option("-l", "--label-selector", default="", help="Those with these labels, such as team=a."),
    click.option("--status-selector", default="", help="Those whose condition is so, such as ready=false."),
)


class Found(NamedTuple):
    """An object and its kind."""

    noun: Noun
    body: Body

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return str(self.body["metadata"].get("namespace", ""))

    @property
    def suspended(self) -> bool:
        """Whether its controller leaves it alone."""
        return bool(nouns.field(self.body, "spec", "suspend"))


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags that `Selection.of` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Selection:
    """What is meant."""

    nouns: tuple[Noun, ...]
    names: tuple[str, ...]
    namespace: str
    """Empty: every namespace."""
    labels: str = ""
    status: str = ""

    @classmethod
    def of(cls, words: Sequence[str], flags: dict[str, Any], namespace: str) -> "Selection":
        """By the words and flags of a command. Raises `Halt` when neither names nor a selection are given, or both."""
        found, rest = nouns.parse(words)
        names = tuple(dict.fromkeys(rest))
        bulk = bool(flags["everything"] or flags["label_selector"] or flags["status_selector"])
        what = found[0].name if len(found) == 1 else "the"
        if bool(names) == bulk:
            raise Halt(f"either name {what} objects or give --all, -l or --status-selector")
        if names and (flags["all_namespaces"] or len(found) > 1):
            raise Halt("a name is looked for in one namespace and one kind: leave out -A, and name the kind")
        listing.matches(found[0], {}, flags["status_selector"])  # says what is wrong with it before anything is asked
        return cls(
            nouns=found,
            names=names,
            namespace="" if flags["all_namespaces"] else namespace,
            labels=flags["label_selector"],
            status=flags["status_selector"],
        )

    def only(self, fits: Callable[[Noun], bool], otherwise: str) -> "Selection":
        """Of the kinds those that fit. Raises `Halt` with `otherwise` when none does; `{}` in it is the kind."""
        found = tuple(noun for noun in self.nouns if fits(noun))
        if not found:
            raise Halt(otherwise.format(self.nouns[0].name))
        return Selection(found, self.names, self.namespace, self.labels, self.status)

    @property
    def called(self) -> str:
        """What its objects are called."""
        return f"{self.nouns[0].name} objects" if len(self.nouns) == 1 else "objects"

    async def find(self, client: "Client") -> list[Found]:
        """The objects; each name that does not exist is said. Raises `Halt` when there is none at all."""
        found = await (self._named(client) if self.names else self._listed(client))
        if found or self.names:
            return found
        kind = f"{self.nouns[0].kind.kind} " if len(self.nouns) == 1 else ""
        which = " that are so" if self.labels or self.status else ""
        place = f'in "{self.namespace}" namespace' if self.namespace else "in any namespace"
        raise Halt(f"no {kind}objects{which} found {place}")

    def check(self, found: Sequence[Found]) -> None:
        """Raise `Halt` when some of the names did not exist."""
        missing = len(self.names) - len(found)
        if missing > 0:
            several = f"{missing} of {len(self.names)} {self.called} do not exist"
            raise Halt(several if len(self.names) > 1 else "")

    async def _named(self, client: "Client") -> list[Found]:
        from weir.kube.errors import NotFound  # noqa: PLC0415  costly; only commands that talk to a cluster pay

        noun, found = self.nouns[0], []
        for name in self.names:
            try:
                found.append(Found(noun, (await client.get(noun.kind, name, self.namespace)).body()))
            except NotFound:
                failure(f"{noun.kind.kind} object '{name}' not found in \"{self.namespace}\" namespace")
        return found

    async def _listed(self, client: "Client") -> list[Found]:
        from weir.kube.errors import NotFound  # noqa: PLC0415  same

        found = []
        for noun in self.nouns:
            try:
                there = await client.list(noun.kind, self.namespace, labels=self.labels)
            except NotFound:
                if len(self.nouns) == 1:
                    raise
                continue  # of all kinds, one that is not installed has no objects
            bodies = (item.body() for item in there.objects)
            found += [Found(noun, body) for body in bodies if listing.matches(noun, body, self.status)]
        return found
