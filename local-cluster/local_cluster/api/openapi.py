"""The OpenAPI v3 documents, one per group version: enough for explain, apply, diff and validation by clients. Pure."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from local_cluster.api.registry import Registry
from local_cluster.api.resources import ApiResource
from local_cluster.schema.facts import components_by_kind, facts

Document = dict[str, Any]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"
_OPTIONS = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"
_STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status"
_WRITES = ("dryRun", "fieldManager", "fieldValidation")
_LISTS = (
    "allowWatchBookmarks",
    "continue",
    "fieldSelector",
    "labelSelector",
    "limit",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "timeoutSeconds",
    "watch",
)
_DELETES = ("dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy")
_TYPES = {
    "allowWatchBookmarks": "boolean",
    "force": "boolean",
    "gracePeriodSeconds": "integer",
    "limit": "integer",
    "orphanDependents": "boolean",
    "sendInitialEvents": "boolean",
    "timeoutSeconds": "integer",
    "watch": "boolean",
}
_ITEM = {
    "get": ("get", "get", ()),
    "put": ("update", "put", _WRITES),
    "patch": ("patch", "patch", (*_WRITES, "force")),
    "delete": ("delete", "delete", _DELETES),
}
_COLLECTION = {
    "get": ("list", "list", _LISTS),
    "post": ("create", "post", _WRITES),
    "delete": ("deletecollection", "deletecollection", (*_DELETES, *_LISTS)),
}


class OpenApi:
    """Makes documents and keeps them until what is served changes."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made: dict[str, bytes] = {}
        self._changes = -1

    def index(self) -> Document:
        """`/openapi/v3`."""
        paths = {}
        for each in self._registry.resources():
            path = each.path.strip("/")
            if path not in paths:
                digest = hashlib.sha256(self._version_digest(each)).hexdigest()[:32].upper()
                paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"}
        return {"paths": paths}

    def _version_digest(self, each: ApiResource) -> bytes:
        listed = self._registry.of_group(each.group, each.version)
        return " ".join(f"{one.plural} {one.uid}" for one in listed).encode()

    def document(self, group: str, version: str) -> bytes | None:
        """`/openapi/v3/apis/GROUP/VERSION`, encoded; None when that is not served."""
        if self._changes != self._registry.changes:
            self._made, self._changes = {}, self._registry.changes
        key = f"{group}/{version}"
        if key not in self._made:
            resources = self._registry.of_group(group, version)
            if not resources:
                return None
            self._made[key] = msgspec.json.encode(_document(resources))
        return self._made[key]


def component(resource: ApiResource) -> str:
    """The name of a kind's schema."""
    if resource.definition is None:
        return components_by_kind()[resource.group, resource.version, resource.kind]
    return ".".join([*reversed(resource.group.split(".")), resource.version, resource.kind])


def _document(resources: list[ApiResource]) -> Document:
    schemas: Document = {}
    paths: Document = {}
    for each in resources:
        _add(schemas, _STATUS)
        _add(schemas, _OPTIONS)
        if each.definition is None:
            _add(schemas, component(each))
            _add(schemas, components_by_kind().get((each.group, each.version, each.list_kind), ""))
        else:
            _add(schemas, _META)
            _add(schemas, _LIST_META)
            schemas[component(each)] = _custom(each)
            schemas[f"{component(each)}List"] = _custom_list(each)
        paths |= dict(_paths(each))
    info = {"title": "Kubernetes", "version": "v1.36.3"}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _add(schemas: Document, name: str) -> None:
    """Add a built-in schema and what it refers to."""
    if not name or name in schemas:
        return
    known = facts().schemas.get(name)
    if known is None:
        return
    schemas[name] = {}
    found: list[str] = []
    schemas[name] = _linked(known, found)
    for each in found:
        _add(schemas, each)


def _linked(node: Any, found: list[str]) -> Any:
    """The schema with its references as an OpenAPI document writes them."""
    if isinstance(node, list):
        return [_linked(each, found) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(name := node.get("$ref"), str):
        found.append(name)
        link = {"$ref": f"#/components/schemas/{name}"}
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {"allOf": [link], **rest} if rest else link
    return {key: _linked(value, found) for key, value in node.items()}


def _custom(resource: ApiResource) -> Document:
    versions = (resource.definition or {})["versions"]
    version = next(each for each in versions if each["name"] == resource.version)
    schema = dict((version.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"})
    own = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"allOf": [{"$ref": f"#/components/schemas/{_META}"}]},
    }
    schema["properties"] = {**schema.get("properties", {}), **own}
    schema["x-kubernetes-group-version-kind"] = [_kind(resource)]
    return schema


def _custom_list(resource: ApiResource) -> Document:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{component(resource)}"}}
    own = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"allOf": [{"$ref": f"#/components/schemas/{_LIST_META}"}]},
        "items": items,
    }
    listed = {"group": resource.group, "kind": resource.list_kind, "version": resource.version}
    return {"type": "object", "required": ["items"], "properties": own, "x-kubernetes-group-version-kind": [listed]}


def _kind(resource: ApiResource) -> Document:
    return {"group": resource.group, "kind": resource.kind, "version": resource.version}


def _paths(resource: ApiResource) -> Iterator[tuple[str, Document]]:
    space = "/namespaces/{namespace}" if resource.namespaced else ""
    collection = f"{resource.path}{space}/{resource.plural}"
    yield collection, _operations(resource, resource.verbs, _COLLECTION)
    if resource.namespaced and "list" in resource.verbs:
        yield f"{resource.path}/{resource.plural}", _operations(resource, ("list",), _COLLECTION)
    if "get" in resource.verbs:
        yield f"{collection}/{{name}}", _operations(resource, resource.verbs, _ITEM)
    for name, sub in resource.subresources.items():
        verbs = {"post": ("create", "post", _WRITES), **_ITEM} if "create" in sub.verbs else _ITEM
        yield f"{collection}/{{name}}/{name}", _operations(resource, sub.verbs, verbs)


def _operations(resource: ApiResource, verbs: tuple[str, ...], table: dict[str, tuple[str, str, Any]]) -> Document:
    made = {}
    for method, (verb, action, parameters) in table.items():
        if verb in verbs:
            made[method] = {
                "parameters": [_parameter(name) for name in parameters],
                "responses": {"200": {"description": "OK"}},
                "x-kubernetes-action": action,
                "x-kubernetes-group-version-kind": _kind(resource),
            }
    return made


def _parameter(name: str) -> Document:
    return {"name": name, "in": "query", "schema": {"type": _TYPES.get(name, "string"), "uniqueItems": True}}
