import pytest

from source_controller.store.retention import Retention, Stored, collectable

NOW, KEEP = 1000.0, Retention(60.0, 2)


def _files(*ages: float) -> list[Stored]:
    return [Stored(f"f{age:g}", NOW - age) for age in ages]


CASES: dict[str, tuple[list[Stored], str, Retention, tuple[str, ...]]] = {
    "nothing": ([], "", KEEP, ()),
    "only the current": (_files(500), "f500", KEEP, ()),
    "an old one goes": (_files(0, 61), "f0", KEEP, ("f61",)),
    "a young one stays": (_files(0, 59), "f0", KEEP, ()),
    "too many young ones: the oldest go": (_files(0, 10, 20, 30), "f0", KEEP, ("f30", "f20")),
    "the current stays though it is the oldest": (_files(90, 1, 2), "f90", KEEP, ("f2",)),
    "old ones and too many young ones": (_files(0, 10, 20, 99), "f0", KEEP, ("f99", "f20")),
    "without a current one": (_files(10, 20, 30), "", KEEP, ("f30",)),
    "only one record": (_files(0, 10), "f0", Retention(60.0, 1), ("f10",)),
    "more records": (_files(0, 10, 20, 30), "f0", Retention(60.0, 9), ()),
}


@pytest.mark.parametrize("case", CASES)
def test_what_may_go(case: str) -> None:
    files, current, keep, expected = CASES[case]
    assert collectable(files, current, NOW, keep) == expected
