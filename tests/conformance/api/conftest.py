"""The local cluster and a real control plane, once for all cases."""

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.conformance.api.definitions import SHARED
from tests.conformance.api.play import furnish
from tests.conformance.api.table import namespace
from tests.servers.cluster import LocalCluster, RunningCluster
from tests.servers.controlplane.plane import RealCluster


class Both(NamedTuple):
    """The two clusters, furnished alike."""

    local: RunningCluster
    real: RunningCluster


@pytest.fixture(scope="session")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Both clusters, with a namespace for each case that is to run."""
    sentences = [it.callspec.params["sentence"] for it in request.session.items if "both" in it.fixturenames]
    directory = tmp_path_factory.mktemp("real")
    clusters = Both(LocalCluster(tmp_path_factory.mktemp("local")), RealCluster(directory))
    try:
        for cluster in clusters:
            cluster.start()
            furnish(cluster, [namespace(sentence) for sentence in sentences], SHARED)
        yield clusters
    finally:
        for cluster in clusters:
            cluster.stop()
        shutil.rmtree(directory / "etcd", ignore_errors=True)  # 130 MB, and pytest keeps directories for a while
