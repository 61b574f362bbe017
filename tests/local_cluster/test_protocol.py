"""The pure parts of the protocol: selectors, forms, names, rules, protobuf, versions, zero values."""

import struct
from typing import Any

import pytest

from local_cluster.api import protobuf, selectors
from local_cluster.api.errors import ApiError
from local_cluster.api.names import name_causes
from local_cluster.api.registry import Registry, version_rank
from local_cluster.api.zeros import drop_zeros
from local_cluster.auth.rules import Ask, Rule, allows, shown, uncovered
from local_cluster.server.negotiation import Form, discovery_form, form
from local_cluster.server.request import Place, place

LABELS: dict[str, tuple[str, dict[str, str], bool]] = {
    "equal": ("a=b", {"a": "b"}, True),
    "equal to nothing": ("a=", {"a": ""}, True),
    "not equal matches the absent": ("a!=b", {}, True),
    "in": ("a in (b,c)", {"a": "c"}, True),
    "not in": ("a notin (b,c)", {"a": "c"}, False),
    "there": ("a", {"a": ""}, True),
    "not there": ("!a", {"a": ""}, False),
    "greater": ("a>5", {"a": "10"}, True),
    "less of a word": ("a<5", {"a": "x"}, False),
    "all of them": ("a=b,c=d", {"a": "b"}, False),
    "a key with a prefix": ("example.org/a=b", {"example.org/a": "b"}, True),
}


@pytest.mark.parametrize("case", LABELS)
def test_a_label_selector(case: str) -> None:
    text, labels, matches = LABELS[case]
    assert selectors.matches(selectors.parse_labels(text), labels) is matches


@pytest.mark.parametrize("text", ["a in b", "a=b=c", "=b", "a in (b", "a,,b", "a=b,", "a=@", "(a)"])
def test_a_selector_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        selectors.parse_labels(text)
    assert refused.value.code == 400


FORMS: dict[str, tuple[str, Form]] = {
    "nothing": ("", Form()),
    "anything": ("*/*", Form()),
    "protobuf or JSON": ("application/vnd.kubernetes.protobuf, application/json", Form()),
    "a table": (
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
        Form("application/json", "Table", "v1", "meta.k8s.io"),
    ),
    "metadata of an unknown version": (
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v9,application/json",
        Form(),
    ),
    "YAML by preference": ("application/json;q=0.5,application/yaml", Form("application/yaml")),
}


@pytest.mark.parametrize("case", FORMS)
def test_the_form_for_a_client_that_accepts(case: str) -> None:
    accept, expected = FORMS[case]
    assert form(accept) == expected


def test_a_client_that_accepts_nothing_we_have() -> None:
    with pytest.raises(ApiError) as refused:
        form("application/vnd.kubernetes.protobuf")
    assert (refused.value.code, refused.value.reason) == (406, "NotAcceptable")
    aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
    assert discovery_form(aggregated).kind == "APIGroupDiscoveryList"


PLACES: dict[str, Place | None] = {
    "/api/v1/pods": Place("", "v1", "pods"),
    "/api/v1/namespaces": Place("", "v1", "namespaces"),
    "/api/v1/namespaces/a": Place("", "v1", "namespaces", "", "a"),
    "/api/v1/namespaces/a/status": Place("", "v1", "namespaces", "", "a", "status"),
    "/api/v1/namespaces/a/pods": Place("", "v1", "pods", "a"),
    "/api/v1/namespaces/a/pods/b": Place("", "v1", "pods", "a", "b"),
    "/api/v1/namespaces/a/pods/b/log": Place("", "v1", "pods", "a", "b", "log"),
    "/apis/apps/v1/namespaces/a/deployments/b/scale": Place("apps", "v1", "deployments", "a", "b", "scale"),
    "/apis/apps/v1": None,
    "/healthz": None,
}


@pytest.mark.parametrize("path", PLACES)
def test_a_path_is_taken_apart(path: str) -> None:
    assert place(path) == PLACES[path]


NAMES: dict[tuple[str, str, str], bool] = {
    ("v1", "ConfigMap", "a.b-c"): True,
    ("v1", "ConfigMap", "-a"): False,
    ("v1", "ConfigMap", "a" * 254): False,
    ("v1", "Namespace", "a.b"): False,
    ("v1", "Service", "1a"): True,
    ("rbac.authorization.k8s.io/v1", "Role", "system:any thing"): True,
    ("rbac.authorization.k8s.io/v1", "Role", "a/b"): False,
}


@pytest.mark.parametrize("case", NAMES, ids=lambda case: f"{case[1]} {case[2][:9]}")
def test_a_name_is_judged(case: tuple[str, str, str]) -> None:
    api_version, kind, name = case
    resource = Registry().of_kind(api_version, kind)
    assert resource is not None
    assert (name_causes(resource, name) == []) is NAMES[case]


def test_versions_in_order() -> None:
    found = sorted(["v1alpha1", "v2beta1", "v10", "x1", "v2", "v1", "v2beta2"], key=version_rank)
    assert found == ["v10", "v2", "v1", "v2beta2", "v2beta1", "v1alpha1", "x1"]


