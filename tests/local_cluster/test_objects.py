"""Create, read, replace and delete over HTTP, with the refusals clients match on."""

from typing import Any

import pytest

from tests.servers.cluster import RunningCluster


def config_map(name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **content}


def path(namespace: str, name: str = "", plural: str = "configmaps") -> str:
    return f"/api/v1/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def test_a_created_object_gets_its_identity_and_is_read_back(cluster: RunningCluster, namespace: str) -> None:
    made = cluster.call("POST", path(namespace), config_map("a", data={"k": "v"}))
    assert made.code == 201
    metadata = made.body["metadata"]
    assert {"uid", "creationTimestamp", "resourceVersion", "managedFields"} <= set(metadata)
    assert metadata["namespace"] == namespace
    assert "generation" not in metadata
    assert metadata["managedFields"][0]["manager"] == "tests"
    assert cluster.call("GET", path(namespace, "a")).body == made.body


def test_a_taken_name_is_refused(cluster: RunningCluster, namespace: str) -> None:
    cluster.call("POST", path(namespace), config_map("a"))
    assert cluster.call("POST", path(namespace), config_map("a"))[:2] == (
        409,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": 'configmaps "a" already exists',
            "reason": "AlreadyExists",
            "details": {"name": "a", "kind": "configmaps"},
            "code": 409,
        },
    )


def test_a_missing_object_is_named_with_its_group(cluster: RunningCluster, namespace: str) -> None:
    answer = cluster.call("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments/none")
    assert answer.code == 404
    assert answer.body["message"] == 'deployments.apps "none" not found'
    assert answer.body["details"] == {"name": "none", "group": "apps", "kind": "deployments"}


REFUSED: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "another namespace": (
        {"metadata": {"name": "a", "namespace": "elsewhere"}},
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request",
    ),
    "another version": (
        {"apiVersion": "v2", "metadata": {"name": "a"}},
        400,
        "BadRequest",
        (
            'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version '
            '"v2" in scheme "pkg/runtime/scheme.go:111"'
        ),
    ),
    "no name": (
        {"metadata": {}},
        422,
        "Invalid",
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ),
    "a resource version": (
        {"metadata": {"name": "a", "resourceVersion": "1"}},
        500,
        None,
        "resourceVersion should not be set on objects to be created",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_create_is_refused_for(case: str, cluster: RunningCluster, namespace: str) -> None:
    change, code, reason, message = REFUSED[case]
    answer = cluster.call("POST", path(namespace), {**config_map("a"), **change})
    assert (answer.code, answer.body.get("reason"), answer.body["message"]) == (code, reason, message)


def test_a_bad_name_is_explained(cluster: RunningCluster, namespace: str) -> None:
    answer = cluster.call("POST", path(namespace), config_map("Not_Good"))
    assert answer.code == 422
    assert answer.body["message"].startswith(
        'ConfigMap "Not_Good" is invalid: metadata.name: Invalid value: "Not_Good": a lowercase RFC 1123 subdomain must'
    )
    assert answer.body["details"]["causes"][0]["field"] == "metadata.name"


def test_generated_names_differ(cluster: RunningCluster, namespace: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "x-"}}
    names = {cluster.call("POST", path(namespace), body).body["metadata"]["name"] for _ in range(5)}
    assert len(names) == 5
    assert all(name.startswith("x-") and len(name) == 7 for name in names)


def test_a_namespace_that_is_not_there(cluster: RunningCluster) -> None:
    answer = cluster.call("POST", path("nowhere"), config_map("a"))
    assert answer.code == 404
    assert answer.body["message"] == 'namespaces "nowhere" not found'


def test_a_stale_replace_conflicts(cluster: RunningCluster, namespace: str) -> None:
    first = cluster.call("POST", path(namespace), config_map("a", data={"k": "1"})).body
    second = cluster.call("PUT", path(namespace, "a"), {**first, "data": {"k": "2"}})
    assert second.code == 200
    assert int(second.body["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])
    stale = cluster.call("PUT", path(namespace, "a"), {**first, "data": {"k": "3"}})
    assert stale.code == 409
    assert stale.body["message"] == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_a_replace_that_changes_nothing_keeps_the_resource_version(cluster: RunningCluster, namespace: str) -> None:
    first = cluster.call("POST", path(namespace), config_map("a", data={"k": "1"})).body
    again = cluster.call("PUT", path(namespace, "a"), first)
    assert again.body["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_only_the_spec_raises_the_generation(cluster: RunningCluster, namespace: str) -> None:
    url = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
    body = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "a"},
        "spec": {"podSelector": {}},
    }
    made = cluster.call("POST", url, body).body
    labelled = {**made, "metadata": {**made["metadata"], "labels": {"a": "b"}}}
    second = cluster.call("PUT", f"{url}/a", labelled).body
    third = cluster.call("PUT", f"{url}/a", {**second, "spec": {"podSelector": {"matchLabels": {"a": "b"}}}}).body
    assert [each["metadata"]["generation"] for each in (made, second, third)] == [1, 1, 2]


def test_status_and_spec_are_written_apart(cluster: RunningCluster, namespace: str) -> None:
    url = f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    labels = {"app": "none"}
    spec = {
        "replicas": 0,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
    }
    body = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "a"}, "spec": spec}
    made = cluster.call("POST", url, {**body, "status": {"replicas": 7}}).body
    assert made["status"]["replicas"] == 0
    patch = {"Content-Type": "application/merge-patch+json"}
    change = {"spec": {"replicas": 3}, "status": {"fullyLabeledReplicas": 0, "replicas": 0, "observedGeneration": 9}}
    written = cluster.call("PATCH", f"{url}/a/status", change, headers=patch).body
    assert written["spec"]["replicas"] == 0
    assert written["status"]["observedGeneration"] == 9
    assert written["metadata"]["generation"] == 1


