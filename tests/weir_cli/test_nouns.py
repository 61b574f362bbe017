"""What words mean."""

from typing import Any

import pytest

from weir_cli import nouns
from weir_cli.candidates import kinds
from weir_cli.nouns import NOUNS, Noun
from weir_cli.suspend import chosen
from weir_cli.terminal import Halt
from weir_cli.version import image

WORDS = {
    "a plural": (("kustomizations",), ("Kustomization",), ()),
    "a short name and an object": (("ks", "apps"), ("Kustomization",), ("apps",)),
    "two words": (("sources", "git", "podinfo"), ("GitRepository",), ("podinfo",)),
    "a kind's own name": (("GitRepository", "podinfo"), ("GitRepository",), ("podinfo",)),
    "a short name of the API": (("gitrepo",), ("GitRepository",), ()),
    "all sources": (("source", "all"), ("GitRepository", "ExternalArtifact"), ()),
    "everything": (
        ("all",),
        ("GitRepository", "ExternalArtifact", "Kustomization", "Receiver", "Provider", "Alert"),
        (),
    ),
}

COMPLETE = {
    "first words": (
        (),
        ["sources", "kustomizations", "receivers", "alert-providers", "alerts", "all"],
        ["source", "kustomization", "receiver", "alert-provider", "alert"],
    ),
    "second words": (("source",), ["git", "external", "all"], ["git", "external"]),
    "a whole kind": (("ks",), None, None),
    "a kind and a name": (("source", "git", "x"), None, None),
    "everything": (("all",), [], []),
    "nonsense": (("x",), [], []),
}

EITHER = "either name kustomization objects or give --all, -l or --status-selector"
ONE_PLACE = "a name is looked for in one namespace and one kind: leave out -A, and name the kind"
CHOSEN = {
    "neither names nor all": (("ks",), {}, EITHER),
    "names and all": (("ks", "good"), {"everything": True}, EITHER),
    "names and labels": (("ks", "good"), {"label_selector": "a=b"}, EITHER),
    "a name everywhere": (("ks", "good"), {"all_namespaces": True}, ONE_PLACE),
    "a name of any kind": (("all", "good"), {}, ONE_PLACE),
    "what has no switch": (("source", "external", "x"), {}, "a source external cannot be suspended"),
}
FLAGS = {"everything": False, "all_namespaces": False, "label_selector": "", "status_selector": ""}

IMAGES = {
    "a tag": ("ghcr.io/weir/source-controller:v1.2", ("source-controller", "v1.2")),
    "a port": ("localhost:5000/source-controller:v1", ("source-controller", "v1")),
    "a tag and a digest": ("weir/x:v1@sha256:" + "0" * 64, ("x", "v1")),
    "a digest alone": ("weir/x@sha256:" + "0" * 64, ("x", "")),
}


@pytest.mark.parametrize(("words", "found", "rest"), WORDS.values(), ids=WORDS.keys())
def test_words_mean_kinds(words: tuple[str, ...], found: tuple[str, ...], rest: tuple[str, ...]) -> None:
    meant, left = nouns.parse(words)
    assert (tuple(noun.kind.kind for noun in meant), left) == (found, rest)


def test_an_unknown_kind_says_what_there_is() -> None:
    with pytest.raises(Halt, match=r"try one of .*kustomizations"):
        nouns.parse(("deployments",))


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_every_noun_is_reached_by_its_words(noun: Noun) -> None:
    assert nouns.one([ways[0] for ways in noun.words]) == (noun, ())
    assert nouns.by_kind(noun.kind.kind.upper()) is noun


@pytest.mark.parametrize(("typed", "plural", "singular"), COMPLETE.values(), ids=COMPLETE.keys())
def test_what_completes_a_kind(typed: tuple[str, ...], plural: list[str] | None, singular: list[str] | None) -> None:
    assert (kinds(typed, plural=True), kinds(typed, plural=False)) == (plural, singular)


@pytest.mark.parametrize(("words", "flags", "text"), CHOSEN.values(), ids=CHOSEN.keys())
def test_what_cannot_be_suspended(words: tuple[str, ...], flags: dict[str, Any], text: str) -> None:
    with pytest.raises(Halt, match=f"^{text}$"):
        chosen(words, {**FLAGS, **flags}, "default")


def test_a_name_given_twice_is_meant_once() -> None:
    assert chosen(("ks", "a", "b", "a"), FLAGS, "default").names == ("a", "b")


@pytest.mark.parametrize(("text", "expected"), IMAGES.values(), ids=IMAGES.keys())
def test_images(text: str, expected: tuple[str, str]) -> None:
    assert image({"image": text}) == expected
