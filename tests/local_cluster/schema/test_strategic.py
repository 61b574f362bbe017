"""Strategic merge patches: live object, patch, whole result."""

from typing import Any

import pytest

from local_cluster.schema import builtin
from local_cluster.schema.strategic import PatchError, merge
from weir.api.base import Kind

DEPLOYMENT = builtin(Kind("apps", "v1", "Deployment", "deployments"))


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {**({"containers": list(containers)} if containers else {}), **spec}}}}


A, B = {"name": "a", "image": "1", "args": ["x"]}, {"name": "b", "image": "2"}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "a container is patched by its name": (
        pod(A, B),
        pod({"name": "b", "image": "9"}),
        pod(A, {"name": "b", "image": "9"}),
    ),
    "a new container goes first": (pod(A), pod(B), pod(B, A)),
    "a list without merge key is replaced": (pod(A), pod({"name": "a", "args": ["y"]}), pod({**A, "args": ["y"]})),
    "null removes": (pod(A), pod({"name": "a", "args": None}), pod({"name": "a", "image": "1"})),
    "$patch delete removes an item": (pod(A, B), pod({"name": "a", "$patch": "delete"}), pod(B)),
    "$patch delete removes an object": (
        pod(A, securityContext={"runAsUser": 1}),
        pod(securityContext={"$patch": "delete"}),
        pod(A),
    ),
    "$patch replace replaces an object": (
        pod(A, securityContext={"runAsUser": 1}),
        pod(securityContext={"$patch": "replace", "runAsGroup": 2}),
        pod(A, securityContext={"runAsGroup": 2}),
    ),
    "$patch replace replaces a list": (pod(A), pod(B, {"$patch": "replace"}), pod(B)),
    "$patch merge is the default": (
        pod(A),
        pod({"$patch": "merge", "name": "a", "image": "9"}),
        pod({**A, "image": "9"}),
    ),
    "$setElementOrder orders": (
        pod(A, B),
        {"spec": {"template": {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}}},
        pod(B, A),
    ),
    "$setElementOrder places a new item": (
        pod(A),
        {
            "spec": {
                "template": {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}], "containers": [B]}}
            }
        },
        pod(B, A),
    ),
    "$retainKeys drops the other fields": (
        {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}},
        {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}},
        {"spec": {"strategy": {"type": "Recreate"}}},
    ),
    "values merge into a list of values": (
        {"metadata": {"finalizers": ["a/x"]}},
        {"metadata": {"finalizers": ["b/y", "a/x"]}},
        {"metadata": {"finalizers": ["b/y", "a/x"]}},
    ),
    "$deleteFromPrimitiveList removes values": (
        {"metadata": {"finalizers": ["a/x", "b/y"]}},
        {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a/x"]}},
        {"metadata": {"finalizers": ["b/y"]}},
    ),
    "labels merge, null removes one": (
        {"metadata": {"labels": {"a": "1", "b": "2"}}},
        {"metadata": {"labels": {"a": None, "c": "3"}}},
        {"metadata": {"labels": {"b": "2", "c": "3"}}},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_strategic_merge(case: str) -> None:
    live, patch, expected = CASES[case]
    assert merge(live, patch, DEPLOYMENT) == expected


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an item without its key": (pod({"image": "9"}), "map: map[image:9] does not contain declared merge key: name"),
    "an unknown directive": ({"spec": {"$patch": "other"}}, "unknown patch type: other in map: map[$patch:other]"),
    "an item that is no object": (
        pod("x"),
        "list element types are not identical: [[map[args:[x] image:1 name:a]] [x]]",
    ),  # type: ignore[arg-type]  the fault
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_patch_that_cannot_be_read(case: str) -> None:
    patch, message = FAULTS[case]
    with pytest.raises(PatchError) as caught:
        merge(pod(A), patch, DEPLOYMENT)
    assert str(caught.value) == message
