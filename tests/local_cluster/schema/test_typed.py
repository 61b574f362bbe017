"""Applied objects that do not fit their schema, in the API server's words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local_cluster.schema import Schema, builtin, crd
from local_cluster.schema.apply import apply
from local_cluster.schema.errors import Untyped
from weir.api.base import Kind

START = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = builtin(Kind("", "v1", "ConfigMap", "configmaps"))
DEPLOYMENT = builtin(Kind("apps", "v1", "Deployment", "deployments"))
PARTS = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": {"type": "object", "properties": {"name": {"type": "string"}, "n": {"type": "integer"}}},
}
CUSTOM = crd({"type": "object", "properties": {"spec": {"type": "object", "properties": {"parts": PARTS}}}})


def config(data: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n"}, "data": data}


def custom(spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "e.org/v1", "kind": "Thing", "metadata": {"name": "x", "namespace": "n"}, "spec": spec}


def deployment(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x", "namespace": "n"}, "spec": spec}


UNTYPED: dict[str, tuple[Schema, dict[str, Any], str]] = {
    "an unknown field": (
        DEPLOYMENT,
        deployment(foo=1),
        "n/x; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema",
    ),
    "text for a number": (
        DEPLOYMENT,
        deployment(replicas="3"),
        "n/x; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string",
    ),
    "a number for text": (
        CONFIG,
        config({"a": 8080}),
        "n/x; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:8080}",
    ),
    "an item twice": (
        CUSTOM,
        custom({"parts": [{"name": "a"}, {"name": "a"}]}),
        'n/x; e.org/v1, Kind=Thing): .spec.parts: duplicate entries for key [name="a"]',
    ),
    "an item without its key": (
        CUSTOM,
        custom({"parts": [{"n": 1}]}),
        (
            "n/x; e.org/v1, Kind=Thing): .spec.parts: element 0: associative list with keys has an element "
            'that omits all key fields ["name"] (and doesn\'t have default values for any key fields)'
        ),
    ),
}


@pytest.mark.parametrize("case", UNTYPED)
def test_an_object_that_does_not_fit(case: str) -> None:
    schema, body, expected = UNTYPED[case]
    with pytest.raises(Untyped) as caught:
        apply(None, body, schema, manager="me", force=False, api_version=body["apiVersion"], now=START)
    assert caught.value.message == f"failed to create typed patch object ({expected}"
    assert (caught.value.code, caught.value.reason) == (500, "")
