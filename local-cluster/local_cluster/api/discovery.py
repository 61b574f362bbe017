"""The discovery documents: legacy, one per group version, and aggregated (apidiscovery.k8s.io/v2). Pure."""

import base64
import hashlib
from typing import Any

from local_cluster.api.registry import Registry
from local_cluster.api.resources import ApiResource, Subresource

Document = dict[str, Any]
VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.3",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "go1.26",
    "compiler": "gc",
    "platform": "linux/amd64",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
}
"""What `/version` says: the version whose behaviour and schemas these are."""

AGGREGATED = {"v2": "apidiscovery.k8s.io/v2", "v2beta1": "apidiscovery.k8s.io/v2beta1"}


def api_versions(address: str) -> Document:
    """`/api`."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def group_list(registry: Registry) -> Document:
    """`/apis`."""
    groups = [_group(group, best, versions) for group, (best, versions) in registry.groups().items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(registry: Registry, name: str) -> Document | None:
    """`/apis/GROUP`, or None when there is no such group."""
    found = registry.groups().get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, *found)} if found else None


def _group(name: str, best: str, versions: list[str]) -> Document:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    preferred = {"groupVersion": f"{name}/{best}", "version": best}
    return {"name": name, "versions": listed, "preferredVersion": preferred}


def resource_list(registry: Registry, group: str, version: str) -> Document | None:
    """`/apis/GROUP/VERSION` and `/api/v1`, or None."""
    resources = registry.of_group(group, version)
    if not resources:
        return None
    rows = [row for each in resources for row in _rows(each)]
    head = {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if group else {})
    return {**head, "groupVersion": resources[0].api_version, "resources": rows}


def _rows(each: ApiResource) -> list[Document]:
    row: Document = {
        "name": each.plural,
        "singularName": each.singular,
        "namespaced": each.namespaced,
        "kind": each.kind,
        "verbs": each.verbs,
    }
    if each.short_names:
        row["shortNames"] = each.short_names
    if each.categories:
        row["categories"] = each.categories
    if "list" in each.verbs and each.plural != "componentstatuses":  # those are not stored
        row["storageVersionHash"] = storage_hash(each)
    return [row, *(_subrow(sub, namespaced=each.namespaced) for sub in each.subresources.values())]


def _subrow(sub: Subresource, *, namespaced: bool) -> Document:
    row: Document = {"name": sub.name, "singularName": "", "namespaced": namespaced, "kind": sub.kind}
    if sub.version:
        row |= {"group": sub.group, "version": sub.version}
    return row | {"verbs": sub.verbs}


def storage_hash(each: ApiResource) -> str:
    """Eight bytes that change with the stored version (apiserver `endpoints/discovery/storageversionhash.go`)."""
    group, version = ("", each.stored_version) if "/" not in each.stored_version else each.stored_version.split("/")
    return base64.b64encode(hashlib.sha256(f"{group}/{version}/{each.kind}".encode()).digest()[:8]).decode()


def aggregated(registry: Registry, *, core: bool, api_version: str) -> Document:
    """`/api` and `/apis` for clients that accept `APIGroupDiscoveryList`."""
    groups = {"": ("v1", ["v1"])} if core else registry.groups()
    items = [
        {
            "metadata": {"name": name} if name else {},
            "versions": [_version(registry, name, each) for each in versions],
        }
        for name, (_, versions) in groups.items()
    ]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": items}


def _version(registry: Registry, group: str, version: str) -> Document:
    rows = [_aggregated_row(each) for each in registry.of_group(group, version)]
    return {"version": version, "resources": rows, "freshness": "Current"}


def _response_kind(each: ApiResource) -> dict[str, str]:
    """The kind that a resource answers with; a built-in leaves out the group and version that it is listed under."""
    own = each.definition is None
    return {"group": "" if own else each.group, "version": "" if own else each.version, "kind": each.kind}


def _aggregated_row(each: ApiResource) -> Document:
    scope = "Namespaced" if each.namespaced else "Cluster"
    row: Document = {
        "resource": each.plural,
        "responseKind": _response_kind(each),
        "scope": scope,
        "singularResource": each.singular,
        "verbs": each.verbs,
    }
    if each.short_names:
        row["shortNames"] = each.short_names
    if each.categories:
        row["categories"] = each.categories
    if each.subresources:
        row["subresources"] = [_aggregated_sub(each, name, sub) for name, sub in each.subresources.items()]
    return row


def _aggregated_sub(each: ApiResource, name: str, sub: Subresource) -> Document:
    kind = _response_kind(each) | {"kind": sub.kind}
    if sub.version:
        kind |= {"group": sub.group, "version": sub.version}
    return {"subresource": name, "responseKind": kind, "verbs": sub.verbs}
