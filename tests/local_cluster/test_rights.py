"""What controllers may do."""

from typing import Any

import pytest

from local_cluster.rights import ASKED, CONTROLLERS, roles
from weir.api.kinds import KINDS


def found() -> dict[tuple[str, str], dict[str, Any]]:
    return {(body["kind"], body["metadata"]["name"]): body for body in roles(list(CONTROLLERS), "flux-system")}


def test_names_are_those_of_upstream() -> None:
    assert list(found()) == [
        ("ClusterRole", "crd-controller-flux-system"),
        ("ClusterRoleBinding", "crd-controller-flux-system"),
        ("ClusterRoleBinding", "cluster-reconciler-flux-system"),
        ("ClusterRole", "source-controller-flux-system"),
        ("ClusterRoleBinding", "source-controller-flux-system"),
        ("ClusterRole", "notification-controller-flux-system"),
        ("ClusterRoleBinding", "notification-controller-flux-system"),
        ("ClusterRole", "flux-view-flux-system"),
        ("ClusterRole", "flux-edit-flux-system"),
    ]


def test_the_source_controller_has_the_least() -> None:
    group = "source.toolkit.fluxcd.io"
    assert found()["ClusterRole", "source-controller-flux-system"]["rules"] == [
        {"apiGroups": [group], "resources": ["gitrepositories"], "verbs": ["get", "list", "watch", "patch"]},
        {"apiGroups": [group], "resources": ["gitrepositories/status"], "verbs": ["patch"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
    ]


def test_only_the_kustomize_controller_is_an_administrator() -> None:
    binding = found()["ClusterRoleBinding", "cluster-reconciler-flux-system"]
    assert [each["name"] for each in binding["subjects"]] == ["kustomize-controller"]


@pytest.mark.parametrize("name", ["source-controller", "notification-controller"])
def test_nobody_else_creates_or_deletes_or_writes_secrets(name: str) -> None:
    for rule in CONTROLLERS[name].rules():
        assert set(rule["verbs"]) <= {"get", "list", "watch", "patch"}
        assert "*" not in rule["resources"]
        assert "secrets" not in rule["resources"] or "patch" not in rule["verbs"]


def test_whatever_an_alert_may_name_can_be_read() -> None:
    named = {(group, plural) for group, plurals in ASKED.items() for plural in plurals}
    ours = {(each.DEFINITION.kind.group, each.DEFINITION.kind.plural) for each in KINDS}
    assert {each for each in ours if not each[0].startswith("notification")} <= named
