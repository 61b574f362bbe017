"""`weir install` and `weir check` on a cluster of their own."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from tests.servers.cluster import RunningCluster
from tests.weir_cli.installed import NAMESPACE, Place
from tests.weir_cli.stage import Shown, weir
from weir import __version__, yaml
from weir_cli.installation.options import Options
from weir_cli.installation.render import export, render, secrets_of

pytestmark = pytest.mark.timeout(180)

CRD = "gitrepositories.source.toolkit.fluxcd.io"
GENERATED = ["✚ generating manifests", "✔ manifests build completed"]
READY = [
    "◎ verifying installation",
    "✔ kustomize-controller: deployment ready",
    "✔ notification-controller: deployment ready",
    "✔ source-controller: deployment ready",
    "✔ nats: statefulset ready",
    "✔ install finished",
]
CHECKED = """\
► checking prerequisites
✔ Kubernetes VERSION >=1.30.0-0
► checking version in cluster
✔ distribution: flux-vOURS
✔ bootstrapped: false
► checking controllers
✔ kustomize-controller: deployment ready
► weir/kustomize-controller:vOURS
✔ notification-controller: deployment ready
► weir/notification-controller:vOURS
✔ source-controller: deployment ready
► weir/source-controller:vOURS
✔ nats: statefulset ready
► nats:2.15.1-alpine
► checking crds
✔ alerts.notification.toolkit.fluxcd.io/v1beta3
✔ externalartifacts.source.toolkit.fluxcd.io/v1
✔ gitrepositories.source.toolkit.fluxcd.io/v1
✔ kustomizations.kustomize.toolkit.fluxcd.io/v1
✔ providers.notification.toolkit.fluxcd.io/v1beta3
✔ receivers.notification.toolkit.fluxcd.io/v1
✔ all checks passed
"""


@pytest.fixture
def place(own_cluster: RunningCluster) -> Place:
    return Place(own_cluster)


def told(shown: Shown) -> set[str]:
    """The last words of the lines of a change set."""
    return {line.rpartition(" ")[2] for line in shown.out.splitlines()}


def test_installed_checked_and_installed_again(place: Place) -> None:
    assert place.weir("check").err.splitlines()[-3:] == ["► checking crds", "✗ no crds found", "✗ check failed"]
    assert place.weir("check", "--pre").code == 0
    tried = place.weir("install", "--dry-run")
    assert (tried.code, told(tried), tried.err.splitlines()) == (0, {"created"}, GENERATED)
    assert "gitrepositories" not in place.cluster.kubectl("get", "crd", "-o", "name")

    first = place.weir("install")
    assert first.err.splitlines() == [*GENERATED, f"► installing components in {NAMESPACE} namespace", *READY]
    assert (first.code, told(first)) == (0, {"created"})
    assert set(first.out.splitlines()) == set(tried.out.splitlines())
    assert f"Deployment/{NAMESPACE}/source-controller created" in first.out.splitlines()
    version = json.loads(place.cluster.kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"]
    expected = CHECKED.replace("VERSION", version.removeprefix("v")).replace("OURS", __version__)
    assert place.weir("check") == (0, "", expected)
    assert "source-controller: v" in place.weir("version").out
    login = place.get("secret", "nats-auth")["data"]

    again = place.weir("install")
    assert (again.code, told(again)) == (0, {"unchanged", "skipped"})
    assert place.get("secret", "nats-auth")["data"] == login
    assert place.weir("install", "--dry-run").out == ""
    changed = place.weir("install", "--log-level", "debug", "--network-policy=false")
    assert [line for line in changed.out.splitlines() if line.endswith("configured")] == [
        f"Deployment/{NAMESPACE}/{name}-controller configured" for name in ("kustomize", "notification", "source")
    ]
    entries = place.cluster.kubectl(
        "get", "deployment", "source-controller", "-n", NAMESPACE, "--show-managed-fields", "-o", "json"
    )
    assert "flux" in {entry["manager"] for entry in json.loads(entries)["metadata"]["managedFields"]}


def test_what_is_found_open_stays_open_until_it_is_asked_for(place: Place) -> None:
    lock = "--no-remote-bases=true"
    assert place.weir("install", "--multitenancy", "false").code == 0
    assert lock not in place.arguments("kustomize-controller")
    assert place.weir("install").code == 0
    assert lock not in place.arguments("kustomize-controller")
    assert place.weir("install", "--multitenancy=true").code == 0
    assert lock in place.arguments("kustomize-controller")
    assert place.weir("install").code == 0
    assert lock in place.arguments("kustomize-controller")


def test_where_somebody_else_looks_after_it(place: Place) -> None:
    bodies = [body for body in render(Options()) if body["kind"] == "CustomResourceDefinition"]
    place.cluster.kubectl("apply", "--server-side", "-f", "-", stdin=yaml.dump_all(bodies))
    label = ("label", "crd", CRD)
    place.cluster.kubectl(*label, "app.kubernetes.io/managed-by=Helm")
    asked = place.weir("install")
    question = f"flux-v{__version__} is looked after by Helm, which may undo this. Install all the same?"
    assert asked.code == 1
    assert asked.err.startswith(question)
    assert asked.err.endswith("✗ aborting: nobody has answered; --force goes on without asking\n")
    assert place.weir("install", "--force", "--dry-run").code == 0
    owner = ("kustomize.toolkit.fluxcd.io/name=flux-system", "kustomize.toolkit.fluxcd.io/namespace=flux-system")
    place.cluster.kubectl(*label, *owner)
    refused = place.weir("install", "--force")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        f"✗ flux-v{__version__} is applied here from Git, which would undo this: "
        "write `weir install --export` over its gotk-components.yaml there\n"
    )


def test_what_does_not_start_is_named(place: Place) -> None:
    failing = next(
        body
        for body in render(Options())
        if body["metadata"]["name"] == "source-controller" and body["kind"] == "Deployment"
    )
    place.cluster.kubectl("create", "namespace", NAMESPACE)
    failing["spec"]["template"]["metadata"]["annotations"]["local.weir.dev/fail"] = "image-pull"
    place.cluster.kubectl("apply", "-f", "-", stdin=yaml.dump(failing))
    shown = place.weir("install", "--timeout", "2s")
    assert shown.code == 1
    assert "✗ source-controller: deployment is not ready after 2s: " in shown.err
    assert shown.err.endswith("✗ install failed: what is installed is not ready\n")
    assert place.weir("check", "--timeout", "1s").err.endswith("✗ check failed\n")


def test_what_the_cluster_refuses_is_told_and_nothing_is_changed(place: Place) -> None:
    body = next(it for it in render(Options()) if it["metadata"]["name"] == CRD)
    body["spec"]["scope"] = "Cluster"
    place.cluster.kubectl("apply", "--server-side", "-f", "-", stdin=yaml.dump(body))
    shown = place.weir("install")
    assert (shown.code, shown.out) == (1, "")
    assert f"✗ CustomResourceDefinition/{CRD} dry-run failed (Invalid): " in shown.err
    assert shown.err.endswith("✗ install failed: nothing was changed\n")


def test_an_export_is_the_same_each_time_and_a_file_that_kubectl_takes(place: Place, tmp_path: Path) -> None:
    shown = weir("install", "--export", "--components", "source-controller,kustomize-controller")
    assert (shown.code, shown.err) == (0, "")
    assert shown == weir("install", "--export", "--components", "source-controller,kustomize-controller")
    assert shown.out.splitlines()[:4] == [
        "---",
        "# Written by `weir install --export`. DO NOT EDIT: patch it from a kustomization.yaml.",
        f"# Weir Version: v{__version__}",
        "# Components: source-controller,kustomize-controller",
    ]
    place.cluster.kubectl("apply", "--server-side", "-f", "-", stdin=shown.out)
    assert place.weir("check").code == 0
    assert place.weir("check", "--components", "helm-controller").err.splitlines()[-6] == (
        "✗ helm-controller: deployment not found in flux-system namespace"
    )


PULLED = Options(registry="r.example/a", image_pull_secret="pull", registry_creds="me:s3cr:et")


def test_no_password_is_exported() -> None:
    assert not [body for body in yaml.load_all(export(PULLED)) if body["kind"] == "Secret"]
    assert "s3cr" not in repr(PULLED)


def test_the_registry_is_given_its_password() -> None:
    login, pull = secrets_of(PULLED)
    assert (login["metadata"]["name"], pull["metadata"]["name"]) == ("nats-auth", "pull")
    assert pull["type"] == "kubernetes.io/dockerconfigjson"
    assert json.loads(b64decode(pull["data"][".dockerconfigjson"])) == {
        "auths": {
            "r.example": {"username": "me", "password": "s3cr:et", "auth": b64encode(b"me:s3cr:et").decode()},
        }
    }
