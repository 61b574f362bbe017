import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_controller.ignore import complete, excluded, read

# rules, paths that stay out, paths that stay in; a directory ends with a slash
CASES: dict[str, tuple[str, str, str]] = {
    "without rules all defaults apply": (
        "",
        ".git/ .git/config .gitignore a/.gitmodules a/logo.png b.tar.gz x.zip .github/ .github/w.yml .sops.yaml",
        "a.yaml a/ .sourceignore .github tar.gz",
    ),
    "one rule leaves only those of version control": (
        "*.txt",
        "a.txt .git/ .gitattributes d/e.txt",
        "logo.png .github/ .sops.yaml x.zip",
    ),
    "comments and blank lines are no rules": ("# *.yaml\n\n   \n\r\n", "logo.png", "a.yaml"),
    "a hash further in is a pattern": (" #a", "' #a'", "a"),
    "carriage returns end a line": ("*.txt\r\n*.md\r", "a.txt b.md", "a.yaml"),
    "a name matches at any depth": ("secret", "secret secret/ a/secret a/secret/b", "secrets a/secret.yaml"),
    "a leading slash anchors": ("/secret", "secret secret/a", "a/secret"),
    "an inner slash anchors": ("a/secret", "a/secret a/secret/x", "b/a/secret secret"),
    "a trailing slash means directories": ("build/", "build/ build/x a/build/ a/build/y", "build a/build"),
    "an anchored directory": ("/build/", "build/ build/x", "build a/build/"),
    "the last match wins": ("*.yaml\n!keep.yaml", "a.yaml d/b.yaml", "keep.yaml d/keep.yaml"),
    "and undoes an earlier one": ("!keep.yaml\n*.yaml", "keep.yaml a.yaml", "a.txt"),
    "a file below an excluded directory comes back": (
        "/*\n!/deploy/a.yaml",
        "deploy/ deploy/b.yaml x",
        "deploy/a.yaml",
    ),
    "exclude all but one directory": ("/*\n!/deploy", "x a/b", "deploy/ deploy/a deploy/b/c"),
    "even version control comes back": ("!.gitignore", ".git/", ".gitignore"),
    "trailing spaces are trimmed": ("a   ", "a", "b"),
    "unless escaped": ("a\\ ", "'a '", "a"),
    "leading spaces stay": (" a", "' a'", "a"),
    "a star stops at a slash": ("a/*.yaml", "a/b.yaml", "a/b/c.yaml a.yaml"),
    "a question mark is one character": ("a?c", "abc", "ac abbc"),
    "a class": ("[ab]x", "ax bx", "cx x"),
    "a range in a class": ("[a-c]x", "ax cx", "dx"),
    "a negated class": ("[^a-c]x", "dx", "ax x"),
    "an exclamation mark does not negate": ("[!a]x", "ax !x", "bx"),
    "an escaped star": ("\\*", "*", "a"),
    "an escaped exclamation mark": ("\\!a", "!a", "a"),
    "an escaped bracket in a class": ("[\\]]", "]", "a"),
    "an escaped hash": ("\\#a", "#a", "a"),
    "a broken class matches nothing": ("[a", "", "[a a"),
    "an empty class matches nothing": ("[]", "", "[] ]"),
    "a trailing backslash matches nothing": ("a\\", "", "a a\\"),
    "double star in front": ("**/x", "x a/x a/b/x a/x/y", "xy"),
    "double star at the end": ("a/**", "a a/ a/b a/b/c", "b ab/c"),
    "double star in the middle": ("a/**/z", "a/z a/b/z a/b/c/z", "z b/a/z"),
    "the first hit of a double star is taken": ("a/**/b/c", "a/b/c a/x/b/c", "a/b/x/b/c"),
    "double star is a whole element": ("a**/b", "", "a/b ax/b"),
    "a lone double star is a name": ("**", "a a/b", ""),
    "a lone slash matches nothing": ("/", "", "a a/"),
    "only an exclamation mark": ("!", "", "a logo.png"),
    "a rule matches a leading part of the path": ("charts/*/tests", "charts/a/tests/x.yaml", "charts/tests/x"),
    "extensions with two dots": ("*.enc.yaml", "a.enc.yaml .enc.yaml", "a.yaml"),
    "hidden files": (".*", ".a a/.b .c/d", "a"),
    "names outside ASCII": ("ü?", "üb", "ub"),
}


def _split(paths: str) -> list[str]:
    parts = paths.split("'")
    return [path for index, part in enumerate(parts) for path in ([part] if index % 2 else part.split())]


@pytest.mark.parametrize("case", CASES)
def test_what_stays_out(case: str) -> None:
    rules, out, inside = CASES[case]
    patterns = complete(read(rules))
    answers = {
        path: excluded(patterns, path.removesuffix("/").split("/"), directory=path.endswith("/"))
        for path in _split(out) + _split(inside)
    }
    assert answers == {**dict.fromkeys(_split(out), True), **dict.fromkeys(_split(inside), False)}


def test_rules_are_scoped_to_their_directory() -> None:
    patterns = complete([*read("*.txt"), *read("/a\n!b.txt", ["deep", "down"])])
    assert [
        excluded(patterns, path.split("/"), directory=False)
        for path in ("deep/down/a", "deep/a", "a", "deep/down/b.txt", "b.txt", "deep/down")
    ] == [True, False, False, False, True, False]


def test_hostile_patterns_take_no_time() -> None:
    started = time.monotonic()
    patterns = read("*a" * 60 + "b\n" + "/**" * 200 + "/x\n" + "[a-" * 500)
    assert not excluded(patterns, ["a" * 255] * 20, directory=False)
    assert time.monotonic() - started < 1


@given(st.text(alphabet="ab*?[]^-\\/! #.", max_size=40), st.text(alphabet="ab./", min_size=1, max_size=20))
def test_any_rule_gives_an_answer(rules: str, path: str) -> None:
    assert excluded(complete(read(rules)), path.split("/"), directory=True) in {True, False}
