"""`weir uninstall` on a cluster of its own."""

import json

import pytest

from tests.servers.cluster import RunningCluster
from tests.weir_cli.installed import NAMESPACE, Place
from tests.weir_cli.stage import git_repository, kustomization

pytestmark = pytest.mark.timeout(180)

OURS = "app.kubernetes.io/part-of=flux"
EVERYTHING = "deploy,sts,svc,sa,cm,secret,netpol,pdb,quota,role,rolebinding,clusterrole,clusterrolebinding,crd,ns"

UNSERVED = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "olds.source.toolkit.fluxcd.io", "labels": {"app.kubernetes.io/part-of": "flux"}},
    "spec": {
        "group": "source.toolkit.fluxcd.io",
        "names": {"kind": "GitRepository", "listKind": "OldList", "plural": "olds", "singular": "old"},
        "scope": "Namespaced",
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}},
        ],
    },
}
"""A definition whose kind another has."""


@pytest.fixture
def place(own_cluster: RunningCluster) -> Place:
    place = Place(own_cluster)
    assert place.weir("install").code == 0
    return place


def names(place: Place, namespace: str = NAMESPACE) -> list[str]:
    found = place.cluster.kubectl("get", EVERYTHING, "-l", OURS, "-o", "name", "-n", namespace)
    return [line for line in found.splitlines() if "/" in line]


def use(place: Place) -> None:
    """Objects with finalizers, in two namespaces, and one that was applied."""
    place.cluster.kubectl("create", "namespace", "team-a")
    for namespace in (NAMESPACE, "team-a"):
        for body in (git_repository("app", "https://git.example/app.git", namespace), kustomization("app", namespace)):
            body["metadata"]["finalizers"] = ["finalizers.fluxcd.io"]
            place.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(body))
    place.cluster.kubectl("create", "configmap", "applied", "-n", "team-a")


def test_a_dry_run_names_everything_and_removes_nothing(place: Place) -> None:
    use(place)
    before = names(place)
    shown = place.weir("uninstall", "--dry-run")
    assert (shown.code, shown.out) == (0, "")
    lines = shown.err.splitlines()
    assert len([line for line in lines if line.endswith(" finalizers deleted (dry run)")]) == 4
    assert len([line for line in lines if line.endswith(" deleted (dry run)")]) == len(before) + 4
    assert lines[-1] == "✔ uninstall finished"
    assert names(place) == before
    assert "finalizers.fluxcd.io" in place.cluster.kubectl("get", "ks", "app", "-n", "team-a", "-o", "yaml")


def test_what_was_applied_stays_and_all_else_goes(place: Place) -> None:
    use(place)
    place.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(UNSERVED))
    asked = place.weir("uninstall")
    assert asked.code == 1
    assert asked.err.endswith("✗ aborting: nobody has answered; --silent goes on without asking\n")
    shown = place.weir("uninstall", "--silent")
    lines = shown.err.splitlines()
    assert (shown.code, lines[-1]) == (0, "✔ uninstall finished")
    steps = [line for line in lines if not line.startswith("✔")]
    assert steps == [
        f"► deleting components in {NAMESPACE} namespace",
        "◎ waiting until deployments, statefulsets are gone",
        "► deleting finalizers in all namespaces",
        "► deleting definitions",
        "◎ waiting until customresourcedefinitions are gone",
        "◎ waiting until namespaces are gone",
    ]
    assert f"✔ Deployment/{NAMESPACE}/source-controller deleted" in lines
    assert names(place) == []
    place.cluster.kubectl("get", "configmap", "applied", "-n", "team-a")
    again = place.weir("uninstall", "--silent")
    assert (again.code, again.err.splitlines()[-1]) == (0, "✔ uninstall finished")


def test_the_namespace_can_stay_and_be_installed_in_again(place: Place) -> None:
    place.cluster.kubectl("create", "secret", "generic", "mine", "-n", NAMESPACE)
    assert place.weir("uninstall", "-s", "--keep-namespace").code == 0
    assert names(place) == [f"namespace/{NAMESPACE}"]
    place.cluster.kubectl("get", "secret", "mine", "-n", NAMESPACE)
    assert place.weir("install").code == 0


def test_of_two_installations_the_other_keeps_its_definitions(place: Place) -> None:
    wrong = place.weir("uninstall", "-s", "-n", "default")
    assert wrong.err == f'✗ no controllers found in "default" namespace: they run in {NAMESPACE}\n'
    assert place.weir("install", "-n", "second", "--components", "source-controller,kustomize-controller").code == 0
    shown = place.weir("uninstall", "-s", "-n", "second")
    assert (shown.code, shown.err.splitlines()[-1]) == (0, "✔ uninstall finished")
    assert f"⚠️ controllers run in {NAMESPACE} too: definitions and their objects stay" in shown.err
    assert place.weir("check").code == 0


def test_nothing_else_goes_while_a_controller_may_run(place: Place) -> None:
    use(place)
    pod = place.cluster.kubectl("get", "pod", "-l", "app=kustomize-controller", "-n", NAMESPACE, "-o", "name").strip()
    stuck = json.dumps({"metadata": {"finalizers": ["example.com/stuck"]}})
    place.cluster.kubectl("patch", pod, "-n", NAMESPACE, "--type=merge", "-p", stuck)
    shown = place.weir("uninstall", "-s", "--timeout", "2s")
    assert shown.code == 1
    assert f"✗ Deployment/{NAMESPACE}/kustomize-controller is still there after 2s" in shown.err
    assert shown.err.endswith("✗ uninstall failed: nothing else is removed while controllers may run\n")
    assert "finalizers.fluxcd.io" in place.cluster.kubectl("get", "ks", "app", "-n", "team-a", "-o", "yaml")
    place.cluster.kubectl("patch", pod, "-n", NAMESPACE, "--type=merge", "-p", '{"metadata": {"finalizers": null}}')
    assert place.weir("uninstall", "-s").code == 0
