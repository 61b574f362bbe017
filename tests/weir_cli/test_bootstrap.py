"""`weir bootstrap git` as people run it: the suite, a fleet repository, and what follows from a push."""

from collections.abc import Iterator

import pytest

from tests.servers.git_repository import Repository
from tests.weir_cli.stage import Local, Shown, Stage, serving

pytestmark = pytest.mark.local
_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: pushed, namespace: default}\ndata: {a: b}\n"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A suite of its own, and an empty branch but for a README."""
    root = tmp_path_factory.mktemp("git")
    repository = Repository(root, "fleet")
    repository.commit({"README": "fleet\n"}, "First commit")
    repository.git("-C", str(repository.bare), "config", "http.receivepack", "true")
    directory = tmp_path_factory.mktemp("local")
    local = Local(directory, "--dir", str(directory / "state"))
    local.start()
    try:
        with serving(root) as git:
            yield Stage(local, repository, git)
    finally:
        local.stop()


def _bootstrap(fleet: Stage, *more: str, path: str = "clusters/a") -> Shown:
    where = ("--url", fleet.url, "--path", path, "--allow-insecure-http", "--timeout", "30s", "--multitenancy", "true")
    return fleet.weir("bootstrap", "git", *where, *more)


def _head(fleet: Stage) -> str:
    return fleet.repository.git("ls-remote", "origin", "refs/heads/main").split()[0]


def test_from_nothing_to_a_push_that_is_applied(fleet: Stage) -> None:
    before = _head(fleet)
    shown = _bootstrap(fleet, "--dry-run")
    assert (shown.code, _head(fleet)) == (0, before), shown.err
    assert "+++ b/clusters/a/flux-system/gotk-sync.yaml" in shown.out
    assert "Kustomization/flux-system/flux-system created\n" in shown.out
    shown = _bootstrap(fleet)
    assert shown.code == 0, shown.err
    assert shown.err.endswith("✔ all components are healthy\n")
    head = _head(fleet)
    again = _bootstrap(fleet)
    assert (again.code, _head(fleet)) == (0, head), again.err
    assert not [line for line in again.out.splitlines() if not line.endswith(" unchanged")]
    fleet.repository.git("pull", "--quiet", "origin", "main")
    fleet.repository.commit({"clusters/a/map.yaml": _MAP})
    assert fleet.weir("reconcile", "ks", "flux-system", "--with-source").code == 0
    assert fleet.kubectl("get", "configmap", "pushed", "-o", "jsonpath={.data.a}") == "b"
    shown = _bootstrap(fleet, path="clusters/b")
    assert shown.code == 1
    assert "Kustomization flux-system/flux-system applies the path ./clusters/a" in shown.err
    assert "use --path clusters/a" in shown.err


def test_a_push_that_is_refused_says_why(fleet: Stage) -> None:
    hook = fleet.repository.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n")
    hook.chmod(0o755)
    shown = _bootstrap(fleet, "--components", "source-controller,kustomize-controller")
    hook.unlink()
    assert shown.code == 1
    assert "✗ cannot push to " in shown.err
    assert "protected branch" in shown.err