PODS = Rule(("get", "list"), ("",), ("pods", "pods/log"))
ALLOWED: dict[str, tuple[Rule, Ask, bool]] = {
    "the verb and resource": (PODS, Ask("get", "", "pods"), True),
    "another verb": (PODS, Ask("delete", "", "pods"), False),
    "another group": (PODS, Ask("get", "apps", "pods"), False),
    "a named subresource": (PODS, Ask("get", "", "pods", "log"), True),
    "another subresource": (PODS, Ask("get", "", "pods", "exec"), False),
    "everything": (Rule(("*",), ("*",), ("*",)), Ask("get", "x", "y", "z"), True),
    "a subresource of anything": (Rule(("get",), ("",), ("*/scale",)), Ask("get", "", "pods", "scale"), True),
    "a name": (Rule(("get",), ("",), ("pods",), ("a",)), Ask("get", "", "pods", "", "a"), True),
    "another name": (Rule(("get",), ("",), ("pods",), ("a",)), Ask("get", "", "pods", "", "b"), False),
    "a list by a rule with names": (Rule(("list",), ("",), ("pods",), ("a",)), Ask("list", "", "pods"), False),
    "a path below": (Rule(verbs=("get",), non_resource_urls=("/api/*",)), Ask("get", path="/api/v1"), True),
    "a path by a resource rule": (PODS, Ask("get", path="/pods"), False),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_a_rule_is_asked_for(case: str) -> None:
    rule, ask, allowed = ALLOWED[case]
    assert allows(rule, ask) is allowed


def test_what_rules_do_not_cover_is_shown_together() -> None:
    wanted = [Rule(("get", "create", "delete"), ("",), ("pods",)), Rule(verbs=("get",), non_resource_urls=("/x",))]
    assert shown(uncovered([PODS], wanted)) == (
        '{APIGroups:[""], Resources:["pods"], Verbs:["create" "delete"]}\n{NonResourceURLs:["/x"], Verbs:["get"]}'
    )
    assert uncovered([Rule(("*",), ("*",), ("*",))], wanted[:1]) == []


def message(*fields: tuple[int, bytes | int]) -> bytes:
    """A message of short fields on the wire."""
    parts = b""
    for number, value in fields:
        if isinstance(value, int):
            parts += bytes([number << 3, value])
        else:
            parts += bytes([number << 3 | 2, len(value)]) + value
    return parts


def envelope(api_version: bytes, kind: bytes, raw: bytes) -> bytes:
    return b"k8s\x00" + message((1, message((1, api_version), (2, kind))), (2, raw))


def test_a_config_map_in_protobuf() -> None:
    metadata = message((1, b"a"), (2, b""), (8, b""), (11, message((1, b"l"), (2, b"m"))))
    raw = message((1, metadata), (2, message((1, b"k"), (2, b"v"))), (3, message((1, b"b"), (2, b"\x00"))), (4, 1))
    assert protobuf.read(envelope(b"v1", b"ConfigMap", raw)) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "labels": {"l": "m"}},
        "data": {"k": "v"},
        "binaryData": {"b": "AA=="},
        "immutable": True,
    }


def test_numbers_strings_and_inlined_messages_in_protobuf() -> None:
    port = message((3, 80), (4, message((1, 1), (2, 0), (3, b"http"))))
    named = message((3, 81), (4, message((1, 0), (2, 90), (3, b""))))
    service = protobuf.read(envelope(b"v1", b"Service", message((2, message((1, port), (1, named))))))
    assert service["spec"]["ports"] == [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": 90}]
    source = message((3, message((1, b"path"))))
    pod = protobuf.read(envelope(b"v1", b"Pod", message((2, message((1, message((1, b"v"), (2, source))))))))
    assert pod["spec"]["volumes"] == [{"name": "v", "gcePersistentDisk": {"pdName": "path"}}]


TORN = {
    "no kind that we know": envelope(b"v1", b"Nothing", b""),
    "a length beyond the end": b"k8s\x00" + bytes([1 << 3 | 2, 90]),
    "an endless number": b"k8s\x00" + b"\xff" * 12,
    "a group": envelope(b"v1", b"ConfigMap", bytes([1 << 3 | 3])),
    "text that is none": envelope(b"v1", b"ConfigMap", message((1, message((1, b"\xff"))))),
    "a number where a message belongs": envelope(b"v1", b"ConfigMap", message((1, 7))),
    "a float for a name": b"k8s\x00" + bytes([1 << 3 | 1]) + struct.pack("<d", 1.0),
}


@pytest.mark.parametrize("case", TORN)
def test_protobuf_with(case: str) -> None:
    with pytest.raises(ApiError) as refused:
        protobuf.read(TORN[case])
    assert refused.value.code == 400


ZEROS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "an empty map": (
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": {}}, "data": {}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
    ),
    "pointers stay": (
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"replicas": 0, "minReadySeconds": 0}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"replicas": 0}},
    ),
    "deep, in lists and inlined": (
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "spec": {"volumes": [{"name": "v", "emptyDir": {"medium": ""}, "hostPath": None}]},
        },
        {"apiVersion": "v1", "kind": "Pod", "spec": {"volumes": [{"name": "v", "emptyDir": {}}]}},
    ),
    "a custom resource": (
        {"apiVersion": "example.org/v1", "kind": "Thing", "spec": {"list": [], "text": ""}},
        {"apiVersion": "example.org/v1", "kind": "Thing", "spec": {"list": [], "text": ""}},
    ),
}


@pytest.mark.parametrize("case", ZEROS)
def test_go_leaves_out(case: str) -> None:
    body, expected = ZEROS[case]
    assert drop_zeros(body) == expected
