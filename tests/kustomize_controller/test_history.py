from kustomize_controller.history import recorded
from weir.api.kustomization import Snapshot


def entry(digest: str, reason: str = "ok", total: int = 1, first: str = "t1", last: str = "t1") -> Snapshot:
    return Snapshot(digest, first, last, "1s", reason, total, {"revision": "r"})


def test_the_latest_build_stands_in_front_and_five_are_kept() -> None:
    history = tuple(entry(digest) for digest in "abcde")
    after = recorded(history, "f", "ok", now="t2", took=2.5, metadata={"revision": "r2"})
    assert [it.digest for it in after] == ["f", "a", "b", "c", "d"]
    assert after[0] == Snapshot("f", "t2", "t2", "2.5s", "ok", 1, {"revision": "r2"})


def test_a_known_build_is_counted_and_moves_to_the_front() -> None:
    after = recorded((entry("a"), entry("b")), "b", "ok", now="t2", took=0.25, metadata={"revision": "r2"})
    assert after == (Snapshot("b", "t1", "t2", "250ms", "ok", 2, {"revision": "r2"}), entry("a"))


def test_the_same_build_with_another_end_is_another_entry() -> None:
    after = recorded((entry("a"),), "a", "failed", now="t2", took=1, metadata={})
    assert [(it.digest, it.last_reconciled_status) for it in after] == [("a", "failed"), ("a", "ok")]
