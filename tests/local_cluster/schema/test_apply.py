"""Server-side apply and field ownership: whole objects, managed fields included."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_cluster.schema import Schema, builtin
from local_cluster.schema.apply import apply, update
from local_cluster.schema.errors import Cause, Conflicts
from tests.local_cluster.schema.bodies import CUSTOM
from weir.api.base import Kind

START = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = builtin(Kind("", "v1", "ConfigMap", "configmaps"))
DEPLOYMENT = builtin(Kind("apps", "v1", "Deployment", "deployments"))


def config(data: dict[str, str] | None = None, **metadata: Any) -> dict[str, Any]:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n", **metadata}}
    return body if data is None else {**body, "data": data}


def custom(spec: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "apiVersion": "e.org/v1",
        "kind": "Thing",
        "metadata": {"name": "x", "namespace": "n"},
        "spec": spec,
        **rest,
    }


def entry(manager: str, operation: str, second: int, fields: dict[str, Any], version: str = "v1", **rest: str) -> Any:
    time = (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
    written = {"manager": manager, "operation": operation, "apiVersion": version, "time": time}
    return {**written, "fieldsType": "FieldsV1", "fieldsV1": fields, **rest}


Step = tuple[str, str, dict[str, Any]]


def run(steps: list[Step], schema: Schema, version: str = "v1", *, force: bool = False) -> dict[str, Any]:
    """Each step happens a second after the last: `apply`, `update`, or either `/status`."""
    live: dict[str, Any] | None = None
    for second, (step, manager, sent) in enumerate(steps):
        verb, _, subresource = step.partition("/")
        now, before, body = START + timedelta(seconds=second), copy.deepcopy(live), copy.deepcopy(sent)
        who = {"manager": manager, "api_version": version, "now": now, "subresource": subresource}
        if verb == "apply":
            result = apply(live, body, schema, force=force, **who)
        else:
            result = update(live, {**live, "status": body["status"]} if subresource and live else body, schema, **who)
        assert live == before, "what came in was changed"
        live = result
    assert live is not None
    return live


CONFIG_CASES: dict[str, tuple[list[Step], dict[str, Any]]] = {
    "an apply creates, and owns what it says": (
        [("apply", "me", config({"a": "1"}, labels={"l": "v"}))],
        config(
            {"a": "1"},
            labels={"l": "v"},
            managedFields=[entry("me", "Apply", 0, {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:l": {}}}})],
        ),
    ),
    "a create owns what it says, and the maps that it made": (
        [("update", "me", config({"a": "1"}, labels={"l": "v"}))],
        config(
            {"a": "1"},
            labels={"l": "v"},
            managedFields=[
                entry(
                    "me",
                    "Update",
                    0,
                    {"f:data": {".": {}, "f:a": {}}, "f:metadata": {"f:labels": {".": {}, "f:l": {}}}},
                )
            ],
        ),
    ),
    "what an applier no longer applies goes": (
        [("apply", "me", config({"a": "1", "b": "2"})), ("apply", "me", config({"a": "1"}))],
        config({"a": "1"}, managedFields=[entry("me", "Apply", 1, {"f:data": {"f:a": {}}})]),
    ),
    "the last field takes its map with it": (
        [("apply", "me", config({"a": "1"})), ("apply", "me", config())],
        config(),
    ),
    "an apply that changes nothing bumps no time": (
        [("apply", "me", config({"a": "1"})), ("apply", "me", config({"a": "1"}))],
        config({"a": "1"}, managedFields=[entry("me", "Apply", 0, {"f:data": {"f:a": {}}})]),
    ),
    "an update that changes nothing bumps no time": (
        [("update", "me", config({"a": "1"})), ("update", "you", config({"a": "1"}, managedFields=[]))],
        config({"a": "1"}, managedFields=[entry("me", "Update", 0, {"f:data": {".": {}, "f:a": {}}})]),
    ),
    "two appliers own an equal field together": (
        [("apply", "me", config({"a": "1"})), ("apply", "you", config({"a": "1", "b": "2"}))],
        config(
            {"a": "1", "b": "2"},
            managedFields=[
                entry("me", "Apply", 0, {"f:data": {"f:a": {}}}),
                entry("you", "Apply", 1, {"f:data": {"f:a": {}, "f:b": {}}}),
            ],
        ),
    ),
    "a shared field stays when one of its owners lets go": (
        [
            ("apply", "me", config({"a": "1", "b": "2"})),
            ("apply", "you", config({"a": "1"})),
            ("apply", "me", config({"b": "2"})),
        ],
        config(
            {"a": "1", "b": "2"},
            managedFields=[
                {k: v for k, v in entry("you", "Apply", 1, {"f:data": {"f:a": {}}}).items() if k != "time"},
                entry("me", "Apply", 0, {"f:data": {"f:b": {}}}),
            ],
        ),
    ),
    "an update takes fields from an applier": (
        [("apply", "me", config({"a": "1", "b": "2"})), ("update", "you", config({"a": "9", "b": "2"}))],
        config(
            {"a": "9", "b": "2"},
            managedFields=[
                entry("me", "Apply", 0, {"f:data": {"f:b": {}}}),
                entry("you", "Update", 1, {"f:data": {"f:a": {}}}),
            ],
        ),
    ),
    "a field that an update removed belongs to nobody": (
        [("apply", "me", config({"a": "1", "b": "2"})), ("update", "you", config({"b": "2"}))],
        config({"b": "2"}, managedFields=[entry("me", "Apply", 0, {"f:data": {"f:b": {}}})]),
    ),
    "updates of one manager add up": (
        [("update", "me", config({"a": "1"})), ("update", "me", config({"a": "1", "b": "2"}))],
        config(
            {"a": "1", "b": "2"}, managedFields=[entry("me", "Update", 1, {"f:data": {".": {}, "f:a": {}, "f:b": {}}})]
        ),
    ),
    "a value of a set is removed alone": (
        [
            ("apply", "me", config(finalizers=["a/x", "b/y"])),
            ("apply", "me", config(finalizers=["b/y"])),
        ],
        config(
            finalizers=["b/y"],
            managedFields=[entry("me", "Apply", 1, {"f:metadata": {"f:finalizers": {'v:"b/y"': {}}}})],
        ),
    ),
}


@pytest.mark.parametrize("case", CONFIG_CASES)
def test_ownership_of_a_config_map(case: str) -> None:
    steps, expected = CONFIG_CASES[case]
    assert run(steps, CONFIG) == expected


def test_conflicts_name_manager_and_field() -> None:
    live = run([("update", "kubectl", config({"a": "1", "b": "2"})), ("apply", "me", config({"c": "3"}))], CONFIG)
    with pytest.raises(Conflicts) as caught:
        apply(live, config({"a": "9"}), CONFIG, manager="you", force=False, api_version="v1", now=START)
    assert (caught.value.code, caught.value.reason) == (409, "Conflict")
    assert caught.value.message == 'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.a'
    assert caught.value.causes == (Cause("FieldManagerConflict", 'conflict with "kubectl" using v1', ".data.a"),)
    with pytest.raises(Conflicts) as caught:
        apply(
            live,
            config({"b": "9", "a": "9", "c": "9"}),
            CONFIG,
            manager="you",
            force=False,
            api_version="v1",
            now=START,
        )
    assert caught.value.message == (
        'Apply failed with 3 conflicts: conflicts with "kubectl" using v1:\n- .data.a\n- .data.b\n'
        'conflicts with "me":\n- .data.c'
    )


def test_force_takes_the_fields() -> None:
    steps: list[Step] = [("update", "kubectl", config({"a": "1"})), ("apply", "me", config({"a": "9"}))]
    assert run(steps, CONFIG, force=True) == config(
        {"a": "9"},
        managedFields=[
            entry("me", "Apply", 1, {"f:data": {"f:a": {}}}),
            entry("kubectl", "Update", 0, {"f:data": {}}),
        ],
    )


def test_an_object_that_nobody_tracked_is_owned_by_before_first_apply() -> None:
    live = config({"a": "1"}, uid="u")
    result = apply(live, config({"b": "2"}), CONFIG, manager="me", force=False, api_version="v1", now=START)
    assert result == config(
        {"a": "1", "b": "2"},
        uid="u",
        managedFields=[
            entry("me", "Apply", 0, {"f:data": {"f:b": {}}}),
            entry("before-first-apply", "Update", 0, {"f:data": {".": {}, "f:a": {}}}),
        ],
    )


def test_managed_fields_may_be_written_and_reset() -> None:
    live = run([("apply", "old", config({"a": "1"}))], CONFIG)
    renamed = copy.deepcopy(live)
    renamed["metadata"]["managedFields"][0]["manager"] = "new"
    kept = update(live, renamed, CONFIG, manager="patcher", api_version="v1", now=START)
    assert kept == renamed
    reset = update(live, config({"a": "1"}, managedFields=[{}]), CONFIG, manager="p", api_version="v1", now=START)
    assert reset == config({"a": "1"})
    broken = update(
        live, config({"a": "1"}, managedFields=[{"operation": "x"}]), CONFIG, manager="p", api_version="v1", now=START
    )
    assert broken == live


def test_status_is_owned_through_its_subresource_only() -> None:
    status = {"ready": "yes", "list": [{"a": 1}]}
    result = run(
        [
            ("apply", "me", custom({"text": "x"}, status={"ignored": "yes"})),
            ("apply/status", "me", custom({"text": "ignored"}, status=status)),
            ("update/status", "you", custom({}, status={**status, "ready": "no"})),
        ],
        CUSTOM,
        "e.org/v1",
    )
    assert result == custom({"text": "x"}, status={**status, "ready": "no"}) | {
        "metadata": {
            "name": "x",
            "namespace": "n",
            "managedFields": [
                entry("me", "Apply", 0, {"f:spec": {"f:text": {}}}, "e.org/v1"),
                entry("me", "Apply", 1, {"f:status": {"f:list": {}}}, "e.org/v1", subresource="status"),
                entry("you", "Update", 2, {"f:status": {"f:ready": {}}}, "e.org/v1", subresource="status"),
            ],
        }
    }


def deployment(**spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "i", "ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x", "namespace": "n"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}},
            **spec,
        },
    }


def test_ports_are_told_apart_by_their_default_protocol() -> None:
    result = run([("apply", "me", deployment())], DEPLOYMENT, "apps/v1")
    owned = {
        "f:spec": {
            "f:selector": {},
            "f:template": {
                "f:metadata": {"f:labels": {"f:a": {}}},
                "f:spec": {
                    "f:containers": {
                        'k:{"name":"c"}': {
                            ".": {},
                            "f:image": {},
                            "f:name": {},
                            "f:ports": {
                                'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}},
                                'k:{"containerPort":80,"protocol":"UDP"}': {
                                    ".": {},
                                    "f:containerPort": {},
                                    "f:protocol": {},
                                },
                            },
                        }
                    }
                },
            },
        }
    }
    assert result["metadata"]["managedFields"] == [entry("me", "Apply", 0, owned, "apps/v1")]
    scaled = update(
        result,
        deployment(replicas=5),
        DEPLOYMENT,
        manager="kubectl",
        api_version="apps/v1",
        subresource="scale",
        now=START,
    )
    assert scaled["metadata"]["managedFields"][1] == entry(
        "kubectl", "Update", 0, {"f:spec": {"f:replicas": {}}}, "apps/v1", subresource="scale"
    )
    with pytest.raises(
        Conflicts, match=r'conflict with "kubectl" with subresource "scale" using apps/v1: \.spec\.replicas'
    ):
        apply(scaled, deployment(replicas=2), DEPLOYMENT, manager="me", force=False, api_version="apps/v1", now=START)
    kept = apply(scaled, deployment(), DEPLOYMENT, manager="me", force=False, api_version="apps/v1", now=START)
    assert kept["spec"]["replicas"] == 5


def test_what_an_edit_added_stays_until_its_manager_is_taken_over() -> None:
    """The rule behind undoing `kubectl edit`: the entry is renamed to the applier's, then an apply removes the rest."""
    edited = run(
        [("apply", "me", config({"a": "1"})), ("update", "kubectl-edit", config({"a": "1", "x": "y"}))], CONFIG
    )
    same = apply(edited, config({"a": "1"}), CONFIG, manager="me", force=True, api_version="v1", now=START)
    assert same == edited
    taken = copy.deepcopy(edited)
    taken["metadata"]["managedFields"] = [entry("me", "Apply", 0, {"f:data": {"f:a": {}, "f:x": {}}})]
    assert apply(taken, config({"a": "1"}), CONFIG, manager="me", force=True, api_version="v1", now=START)["data"] == {
        "a": "1"
    }


def test_updaters_melt_when_there_are_too_many() -> None:
    steps: list[Step] = [("update", f"m{i:02}", config({f"k{j:02}": "v" for j in range(i + 1)})) for i in range(13)]
    result = run(steps, CONFIG)
    names = [each["manager"] for each in result["metadata"]["managedFields"]]
    assert names == ["ancient-changes", *(f"m{i:02}" for i in range(4, 13))]
    assert set(result["metadata"]["managedFields"][0]["fieldsV1"]["f:data"]) == {
        ".",
        "f:k00",
        "f:k01",
        "f:k02",
        "f:k03",
    }
