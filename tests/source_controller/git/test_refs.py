import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_controller.git.refs import (
    Candidate,
    EmptyRemote,
    Mode,
    RefError,
    Wanted,
    listing,
    modern,
    resolve,
    revision,
    wanted,
)
from weir.api.source import GitRepositoryRef as Ref

A, B, C, T = "a" * 40, "b" * 40, "c" * 40, "d" * 40

PRECEDENCE: dict[str, tuple[Ref | None, Wanted]] = {
    "nothing": (None, Wanted(Mode.BRANCH, "refs/heads/master", "master")),
    "an empty reference": (Ref(), Wanted(Mode.BRANCH, "refs/heads/master", "master")),
    "a branch": (Ref(branch="main"), Wanted(Mode.BRANCH, "refs/heads/main", "main")),
    "a branch with slashes": (Ref(branch="feature/x"), Wanted(Mode.BRANCH, "refs/heads/feature/x", "feature/x")),
    "a tag before a branch": (Ref(branch="main", tag="v1"), Wanted(Mode.TAG, "refs/tags/v1", "v1")),
    "a range before a tag": (Ref(tag="v1", semver="1.x"), Wanted(Mode.SEMVER, range="1.x")),
    "a name before a range": (
        Ref(semver="1.x", name="refs/pull/420/head"),
        Wanted(Mode.NAME, "refs/pull/420/head", "refs/pull/420/head"),
    ),
    "a peeled name": (Ref(name="refs/tags/v1^{}"), Wanted(Mode.NAME, "refs/tags/v1", "refs/tags/v1^{}")),
    "a commit before all": (
        Ref(commit=A, name="refs/heads/x", semver="1.x", tag="v1"),
        Wanted(Mode.COMMIT, "", "", A),
    ),
    "a commit of a branch": (
        Ref(commit=A.upper(), branch="main"),
        Wanted(Mode.COMMIT, "refs/heads/main", "main", A),
    ),
}

MALFORMED: dict[str, tuple[Ref, str]] = {
    "a short commit": (Ref(commit="abc123"), "commit 'abc123' is not a full SHA-1 (40 hexadecimal digits)"),
    "a commit that is an option": (Ref(commit="--upload-pack=x"), "commit '--upload-pack=x' is not a full SHA-1"),
    "a broken range": (Ref(semver=">= bar"), "semver '>= bar': '>= bar' is not a range of versions"),
    "a name that begins with a slash": (Ref(name="/refs/heads/main"), "name '/refs/heads/main' is not a valid"),
    "a name that ends with a slash": (Ref(name="refs/heads/main/"), "is not a valid reference name"),
    "a name that is an option": (Ref(name="--exec=x"), "name '--exec=x' is not a valid reference name"),
    "a refspec in a branch": (Ref(branch="a:b"), "branch 'a:b' is not a valid reference name"),
    "a wildcard": (Ref(branch="*"), "branch '*' is not a valid reference name"),
    "a negative refspec": (Ref(name="^refs/heads/a"), "is not a valid reference name"),
    "two dots": (Ref(branch="a..b"), "branch 'a..b' is not a valid reference name"),
    "a way out": (Ref(name="refs/../../etc/passwd"), "is not a valid reference name"),
    "a hidden part": (Ref(tag=".git/config"), "tag '.git/config' is not a valid reference name"),
    "a lock": (Ref(branch="x.lock"), "branch 'x.lock' is not a valid reference name"),
    "a line break": (Ref(branch="a\nb"), "branch 'a\\nb' is not a valid reference name"),
    "a space": (Ref(tag="a b"), "tag 'a b' is not a valid reference name"),
    "a reflog": (Ref(branch="a@{1}"), "branch 'a@{1}' is not a valid reference name"),
}

REFS = {
    "HEAD": A,
    "refs/heads/main": A,
    "refs/heads/feature/x": B,
    "refs/tags/v1.0.0": T,
    "refs/tags/v1.0.0^{}": B,
    "refs/tags/v1.1.0": C,
    "refs/tags/2.0.0+a": A,
    "refs/tags/2.0.0+b": B,
    "refs/pull/420/head": C,
}

