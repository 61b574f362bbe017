"""A build sees the tree that it was given and nothing else: it opens no file, starts no program, connects nowhere."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile.test_mutated_trees import SEED
from tests.hostile.test_overlays import CASES, SMALL
from weir import overlay

OUTWARD = ("open", "os.", "subprocess.", "socket.", "shutil.", "glob.", "pathlib.", "ctypes.", "urllib.")


class Watch:
    """What the interpreter reports of this process while a build runs. A hook cannot be taken out again."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[tuple[Any, ...]] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event.startswith(OUTWARD):
            self.seen.append((event, *arguments))


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    watching.on = False


def test_the_watch_sees_a_file(watch: Watch) -> None:
    watch.on = True
    with open(__file__, "rb"):  # noqa: PTH123  the plainest way there is
        watch.on = False
    assert watch.seen.pop()[:2] == ("open", __file__)


@pytest.mark.parametrize("case", [*CASES, "a tree that builds"])
def test_nothing_is_opened(case: str, watch: Watch) -> None:
    tree = CASES[case][0] if case in CASES else SEED
    options = SMALL if case in CASES else overlay.Options()
    for _ in range(2):  # what is imported for the first time is opened then
        try:
            text = overlay.yaml_text(overlay.build(tree, "", options=options))
        except overlay.BuildError as error:
            text = str(error)
        watch.on = not watch.on
    assert (watch.seen, bool(text), watch.on) == ([], True, False)
