"""Every kind of PATCH, and custom resources, over HTTP."""

from typing import Any

import pytest

from tests.servers.cluster import Reply, RunningCluster, soon

APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"
JSON, STRATEGIC = "application/json-patch+json", "application/strategic-merge-patch+json"


def patch(cluster: RunningCluster, url: str, kind: str, body: Any) -> Reply:
    return cluster.call("PATCH", url, body, headers={"Content-Type": kind})


@pytest.fixture
def stored(cluster: RunningCluster, namespace: str) -> str:
    url = f"/api/v1/namespaces/{namespace}/configmaps"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v", "l": "w"}}
    cluster.call("POST", url, body)
    return f"{url}/a"


PATCHES: dict[str, tuple[str, Any, Any]] = {
    "merge": (MERGE, {"data": {"k": None, "m": "x"}}, {"l": "w", "m": "x"}),
    "json": (
        JSON,
        [{"op": "replace", "path": "/data/k", "value": "z"}, {"op": "remove", "path": "/data/l"}],
        {"k": "z"},
    ),
    "strategic": (STRATEGIC, {"data": {"k": "2", "$patch": "replace"}}, {"k": "2"}),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch(case: str, cluster: RunningCluster, stored: str) -> None:
    kind, body, data = PATCHES[case]
    answer = patch(cluster, stored, kind, body)
    assert (answer.code, answer.body["data"]) == (200, data)


def test_a_json_patch_that_does_not_apply(cluster: RunningCluster, stored: str) -> None:
    answer = patch(cluster, stored, JSON, [{"op": "test", "path": "/data/k", "value": "other"}])
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    assert patch(cluster, stored, JSON, [{"op": "sing", "path": "/x"}]).code == 422
    assert patch(cluster, stored, JSON, b"{").code == 400


def test_a_patch_of_an_unknown_kind(cluster: RunningCluster, stored: str) -> None:
    answer = patch(cluster, stored, "text/plain", {})
    assert (answer.code, answer.body["reason"]) == (415, "UnsupportedMediaType")


TWICE = b'{"data": {"n": "1", "n": "2"}, "x": 1}'
STRICT: dict[str, tuple[str, bytes, int, str]] = {
    "strategic": (STRATEGIC, TWICE, 422,
        'Invalid value: "map[data:map[n:2] x:1]": strict decoding error: duplicate field "data.n", unknown field "x"'),
    "json": (JSON, b'[{"op": "add", "path": "/data/n", "value": "1", "value": "2"}]', 422,
        'strict decoding error: json patch duplicate field "[0].value"'),
    "merge": (MERGE, TWICE, 422, 'strict decoding error: duplicate field "data.n", unknown field "x"'),
    "apply": (
        APPLY,
        b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"n": "1",\n"n": "2"}}',
        400,
        (
            "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
            '  line 2: key "n" already set in map'
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STRICT)
def test_a_strict_patch_repeats_nothing(case: str, cluster: RunningCluster, stored: str) -> None:
    kind, body, code, message = STRICT[case]
    answer = patch(cluster, f"{stored}?fieldValidation=Strict&fieldManager=m", kind, body)
    assert answer.code == code
    assert answer.body["message"].endswith(message)
    lenient = patch(cluster, f"{stored}?fieldManager=m", kind, body)
    assert (lenient.code, lenient.body["data"]["n"]) == (200, "2")
    assert "Warning" in lenient.headers


def test_a_patch_with_a_stale_version(cluster: RunningCluster, stored: str) -> None:
    assert patch(cluster, stored, MERGE, {"metadata": {"resourceVersion": "1"}, "data": {"k": "2"}}).code == 409


def test_an_apply_creates_conflicts_and_is_forced(cluster: RunningCluster, namespace: str) -> None:
    url = f"/api/v1/namespaces/{namespace}/configmaps/a"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "1"}}
    assert patch(cluster, f"{url}?fieldManager=one", APPLY, body).code == 201
    body["data"] = {"k": "2"}
    refused = patch(cluster, f"{url}?fieldManager=two", APPLY, body)
    assert (refused.code, refused.body["reason"]) == (409, "Conflict")
    assert refused.body["message"] == 'Apply failed with 1 conflict: conflict with "one": .data.k'
    assert refused.body["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".data.k"}
    ]
    forced = patch(cluster, f"{url}?fieldManager=two&force=true", APPLY, body).body
    assert [each["manager"] for each in forced["metadata"]["managedFields"]] == ["two"]
    assert patch(cluster, f"{url}?fieldManager=two&force=true", APPLY, {**body, "data": {}}).body.get("data") is None


