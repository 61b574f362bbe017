"""The cluster of a session, local or real (`pytest --cluster real`); each test gets a namespace of its own.

A real one is for the tests that need a cluster, and are not about the local one: the others are left out.
"""

import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.servers.cluster import LocalCluster, RunningCluster, soon
from tests.servers.controlplane.plane import RealCluster
from weir.kube.client import Client
from weir.kube.identity import connect

_FOR_REAL = {"cluster", "own_cluster", "existing"}
"""The fixtures that a real cluster stands behind."""
_ABOUT_LOCAL = Path(__file__).parents[1] / "local_cluster"
Existing = RunningCluster | None
_KINDS: dict[str, type[RunningCluster]] = {"local": LocalCluster, "real": RealCluster}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cluster", choices=_KINDS, default="local", help="what the tests run on that need a cluster")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    fits = _is_for_real if config.getoption("--cluster") == "real" else _is_for_local
    config.hook.pytest_deselected(items=[it for it in items if not fits(it)])
    items[:] = [it for it in items if fits(it)]


def _is_for_local(item: pytest.Item) -> bool:
    return item.get_closest_marker("real") is None


def _is_for_real(item: pytest.Item) -> bool:
    about_local = item.get_closest_marker("local") or item.path.is_relative_to(_ABOUT_LOCAL)
    return not about_local and isinstance(item, pytest.Function) and bool(_FOR_REAL & set(item.fixturenames))


@contextmanager
def _running(config: pytest.Config, directory: Path) -> Iterator[RunningCluster]:
    running = _KINDS[config.getoption("--cluster")](directory)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory / "etcd", ignore_errors=True)  # 130 MB, and pytest keeps directories for a while


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """A running cluster."""
    with _running(pytestconfig, tmp_path_factory.mktemp("cluster")) as running:
        yield running


def existing_for(scope: Literal["function", "module", "session"]) -> Any:
    """The fixture `existing` for a scope: a suite has a cluster to itself."""

    @pytest.fixture(scope=scope, name="existing")
    def existing(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Existing]:
        """A real cluster to install the whole suite in; none when the suite brings the local one."""
        if pytestconfig.getoption("--cluster") == "local":
            yield None
            return
        with _running(pytestconfig, tmp_path_factory.mktemp("existing")) as running:
            yield running

    return existing


existing = existing_for("function")


@pytest.fixture
def own_cluster(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """A running cluster that the test may kill."""
    with _running(pytestconfig, tmp_path_factory.mktemp("own")) as running:
        yield running


@pytest.fixture
def namespace(cluster: RunningCluster) -> Iterator[str]:
    """A namespace of the test's own, with the account that pods need; deleted after it, which may take a while."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert cluster.call("POST", "/api/v1/namespaces", body).code == 201
    soon(lambda: cluster.call("GET", f"/api/v1/namespaces/{name}/serviceaccounts/default").code == 200)
    soon(lambda: cluster.call("GET", f"/api/v1/namespaces/{name}/configmaps/kube-root-ca.crt").code == 200)
    yield name
    cluster.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
async def kube(cluster: RunningCluster) -> AsyncIterator[Client]:
    """The administrator, through our own client."""
    client = await connect(str(cluster.kubeconfig), user_agent="tests/1")
    yield client
    await client.close()
