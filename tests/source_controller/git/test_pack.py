import pytest

from source_controller.git.jobs import Include
from source_controller.git.pack import CopyError, clamped, merged
from source_controller.git.tree import Entries
from weir.archive import File

X, Y = File(b"x", executable=False), File(b"y", executable=True)
HERE: Entries = {("a",): None, ("a", "x"): X, ("top",): X, ("hollow",): None}
THERE = {"k/one": X, "k/deep/two": Y, "other": X}

MERGED: dict[str, tuple[str, str, Entries]] = {
    "everything": (
        "",
        "inc",
        {
            ("inc",): None,
            ("inc", "k"): None,
            ("inc", "k", "one"): X,
            ("inc", "k", "deep"): None,
            ("inc", "k", "deep", "two"): Y,
            ("inc", "other"): X,
        },
    ),
    "a directory": ("./k/deep/", "a/b", {("a", "b"): None, ("a", "b", "two"): Y}),
    "into an empty directory": ("k/deep", "hollow", {("hollow", "two"): Y}),
    "the root is not left": ("../../k/deep", "../../b", {("b",): None, ("b", "two"): Y}),
}

REFUSED: dict[str, tuple[str, str, str]] = {
    "a directory that is taken": ("", "a", "include inc: 'a' exists already and is not empty"),
    "a file that is there": ("", "top", "include inc: 'top' exists already and is not empty"),
    "below a file": ("", "top/x", "include inc: 'top' is a file"),
    "the root": ("", "/", "include inc: '.' exists already and is not empty"),
    "a source that is not there": ("nope", "b", "include inc: directory 'nope' does not exist in its artifact"),
    "a source that is a file": ("other", "b", "include inc: directory 'other' does not exist in its artifact"),
}


@pytest.mark.parametrize("case", MERGED)
def test_includes_are_put_in_their_place(case: str) -> None:
    source, target, added = MERGED[case]
    assert merged(HERE, Include("", "", "inc", source, target), THERE) == {**HERE, **added}


@pytest.mark.parametrize("case", REFUSED)
def test_includes_that_have_no_place(case: str) -> None:
    source, target, message = REFUSED[case]
    with pytest.raises(CopyError) as caught:
        merged(HERE, Include("", "", "inc", source, target), THERE)
    assert str(caught.value) == message


def test_paths_are_clamped_to_the_root() -> None:
    assert [clamped(path) for path in ("", "/", "a/./b/", "/a/../../b", "..", "a/..")] == [
        (),
        (),
        ("a", "b"),
        ("b",),
        (),
        (),
    ]
