"""CRDs from Structs: a small kind whole, and ours against the local cluster."""

from typing import Annotated, ClassVar, Literal

import pytest
from msgspec import Meta

from tests.servers.cluster import RunningCluster
from weir import manifests
from weir.api.base import AGE, Definition, GoDuration, Kind, Resource, Rule, Struct
from weir.api.kinds import KINDS


class Seat(Struct):
    """A place to sit."""

    name: str
    """Its name."""
    count: int = 0
    """How many."""


class TableSpec(Struct):
    """The wanted state of a Table."""

    RULES: ClassVar = (Rule("self.legs > 2", "a table needs three legs"),)
    LIST_KEYS: ClassVar = {"seats": ("name",)}

    legs: Annotated[int, Meta(ge=3)]
    """How many legs,
    at least three."""
    wood: Literal["oak", "ash"] = "oak"
    """What it is made of."""
    seats: Annotated[tuple[Seat, ...], Meta(min_length=1)] = ()
    """Where to sit."""
    notes: dict[str, str] = {}
    """What people say."""
    age: GoDuration | None = None
    """How old it is."""
    varnished: bool = False
    """Whether it shines."""


class Table(Resource):
    """A table."""

    DEFINITION = Definition(
        kind=Kind("example.com", "v1", "Table", "tables"),
        singular="table",
        short_names=("tb",),
        columns=(AGE,),
        status=False,
        status_default=False,
    )
    spec: TableSpec


def test_a_kind_becomes_a_definition() -> None:
    spec = manifests.crd(Table)["spec"]
    assert spec["names"] == {
        "kind": "Table",
        "listKind": "TableList",
        "plural": "tables",
        "shortNames": ["tb"],
        "singular": "table",
    }
    (version,) = spec["versions"]
    assert version["subresources"] == {}
    assert version["additionalPrinterColumns"] == [
        {"jsonPath": ".metadata.creationTimestamp", "name": "Age", "type": "date"}
    ]
    assert version["schema"]["openAPIV3Schema"]["properties"]["spec"] == {
        "description": "The wanted state of a Table.",
        "type": "object",
        "required": ["legs"],
        "x-kubernetes-validations": [{"message": "a table needs three legs", "rule": "self.legs > 2"}],
        "properties": {
            "legs": {
                "type": "integer",
                "format": "int64",
                "minimum": 3,
                "description": "How many legs, at least three.",
            },
            "wood": {
                "type": "string",
                "enum": ["ash", "oak"],
                "default": "oak",
                "description": "What it is made of.",
            },
            "seats": {
                "type": "array",
                "minItems": 1,
                "description": "Where to sit.",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {
                    "type": "object",
                    "description": "A place to sit.",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "description": "Its name."},
                        "count": {"type": "integer", "format": "int64", "description": "How many."},
                    },
                },
            },
            "notes": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "What people say.",
            },
            "age": {
                "type": "string",
                "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$",
                "description": "How old it is.",
            },
            "varnished": {"type": "boolean", "description": "Whether it shines."},
        },
    }


class Bare(Struct):
    """Says nothing of its field."""

    x: int


def test_a_field_without_a_description_is_an_error() -> None:
    with pytest.raises(TypeError, match="Bare: no string under x"):
        manifests.descriptions(Bare)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_ours_is_described(kind: type[Resource]) -> None:
    schema = manifests.crd(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert schema["description"]


def test_the_defaults_of_a_stored_object(cluster: RunningCluster, namespace: str) -> None:
    for definition in manifests.crds():
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        assert cluster.call("POST", path, definition).code in {201, 409}
    body = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "a"},
        "spec": {"prune": True, "sourceRef": {"kind": "GitRepository", "name": "x"}, "typo": 1},
    }
    path = f"/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{namespace}/kustomizations"
    created = cluster.call("POST", path, body).body
    assert created["spec"] == {
        "prune": True,
        "force": False,
        "interval": "5m",
        "sourceRef": {"kind": "GitRepository", "name": "x"},
    }
    assert created["status"] == {"observedGeneration": -1}


REFUSED = {
    "an address of another kind": ({"url": "git@host:x"}, "spec.url in body should match"),
    "a day": ({"interval": "1d"}, "spec.interval in body should match"),
    "an account without its provider": (
        {"serviceAccountName": "x"},
        "serviceAccountName can only be set when provider",
    ),
}


@pytest.mark.parametrize(("change", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_the_api_server_refuses_what_breaks_a_rule(
    cluster: RunningCluster, namespace: str, change: dict[str, str], text: str
) -> None:
    for definition in manifests.crds():
        cluster.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
    body = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "a"},
        "spec": {"url": "https://host/x", "interval": "1m", **change},
    }
    path = f"/apis/source.toolkit.fluxcd.io/v1/namespaces/{namespace}/gitrepositories"
    answer = cluster.call("POST", path, body)
    assert (answer.code, text in answer.body["message"]) == (422, True), answer.body
