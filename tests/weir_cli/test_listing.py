"""What becomes of objects on the way to the terminal."""

from typing import Any

import pytest

from weir_cli import listing, nouns
from weir_cli.listing import Question
from weir_cli.nouns import Noun
from weir_cli.terminal import Halt, Table, shorten

KUSTOMIZATION: Noun = nouns.one(("ks",))[0]
FAILED = {
    "type": "Ready",
    "status": "False",
    "message": "revision main@sha1:a1afe267b54f38b46b487f6e938a6fd508278c07 is broken\x1b[31m",
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
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "apps", "namespace": "team", "managedFields": [{"manager": "kubectl"}]},
        "spec": {"path": "./apps", "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        "status": status,
    }


@pytest.mark.parametrize(("selector", "wanted"), SELECTORS.values(), ids=SELECTORS.keys())
def test_status_selectors(selector: str, wanted: bool) -> None:
    assert listing.matches(KUSTOMIZATION, kustomization(conditions=[FAILED]), selector) is wanted


@pytest.mark.parametrize("selector", ["ready", "=true", "ready=", "!=x"])
def test_a_broken_status_selector_says_how_to_write_one(selector: str) -> None:
    with pytest.raises(Halt, match="ready=false"):
        listing.matches(KUSTOMIZATION, {}, selector)


def test_what_nothing_reconciles_counts_as_ready() -> None:
    alert = nouns.one(("alert",))[0]
    assert [listing.matches(alert, {}, "ready=true"), listing.matches(alert, {}, "ready!=true")] == [True, False]


def test_a_table_shortens_fingerprints_and_draws_nothing() -> None:
    body = kustomization(conditions=[FAILED], lastAppliedRevision="main@sha1:" + "b" * 40)
    assert listing.table(KUSTOMIZATION, [body], Question(show_source=True)) == (
        "NAMESPACE\tNAME\tSOURCE                  \tREVISION          \tSUSPENDED\tREADY\tMESSAGE\n"
        "team     \tapps\tGitRepository/team/fleet\tmain@sha1:bbbbbbbb\tFalse    \tFalse\t"
        "revision main@sha1:a1afe267 is broken [31m\n"
    )


def test_wide_has_the_source_once() -> None:
    names = [name for name, _value in listing.columns(KUSTOMIZATION, Question(output="wide", show_source=True))]
    assert names == ["Name", "Source", "Path", "Revision", "Suspended", "Ready", "Message"]


def test_an_object_without_conditions_waits() -> None:
    noun = nouns.one(("source", "git"))[0]
    body = {"metadata": {"name": "x"}, "spec": {}}
    cells = listing.row(noun, body, Question(namespace="team"), qualified=True)
    assert cells == ["gitrepository/x", "", "False", "False", "waiting to be reconciled"]


def test_documents() -> None:
    found = [(KUSTOMIZATION, [kustomization()])]
    one = '{"apiVersion":"kustomize.toolkit.fluxcd.io/v1","kind":"Kustomization"'
    assert listing.document(found, Question(output="name")) == "kustomization.kustomize.toolkit.fluxcd.io/apps\n"
    assert '"kind": "List"' in listing.document(found, Question(output="json"))
    assert '"kind": "List"' not in listing.document(found, Question(name="apps", output="json"))
    assert "managedFields" not in listing.document(found, Question(output="yaml"))
    assert listing.single(KUSTOMIZATION, kustomization(), Question(output="json")).startswith(one)
    assert listing.single(KUSTOMIZATION, kustomization(), Question(output="yaml")).startswith("---\napiVersion: ")


def test_later_rows_keep_the_widths_or_widen_them() -> None:
    table = Table(("name", "message"))
    assert table.text([("a", "b")]) == "NAME\tMESSAGE\na   \tb\n"
    assert table.text([("longer", "b")], header=False) == "longer\tb\n"
    assert table.text([("a", "b")], header=False) == "a     \tb\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a" * 39, "a" * 39),
        ("sha256:" + "0" * 64, "sha256:00000000"),
        ("f" * 129, "f" * 129),
        ("no hexadecimal", "no hexadecimal"),
    ],
)
def test_what_is_a_fingerprint(text: str, shown: str) -> None:
    assert shorten(text) == shown
