from typing import Any

import pytest

from weir.apply.managers import applier_of, cleaned, cleanup, last_writer, merged, migrated, takeovers

DATA_A, DATA_B = {"f:data": {"f:a": {}}}, {"f:data": {"f:b": {}}}
BOTH = {"f:data": {"f:a": {}, "f:b": {}}}


def entry(manager: str, operation: str, fields: Any, **more: Any) -> dict[str, Any]:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        **more,
    }


OURS = entry("kustomize-controller", "Apply", DATA_A)
OPERATOR = entry("operator", "Update", DATA_B)

MERGED = {
    "nothing foreign": ([OURS, OPERATOR], [OURS, OPERATOR]),
    "kubectl edit is merged into ours, which moves to the end": (
        [OURS, OPERATOR, entry("kubectl-edit", "Update", DATA_B)],
        [OPERATOR, entry("kustomize-controller", "Apply", BOTH)],
    ),
    "kubectl apply too": (
        [entry("kubectl", "Apply", DATA_B), OURS],
        [entry("kustomize-controller", "Apply", BOTH)],
    ),
    "without an entry of ours the first becomes it": (
        [entry("kubectl-client-side-apply", "Update", DATA_A), entry("before-first-apply", "Update", DATA_B)],
        [entry("kustomize-controller", "Apply", BOTH)],
    ),
    "our own updates are taken over": (
        [entry("kustomize-controller", "Update", DATA_A)],
        [entry("kustomize-controller", "Apply", DATA_A)],
    ),
    "a subresource is nobody's business": (
        [OURS, entry("kubectl", "Update", DATA_B, subresource="status")],
        [OURS, entry("kubectl", "Update", DATA_B, subresource="status")],
    ),
    "before-first-apply is only taken from updates": (
        [OURS, entry("before-first-apply", "Apply", DATA_B)],
        [OURS, entry("before-first-apply", "Apply", DATA_B)],
    ),
    "flux-client-side-apply is left alone": (
        [OURS, entry("flux-client-side-apply", "Update", DATA_B)],
        [OURS, entry("flux-client-side-apply", "Update", DATA_B)],
    ),
    "an override is taken over": (
        [OURS, entry("helm", "Update", DATA_B)],
        [entry("kustomize-controller", "Apply", BOTH)],
    ),
    "an unreadable entry is left alone": (
        [OURS, entry("kubectl", "Update", {"x:": 1})],
        [OURS, entry("kubectl", "Update", {"x:": 1})],
    ),
}


@pytest.mark.parametrize("name", MERGED)
def test_foreign_fields_become_ours(name: str) -> None:
    before, after = MERGED[name]
    assert merged(before, takeovers(["helm"]), "v1") == after


def live(**metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "resourceVersion": "7", **metadata}}


LAST = "kubectl.kubernetes.io/last-applied-configuration"


def test_cleanup_is_one_patch_that_fits_one_version_of_the_object() -> None:
    before = live(
        annotations={LAST: "{}", "mine": "1"},
        labels={"fluxcd.io/sync-gc-mark": "x"},
        managedFields=[entry("kubectl", "Update", DATA_A)],
    )
    patch = cleanup(before, takeovers())
    assert patch == [
        {"op": "remove", "path": "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"},
        {"op": "remove", "path": "/metadata/labels/fluxcd.io~1sync-gc-mark"},
        {
            "op": "replace",
            "path": "/metadata/managedFields",
            "value": [entry("kustomize-controller", "Apply", DATA_A)],
        },
        {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
    ]
    assert cleaned(before, patch) == live(
        annotations={"mine": "1"}, labels={}, managedFields=[entry("kustomize-controller", "Apply", DATA_A)]
    )


def test_a_clean_object_needs_no_patch() -> None:
    assert cleanup(live(annotations={"mine": "1"}, managedFields=[OURS, OPERATOR]), takeovers()) == []
    assert cleanup(live(), takeovers()) == []


def test_entries_of_another_version_are_moved_together() -> None:
    old = live(managedFields=[OURS, entry("x", "Update", DATA_B, apiVersion="v1beta1")])
    assert migrated(old, "v1")[0]["value"] == [OURS, entry("x", "Update", DATA_B, apiVersion="v1")]
    assert migrated(live(managedFields=[OURS]), "v1") == []


KEYED = {"f:spec": {"f:containers": {'k:{"name":"c"}': {".": {}, "f:image": {}}}}}
OWNED = {
    "a field that another applies": ("/spec/replicas", "hpa"),
    "a field in a keyed list": ("/spec/containers/1/image", "images"),
    "a field nobody applies": ("/spec/paused", ""),
    "a field that another updates": ("/spec/other", ""),
    "a place that is not there": ("/spec/containers/9/image", ""),
    "a field that we apply": ("/data/a", ""),
}


@pytest.mark.parametrize("name", OWNED)
def test_a_place_has_an_applier(name: str) -> None:
    pointer, expected = OWNED[name]
    obj = live(
        managedFields=[
            OURS,
            entry("hpa", "Apply", {"f:spec": {"f:replicas": {}}}),
            entry("images", "Apply", KEYED),
            entry("updater", "Update", {"f:spec": {"f:other": {}}}),
            entry("status", "Apply", {"f:spec": {"f:paused": {}}}, subresource="status"),
        ]
    ) | {
        "spec": {"replicas": 1, "paused": True, "other": 1, "containers": [{"name": "b"}, {"name": "c", "image": "i"}]}
    }
    obj["data"] = {"a": "1"}
    assert applier_of(obj, pointer) == expected


def test_the_last_writer_is_the_one_who_fights() -> None:
    later = entry("operator", "Update", DATA_B, time="2026-01-02T00:00:00Z")
    assert last_writer(live(managedFields=[OURS, later, entry("old", "Update", DATA_B)])) == "operator"
    assert last_writer(live(managedFields=[OURS])) == ""
