"""What `weir get` makes of words and objects."""

from typing import Any

import pytest

from weir_cli import get
from weir_cli.get import Question
from weir_cli.nouns import NOUNS, by_kind
from weir_cli.terminal import Halt

WORDS = {
    "a plural": (("kustomizations",), ("Kustomization",), ()),
    "a short name and an object": (("ks", "apps"), ("Kustomization",), ("apps",)),
    "two words": (("sources", "git", "podinfo"), ("GitRepository",), ("podinfo",)),
    "all sources": (("source", "all"), ("GitRepository", "ExternalArtifact"), ()),
    "everything": (
        ("all",),
        ("GitRepository", "ExternalArtifact", "Kustomization", "Receiver", "Provider", "Alert"),
        (),
    ),
}

SELECTORS = {
    "equal, whatever the case": ("ready=false", True),
    "not equal": ("ready!=true", True),
    "another status": ("Ready=True", False),
    "a type that is absent": ("Stalled=True", False),
    "a type that is absent, negated": ("Stalled!=True", True),
    "nothing": ("", True),
}


def kustomization(**status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "apps", "namespace": "team"},
        "spec": {"sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        "status": status,
    }


FAILED = {
    "type": "Ready",
    "status": "False",
    "message": "revision main@sha1:a1afe267b54f38b46b487f6e938a6fd508278c07 is broken\x1b[31m",
}


@pytest.mark.parametrize(("words", "kinds", "rest"), WORDS.values(), ids=WORDS.keys())
def test_words_mean_kinds(words: tuple[str, ...], kinds: tuple[str, ...], rest: tuple[str, ...]) -> None:
    found, left = get.parse(words)
    assert (tuple(noun.kind.kind for noun in found), left) == (kinds, rest)


def test_an_unknown_kind_says_what_there_is() -> None:
    with pytest.raises(Halt, match=r"try one of .*kustomizations"):
        get.parse(("deployments",))


@pytest.mark.parametrize(("selector", "wanted"), SELECTORS.values(), ids=SELECTORS.keys())
def test_status_selectors(selector: str, wanted: bool) -> None:
    assert get.matches(kustomization(conditions=[FAILED]), selector) is wanted


def test_a_broken_status_selector_says_how_to_write_one() -> None:
    with pytest.raises(Halt, match="ready=false"):
        get.matches(kustomization(), "ready")


def question(**changes: Any) -> Question:
    given: dict[str, Any] = {
        "name": "",
        "namespace": "",
        "labels": "",
        "status": "",
        "output": "table",
        "header": True,
        "show_source": True,
        "watch": False,
    }
    return Question(**{**given, **changes})


def test_a_table_shortens_fingerprints_and_draws_nothing() -> None:
    noun = by_kind("kustomization")
    assert noun is not None
    text = get.rows(
        noun,
        [kustomization(conditions=[FAILED], lastAppliedRevision="main@sha1:" + "b" * 40)],
        question(),
        qualified=False,
    )
    assert text == (
        "NAMESPACE   NAME   SOURCE                     REVISION             SUSPENDED   READY   MESSAGE\n"
        "team        apps   GitRepository/team/fleet   main@sha1:bbbbbbbb   False       False   "
        "revision main@sha1:a1afe267 is broken [31m\n"
    )


def test_an_object_without_conditions_waits() -> None:
    noun = by_kind("GitRepository")
    assert noun is not None
    cells = get.row(noun, {"metadata": {"name": "x"}, "spec": {}}, question(namespace="team"), qualified=True)
    assert cells == ["gitrepository/x", "", "False", "False", "waiting to be reconciled"]


def test_every_noun_is_reached_by_its_words() -> None:
    for noun in NOUNS:
        found, rest = get.one([ways[0] for ways in noun.words])
        assert (found, rest) == (noun, ())