RESOLVED: dict[str, tuple[Ref, list[str], str]] = {
    "a branch": (Ref(branch="main"), [f"main@sha1:{A}"], "refs/heads/main"),
    "a branch with slashes": (Ref(branch="feature/x"), [f"feature/x@sha1:{B}"], "refs/heads/feature/x"),
    "a lightweight tag": (Ref(tag="v1.1.0"), [f"v1.1.0@sha1:{C}"], "refs/tags/v1.1.0"),
    "an annotated tag is peeled": (Ref(tag="v1.0.0"), [f"v1.0.0@sha1:{B}"], "refs/tags/v1.0.0"),
    "a range": (Ref(semver="1.x"), [f"v1.1.0@sha1:{C}"], "refs/tags/v1.1.0"),
    "a range with a tie": (Ref(semver="2.x"), [f"2.0.0+a@sha1:{A}", f"2.0.0+b@sha1:{B}"], "refs/tags/2.0.0+a"),
    "a name": (Ref(name="refs/pull/420/head"), [f"refs/pull/420/head@sha1:{C}"], "refs/pull/420/head"),
    "a name of a tag": (Ref(name="refs/tags/v1.0.0"), [f"refs/tags/v1.0.0@sha1:{B}"], "refs/tags/v1.0.0"),
    "a peeled name": (Ref(name="refs/tags/v1.0.0^{}"), [f"refs/tags/v1.0.0^{{}}@sha1:{B}"], "refs/tags/v1.0.0"),
    "a commit": (Ref(commit=C), [f"sha1:{C}"], ""),
    "a commit of a branch": (Ref(commit=C, branch="main"), [f"main@sha1:{C}"], ""),
}

ABSENT: dict[str, tuple[Ref, dict[str, str], type[RefError], str]] = {
    "a branch": (Ref(branch="x"), REFS, RefError, "couldn't find remote ref 'refs/heads/x'"),
    "the branch of a commit": (Ref(branch="x", commit=A), REFS, RefError, "couldn't find remote ref 'refs/heads/x'"),
    "a tag": (Ref(tag="x"), REFS, RefError, "couldn't find remote ref 'refs/tags/x'"),
    "a name": (Ref(name="main"), REFS, RefError, "couldn't find remote ref 'main'"),
    "a version": (Ref(semver="9.x"), REFS, RefError, "no match found for semver: 9.x"),
    "everything, by branch": (Ref(branch="x"), {}, EmptyRemote, "the remote repository is empty"),
    "everything, by tag": (Ref(tag="x"), {}, RefError, "couldn't find remote ref 'refs/tags/x'"),
}


@pytest.mark.parametrize("case", PRECEDENCE)
def test_the_field_that_counts(case: str) -> None:
    ref, expected = PRECEDENCE[case]
    assert wanted(ref) == expected


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_references_are_refused(case: str) -> None:
    ref, message = MALFORMED[case]
    with pytest.raises(RefError) as caught:
        wanted(ref)
    assert message in str(caught.value)


@pytest.mark.parametrize("case", RESOLVED)
def test_references_are_resolved(case: str) -> None:
    ref, revisions, first = RESOLVED[case]
    candidates = resolve(wanted(ref), REFS)
    assert ([candidate.revision for candidate in candidates], candidates[0].ref) == (revisions, first)


@pytest.mark.parametrize("case", ABSENT)
def test_absent_references_are_named(case: str) -> None:
    ref, refs, kind, message = ABSENT[case]
    with pytest.raises(kind) as caught:
        resolve(wanted(ref), refs)
    assert (type(caught.value), str(caught.value)) == (kind, message)


def test_the_object_of_an_annotated_tag_is_kept_beside_its_commit() -> None:
    assert resolve(wanted(Ref(tag="v1.0.0")), REFS) == (Candidate("v1.0.0", "refs/tags/v1.0.0", T, B),)


def test_a_listing_is_read_line_by_line() -> None:
    output = f"{A}\tHEAD\n{B}\trefs/tags/v1\n{C}\trefs/tags/v1^{{}}\nwarning: nonsense\n\n{'0' * 10}\tshort\n".encode()
    assert listing(output) == {"HEAD": A, "refs/tags/v1": B, "refs/tags/v1^{}": C}


def test_revisions_name_the_algorithm() -> None:
    assert revision("main", A) == f"main@sha1:{A}"
    assert revision("", A) == f"sha1:{A}"
    assert revision("main", A + "0" * 24) == f"main@sha256:{A}{'0' * 24}"


def test_old_revisions_are_understood() -> None:
    assert [modern(text) for text in (f"main/{A}", f"feature/x/{A}", f"HEAD/{A}", A, f"main@sha1:{A}", "")] == [
        f"main@sha1:{A}",
        f"feature/x@sha1:{A}",
        f"sha1:{A}",
        f"sha1:{A}",
        f"main@sha1:{A}",
        "",
    ]


def test_only_names_outside_heads_and_tags_need_the_whole_listing() -> None:
    answers = {
        ref: wanted(ref).beyond_heads_and_tags
        for ref in (Ref(), Ref(tag="v"), Ref(semver="*"), Ref(commit=A), Ref(name="refs/pull/1/head"), Ref(name="HEAD"))
    }
    assert list(answers.values()) == [False, False, False, False, True, True]


@given(st.text(max_size=30))
def test_no_name_becomes_an_option_or_a_refspec(name: str) -> None:
    for ref in (Ref(name=name or "x"), Ref(branch=name), Ref(tag=name)):
        try:
            full = wanted(ref).ref
        except RefError:
            continue
        assert not full.startswith("-")
        assert not set(full) & set(":*?[ \t\n\\^~")
