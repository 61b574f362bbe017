"""How the command judges an attempt."""

from typing import Any

import pytest

from weir_cli.nouns import NOUNS, Noun
from weir_cli.reconcile import judge
from weir_cli.terminal import Halt

NOUN: Noun = next(noun for noun in NOUNS if noun.kind.kind == "Kustomization")


def body(ready: str, *, token: str = "t", observed: int = 2, generation: int = 2, message: str = "") -> dict[str, Any]:
    return {
        "metadata": {"generation": generation},
        "status": {
            "observedGeneration": observed,
            "lastHandledReconcileAt": token,
            "lastAppliedRevision": "main@sha1:abc",
            "conditions": [{"type": "Ready", "status": ready, "observedGeneration": observed, "message": message}],
        },
    }


GOING_ON = {
    "the token is not dealt with": body("True", token="other"),
    "the generation is not observed": body("True", observed=1),
    "it is still unknown": body("Unknown"),
}


@pytest.mark.parametrize("found", GOING_ON.values(), ids=GOING_ON.keys())
def test_goes_on(found: dict[str, Any]) -> None:
    assert judge(found, NOUN, "t") is None


def test_ends_with_the_revision() -> None:
    assert judge(body("True"), NOUN, "t") == "applied revision main@sha1:abc"


def test_ends_on_the_real_cause() -> None:
    with pytest.raises(Halt, match="namespaces 'x' is forbidden"):
        judge(body("False", message="namespaces 'x' is forbidden"), NOUN, "t")
