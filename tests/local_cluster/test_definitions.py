"""CustomResourceDefinitions whose names meet."""

import uuid
from typing import Any

from tests.servers.cluster import RunningCluster, soon

URL = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def definition(group: str, plural: str, kind: str) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"plural": plural, "singular": plural[:-1], "kind": kind},
            "scope": "Cluster",
            "versions": [version],
        },
    }


def conditions(cluster: RunningCluster, name: str) -> dict[str, tuple[str, str, str]]:
    body = cluster.call("GET", f"{URL}/{name}").body
    listed = (body.get("status") or {}).get("conditions") or ()
    return {each["type"]: (each["status"], each["reason"], each["message"]) for each in listed}


def test_a_name_that_is_taken_is_served_once_it_is_free(cluster: RunningCluster) -> None:
    group = f"g{uuid.uuid4().hex[:8]}.example.org"
    first, second = f"things.{group}", f"items.{group}"
    assert cluster.call("POST", URL, definition(group, "things", "Thing")).code == 201
    assert cluster.call("POST", URL, definition(group, "items", "Thing")).code == 201
    expected = {
        "NamesAccepted": ("False", "ListKindConflict", '"ThingList" is already in use'),
        "Established": ("False", "NotAccepted", "not all names are accepted"),
    }
    soon(lambda: conditions(cluster, second) == expected)
    assert cluster.call("GET", f"/apis/{group}/v1/things").code == 200
    assert cluster.call("GET", f"/apis/{group}/v1/items").code == 404
    assert cluster.call("DELETE", f"{URL}/{first}").code == 200
    soon(lambda: cluster.call("GET", f"/apis/{group}/v1/items").code == 200)
    soon(lambda: conditions(cluster, second).get("Established", ("",))[0] == "True")
    assert conditions(cluster, second)["NamesAccepted"] == ("True", "NoConflicts", "no conflicts found")
    item = {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "a"}}
    assert cluster.call("POST", f"/apis/{group}/v1/items", item).code == 201
    assert cluster.call("DELETE", f"{URL}/{second}").code == 200
