"""The store, its history, and the journal."""

from pathlib import Path
from typing import Any

import pytest

from local_cluster.storage import journal as journals
from local_cluster.storage import store as stores
from local_cluster.storage.journal import Journal
from local_cluster.storage.store import Store, TooOld

MAPS = "/configmaps"


def body(name: str, namespace: str = "n", **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "uid": name, "labels": {"l": name}}
    return {"data": data, "metadata": metadata, "apiVersion": "v1", "kind": "ConfigMap"}


def names(store: Store) -> list[str]:
    return [f"{entry.namespace}/{entry.name}" for entry in store.shelf(MAPS).entries()]


def test_every_change_gets_the_next_revision() -> None:
    store = Store()
    first, second = store.write(MAPS, body("a")), store.write("/secrets", body("a"))
    third = store.remove(MAPS, "n", "a")
    assert [first.revision, second.revision, third.revision] == [1, 2, 3]
    assert third.body()["metadata"]["resourceVersion"] == "3"
    assert first.labels == {"l": "a"}
    with pytest.raises(KeyError):
        store.remove(MAPS, "n", "a")


def test_encoded_objects_start_with_kind_and_version() -> None:
    assert Store().write(MAPS, body("a")).raw.startswith(b'{"kind":"ConfigMap","apiVersion":"v1","metadata":')


def test_objects_are_kept_in_the_order_of_their_keys() -> None:
    store = Store()
    for name, namespace in (("b", "y"), ("a", "y"), ("z", "x")):
        store.write(MAPS, body(name, namespace))
    assert names(store) == ["x/z", "y/a", "y/b"]
    assert [entry.name for entry in store.shelf(MAPS).entries("y")] == ["a", "b"]


def test_the_past_is_seen_as_it_was() -> None:
    store = Store()
    for name in "abc":
        store.write(MAPS, body(name))
    then = store.revision
    store.write(MAPS, body("a", changed="yes"))
    store.remove(MAPS, "n", "b")
    store.write(MAPS, body("d"))
    seen = store.shelf(MAPS).at(then)
    assert [(entry.name, entry.body()["data"]) for entry in seen] == [("a", {}), ("b", {}), ("c", {})]
    assert [event.type for event in store.shelf(MAPS).since(then)] == ["MODIFIED", "DELETED", "ADDED"]


def test_a_history_that_was_cut_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "HISTORY", 3)
    store = Store()
    for index in range(6):
        store.write(MAPS, body("a", count=str(index)))
    assert len(store.shelf(MAPS).since(3)) == 3
    with pytest.raises(TooOld):
        store.shelf(MAPS).since(2)


def opened(directory: Path) -> tuple[Store, Journal]:
    store = Store()
    journal = Journal(directory)
    journal.restore(store)
    return store, journal


def test_a_journal_brings_everything_back(tmp_path: Path) -> None:
    store, journal = opened(tmp_path)
    for name in "abc":
        store.write(MAPS, body(name, k=name))
    store.remove(MAPS, "n", "b")
    journal.close()
    again, second = opened(tmp_path)
    assert names(again) == ["n/a", "n/c"]
    assert again.revision == 4
    with pytest.raises(TooOld):
        again.shelf(MAPS).since(3)
    assert again.shelf(MAPS).since(4) == []
    second.close()


def test_a_torn_line_is_dropped(tmp_path: Path) -> None:
    store, journal = opened(tmp_path)
    store.write(MAPS, body("a"))
    store.write(MAPS, body("b"))
    journal.close()
    file = tmp_path / "journal.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    again, second = opened(tmp_path)
    assert names(again) == ["n/a"]
    second.close()


def test_a_long_journal_is_folded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "FOLD_AT", 1000)
    store, journal = opened(tmp_path)
    for index in range(50):
        store.write(MAPS, body("a", count=str(index)))
    assert (tmp_path / "journal.jsonl").stat().st_size < 1500
    journal.close()
    again, second = opened(tmp_path)
    held = again.shelf(MAPS).get("n", "a")
    assert held is not None
    assert (held.body()["data"], again.revision) == ({"count": "49"}, 50)
    second.close()