def test_an_apply_that_changes_nothing_keeps_the_version(cluster: RunningCluster, namespace: str) -> None:
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments/a?fieldManager=one&force=true"
    labels = {"app": "a"}
    spec = {
        "replicas": 0,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
    }
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}
    first = patch(cluster, url, APPLY, body).body
    dry = patch(cluster, f"{url}&dryRun=All", APPLY, body).body
    again = patch(cluster, url, APPLY, body).body
    assert first["metadata"]["generation"] == again["metadata"]["generation"] == dry["metadata"]["generation"] == 1
    assert again["spec"] == first["spec"]
    changed = {**body, "spec": {**spec, "minReadySeconds": 5}}
    assert patch(cluster, f"{url}&dryRun=All", APPLY, changed).body["metadata"]["generation"] == 2


def test_an_apply_needs_a_manager(cluster: RunningCluster, stored: str) -> None:
    refused = patch(cluster, stored, APPLY, {"apiVersion": "v1", "kind": "ConfigMap"})
    assert (refused.code, refused.body["message"]) == (
        422,
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
    assert patch(cluster, f"{stored}?force=true", MERGE, {}).code == 422


def test_copies_of_copies_end(cluster: RunningCluster, stored: str) -> None:
    bomb = [{"op": "copy", "from": "/data", "path": f"/data/x{index}"} for index in range(40)]
    answer = patch(cluster, stored, JSON, bomb)
    assert (answer.code, answer.body["reason"]) == (413, "RequestEntityTooLarge")


def test_a_body_without_bottom(cluster: RunningCluster, namespace: str) -> None:
    url = f"/api/v1/namespaces/{namespace}/configmaps"
    assert cluster.call("POST", url, b'{"a":' * 100_000).code == 400


def test_scale(cluster: RunningCluster, namespace: str) -> None:
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    cluster.call("POST", url, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec})
    scale = cluster.call("GET", f"{url}/a/scale").body
    assert (scale["kind"], scale["spec"], scale["status"]["selector"]) == ("Scale", {}, "app=a")
    assert patch(cluster, f"{url}/a/scale", MERGE, {"spec": {"replicas": 2}}).body["spec"] == {"replicas": 2}
    assert cluster.call("GET", f"{url}/a").body["spec"]["replicas"] == 2
    cluster.call("DELETE", f"{url}/a")


def definition(group: str, **version: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "integer", "minimum": 1},
                    "color": {"type": "string", "default": "red", "enum": ["red", "blue"]},
                },
            },
            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
    }
    names = {"kind": "Thing", "plural": "things", "singular": "thing", "shortNames": ["tg"], "categories": ["all"]}
    served = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": [
            {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
            {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        ],
        **version,
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [served]},
    }


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.fixture
def things(cluster: RunningCluster, namespace: str) -> str:
    group = f"{namespace}.example.org"
    assert cluster.call("POST", DEFINITIONS, definition(group)).code == 201
    return f"/apis/{group}/v1/namespaces/{namespace}/things"


