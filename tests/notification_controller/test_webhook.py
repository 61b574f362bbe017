"""A Receiver's path, whether it serves, what it names."""

import pytest

from notification_controller.errors import Refused
from notification_controller.webhook import Target, path, serves, target
from weir.api.base import LocalObjectReference, ObjectMeta
from weir.api.conditions import Condition
from weir.api.notification import Receiver, ReceiverResource, ReceiverSpec, ReceiverStatus

PATHS = {
    "the published vector": (b"topsecret", "f73b9dc8e8c6bfa49d48fefc23876b2c0f17922a7adbfa2d489bf81c4d3da47d"),
    "the published vector without a token": (b"", "d9c6bac01b84166b25cc5beaa8bc0d10807c6ec7c12e73ee81880689f8ed8538"),
}


@pytest.mark.parametrize("case", PATHS)
def test_paths(case: str) -> None:
    token, digest = PATHS[case]
    assert path(token, "github-receiver", "flux-system") == f"/hook/{digest}"


def receiver(*resources: ReceiverResource, suspend: bool = False, **conditions: str) -> Receiver:
    return Receiver(
        metadata=ObjectMeta(name="r", namespace="apps"),
        spec=ReceiverSpec("generic", resources, secret_ref=LocalObjectReference("s"), suspend=suspend),
        status=ReceiverStatus(
            conditions=tuple(Condition(kind, status, "", "Reason", "") for kind, status in conditions.items())
        ),
    )


SERVING = {
    "ready": (receiver(Ready="True"), True),
    "new": (receiver(), False),
    "not ready": (receiver(Ready="False"), False),
    "suspended": (receiver(suspend=True, Ready="True"), False),
    "reconciling": (receiver(Ready="True", Reconciling="True"), False),
    "stalled": (receiver(Ready="True", Stalled="True"), False),
    "was reconciling": (receiver(Ready="True", Reconciling="False"), True),
}


@pytest.mark.parametrize("case", SERVING)
def test_serves(case: str) -> None:
    given, expected = SERVING[case]
    assert serves(given) is expected


GIT = "source.toolkit.fluxcd.io/v1"
TARGETS: dict[str, tuple[ReceiverResource, Target]] = {
    "a name in the own namespace, version by default": (
        ReceiverResource("GitRepository", "webapp"),
        Target(api_version=GIT, kind="GitRepository", namespace="apps", name="webapp"),
    ),
    "a name ignores labels": (
        ReceiverResource("GitRepository", "webapp", match_labels={"a": "b"}),
        Target(api_version=GIT, kind="GitRepository", namespace="apps", name="webapp"),
    ),
    "labels select": (
        ReceiverResource("GitRepository", "*", match_labels={"b": "2", "a": "1"}),
        Target(api_version=GIT, kind="GitRepository", namespace="apps", labels="a=1,b=2"),
    ),
    "an empty map selects all": (
        ReceiverResource("GitRepository", "*", match_labels={}),
        Target(api_version=GIT, kind="GitRepository", namespace="apps"),
    ),
    "another namespace": (
        ReceiverResource("Kustomization", "x", "infra", api_version="kustomize.toolkit.fluxcd.io/v1"),
        Target(api_version="kustomize.toolkit.fluxcd.io/v1", kind="Kustomization", namespace="infra", name="x"),
    ),
    "a filter": (
        ReceiverResource("GitRepository", "x", filter="true"),
        Target(api_version=GIT, kind="GitRepository", namespace="apps", name="x", filters=("true",)),
    ),
}


@pytest.mark.parametrize("case", TARGETS)
def test_targets(case: str) -> None:
    entry, expected = TARGETS[case]
    assert target(receiver(entry), entry, no_cross_namespace=False) == expected


REFUSED: dict[str, tuple[ReceiverResource, str]] = {
    "a kind without a default version": (
        ReceiverResource("Kustomization", "x"),
        "Kustomization/apps/x: apiVersion must be set for this kind",
    ),
    "all, without saying so": (
        ReceiverResource("GitRepository", "*"),
        "GitRepository/apps/*: name '*' needs matchLabels (an empty map selects all)",
    ),
    "another namespace": (
        ReceiverResource("GitRepository", "x", "infra"),
        "GitRepository/infra/x: access to another namespace is not allowed (--no-cross-namespace-refs)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    entry, text = REFUSED[case]
    with pytest.raises(Refused) as caught:
        target(receiver(entry), entry, no_cross_namespace=True)
    assert str(caught.value) == text
