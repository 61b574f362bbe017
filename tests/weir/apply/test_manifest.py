from typing import Any

import pytest

from weir.api.kustomization import CommonMetadata
from weir.apply.manifest import ManifestError, disabled, expand_lists, prepare

OWNER = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux"}


def thing(version: str, kind: str, metadata: Any = None, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a", **(metadata or {})}, **fields}


def sent(version: str, kind: str, metadata: Any = None, **fields: Any) -> dict[str, Any]:
    return thing(version, kind, {"labels": OWNER, **(metadata or {})}, **fields)


def pod_spec(*ports: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", "ports": list(ports)}], "initContainers": [{"ports": [{"containerPort": 1}]}]}


PLAIN, TCP, UDP = {"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}
CRD = "apiextensions.k8s.io/v1"


def webhook(**config: Any) -> dict[str, Any]:
    return {"conversion": {"webhook": {"clientConfig": config}}}


PREPARED = {
    "owner labels are added, creation time and status go": (
        thing("example.org/v1", "Thing", {"creationTimestamp": None, "labels": {"x": "y"}}, spec={}, status={"a": 1}),
        sent("example.org/v1", "Thing", {"labels": {"x": "y", **OWNER}}, spec={}),
    ),
    "owner labels of the manifest are overridden": (
        thing("v1", "ConfigMap", {"labels": {"kustomize.toolkit.fluxcd.io/name": "other"}}),
        sent("v1", "ConfigMap"),
    ),
    "a CRD keeps its status": (
        thing(CRD, "CustomResourceDefinition", status={}),
        sent(CRD, "CustomResourceDefinition", status={}),
    ),
    "a role is left as it is": (
        thing("rbac.authorization.k8s.io/v1", "Role", status={"a": 1}),
        sent("rbac.authorization.k8s.io/v1", "Role", status={"a": 1}),
    ),
    "a pod's ports get a protocol, its init containers' do not": (
        thing("v1", "Pod", spec=pod_spec(PLAIN, UDP)),
        sent("v1", "Pod", spec=pod_spec(TCP, UDP)),
    ),
    "a deployment's too": (
        thing("apps/v1", "Deployment", spec={"template": {"spec": pod_spec(PLAIN)}}),
        sent("apps/v1", "Deployment", spec={"template": {"spec": pod_spec(TCP)}}),
    ),
    "a cron job's too": (
        thing("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": {"spec": pod_spec(PLAIN)}}}}),
        sent("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": {"spec": pod_spec(TCP)}}}}),
    ),
    "a service's too": (
        thing("v1", "Service", spec={"ports": [{"port": 80}, UDP]}),
        sent("v1", "Service", spec={"ports": [{"port": 80, "protocol": "TCP"}, UDP]}),
    ),
    "string data goes into data and wins": (
        thing("v1", "Secret", data={"a": "eA==", "b": "eA=="}, stringData={"a": "y"}),
        sent("v1", "Secret", data={"a": "eQ==", "b": "eA=="}),
    ),
    "a CA bundle that is none goes": (
        thing(CRD, "CustomResourceDefinition", spec=webhook(caBundle="Cg==", url="u")),
        sent(CRD, "CustomResourceDefinition", spec=webhook(url="u")),
    ),
    "a CA bundle that is one stays": (
        thing(CRD, "CustomResourceDefinition", spec=webhook(caBundle="LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==")),
        sent(CRD, "CustomResourceDefinition", spec=webhook(caBundle="LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==")),
    ),
    "an encrypted Secret may opt out": (
        thing("v1", "Secret", {"annotations": {"kustomize.toolkit.fluxcd.io/decrypt": "Disabled"}}, sops={}),
        sent("v1", "Secret", {"annotations": {"kustomize.toolkit.fluxcd.io/decrypt": "Disabled"}}, sops={}),
    ),
}


@pytest.mark.parametrize("name", PREPARED)
def test_an_object_gets_its_normal_form(name: str) -> None:
    obj, expected = PREPARED[name]
    assert prepare(obj, name="apps", namespace="flux") == expected


def test_common_metadata_overrides_the_manifest_but_not_the_owner() -> None:
    common = CommonMetadata(labels={"x": "common", **dict.fromkeys(OWNER, "evil")}, annotations={"n": "common"})
    obj = thing("v1", "ConfigMap", {"labels": {"x": "mine", "y": "mine"}, "annotations": {"n": "mine", "m": "mine"}})
    assert prepare(obj, name="apps", namespace="flux", common=common)["metadata"] == {
        "name": "a",
        "labels": {"x": "common", "y": "mine", **OWNER},
        "annotations": {"n": "common", "m": "mine"},
    }


REFUSED = {
    "is encrypted by SOPS": thing("v1", "Secret", sops={}),
    "metadata.labels is not an object": thing("v1", "ConfigMap", {"labels": ["a"]}),
    "metadata.annotations: the value of 'a' is not a string": thing("v1", "ConfigMap", {"annotations": {"a": 1}}),
    "stringData holds a value that is not a string": thing("v1", "Secret", stringData={"a": 1}),
}


@pytest.mark.parametrize("text", REFUSED)
def test_an_object_that_must_not_be_sent_says_why(text: str) -> None:
    with pytest.raises(ManifestError, match=text):
        prepare(REFUSED[text], name="apps", namespace="flux")


def test_lists_are_opened_and_what_is_no_object_is_dropped() -> None:
    one, two = thing("v1", "ConfigMap"), thing("v1", "Secret")
    built = [
        {"apiVersion": "v1", "kind": "List", "items": [one, {"kind": "ConfigMapList", "items": [two]}]},
        {"kind": "ConfigMap", "metadata": {"name": "x"}},
        thing("kustomize.config.k8s.io/v1beta1", "Kustomization"),
        thing("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
        {"apiVersion": "v1", "kind": "ConfigMap"},
    ]
    assert expand_lists(built) == [one, two, thing("kustomize.toolkit.fluxcd.io/v1", "Kustomization")]


def test_switches_are_read_from_labels_and_annotations_without_case() -> None:
    key = "kustomize.toolkit.fluxcd.io/prune"
    assert disabled(thing("v1", "X", {"labels": {key: "Disabled"}}), key="prune", value="disabled")
    assert disabled(thing("v1", "X", {"annotations": {key: "disabled"}}), key="prune", value="disabled")
    assert not disabled(thing("v1", "X", {"labels": {key: ""}}), key="prune", value="disabled")
    assert not disabled(None, key="prune", value="disabled")
