"""Credentials on a real control plane: its own refusals quote what they refuse, and no controller may repeat them."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hostile.canaries import seen
from tests.hostile.city import City
from tests.hostile.suite import Suite
from tests.servers.artifacts import ArtifactServer
from tests.servers.clusters import Existing
from tests.servers.git_repository import Repository
from tests.servers.sink import Sink
from weir.kube.identity import connect


@pytest.fixture
async def city(existing: Existing, artifacts: ArtifactServer, tmp_path: Path) -> AsyncIterator[City]:
    """A namespace of a suite on a real cluster."""
    assert existing is not None
    suite = Suite(tmp_path / "suite", "--existing", str(existing.kubeconfig))
    suite.start()
    client = await connect(str(existing.kubeconfig), user_agent="tests/1")
    city = City(suite, client, f"test-{uuid.uuid4().hex[:10]}", artifacts)
    await city.found()
    yield city
    await client.close()
    suite.stop()


@pytest.mark.real  # on the local one it is in tests/hostile
@pytest.mark.timeout(180)
async def test_no_credential_is_ever_seen_again(city: City, sink: Sink, tmp_path: Path) -> None:
    Repository(tmp_path / "git").commit({"app/a.yaml": "a: 1\n"}, "First commit")
    assert await seen(city, sink, tmp_path / "git") == []