def test_a_dry_run_keeps_nothing(cluster: RunningCluster, namespace: str) -> None:
    answer = cluster.call("POST", path(namespace) + "?dryRun=All", config_map("a", data={"k": "v"}))
    assert answer.code == 201
    assert answer.body["metadata"]["uid"]
    assert "resourceVersion" not in answer.body["metadata"]
    assert cluster.call("GET", path(namespace, "a")).code == 404
    cluster.call("POST", path(namespace), config_map("a", data={"k": "v"}))
    assert cluster.call("DELETE", path(namespace, "a") + "?dryRun=All").code == 200
    assert cluster.call("GET", path(namespace, "a")).code == 200


def test_unknown_fields_are_refused_warned_of_or_dropped(cluster: RunningCluster, namespace: str) -> None:
    body = config_map("a", bogus=1, data={"k": "v"})
    strict = cluster.call("POST", path(namespace) + "?fieldValidation=Strict", body)
    assert (strict.code, strict.body["message"]) == (
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "bogus"',
    )
    warned = cluster.call("POST", path(namespace) + "?fieldValidation=Warn", body)
    assert warned.headers["Warning"] == '299 - "unknown field \\"bogus\\""'
    assert "bogus" not in warned.body
    ignored = cluster.call("PUT", path(namespace, "a") + "?fieldValidation=Ignore", body)
    assert ignored.code == 200
    assert "Warning" not in ignored.headers


TWICE = b'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v", "k": "w"}, "x": 1}'


def test_repeated_fields_are_refused_or_warned_of(cluster: RunningCluster, namespace: str) -> None:
    texts = 'duplicate field "data.k", unknown field "x"'
    refused = f'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: {texts}'
    strict = cluster.call("POST", path(namespace) + "?fieldValidation=Strict", TWICE)
    assert (strict.code, strict.body["message"]) == (400, refused)
    made = cluster.call("POST", path(namespace), TWICE)
    assert (made.code, made.body["data"]) == (201, {"k": "w"})
    assert made.headers["Warning"] == '299 - "duplicate field \\"data.k\\""'
    strict = cluster.call("PUT", path(namespace, "a") + "?fieldValidation=Strict", TWICE)
    assert (strict.code, strict.body["message"]) == (400, refused)


def test_a_pod_without_containers_is_refused(cluster: RunningCluster, namespace: str) -> None:
    for spec in ({}, {"containers": None}, {"initContainers": None, "containers": []}):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
        answer = cluster.call("POST", f"/api/v1/namespaces/{namespace}/pods", pod)
        assert (answer.code, answer.body["message"]) == (
            422,
            'Pod "p" is invalid: spec.containers: Required value',
        )


def test_a_field_of_the_wrong_type(cluster: RunningCluster, namespace: str) -> None:
    answer = cluster.call("POST", path(namespace), config_map("a", data={"k": 1}))
    assert answer.code == 400
    assert answer.body["message"].startswith(
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field'
    )


def test_a_delete_answers_with_what_went(cluster: RunningCluster, namespace: str) -> None:
    made = cluster.call("POST", path(namespace), config_map("a")).body
    answer = cluster.call("DELETE", path(namespace, "a"))
    assert answer[:2] == (
        200,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {"name": "a", "kind": "configmaps", "uid": made["metadata"]["uid"]},
        },
    )


def test_delete_preconditions(cluster: RunningCluster, namespace: str) -> None:
    made = cluster.call("POST", path(namespace), config_map("a")).body
    other = cluster.call("DELETE", path(namespace, "a"), {"preconditions": {"uid": "other"}})
    assert other.code == 409
    assert "the UID in the precondition (other) does not match the UID in record" in other.body["message"]
    stale = cluster.call("DELETE", path(namespace, "a"), {"preconditions": {"resourceVersion": "1"}})
    assert stale.code == 409
    right = {"uid": made["metadata"]["uid"], "resourceVersion": made["metadata"]["resourceVersion"]}
    assert cluster.call("DELETE", path(namespace, "a"), {"preconditions": right}).code == 200


