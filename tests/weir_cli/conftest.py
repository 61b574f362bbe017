"""The suite, once for all tests of the command line."""

from collections.abc import Iterator

import pytest

from tests.servers.clusters import Existing, existing_for
from tests.servers.git_repository import Repository
from tests.weir_cli.stage import Local, Stage, git_repository, kustomization, notification, serving

_CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {0}, namespace: default}}\ndata: {{a: b}}\n"
_NEVER_READY = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {local.weir.dev/fail: never-ready}}
    spec: {containers: [{name: web, image: "registry.example.com/web:1"}]}
"""


existing = existing_for("session")


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, existing: Existing) -> Iterator[Stage]:
    """The running suite with one repository: `good` applies, `bad` does not build, `slow` never becomes ready."""
    root = tmp_path_factory.mktemp("git")
    repository = Repository(root)
    repository.commit(
        {
            "good/map.yaml": _CONFIG_MAP.format("hello"),
            "bad/kustomization.yaml": "resources:\n  - missing.yaml\n",
            "slow/web.yaml": _NEVER_READY,
        },
        "First commit",
    )
    directory = tmp_path_factory.mktemp("local")
    where = ["--existing", str(existing.kubeconfig)] if existing else []
    local = Local(directory, "--dir", str(directory / "state"), *where)
    local.start()
    try:
        with serving(root) as git:
            stage = Stage(local, repository, git)
            _furnish(stage)
            yield stage
    finally:
        local.stop()


def _furnish(stage: Stage) -> None:
    namespace = "flux-system"
    stage.apply(
        git_repository("app", stage.url, namespace),
        kustomization("good", namespace),
        kustomization("bad", namespace),
        kustomization("slow", namespace, wait=True, timeout="5m"),
        notification("Provider", "chat", namespace, type="slack", channel="dev", address="http://127.0.0.1:9/hook"),
        notification("Alert", "all", namespace, providerRef={"name": "chat"}, eventSources=[_EVERYTHING]),
    )
    shown = stage.weir("reconcile", "kustomization", "good", "--with-source")
    assert shown.code == 0, shown.err
    assert stage.weir("reconcile", "ks", "bad").code == 1


_EVERYTHING = {"kind": "Kustomization", "name": "*"}