def thing(url: str, **spec: Any) -> dict[str, Any]:
    group = url.split("/")[2]
    return {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": spec}


def test_a_definition_is_served_at_once(cluster: RunningCluster, things: str) -> None:
    group = things.split("/")[2]
    listed = cluster.call("GET", f"/apis/{group}/v1").body["resources"]
    assert [each["name"] for each in listed] == ["things", "things/status"]
    assert cluster.call("GET", f"/apis/{group}").body["preferredVersion"]["version"] == "v1"
    conditions = cluster.call("GET", f"{DEFINITIONS}/things.{group}").body["status"]["conditions"]
    assert {each["type"]: each["status"] for each in conditions} == {"NamesAccepted": "True", "Established": "True"}
    assert f"apis/{group}/v1" in cluster.call("GET", "/openapi/v3").body["paths"]
    document = cluster.call("GET", f"/openapi/v3/apis/{group}/v1").body
    assert any(name.endswith(".v1.Thing") for name in document["components"]["schemas"])


def test_custom_resources_are_defaulted_pruned_and_judged(cluster: RunningCluster, things: str) -> None:
    made = cluster.call("POST", things, {**thing(things, size=2, bogus=1), "status": {"x": 1}})
    assert made.code == 201
    assert made.body["spec"] == {"size": 2, "color": "red"}
    assert "status" not in made.body
    assert made.body["metadata"]["generation"] == 1
    group = things.split("/")[2]
    refused = cluster.call("PUT", f"{things}/a", {**made.body, "spec": {"size": 0, "color": "green"}})
    assert refused.code == 422
    assert refused.body["message"].startswith(f'Thing.{group} "a" is invalid: [')
    assert {each["field"] for each in refused.body["details"]["causes"]} == {"spec.size", "spec.color"}


def test_status_of_a_custom_resource(cluster: RunningCluster, things: str) -> None:
    cluster.call("POST", things, thing(things, size=2))
    done = patch(cluster, f"{things}/a/status?fieldManager=c", MERGE, {"status": {"x": 1}, "spec": {"size": 9}}).body
    assert (done["status"], done["spec"]["size"], done["metadata"]["generation"]) == ({"x": 1}, 2, 1)
    kept = patch(cluster, f"{things}/a", MERGE, {"status": {"x": 2}, "spec": {"size": 3}}).body
    assert (kept["status"], kept["spec"]["size"], kept["metadata"]["generation"]) == ({"x": 1}, 3, 2)


def test_a_custom_resource_is_replaced_with_its_version_only(cluster: RunningCluster, things: str) -> None:
    cluster.call("POST", things, thing(things, size=2))
    refused = cluster.call("PUT", f"{things}/a", thing(things, size=3))
    assert refused.code == 422
    assert "metadata.resourceVersion: Invalid value: 0: must be specified for an update" in refused.body["message"]


def test_an_object_nested_too_deep(cluster: RunningCluster, things: str) -> None:
    cluster.call("POST", things, thing(things, size=2))
    for depth in (100, 400, 800):
        deep: Any = {}
        for _ in range(depth):
            deep = {"a": deep}
        code = patch(cluster, f"{things}/a/status", MERGE, {"status": deep}).code
        assert code in (200, 400), depth
    assert cluster.call("GET", f"{things}/a").code == 200


def test_printer_columns(cluster: RunningCluster, things: str) -> None:
    cluster.call("POST", things, thing(things, size=2))
    patch(cluster, f"{things}/a/status", MERGE, {"status": {"conditions": [{"type": "Ready", "status": "True"}]}})
    accept = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
    table = cluster.call("GET", things, headers=accept).body
    assert [each["name"] for each in table["columnDefinitions"]] == ["Name", "Size", "Ready"]
    assert [each["cells"] for each in table["rows"]] == [["a", 2, "True"]]


def test_a_deleted_definition_takes_its_objects_along(cluster: RunningCluster, things: str) -> None:
    cluster.call("POST", things, thing(things, size=2))
    group = things.split("/")[2]
    assert cluster.call("DELETE", f"{DEFINITIONS}/things.{group}").code == 200
    soon(lambda: cluster.call("GET", things).code == 404)
    again = cluster.call("POST", DEFINITIONS, definition(group))
    assert again.code == 201
    assert cluster.call("GET", things).body["items"] == []
