"""From a matching Alert to a delivery: the table, first hit wins."""

import msgspec
import pytest

from notification_controller.delivery import Plan, plan
from notification_controller.errors import Refused
from weir.api.base import LocalObjectReference, ObjectMeta
from weir.api.event import Event, ObjectReference
from weir.api.notification import Alert, AlertSpec, EventSource, Provider, ProviderSpec

G, U = "kustomize.toolkit.fluxcd.io", "event.toolkit.fluxcd.io"
ALERT = Alert(
    metadata=ObjectMeta(name="a", namespace="apps", uid="u1"),
    spec=AlertSpec(LocalObjectReference("chat"), (EventSource("Kustomization", "*"),), event_metadata={"env": "prod"}),
)


def event(metadata: dict[str, str] = {}, severity: str = "info", namespace: str = "apps") -> Event:  # noqa: B006  read only
    about = ObjectReference(kind="Kustomization", namespace=namespace, name="webapp", api_version=f"{G}/v1")
    return Event(
        involved_object=about,
        severity=severity,
        timestamp="2026-01-02T15:04:05Z",
        message="m",
        reason="R",
        metadata=metadata,
        reporting_controller="kc",
    )


def provider(kind: str, **spec: object) -> Provider:
    return Provider(metadata=ObjectMeta(name="chat", namespace="apps"), spec=ProviderSpec(kind, **spec))


UPDATE = {f"{G}/commit_status": "update"}
SKIPPED: dict[str, tuple[Event, Provider, str]] = {
    "a suspended provider": (event(), provider("slack", suspend=True), "provider suspended"),
    "a commit status for a chat": (event(UPDATE), provider("slack"), "the event is for commit statuses only"),
    "a commit status for a comment": (
        event(UPDATE | {f"{U}/change_request": "1"}),
        provider("githubpullrequestcomment"),
        "the event is for commit statuses only",
    ),
    "a chat message for a commit status": (event(), provider("github"), "the event is not for commit statuses"),
    "an empty commit": (event({f"{U}/commit": ""}), provider("github"), "the event is not for commit statuses"),
    "no change request": (
        event(),
        provider("gitlabmergerequestcomment"),
        "the event names no change request",
    ),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_skipped(case: str) -> None:
    given, to, reason = SKIPPED[case]
    everyday = reason in {"provider suspended", "the event is for commit statuses only"}
    expected = Plan(skipped=reason, expected=everyday)
    assert plan(given, ALERT, to, no_cross_namespace=False, identities=False) == expected


DELIVERED: dict[str, tuple[Event, Provider]] = {
    "a chat message": (event(), provider("slack")),
    "a commit status for generic": (event(UPDATE), provider("generic")),
    "a commit status": (event(UPDATE), provider("github")),
    "a commit of the user's": (event({f"{U}/commit": "abc"}), provider("github")),
    "an error for a commit status": (event(severity="error"), provider("github")),
    "a change request": (event({f"{U}/change_request": "1"}), provider("githubpullrequestcomment")),
    "another namespace": (event(namespace="infra"), provider("slack")),
}


@pytest.mark.parametrize("case", DELIVERED)
def test_delivered(case: str) -> None:
    given, to = DELIVERED[case]
    delivery = plan(given, ALERT, to, no_cross_namespace=False, identities=False).delivery
    assert delivery is not None
    cut = {key.partition("/")[2]: value for key, value in given.metadata.items()}
    assert delivery.read_event() == msgspec.structs.replace(given, metadata=cut | {"env": "prod"})
    assert (delivery.alert.namespace, delivery.alert.name, delivery.alert.uid, delivery.provider) == (
        "apps",
        "a",
        "u1",
        "chat",
    )
    assert msgspec.json.decode(msgspec.json.encode(delivery), type=type(delivery)).read_event() == delivery.read_event()


REFUSED: dict[str, tuple[Event, Provider | None, str]] = {
    "another namespace, before anything else": (
        event(namespace="infra"),
        None,
        "access to namespace 'infra' is not allowed (--no-cross-namespace-refs)",
    ),
    "no provider": (event(), None, "Provider apps/chat not found"),
    "an identity without its gate": (
        event(),
        provider("googlepubsub", service_account_name="sa"),
        "Provider apps/chat: serviceAccountName needs the gate ObjectLevelWorkloadIdentity",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    given, to, text = REFUSED[case]
    with pytest.raises(Refused) as caught:
        plan(given, ALERT, to, no_cross_namespace=True, identities=False)
    assert str(caught.value) == text


def test_conflicts_are_told() -> None:
    given = event({f"{G}/env": "x"})
    assert plan(given, ALERT, provider("slack"), no_cross_namespace=False, identities=False).conflicts == {
        "env": ["alert.spec.eventMetadata", "controller metadata"]
    }
