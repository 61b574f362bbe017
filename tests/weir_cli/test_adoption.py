"""`weir install` over a Flux that its own command line has installed."""

import json
from typing import Any

import pytest

from tests.servers.cluster import RunningCluster, soon
from tests.weir_cli.installed import NAMESPACE, Place
from tests.weir_cli.stage import git_repository
from weir import yaml
from weir_cli.installation.options import Options
from weir_cli.installation.render import render

pytestmark = pytest.mark.timeout(180)

CRD = "gitrepositories.source.toolkit.fluxcd.io"


def flux() -> list[dict[str, Any]]:
    """What matters of such an installation: a definition with two versions, and controllers open to tenants."""
    bodies = {(body["kind"], body["metadata"]["name"]): body for body in render(Options(locked=False))}
    definition = bodies["CustomResourceDefinition", CRD]
    definition["metadata"]["labels"]["app.kubernetes.io/version"] = "v2.4.0"
    today = definition["spec"]["versions"][0]
    definition["spec"]["versions"] = [{**today, "storage": False}, {**today, "name": "v1beta2"}]
    controllers = []
    for name in ("kustomize-controller", "helm-controller"):
        body = json.loads(
            json.dumps(bodies["Deployment", "kustomize-controller"]).replace("kustomize-controller", name)
        )
        container = body["spec"]["template"]["spec"]["containers"][0]
        container |= {"image": f"ghcr.io/fluxcd/{name}:v1.4.0", "args": [*container["args"][:5], "--concurrent=4"]}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": NAMESPACE}}
        controllers += [account, body]
    return [bodies["Namespace", NAMESPACE], definition, *controllers]


def test_it_is_taken_over_once_nothing_is_stored_in_older_versions(own_cluster: RunningCluster) -> None:
    place = Place(own_cluster)
    apply = ("apply", "--server-side", "--field-manager=flux", "-f", "-")
    own_cluster.kubectl(*apply, stdin=yaml.dump_all(flux()))
    soon(lambda: own_cluster.call("GET", "/apis/source.toolkit.fluxcd.io/v1beta2/gitrepositories").code == 200)
    repository = git_repository("app", "https://git.example/app.git", NAMESPACE)
    repository["apiVersion"] = "source.toolkit.fluxcd.io/v1beta2"
    repository["metadata"]["finalizers"] = ["finalizers.fluxcd.io"]
    own_cluster.kubectl(*apply, stdin=json.dumps(repository))
    uid = place.get("gitrepository", "app")["metadata"]["uid"]
    (changed,) = (dict(it) for it in flux() if it["metadata"]["name"] == CRD)
    for version in changed["spec"]["versions"]:
        version["storage"] = version["name"] == "v1"
    own_cluster.kubectl(*apply, stdin=yaml.dump(changed))
    soon(lambda: place.get("crd", CRD)["status"]["storedVersions"] == ["v1beta2", "v1"])

    refused = place.weir("install")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.endswith(
        "✗ install failed: objects are still stored in an older version: run `weir migrate` first\n"
    )
    assert place.weir("migrate").code == 0
    done = place.weir("install")
    assert done.code == 0, done.err
    assert f"CustomResourceDefinition/{CRD} configured" in done.out
    assert f"Deployment/{NAMESPACE}/kustomize-controller configured" in done.out

    after = place.get("gitrepository", "app")
    assert (after["metadata"]["uid"], after["metadata"]["finalizers"]) == (uid, ["finalizers.fluxcd.io"])
    container = place.get("deployment", "kustomize-controller")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"].startswith("weir/kustomize-controller:")
    assert "--concurrent=4" not in container["args"]
    assert "--no-remote-bases=true" not in container["args"]
    helm = place.get("deployment", "helm-controller")["spec"]["template"]["spec"]["containers"][0]
    assert helm["image"] == "ghcr.io/fluxcd/helm-controller:v1.4.0"
    assert "helm-controller: v1.4.0" in place.weir("version").out
    assert place.weir("check").code == 0
