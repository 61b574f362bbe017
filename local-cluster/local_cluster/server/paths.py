"""Paths that are no resources: discovery, OpenAPI, version, health."""

from local_cluster.api import discovery
from local_cluster.api.errors import NotServed, no_such_resource
from local_cluster.api.openapi import OpenApi
from local_cluster.api.registry import Registry
from local_cluster.api.resources import builtin_groups
from local_cluster.server import answer
from local_cluster.server.answer import Answer
from local_cluster.server.negotiation import discovery_form

_HEALTH = ("healthz", "livez", "readyz")


def resolve(registry: Registry, openapi: OpenApi, path: str, accept: str, address: str) -> Answer:
    """Answer a GET. Raises `NotServed`, and 406."""
    parts = [part for part in path.split("/") if part]
    match parts:
        case []:
            return answer.document({"paths": _paths(registry)})
        case ["version"]:
            return answer.document(discovery.VERSION)
        case [first, *_] if first in _HEALTH:
            return answer.plain("ok")
        case ["api"] | ["apis"]:
            return _root(registry, parts[0], accept, address)
        case ["api", version]:
            return _found(discovery.resource_list(registry, "", version), no_such_resource())
        case ["openapi", "v3", *rest]:
            return _described(openapi, rest)
        case ["apis", group]:
            return _found(discovery.group(registry, group), NotServed())
        case ["apis", group, version]:
            missing = no_such_resource() if group in builtin_groups() else NotServed()
            return _found(discovery.resource_list(registry, group, version), missing)
    raise NotServed


def _root(registry: Registry, root: str, accept: str, address: str) -> Answer:
    form = discovery_form(accept)
    if form.kind:
        version = discovery.AGGREGATED[form.version]
        body = discovery.aggregated(registry, core=root == "api", api_version=version)
        media = f"application/json;g=apidiscovery.k8s.io;v={form.version};as=APIGroupDiscoveryList"
        return answer.document(body)._replace(media=media)
    return answer.document(discovery.api_versions(address) if root == "api" else discovery.group_list(registry))


def _found(body: discovery.Document | None, missing: Exception) -> Answer:
    if body is None:
        raise missing
    return answer.document(body)


def _described(openapi: OpenApi, rest: list[str]) -> Answer:
    """`/openapi/v3` and the documents below it."""
    match rest:
        case []:
            return answer.document(openapi.index())
        case ["api", version]:
            document = openapi.document("", version)
        case ["apis", group, version]:
            document = openapi.document(group, version)
        case _:
            document = None
    if document is None:
        return Answer(b"", 404, "")
    return answer.raw(document)


def _paths(registry: Registry) -> list[str]:
    paths = ["/api", "/api/v1", "/apis", *(f"/{name}" for name in _HEALTH), "/openapi/v3", "/version"]
    for group, (_, versions) in registry.groups().items():
        paths += [f"/apis/{group}", *(f"/apis/{group}/{version}" for version in versions)]
    return sorted(paths)
