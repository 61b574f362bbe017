import pytest

from kustomize_controller.glob import strip_prefix, strip_suffix

PREFIXES = {
    "a star's shortest match is one character": ("abc", "*", False, "bc"),
    "a star's longest match is all": ("abc", "*", True, ""),
    "a star crosses slashes": ("a/b/c", "*/", True, "c"),
    "the shortest match with a star": ("a/b/c", "*/", False, "b/c"),
    "a question mark takes one": ("abc", "?", True, "bc"),
    "a question mark takes a slash": ("/bc", "?", True, "bc"),
    "a class": ("abc", "[a-c]", True, "bc"),
    "a negated class": ("abc", "[^b-z]", True, "bc"),
    "a class that does not fit": ("abc", "[x-z]", True, "abc"),
    "a class of several": ("q-b", "[a-cq]", True, "-b"),
    "an escaped star": ("*bc", r"\*", True, "bc"),
    "an escaped bracket in a class": ("]bc", r"[\]]", True, "bc"),
    "an unclosed class matches nothing": ("abc", "[a", True, "abc"),
    "an empty class matches nothing": ("abc", "[]", True, "abc"),
    "a bad range matches nothing": ("abc", "[a-]", True, "abc"),
    "a lone backslash matches nothing": ("abc", "\\", True, "abc"),
    "an empty glob matches nothing": ("abc", "", True, "abc"),
    "an umlaut is one character": ("äbc", "?", True, "bc"),
}


@pytest.mark.parametrize("name", PREFIXES)
def test_a_prefix_is_stripped(name: str) -> None:
    text, glob, longest, expected = PREFIXES[name]
    assert strip_prefix(text, glob, longest=longest) == expected


SUFFIXES = {
    "the shortest": ("/home/a/b.tar.gz", ".*", False, "/home/a/b.tar"),
    "the longest": ("/home/a/b.tar.gz", ".*", True, "/home/a/b"),
    "a class is read backwards and matches nothing": ("abc", "[a-c]", True, "abc"),
}


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_suffix_is_stripped(name: str) -> None:
    text, glob, longest, expected = SUFFIXES[name]
    assert strip_suffix(text, glob, longest=longest) == expected


def test_many_stars_take_no_time() -> None:
    assert strip_prefix("a" * 5000, "*a" * 50 + "b", longest=True) == "a" * 5000