def test_a_finalizer_holds_a_deletion_up(cluster: RunningCluster, namespace: str) -> None:
    body = config_map("a")
    body["metadata"]["finalizers"] = ["example.org/hold"]
    cluster.call("POST", path(namespace), body)
    marked = cluster.call("DELETE", path(namespace, "a")).body
    assert marked["metadata"]["deletionTimestamp"]
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 0
    merge = {"Content-Type": "application/merge-patch+json"}
    more = {"metadata": {"finalizers": ["example.org/hold", "example.org/more"]}}
    refused = cluster.call("PATCH", path(namespace, "a"), more, headers=merge)
    assert refused.code == 422
    assert "no new finalizers can be added if the object is being deleted" in refused.body["message"]
    assert cluster.call("PATCH", path(namespace, "a"), {"metadata": {"finalizers": None}}, headers=merge).code == 200
    assert cluster.call("GET", path(namespace, "a")).code == 404


def test_a_collection_is_deleted_by_label(cluster: RunningCluster, namespace: str) -> None:
    for name, team in (("a", "x"), ("b", "y"), ("c", "x")):
        body = config_map(name)
        body["metadata"]["labels"] = {"team": team}
        cluster.call("POST", path(namespace), body)
    assert cluster.call("DELETE", path(namespace) + "?labelSelector=team%3Dx").code == 200
    left = cluster.call("GET", path(namespace)).body["items"]
    assert [each["metadata"]["name"] for each in left] == ["b", "kube-root-ca.crt"]


def test_secrets_take_plain_text(cluster: RunningCluster, namespace: str) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": "v"}}
    made = cluster.call("POST", path(namespace, plural="secrets"), body).body
    assert made["data"] == {"k": "dg=="}
    assert "stringData" not in made
    assert made["type"] == "Opaque"


def test_services_get_addresses_of_their_own(cluster: RunningCluster, namespace: str) -> None:
    def service(name: str, **spec: Any) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"ports": [{"port": 80}], **spec},
        }

    url = path(namespace, plural="services")
    first = cluster.call("POST", url, service("a", type="NodePort")).body["spec"]
    assert first["clusterIP"].startswith("10.")
    assert first["clusterIPs"] == [first["clusterIP"]]
    assert 30000 <= first["ports"][0]["nodePort"] <= 32767
    taken = cluster.call("POST", url, service("b", clusterIP=first["clusterIP"]))
    assert taken.code == 422
    assert "provided IP is already allocated" in taken.body["message"]
    wanted = [{"port": 80, "nodePort": first["ports"][0]["nodePort"]}]
    assert (
        "provided port is already allocated"
        in cluster.call("POST", url, service("c", type="NodePort", ports=wanted)).body["message"]
    )
    headless = cluster.call("POST", url, service("d", clusterIP="None")).body["spec"]
    assert headless["clusterIP"] == "None"


BAD = {
    "no JSON": (b"{", "application/json", 400, "BadRequest"),
    "no object": (b"[]", "application/json", 400, "BadRequest"),
    "an unknown format": (b"x", "text/csv", 415, "UnsupportedMediaType"),
    "no protobuf": (b"x", "application/vnd.kubernetes.protobuf", 400, "BadRequest"),
    "torn protobuf": (b"k8s\x00\x0a\xff\xff\xff", "application/vnd.kubernetes.protobuf", 400, "BadRequest"),
    "too much": (b" " * ((3 << 20) + 1), "application/json", 413, "RequestEntityTooLarge"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_body_that_is(case: str, cluster: RunningCluster, namespace: str) -> None:
    body, kind, code, reason = BAD[case]
    answer = cluster.call("POST", path(namespace), body, headers={"Content-Type": kind})
    assert (answer.code, answer.body["reason"]) == (code, reason)


def test_yaml_is_read_and_written(cluster: RunningCluster, namespace: str) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: 'yes'}\n"
    headers = {"Content-Type": "application/yaml", "Accept": "application/yaml"}
    answer = cluster.call("POST", path(namespace), body, headers=headers)
    assert answer.code == 201
    assert 'k: "yes"' in answer.body


def test_paths_that_are_not_served(cluster: RunningCluster, namespace: str) -> None:
    for url in ("/apis/none.example.org/v1/things", "/none"):
        answer = cluster.call("GET", url)
        assert (answer.code, answer.body) == (404, "404 page not found\n"), url
    for url in ("/api/v1/nothings", "/api/v2", "/apis/apps/v9", path(namespace) + "/a/b"):
        answer = cluster.call("GET", url)
        assert (answer.code, answer.body["message"]) == (404, "the server could not find the requested resource"), url
    assert cluster.call("POST", path(namespace, "a"), config_map("a")).code == 405
