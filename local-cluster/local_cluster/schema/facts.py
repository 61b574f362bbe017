"""What a Kubernetes 1.36 API server says of itself: resources, schemas, table columns. Read once, on first use."""

import gzip
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

_FILE = "kubernetes-1.36.json.gz"


class Facts(msgspec.Struct, frozen=True, rename="camel"):
    """The discovery list by `group/version`, OpenAPI components by name, columns by `group/version/resource`."""

    version: str
    resources: dict[str, list[dict[str, Any]]]
    preferred_versions: dict[str, str]
    schemas: dict[str, dict[str, Any]]
    table_columns: dict[str, list[dict[str, Any]]]


@cache
def facts() -> Facts:
    """The facts, shared: nobody may change them."""
    packed = files("local_cluster.schema").joinpath(_FILE).read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=Facts)


@cache
def components_by_kind() -> dict[tuple[str, str, str], str]:
    """The component that describes each (group, version, kind)."""
    return {
        (kind["group"], kind["version"], kind["kind"]): name
        for name, schema in facts().schemas.items()
        for kind in schema.get("x-kubernetes-group-version-kind", ())
    }


@cache
def has_status(api_version: str, kind: str) -> bool:
    """Whether the built-in kind has a status subresource."""
    return any(
        resource["kind"] == kind and resource["name"].endswith("/status")
        for resource in facts().resources.get(api_version, ())
    )
