"""A bucket shared by replicas, each with a disk of its own; the S3 server is a real one."""

import asyncio
from pathlib import Path

import obstore
import pytest
from obstore.store import ObjectStore, from_url

from source_controller.store.disk import Owner, State
from source_controller.store.retention import Retention
from source_controller.store.shared import SharedStore
from weir import archive
from weir.api.source import Artifact
from weir.kube.fence import Fence

OWNER = Owner("gitrepository", "ns", "app")


def replica(directory: Path, bucket: str, fence: Fence | None = None) -> SharedStore:
    directory.mkdir(exist_ok=True)
    return SharedStore(directory, Retention(age=60.0, records=2), bucket, fence)


async def listed(bucket: str) -> list[str]:
    """The paths in the bucket."""
    return [meta["path"] async for chunk in place(bucket).list() for meta in chunk]


def place(bucket: str) -> ObjectStore:
    return from_url(bucket, client_options={"allow_http": True})


async def publish(store: SharedStore, file: str, content: bytes) -> Artifact:
    staged = await store.stage(OWNER)
    staged.write_bytes(content)
    await store.commit(OWNER, staged, file)
    path = store.path(OWNER, file)
    digest = archive.digest(content)
    return Artifact(
        path=path, url=f"http://x/{path}", revision=file, digest=digest, last_update_time="2026-01-01T00:00:00Z"
    )


async def test_what_one_replica_stores_another_serves(tmp_path: Path, bucket: str) -> None:
    first, second = replica(tmp_path / "first", bucket), replica(tmp_path / "second", bucket)
    artifact = await publish(first, "a.tar.gz", b"one")
    found = await asyncio.gather(*(second.find(artifact.path) for _ in range(8)))
    assert {it and it.read_bytes() for it in found} == {b"one"}
    assert await second.inspect(OWNER, artifact) == (State.PRESENT, ())
    assert await second.find("gitrepository/ns/app/other.tar.gz") is None
    assert not (tmp_path / "second/gitrepository/ns/other").exists()


async def test_a_disk_that_vanished_is_filled_again_and_a_broken_file_is_mended(tmp_path: Path, bucket: str) -> None:
    store = replica(tmp_path / "first", bucket)
    artifact = await publish(store, "a.tar.gz", b"one")
    place = tmp_path / "first" / artifact.path
    place.unlink()
    assert await store.inspect(OWNER, artifact) == (State.PRESENT, ())
    place.write_bytes(b"broken")
    assert await store.inspect(OWNER, artifact) == (State.PRESENT, ())
    assert place.read_bytes() == b"one"


async def test_what_was_changed_in_the_bucket_is_not_served(tmp_path: Path, bucket: str) -> None:
    first, second = replica(tmp_path / "first", bucket), replica(tmp_path / "second", bucket)
    artifact = await publish(first, "a.tar.gz", b"one")
    await obstore.put_async(place(bucket), artifact.path, b"evil")
    assert await second.find(artifact.path) is None
    assert await second.inspect(OWNER, artifact) == (State.MISSING, ())


async def test_old_artifacts_leave_the_bucket_and_all_go_with_their_object(tmp_path: Path, bucket: str) -> None:
    first = replica(tmp_path / "first", bucket)
    artifacts = [await publish(first, f"{number}.tar.gz", b"x") for number in range(4)]
    assert sorted(await listed(bucket)) == [it.path for it in artifacts[2:]]
    fresh = replica(tmp_path / "second", bucket)
    assert await fresh.inspect(OWNER, artifacts[3]) == (State.PRESENT, ())
    assert await fresh.remove(OWNER)
    assert await listed(bucket) == []
    assert await replica(tmp_path / "third", bucket).find(artifacts[3].path) is None


async def test_a_replica_that_does_not_lead_any_more_changes_nothing(tmp_path: Path, bucket: str) -> None:
    fence = Fence()
    leader = replica(tmp_path / "first", bucket, fence)
    await publish(leader, "a.tar.gz", b"one")
    fence.open_until(0.0)
    for deed in (publish(leader, "b.tar.gz", b"two"), leader.remove(OWNER)):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(deed, 0.3)
    assert await listed(bucket) == ["gitrepository/ns/app/a.tar.gz"]


async def test_a_bucket_that_is_away_or_refuses_is_an_error_without_secrets(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-wrong-key")
    with pytest.raises(OSError, match="the bucket does not serve") as refused:
        await publish(replica(tmp_path / "first", bucket), "a.tar.gz", b"one")
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(OSError, match="the bucket does not serve") as away:
        await replica(tmp_path / "second", bucket).find("gitrepository/ns/app/a.tar.gz")
    assert "canary" not in f"{refused.value} {away.value}"
