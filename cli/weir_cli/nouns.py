"""The nouns of the command line: each kind with its names, its columns and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from weir.api.base import Kind
from weir.api.kustomization import Kustomization
from weir.api.notification import Alert, Provider, Receiver
from weir.api.source import ExternalArtifact, GitRepository

Body = dict[str, Any]

NOT_RECONCILED = "waiting to be reconciled"


@dataclass(frozen=True)
class Noun:
    """A kind as the command line speaks of it."""

    kind: Kind
    name: str
    """The word of the single object: `kustomization`, `source git`."""
    words: tuple[tuple[str, ...], ...]
    """What is typed after the verb, each in its ways."""
    columns: tuple[tuple[str, Callable[[Body], str]], ...]
    """Columns of `get`, after NAMESPACE."""
    fetched: Callable[[Body], str] | None = None
    """The success text of a reconcile; None: the object is static."""
    source: Callable[[Body], tuple[str, str, str] | None] = lambda _body: None
    """Kind, namespace and name of the source that the object uses."""
    can_suspend: bool = True


def field(body: Body, *path: str) -> Any:
    """What stands at the path, or None."""
    value: Any = body
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def condition(body: Body, type_: str) -> Body:
    """The condition of that type; empty when there is none."""
    found = field(body, "status", "conditions") or []
    return next((item for item in found if item.get("type") == type_), {})


def _name(body: Body) -> str:
    return str(field(body, "metadata", "name") or "")


def _suspended(body: Body) -> str:
    return str(bool(field(body, "spec", "suspend")))


def _ready(body: Body) -> str:
    return str(condition(body, "Ready").get("status", "False"))


def _message(body: Body) -> str:
    return str(condition(body, "Ready").get("message", NOT_RECONCILED))


def _artifact_revision(body: Body) -> str:
    return str(field(body, "status", "artifact", "revision") or "")


def _applied_revision(body: Body) -> str:
    return str(field(body, "status", "lastAppliedRevision") or "")


def _kustomization_source(body: Body) -> tuple[str, str, str] | None:
    reference = field(body, "spec", "sourceRef") or {}
    namespace = reference.get("namespace") or field(body, "metadata", "namespace")
    return reference.get("kind", ""), namespace, reference.get("name", "")


def _external_source(body: Body) -> str:
    reference = field(body, "spec", "sourceRef") or {}
    namespace = reference.get("namespace") or field(body, "metadata", "namespace")
    return "/".join((reference.get("kind", ""), namespace, reference.get("name", ""))) if reference else ""


def _always(text: str) -> Callable[[Body], str]:
    return lambda _body: text


_CONDITION = (("Ready", _ready), ("Message", _message))
_STATE = (("Suspended", _suspended), *_CONDITION)

NOUNS: tuple[Noun, ...] = (
    Noun(
        GitRepository.DEFINITION.kind,
        "source git",
        (("source", "sources"), ("git",)),
        (("Name", _name), ("Revision", _artifact_revision), *_STATE),
        fetched=lambda body: f"fetched revision {_artifact_revision(body)}",
    ),
    Noun(
        ExternalArtifact.DEFINITION.kind,
        "source external",
        (("source", "sources"), ("external",)),
        (("Name", _name), ("Revision", _artifact_revision), ("Source", _external_source), *_CONDITION),
        can_suspend=False,
    ),
    Noun(
        Kustomization.DEFINITION.kind,
        "kustomization",
        (("kustomization", "ks", "kustomizations"),),
        (("Name", _name), ("Revision", _applied_revision), *_STATE),
        fetched=lambda body: f"applied revision {_applied_revision(body)}",
        source=_kustomization_source,
    ),
    Noun(
        Receiver.DEFINITION.kind,
        "receiver",
        (("receiver", "receivers"),),
        (("Name", _name), *_STATE),
        fetched=lambda _body: "Receiver configuration updated",
    ),
    Noun(
        Provider.DEFINITION.kind,
        "alert provider",
        (("alert-provider", "alert-providers"),),
        (("Name", _name), ("Ready", _always("True")), ("Message", _always("Provider is Ready"))),
    ),
    Noun(
        Alert.DEFINITION.kind,
        "alert",
        (("alert", "alerts"),),
        (
            ("Name", _name),
            ("Suspended", _suspended),
            ("Ready", _always("True")),
            ("Message", _always("Alert is Ready")),
        ),
    ),
)


def by_kind(kind: str) -> Noun | None:
    """The noun of a kind, case-insensitive."""
    return next((noun for noun in NOUNS if noun.kind.kind.lower() == kind.lower()), None)
