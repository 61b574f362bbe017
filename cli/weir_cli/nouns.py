"""The nouns of the command line: each kind with its names, its columns and what is said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from weir.api.base import Definition, Kind
from weir.api.kustomization import Kustomization
from weir.api.notification import Alert, Provider, Receiver
from weir.api.source import ExternalArtifact, GitRepository
from weir_cli.terminal import Halt

Body = dict[str, Any]
Column = tuple[str, Callable[[Body], str]]
Reference = tuple[str, str, str]
"""Kind, namespace and name."""

NOT_RECONCILED = "waiting to be reconciled"


@dataclass(frozen=True)
class Noun:
    """A kind as the command line speaks of it."""

    definition: Definition
    name: str
    """The word of the single object: `kustomization`, `source git`."""
    words: tuple[tuple[str, ...], ...]
    """What is typed after the verb, each in its ways: singular first, plural last."""
    columns: tuple[Column, ...]
    """Columns of `get`, after NAMESPACE."""
    wide: tuple[Column, ...] = ()
    """Columns that `-o wide` adds after NAME."""
    fetched: Callable[[Body], str] | None = None
    """The success text of a reconcile; None: the object is static."""
    refers: Callable[[Body], Reference | None] = lambda _body: None
    """The object that this one needs: its source, or its provider."""
    can_suspend: bool = True
    static: bool = False
    """Nothing reconciles it: it has no conditions and counts as ready."""

    @property
    def kind(self) -> Kind:
        """The kind and where the API server keeps it."""
        return self.definition.kind


def field(body: Body, *path: str) -> Any:
    """What stands at the path, or None."""
    value: Any = body
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def text(*path: str) -> Callable[[Body], str]:
    """What shows the string at a path; empty when there is none."""
    return lambda body: str(field(body, *path) or "")


def condition(body: Body, type_: str) -> Body:
    """The condition of that type; empty when there is none."""
    found = field(body, "status", "conditions") or []
    return next((item for item in found if item.get("type") == type_), {})


def _suspended(body: Body) -> str:
    return str(bool(field(body, "spec", "suspend")))


def _ready(body: Body) -> str:
    return str(condition(body, "Ready").get("status", "False"))


def _message(body: Body) -> str:
    return str(condition(body, "Ready").get("message", NOT_RECONCILED))


def _reference(body: Body, key: str, kind: str = "") -> Reference | None:
    found = field(body, "spec", key)
    if not found:
        return None
    namespace = found.get("namespace") or field(body, "metadata", "namespace") or ""
    return str(found.get("kind") or kind), str(namespace), str(found.get("name", ""))


def _source(body: Body) -> str:
    return "/".join(_reference(body, "sourceRef") or ())


def _git_reference(body: Body) -> str:
    """The reference that counts: commit before name, semver, tag and branch."""
    found = field(body, "spec", "ref") or {}
    words = (found.get(key) for key in ("commit", "name", "semver", "tag", "branch"))
    return str(next((word for word in words if word), "master"))


def _always(words: str) -> Callable[[Body], str]:
    return lambda _body: words


_NAME: Column = ("Name", text("metadata", "name"))
_ARTIFACT: Column = ("Revision", text("status", "artifact", "revision"))
_SUSPENDED: Column = ("Suspended", _suspended)
_READY: tuple[Column, ...] = (("Ready", _ready), ("Message", _message))
SOURCE: Column = ("Source", _source)

NOUNS: tuple[Noun, ...] = (
    Noun(
        GitRepository.DEFINITION,
        "source git",
        (("source", "sources"), ("git",)),
        (_NAME, _ARTIFACT, _SUSPENDED, *_READY),
        wide=(("URL", text("spec", "url")), ("Reference", _git_reference)),
        fetched=lambda body: f"fetched revision {_ARTIFACT[1](body)}",
    ),
    Noun(
        ExternalArtifact.DEFINITION,
        "source external",
        (("source", "sources"), ("external",)),
        (_NAME, _ARTIFACT, SOURCE, *_READY),
        can_suspend=False,
    ),
    Noun(
        Kustomization.DEFINITION,
        "kustomization",
        (("kustomization", "ks", "kustomizations"),),
        (_NAME, ("Revision", text("status", "lastAppliedRevision")), _SUSPENDED, *_READY),
        wide=(SOURCE, ("Path", text("spec", "path"))),
        fetched=lambda body: f"applied revision {field(body, 'status', 'lastAppliedRevision') or ''}",
        refers=lambda body: _reference(body, "sourceRef"),
    ),
    Noun(
        Receiver.DEFINITION,
        "receiver",
        (("receiver", "receivers"),),
        (_NAME, _SUSPENDED, *_READY),
        wide=(("Type", text("spec", "type")),),
        fetched=_always("Receiver configuration updated"),
    ),
    Noun(
        Provider.DEFINITION,
        "alert provider",
        (("alert-provider", "alert-providers"),),
        (_NAME, ("Ready", _always("True")), ("Message", _always("Provider is Ready"))),
        wide=(("Type", text("spec", "type")),),
        static=True,
    ),
    Noun(
        Alert.DEFINITION,
        "alert",
        (("alert", "alerts"),),
        (_NAME, _SUSPENDED, ("Ready", _always("True")), ("Message", _always("Alert is Ready"))),
        wide=(("Provider", text("spec", "providerRef", "name")), ("Severity", text("spec", "eventSeverity"))),
        refers=lambda body: _reference(body, "providerRef", "Provider"),
        static=True,
    ),
)
"""In the order of `get all`."""


def by_kind(kind: str) -> Noun | None:
    """The noun of a kind, by kind, singular, plural or short name, in upper or lower case."""
    for noun in NOUNS:
        names = (noun.kind.kind.lower(), noun.kind.plural, noun.definition.singular, *noun.definition.short_names)
        if kind.lower() in names:
            return noun
    return None


def parse(words: Sequence[str]) -> tuple[tuple[Noun, ...], tuple[str, ...]]:
    """The kinds that are meant, and the words left over. Raises `Halt` with what there is to choose from."""
    if words[0] == "all":
        return NOUNS, tuple(words[1:])
    if words[0] in {"source", "sources"} and tuple(words[1:2]) == ("all",):
        return tuple(noun for noun in NOUNS if noun.name.startswith("source ")), tuple(words[2:])
    noun, rest = one(words)
    return (noun,), rest


def one(words: Sequence[str]) -> tuple[Noun, tuple[str, ...]]:
    """The kind that is meant, and the words left over. Raises `Halt` with what there is to choose from."""
    for noun in NOUNS:
        typed = words[: len(noun.words)]
        if len(typed) == len(noun.words) and all(word in ways for word, ways in zip(typed, noun.words, strict=True)):
            return noun, tuple(words[len(noun.words) :])
    if found := by_kind(words[0]):
        return found, tuple(words[1:])
    known = ", ".join(" ".join(ways[-1] for ways in noun.words) for noun in NOUNS)
    raise Halt(f"{' '.join(words)!r} is no kind that weir knows: try one of {known}")
