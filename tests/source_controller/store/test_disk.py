import os
from pathlib import Path

import pytest

from source_controller.store.disk import DiskStore, Owner, State
from source_controller.store.retention import Retention
from weir.api.source import Artifact
from weir.archive import digest

OWNER = Owner("gitrepository", "ns", "app")


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "data", Retention(60.0, 2))


async def _put(store: DiskStore, data: bytes, file: str = "a.tar.gz") -> Artifact:
    staged = await store.stage(OWNER)
    staged.write_bytes(data)
    await store.commit(OWNER, staged, file)
    path = store.path(OWNER, file)
    return Artifact(path, f"http://x/{path}", "r", digest(data), "2026-01-01T00:00:00Z", len(data))


async def test_what_was_put_is_there(store: DiskStore) -> None:
    artifact = await _put(store, b"data")
    assert await store.inspect(OWNER, artifact) == (State.PRESENT, ())
    file = store.root / artifact.path
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


async def test_readers_of_a_replaced_artifact_keep_it(store: DiskStore) -> None:
    artifact = await _put(store, b"first")
    with (store.root / artifact.path).open("rb") as reader:
        await _put(store, b"second")
        assert reader.read() == b"first"


async def test_a_changed_file_is_removed(store: DiskStore) -> None:
    artifact = await _put(store, b"data")
    (store.root / artifact.path).write_bytes(b"date")
    assert (await store.inspect(OWNER, artifact))[0] is State.TAMPERED
    assert (await store.inspect(OWNER, artifact))[0] is State.MISSING


async def test_links_and_foreign_paths_count_as_missing(store: DiskStore, tmp_path: Path) -> None:
    artifact = await _put(store, b"data")
    victim = tmp_path / "victim"
    victim.write_bytes(b"data")
    file = store.root / artifact.path
    file.unlink()
    file.symlink_to(victim)
    assert (await store.inspect(OWNER, artifact))[0] is State.MISSING
    for path in ("gitrepository/other/app/a.tar.gz", "../victim", "gitrepository/ns/app/../app/a.tar.gz", ""):
        other = Artifact(path, "", "r", "sha256:00", "2026-01-01T00:00:00Z")
        assert (await store.inspect(OWNER, other))[0] is State.MISSING
    assert victim.exists()


async def test_old_files_are_collected_with_their_locks(store: DiskStore) -> None:
    for number in range(4):
        artifact = await _put(store, b"x", f"{number}.tar.gz")
        os.utime(store.root / artifact.path, (number, number))
    state, collected = await store.inspect(OWNER, artifact)
    assert (state, collected) == (State.PRESENT, ("0.tar.gz", "1.tar.gz", "2.tar.gz"))
    assert {path.name for path in (store.root / artifact.path).parent.iterdir()} == {"3.tar.gz", "3.tar.gz.lock"}


async def test_removal_is_whole_and_may_be_repeated(store: DiskStore) -> None:
    await _put(store, b"data")
    assert await store.remove(OWNER)
    assert not await store.remove(OWNER)
    assert not (store.root / "gitrepository" / "ns").exists()


@pytest.mark.parametrize("owner", [Owner("k", "..", "app"), Owner("k", "ns", "a/b"), Owner("k", "", "x")])
async def test_an_owner_never_leaves_the_root(store: DiskStore, owner: Owner) -> None:
    for work in (store.stage(owner), store.remove(owner), store.inspect(owner, None)):
        with pytest.raises(OSError, match="is no place for artifacts"):
            await work
