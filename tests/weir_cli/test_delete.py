"""`weir delete` against the running suite."""

from tests.weir_cli.stage import Stage, kustomization
from weir_cli.delete import question
from weir_cli.nouns import by_kind
from weir_cli.selection import Found

UNANSWERED = "✗ aborting: nobody has answered; --silent goes on without asking\n"


def test_nothing_goes_without_a_yes(stage: Stage) -> None:
    stage.apply(kustomization("old", "default", suspend=True))
    refused = stage.weir("delete", "ks", "old", "-n", "default")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Delete kustomization default/old with everything applied by it? [y/N]: ")
    assert refused.err.endswith(UNANSWERED)
    assert stage.weir("delete", "ks", "old", "-s", "-n", "default") == (
        0,
        "",
        "► deleting kustomization old in default namespace\n✔ kustomization deleted\n",
    )
    assert stage.weir("delete", "ks", "old", "-s", "-n", "default") == (
        1,
        "",
        "✗ Kustomization object 'old' not found in \"default\" namespace\n",
    )


def test_a_question_names_what_goes() -> None:
    noun = by_kind("Kustomization")
    assert noun is not None

    def found(name: str, **spec: object) -> Found:
        return Found(noun, {"metadata": {"name": name, "namespace": "x"}, "spec": spec})

    assert question([found("a", prune=False)]) == "Delete kustomization x/a?"
    assert question([found("a", prune=True, deletionPolicy="Orphan")]) == "Delete kustomization x/a?"
    several = question([found(name, prune=False, deletionPolicy="Delete") for name in "abcdefg"])
    names = ", ".join(f"kustomization x/{name}" for name in "abcde")
    assert several == f"Delete {names} and 2 more with everything applied by it?"
