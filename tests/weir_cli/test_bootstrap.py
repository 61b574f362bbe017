"""`weir bootstrap git` as people run it: the suite, a fleet repository, and what follows from a push."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_cluster.git_server.ssh import GitSshServer
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


@contextmanager
def _ssh(root: Path) -> Iterator[GitSshServer]:
    """A Git server over ssh in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = GitSshServer(root)
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_it_moves_to_ssh_with_a_key_of_ones_own(fleet: Stage, tmp_path: Path) -> None:
    key, known = tmp_path / "key", tmp_path / "known_hosts"
    with _ssh(fleet.repository.bare.parent) as server:
        key.write_text(server.identity)
        key.chmod(0o600)
        known.write_text(server.known_hosts)
        url = f"{server.url}/{fleet.repository.name}"
        where = ("--url", url, "--path", "clusters/a", "--private-key-file", str(key), "--timeout", "30s")
        env = {"GIT_SSH_COMMAND": f"ssh -o UserKnownHostsFile={known}"}
        for _twice in range(2):
            shown = fleet.weir("bootstrap", "git", *where, "--multitenancy", "true", env=env)
            assert (shown.code, shown.out.count("configured")) == (0, 0 if _twice else 1), shown
            assert "PRIVATE KEY" not in shown.out + shown.err
