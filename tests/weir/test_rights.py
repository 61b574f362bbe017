"""What controllers may do."""

from typing import Any

import pytest

from weir.api.kinds import KINDS
from weir.rights import ASKED, CONTROLLERS, roles


def found() -> dict[tuple[str, str], dict[str, Any]]:
    return {(body["kind"], body["metadata"]["name"]): body for body in roles(list(CONTROLLERS), "flux-system")}


def test_names_are_those_of_upstream() -> None:
    assert list(found()) == [
        ("ClusterRole", "source-controller-flux-system"),
        ("ClusterRoleBinding", "source-controller-flux-system"),
        ("Role", "source-controller"),
        ("RoleBinding", "source-controller"),
        ("ClusterRole", "crd-controller-flux-system"),
        ("ClusterRoleBinding", "crd-controller-flux-system"),
        ("Role", "kustomize-controller"),
        ("RoleBinding", "kustomize-controller"),
        ("ClusterRoleBinding", "cluster-reconciler-flux-system"),
        ("ClusterRole", "notification-controller-flux-system"),
        ("ClusterRoleBinding", "notification-controller-flux-system"),
        ("Role", "notification-controller"),
        ("RoleBinding", "notification-controller"),
        ("ClusterRole", "flux-view-flux-system"),
        ("ClusterRole", "flux-edit-flux-system"),
    ]


def test_the_source_controller_has_the_least() -> None:
    group = "source.toolkit.fluxcd.io"
    assert found()["ClusterRole", "source-controller-flux-system"]["rules"] == [
        {"apiGroups": [group], "resources": ["gitrepositories"], "verbs": ["get", "list", "watch", "patch"]},
        {"apiGroups": [group], "resources": ["gitrepositories/status"], "verbs": ["patch"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    ]


def test_leases_are_written_in_the_own_namespace_alone() -> None:
    leases = [
        (kind, name, rule["verbs"])
        for (kind, name), body in found().items()
        for rule in body.get("rules", ())
        if "leases" in rule["resources"]
    ]
    own = ["get", "create", "patch"]
    assert leases == [
        ("Role", "source-controller", own),
        ("ClusterRole", "crd-controller-flux-system", ["get"]),
        ("Role", "kustomize-controller", own),
        ("Role", "notification-controller", own),
    ]


def test_only_the_kustomize_controller_is_an_administrator() -> None:
    binding = found()["ClusterRoleBinding", "cluster-reconciler-flux-system"]
    assert [each["name"] for each in binding["subjects"]] == ["kustomize-controller"]


def test_documented_patches_find_the_rules_of_the_crd_controller_at_their_numbers() -> None:
    rules = found()["ClusterRole", "crd-controller-flux-system"]["rules"]
    assert [(each["apiGroups"][0].partition(".")[0], each["resources"][0]) for each in rules] == [
        ("source", "*"),
        ("kustomize", "kustomizations"),
        ("helm", "*"),
        ("notification", "*"),
        ("image", "*"),
        ("source", "*"),
        ("", "secrets"),
        ("", "events"),
        ("", "configmaps"),
        ("", "configmaps/status"),
        ("coordination", "leases"),
        ("", "serviceaccounts/token"),
    ]


@pytest.mark.parametrize("name", ["source-controller", "notification-controller"])
def test_nobody_else_deletes_or_writes_secrets_or_makes_tokens(name: str) -> None:
    for rule in CONTROLLERS[name].rules:
        assert set(rule["verbs"]) <= {"get", "list", "watch", "patch"} or rule["resources"] == ["events"]
        assert "*" not in rule["resources"]
        assert "secrets" not in rule["resources"] or "patch" not in rule["verbs"]


def test_whatever_an_alert_may_name_can_be_read() -> None:
    named = {(group, plural) for group, plurals in ASKED.items() for plural in plurals}
    ours = {(each.DEFINITION.kind.group, each.DEFINITION.kind.plural) for each in KINDS}
    assert {each for each in ours if not each[0].startswith("notification")} <= named
