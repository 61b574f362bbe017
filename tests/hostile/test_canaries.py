from pathlib import Path

from tests.hostile.canaries import seen
from tests.hostile.city import City
from tests.servers.git_repository import Repository
from tests.servers.sink import Sink


async def test_cve_2024_31216_no_credential_is_ever_seen_again(
    city: City, repository: Repository, sink: Sink, tmp_path: Path
) -> None:
    assert await seen(city, sink, tmp_path / "git") == []
