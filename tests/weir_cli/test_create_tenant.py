"""`weir create tenant`: a team's namespaces and its rights there."""

from typing import Any

from tests.weir_cli.stage import Stage, weir
from weir import yaml

LABELS = {"toolkit.fluxcd.io/tenant": "team-x", "cost": "7"}


def test_manifests() -> None:
    words = "--with-namespace a,b --label cost=7 --cluster-role admin --export"
    shown = weir("create", "tenant", "team-x", *words.split())
    assert (shown.code, shown.err) == (0, "")
    bodies: list[dict[str, Any]] = yaml.load_all(shown.out)
    names = [(body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"]) for body in bodies]
    assert names == [
        item
        for place in "ab"
        for item in (
            ("Namespace", "", place),
            ("ServiceAccount", place, "team-x"),
            ("RoleBinding", place, "team-x-reconciler"),
        )
    ]
    assert all(body["metadata"]["labels"] == LABELS for body in bodies)
    assert bodies[2]["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
    assert bodies[2]["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "gotk:a:reconciler"},
        {"kind": "ServiceAccount", "name": "team-x", "namespace": "a"},
    ]


def test_a_tenant_whose_role_changes(stage: Stage) -> None:
    words = ("create", "tenant", "team-x", "--with-namespace", "team-x")
    made = stage.weir(*words)
    assert made == (
        0,
        "",
        (
            "► applying Namespace team-x\n"
            "✔ Namespace team-x created\n"
            "► applying ServiceAccount team-x\n"
            "✔ ServiceAccount team-x created\n"
            "► applying RoleBinding team-x-reconciler\n"
            "✔ RoleBinding team-x-reconciler created\n"
            "✔ tenant setup completed\n"
        ),
    )
    changed = stage.weir(*words, "--cluster-role", "view", "--skip-namespace")
    role = stage.kubectl("get", "rolebinding", "team-x-reconciler", "-n", "team-x", "-o", "jsonpath={.roleRef.name}")
    again = stage.weir(*words, "--cluster-role", "view")
    stage.kubectl("delete", "namespace", "team-x", "--wait=false")
    assert (changed.code, role, "Namespace" in changed.err) == (0, "view", False)
    assert (again.code, "✔ RoleBinding team-x-reconciler updated\n" in again.err) == (0, True)


def test_a_tenant_needs_a_namespace() -> None:
    assert weir("create", "tenant", "a") == (1, "", "✗ --with-namespace is needed: a namespace of the tenant\n")
