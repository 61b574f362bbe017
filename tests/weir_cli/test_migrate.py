"""`weir migrate`: files, and what a cluster has stored."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.servers.cluster import RunningCluster, soon
from tests.weir_cli.stage import weir

NAME = "widgets.example.fluxcd.io"
OLD = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: Bucket\nmetadata:\n  name: a\n"
NEW = OLD.replace("v1beta2", "v1")
LINE = "1: Bucket source.toolkit.fluxcd.io/v1beta2 -> source.toolkit.fluxcd.io/v1\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a.yaml", "apps/b.yml", "apps/chart.tpl", ".git/c.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(OLD)
    (tmp_path / "apps/new.yaml").write_text(NEW)
    (tmp_path / "apps/other.yaml").write_bytes(b"\xff")
    (tmp_path / "apps/link.yaml").symlink_to(tmp_path / ".git/c.yaml")
    return tmp_path


def test_files_are_shown_and_written_when_somebody_says_yes(tree: Path) -> None:
    shown = f"{tree}/a.yaml:{LINE}{tree}/apps/b.yml:{LINE}"
    warned = f"⚠️ {tree}/apps/other.yaml is left alone: it is no UTF-8\n"
    assert weir("migrate", "-f", str(tree), "--dry-run") == (0, shown, warned)
    asked = weir("migrate", "-f", str(tree))
    assert (asked.code, asked.out) == (1, shown)
    assert asked.err.endswith("✗ aborting: nobody has answered; --yes goes on without asking\n")
    assert (tree / "a.yaml").read_text() == OLD
    assert weir("migrate", "-f", str(tree), "-y") == (0, shown, f"{warned}✔ 2 files written\n")
    assert [(tree / name).read_text() for name in ("a.yaml", "apps/b.yml", "apps/chart.tpl", ".git/c.yaml")] == [
        *(NEW, NEW),
        *(OLD, OLD),
    ]
    assert weir("migrate", "-f", str(tree / "a.yaml"), "-y") == (0, "", "✔ no manifest needs it\n")
    assert weir("migrate", "-f", str(tree), "-e", ".tpl", "-y").out == f"{tree}/apps/chart.tpl:{LINE}"


def definition(*versions: str, storage: str) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    names = {"kind": "Widget", "listKind": "WidgetList", "plural": "widgets", "singular": "widget"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/part-of": "flux"}},
        "spec": {
            "group": "example.fluxcd.io",
            "names": names,
            "scope": "Namespaced",
            "versions": [
                {"name": name, "served": True, "storage": name == storage, "schema": schema} for name in versions
            ],
        },
    }


def test_stored_objects_are_written_anew_and_older_versions_may_go(own_cluster: RunningCluster) -> None:
    def put(body: dict[str, Any]) -> None:
        own_cluster.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(body))

    def stored() -> list[str]:
        found: list[str] = json.loads(own_cluster.kubectl("get", "crd", NAME, "-o", "json"))["status"]["storedVersions"]
        return found

    assert weir("migrate", kubeconfig=own_cluster.kubeconfig).err == (
        "✗ no definitions of the toolkit are in the cluster\n"
    )
    put(definition("v1beta1", "v1", storage="v1beta1"))
    soon(lambda: own_cluster.call("GET", "/apis/example.fluxcd.io/v1beta1/widgets").code == 200)
    for name in ("one", "two"):
        metadata = {"name": name, "namespace": "default"}
        put({"apiVersion": "example.fluxcd.io/v1beta1", "kind": "Widget", "metadata": metadata, "spec": {"a": 1}})
    put(definition("v1beta1", "v1", storage="v1"))
    soon(lambda: stored() == ["v1beta1", "v1"])
    lines = [
        "► migrating stored objects",
        "✔ Widget/default/one migrated to v1",
        "✔ Widget/default/two migrated to v1",
        f"✔ CustomResourceDefinition/{NAME} stored versions v1beta1, v1 -> v1",
    ]
    tried = weir("migrate", "--dry-run", kubeconfig=own_cluster.kubeconfig)
    assert tried.err.splitlines() == [lines[0], *(f"{line} (dry run)" for line in lines[1:]), "✔ migration finished"]
    assert stored() == ["v1beta1", "v1"]
    done = weir("migrate", kubeconfig=own_cluster.kubeconfig)
    assert (done.code, done.err.splitlines()) == (0, [*lines, "✔ migration finished"])
    assert stored() == ["v1"]
    again = weir("migrate", kubeconfig=own_cluster.kubeconfig)
    assert again.err.splitlines() == [lines[0], "✔ migration finished"]
    put(definition("v1", storage="v1"))
    soon(lambda: own_cluster.call("GET", "/apis/example.fluxcd.io/v1beta1/widgets").code == 404)
    found = json.loads(own_cluster.kubectl("get", "widgets", "-o", "json", "--show-managed-fields"))["items"]
    assert [(it["metadata"]["name"], it["spec"]) for it in found] == [("one", {"a": 1}), ("two", {"a": 1})]
    put({**{key: found[0][key] for key in ("apiVersion", "kind", "spec")}, "metadata": {"name": "one"}})
