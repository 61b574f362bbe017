"""Versions that are views of another: what is stored, seen through the version asked for, and back. Pure."""

from typing import Any

import msgspec

from local_cluster.api.resources import ApiResource

Body = dict[str, Any]

_EVENT = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}
"""Fields of a core Event -> fields of an events.k8s.io Event."""


def head(resource: ApiResource) -> bytes:
    """How every encoded object of a resource begins."""
    return f'{{"kind":"{resource.kind}","apiVersion":"{resource.api_version}",'.encode()


def seen(resource: ApiResource, raw: bytes) -> bytes:
    """A stored object as the resource's version shows it."""
    if resource.api_version == resource.stored_version and (
        resource.definition is None or raw.startswith(head(resource))
    ):
        return raw
    return msgspec.json.encode(seen_body(resource, msgspec.json.decode(raw)))


def seen_body(resource: ApiResource, stored: Body) -> Body:
    """As `seen`, of a decoded object."""
    if stored.get("apiVersion") == resource.api_version:
        return stored
    if resource.group == "events.k8s.io":
        stored = {_EVENT.get(key, key): value for key, value in stored.items()}
    elif (resource.group, resource.version) == ("autoscaling", "v1"):
        stored = {**stored, "spec": _cpu_out(stored.get("spec") or {})}
    return {**stored, "apiVersion": resource.api_version}


def stored(resource: ApiResource, body: Body) -> Body:
    """An object of the resource's version as it is stored."""
    if resource.api_version == resource.stored_version:
        return body
    if resource.group == "events.k8s.io":
        back = {new: old for old, new in _EVENT.items()}
        body = {back.get(key, key): value for key, value in body.items()}
    elif (resource.group, resource.version) == ("autoscaling", "v1"):
        body = {**body, "spec": _cpu_in(body.get("spec") or {})}
    return {**body, "apiVersion": resource.stored_version}


def _cpu_out(spec: Body) -> Body:
    kept = {key: value for key, value in spec.items() if key not in ("metrics", "behavior")}
    for metric in spec.get("metrics") or ():
        source = metric.get("resource") or {}
        if source.get("name") == "cpu" and "averageUtilization" in (source.get("target") or {}):
            kept["targetCPUUtilizationPercentage"] = source["target"]["averageUtilization"]
    return kept


def _cpu_in(spec: Body) -> Body:
    kept = dict(spec)
    percentage = kept.pop("targetCPUUtilizationPercentage", None)
    if percentage is not None:
        target = {"type": "Utilization", "averageUtilization": percentage}
        kept["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    return kept
