"""How an attempt is judged, and what is said while it goes on."""

from typing import Any

import pytest

from weir_cli import nouns
from weir_cli.nouns import Noun
from weir_cli.pending import listed
from weir_cli.terminal import Halt
from weir_cli.wait import Asked, doing, judge, last_words

NOUN: Noun = nouns.one(("ks",))[0]
ASKED = Asked(1.0, "t")


def body(
    ready: str, *, token: str = "t", observed: int = 2, message: str = "", reconciling: str = "", noted: int = 2
) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": ready, "observedGeneration": observed, "message": message}]
    if reconciling:
        conditions.append({"type": "Reconciling", "status": "True", "message": reconciling})
    return {
        "metadata": {"generation": 2},
        "status": {
            "observedGeneration": noted,
            "lastHandledReconcileAt": token,
            "lastAppliedRevision": "main@sha1:abc",
            "conditions": conditions,
        },
    }


GOING_ON = {
    "the token is not dealt with": body("True", token="other"),
    "a failure is from before the token": body("False", token="other"),
    "the condition is of an older generation": body("True", observed=1),
    "the status is of an older generation": body("True", noted=1),
    "it is still unknown": body("Unknown"),
    "it is ready and goes on": body("True", reconciling="new artifact"),
    "there is no status": {"metadata": {"generation": 1}},
}


@pytest.mark.parametrize("found", GOING_ON.values(), ids=GOING_ON.keys())
def test_goes_on(found: dict[str, Any]) -> None:
    assert judge(found, NOUN, ASKED) is None


def test_ends_with_the_revision() -> None:
    assert judge(body("True"), NOUN, ASKED) == "applied revision main@sha1:abc"
    assert judge(body("True", token="other"), NOUN, Asked(1.0)) == "applied revision main@sha1:abc"


def test_ends_on_the_real_cause_though_it_is_tried_again() -> None:
    found = body("False", message="namespaces 'x' is forbidden", reconciling="ProgressingWithRetry", noted=1)
    with pytest.raises(Halt, match="Kustomization reconciliation failed: 'namespaces 'x' is forbidden'"):
        judge(found, NOUN, ASKED)


def test_a_dependency_among_those_that_go_on_together_is_waited_for() -> None:
    found = body("False", message="dependency 'a' is not ready")
    found["status"]["conditions"][0]["reason"] = "DependencyNotReady"
    assert judge(found, NOUN, Asked(1.0, together=True)) is None
    with pytest.raises(Halt, match="dependency 'a' is not ready"):
        judge(found, NOUN, ASKED)


def test_what_is_said_meanwhile() -> None:
    assert doing(body("Unknown", reconciling="building"), "t") == "building"
    assert doing(body("Unknown", message="fetching"), "t") == "fetching"
    assert doing(body("False", message="old"), "t") == "it has been taken up"
    assert doing({}, "t") == "waiting for the controller to take it up"


def test_what_is_said_last() -> None:
    assert last_words(body("Unknown", message="a", reconciling="b"), "t") == "Ready: a; Reconciling: b"
    assert last_words(body("Unknown", message="a", reconciling="a"), "t") == "Ready: a"
    assert last_words(body("True", token="", message="a"), "t") == "no controller has taken up the request; Ready: a"
    assert last_words({}, "") == "it has no conditions yet"


def test_what_has_to_be_healthy() -> None:
    entries = [
        {"id": "team_web_apps_Deployment", "v": "v1"},
        {"id": "_team__Namespace", "v": "v1"},
        {"id": "bad", "v": "v1"},
    ]
    waiting = {"spec": {"wait": True}, "status": {"inventory": {"entries": entries}}}
    checking = {"spec": {"healthChecks": [{"kind": "Deployment", "name": "db", "namespace": "team"}]}}
    assert [check.subject for check in listed(waiting)] == ["Deployment/team/web", "Namespace/team"]
    assert [tuple(check) for check in listed(checking)] == [("apps/v1", "Deployment", "team", "db")]
