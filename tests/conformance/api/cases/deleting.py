"""Delete: preconditions, finalizers, dry runs, collections, namespaces, dependents; metadata."""

from typing import Any

from tests.conformance.api.steps import Case, body, case, config, delete, get, patch, post, put, until

CASES: dict[str, Case] = {
    "a delete with the wrong uid": case(
        post("configmaps", config()),
        delete("configmaps/a", {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}),
        delete("configmaps/a", {"preconditions": {"uid": "$0.metadata.uid"}}),
    ),
    "a delete with an old resource version": case(
        post("configmaps", config()),
        patch("configmaps/a", {"data": {"a": "b"}}),
        delete("configmaps/a", {"preconditions": {"resourceVersion": "$0.metadata.resourceVersion"}}),
        delete("configmaps/a", {"preconditions": {"resourceVersion": "$1.metadata.resourceVersion"}}),
    ),
    "a delete with options of a wrong kind": case(
        post("configmaps", config()),
        delete("configmaps/a", {"kind": "ConfigMap", "apiVersion": "v1"}),
        delete("configmaps/a", {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Sideways"}),
        delete("configmaps/a", {"gracePeriodSeconds": "x"}),
    ),
    "a delete with both ways to say what becomes of dependents": case(
        post("configmaps", config()), delete("configmaps/a", {"orphanDependents": True, "propagationPolicy": "Orphan"})
    ),
    "a delete with an unknown policy in the query": case(
        post("configmaps", config()), delete("configmaps/a?propagationPolicy=Sideways")
    ),
    "a delete answers with the object or with a Status": case(
        post("serviceaccounts", body("v1", "ServiceAccount", "robot")),
        delete("serviceaccounts/robot"),
        post("services", body("v1", "Service", "s", spec={"ports": [{"port": 80}]})),
        delete("services/s"),
        post("widgets", body("conformance.example.com/v1", "Widget", "a", spec={"size": 1})),
        delete("widgets/a"),
        post("secrets", body("v1", "Secret", "s")),
        delete("secrets/s"),
    ),
    "a dry run of a delete": case(
        post("configmaps", config()),
        delete("configmaps/a?dryRun=All"),
        delete("configmaps/a", {"dryRun": ["All"]}),
        get("configmaps/a"),
    ),
    "a dry run of a create, a replace and a patch": case(
        post("configmaps?dryRun=All", config()),
        get("configmaps/a"),
        post("configmaps", config()),
        put("configmaps/a?dryRun=All", config(data={"a": "b"})),
        patch("configmaps/a?dryRun=All", {"data": {"c": "d"}}),
        get("configmaps/a"),
    ),
    "a dry run of another name": case(
        post("configmaps?dryRun=Some", config()),
        patch("configmaps/a?dryRun=all", {}),
        delete("configmaps/a?dryRun=true"),
    ),
    "a collection is deleted by labels": case(
        post("configmaps", config("a", meta={"labels": {"x": "1"}})),
        post("configmaps", config("b", meta={"labels": {"x": "1"}})),
        post("configmaps", config("c", meta={"labels": {"x": "2"}})),
        delete("configmaps?labelSelector=x%3D1"),
        get("configmaps?labelSelector=x"),
    ),
    "a collection is deleted by field": case(
        post("configmaps", config("a")), delete("configmaps?fieldSelector=metadata.name%3Da"), get("configmaps/a")
    ),
    "a dry run of deleting a collection": case(
        post("configmaps", config("a", meta={"labels": {"x": "1"}})),
        delete("configmaps?labelSelector=x&dryRun=All"),
        get("configmaps?labelSelector=x"),
    ),
    "a finalizer holds an object": case(
        post("configmaps", config(meta={"finalizers": ["example.com/hold"]})),
        delete("configmaps/a"),
        get("configmaps/a"),
        delete("configmaps/a"),
        patch("configmaps/a", {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}}),
        patch("configmaps/a", {"data": {"still": "writable"}}),
        patch("configmaps/a", {"metadata": {"finalizers": None}}),
        get("configmaps/a"),
    ),
    "a finalizer without a domain": case(
        post("configmaps", config(meta={"finalizers": ["hold"]})),
        post("configmaps", config("b", meta={"finalizers": ["a b"]})),
        post(
            "widgets",
            body("conformance.example.com/v1", "Widget", "a", spec={"size": 1}, meta={"finalizers": ["hold"]}),
        ),
    ),
    "a custom resource with a finalizer counts the deletion": case(
        post(
            "widgets",
            body(
                "conformance.example.com/v1", "Widget", "a", spec={"size": 1}, meta={"finalizers": ["example.com/hold"]}
            ),
        ),
        delete("widgets/a"),
        patch("widgets/a", {"metadata": {"finalizers": []}}),
    ),
    "labels and annotations that are not allowed": case(
        post("configmaps", config(meta={"labels": {"a b": "c"}})),
        post("configmaps", config(meta={"labels": {"a": "c d"}})),
        post("configmaps", config(meta={"labels": {"a": "x" * 64}})),
        post("configmaps", config(meta={"labels": {"example.com/" + "x" * 64: "a"}})),
        post("configmaps", config(meta={"annotations": {"a b": "c"}})),
        post("configmaps", config(meta={"labels": {"a": 1}})),
        post("widgets", body("conformance.example.com/v1", "Widget", "a", spec={"size": 1}, meta={"labels": {"a": 1}})),
    ),
    "annotations that are too large": case(post("configmaps", config(meta={"annotations": {"a": "x" * 262145}}))),
    "owner references that are wrong": case(
        post("configmaps", config(meta={"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x"}]})),
        post(
            "configmaps",
            config(meta={"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "x", "uid": "1"}]}),
        ),
        post("configmaps", config(meta={"ownerReferences": [{"name": "x", "uid": "1"}]})),
        post(
            "configmaps",
            config(
                meta={
                    "ownerReferences": [
                        {"apiVersion": "v1", "kind": "ConfigMap", "name": n, "uid": n, "controller": True}
                        for n in ("x", "y")
                    ]
                }
            ),
        ),
    ),
    "immutable metadata": case(
        post("configmaps", config()),
        patch("configmaps/a", {"metadata": {"uid": "00000000-0000-0000-0000-000000000000"}}),
        patch("configmaps/a", {"metadata": {"creationTimestamp": "2001-01-01T00:00:00Z"}}),
        patch("configmaps/a", {"metadata": {"name": "b"}}),
        patch("configmaps/a", {"metadata": {"namespace": "b"}}),
        patch("configmaps/a", {"metadata": {"resourceVersion": "1"}}),
        patch("configmaps/a", {"metadata": {"generation": 5, "deletionTimestamp": "2001-01-01T00:00:00Z"}}),
    ),
    "a merge patch of a kind and a version": case(
        post("configmaps", config()),
        patch("configmaps/a", {"kind": "Secret"}),
        patch("configmaps/a", {"apiVersion": "v2"}),
    ),
    "a namespace that cannot be deleted": case(
        delete("/api/v1/namespaces/default"), delete("/api/v1/namespaces/kube-system")
    ),
    "a namespace goes with all in it": case(
        post("/api/v1/namespaces", body("v1", "Namespace", "{ns}-x")),
        post("/api/v1/namespaces/{ns}-x/configmaps", config()),
        post("/api/v1/namespaces/{ns}-x/configmaps", config("held", meta={"finalizers": ["example.com/hold"]})),
        delete("/api/v1/namespaces/{ns}-x"),
        post("/api/v1/namespaces/{ns}-x/configmaps", config("late")),
        until("NamespaceFinalizersRemaining", get("/api/v1/namespaces/{ns}-x")),
        get("/api/v1/namespaces/{ns}-x/configmaps/a"),
        delete("/api/v1/namespaces/{ns}-x"),
        patch("/api/v1/namespaces/{ns}-x/configmaps/held", {"metadata": {"finalizers": None}}),
        until("404", get("/api/v1/namespaces/{ns}-x")),
    ),
    "an empty namespace": case(
        post(
            "/api/v1/namespaces",
            body("v1", "Namespace", "{ns}-x", meta={"labels": {"kubernetes.io/metadata.name": "forged", "a": "b"}}),
        ),
        patch("/api/v1/namespaces/{ns}-x", {"metadata": {"labels": {"kubernetes.io/metadata.name": None}}}),
        put(
            "/api/v1/namespaces/{ns}-x/finalize",
            body("v1", "Namespace", "{ns}-x", spec={"finalizers": ["kubernetes", "example.com/hold"]}),
        ),
    ),
}


def _dependents(policy: str) -> Any:
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "$0.metadata.uid"}
    blocking = {**owner, "blockOwnerDeletion": True}
    return (
        post("configmaps", config("owner")),
        post("configmaps", config("child", meta={"ownerReferences": [blocking]})),
        delete("configmaps/owner", {"propagationPolicy": policy} if policy else None),
        until("404", get("configmaps/owner")),
    )


CASES |= {
    "dependents go in the background": case(*_dependents("Background"), until("404", get("configmaps/child"))),
    "dependents go by default": case(*_dependents(""), until("404", get("configmaps/child"))),
    "dependents go first in the foreground": case(*_dependents("Foreground"), get("configmaps/child")),
    "orphaned dependents stay": case(*_dependents("Orphan"), get("configmaps/child")),
    "a dependent of two owners stays with the other": case(
        post("configmaps", config("owner")),
        post("configmaps", config("other")),
        post(
            "configmaps",
            config(
                "child",
                meta={
                    "ownerReferences": [
                        {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "$0.metadata.uid"},
                        {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": "$1.metadata.uid"},
                    ]
                },
            ),
        ),
        delete("configmaps/owner"),
        until("200", get("configmaps/other")),
    ),
    "a dependent of an owner that never was goes": case(
        post(
            "configmaps",
            config(
                "child",
                meta={
                    "ownerReferences": [
                        {
                            "apiVersion": "v1",
                            "kind": "ConfigMap",
                            "name": "x",
                            "uid": "00000000-0000-0000-0000-000000000000",
                        }
                    ]
                },
            ),
        ),
        until("404", get("configmaps/child")),
    ),
    "a foreground deletion shows its finalizer": case(
        post("configmaps", config("owner")),
        post(
            "configmaps",
            config(
                "child",
                meta={
                    "finalizers": ["example.com/hold"],
                    "ownerReferences": [
                        {
                            "apiVersion": "v1",
                            "kind": "ConfigMap",
                            "name": "owner",
                            "uid": "$0.metadata.uid",
                            "blockOwnerDeletion": True,
                        }
                    ],
                },
            ),
        ),
        delete("configmaps/owner", {"propagationPolicy": "Foreground"}),
        until("deletionTimestamp", get("configmaps/child")),
        get("configmaps/owner"),
        patch("configmaps/child", {"metadata": {"finalizers": None}}),
        until("404", get("configmaps/owner")),
    ),
    "custom resources are collected as well": case(
        post("widgets", body("conformance.example.com/v1", "Widget", "owner", spec={"size": 1})),
        post(
            "configmaps",
            config(
                "child",
                meta={
                    "ownerReferences": [
                        {
                            "apiVersion": "conformance.example.com/v1",
                            "kind": "Widget",
                            "name": "owner",
                            "uid": "$0.metadata.uid",
                        }
                    ]
                },
            ),
        ),
        delete("widgets/owner"),
        until("404", get("configmaps/child")),
    ),
}
