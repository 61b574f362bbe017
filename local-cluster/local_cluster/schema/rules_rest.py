"""Rules of the other groups."""

import ipaddress
import re
from collections.abc import Iterator

from . import causes
from .errors import Cause
from .labels import SUBDOMAIN_TEXT, WILDCARD_TEXT, dns_label
from .rules_core import Rule, Value, port
from .rules_data import is_address

_RBAC = "rbac.authorization.k8s.io"
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def _ingress(spec: Value, path: str) -> Iterator[Cause]:
    if not spec.get("rules") and not spec.get("defaultBackend"):
        text = "either `defaultBackend` or `rules` must be specified"
        yield causes.invalid(path, spec.get("rules"), text)
    for i, each in enumerate(spec.get("rules") or ()):
        if each.get("http") is not None and not each["http"].get("paths"):
            yield causes.required(f"{path}.rules[{i}].http.paths")
        yield from _host(str(each.get("host") or ""), f"{path}.rules[{i}].host")
    for i, each in enumerate(spec.get("tls") or ()):
        for j, host in enumerate(each.get("hosts") or ()):
            yield from _host(host, f"{path}.tls[{i}].hosts[{j}]")
    name = spec.get("ingressClassName")
    if name and not _SUBDOMAIN.fullmatch(name):
        yield causes.invalid(f"{path}.ingressClassName", name, SUBDOMAIN_TEXT)


def _host(host: str, path: str) -> Iterator[Cause]:
    if is_address(host):
        yield causes.invalid(path, host, "must be a DNS name, not an IP address")
    elif host.startswith("*"):
        if not (host.startswith("*.") and _SUBDOMAIN.fullmatch(host[2:])):
            yield causes.invalid(path, host, WILDCARD_TEXT)
    elif host and not _SUBDOMAIN.fullmatch(host):
        yield causes.invalid(path, host, SUBDOMAIN_TEXT)


def _ingress_path(value: Value, path: str) -> Iterator[Cause]:
    kind = value.get("pathType")
    if not kind:
        yield causes.required(f"{path}.pathType", "pathType must be specified")
    if kind in ("Exact", "Prefix") and not str(value.get("path") or "").startswith("/"):
        yield causes.invalid(f"{path}.path", value.get("path", ""), "must be an absolute path")
    for part in ("//", "/./", "/../", "%2f", "%2F") if kind in ("Exact", "Prefix") else ():
        if part in str(value.get("path") or ""):
            yield causes.invalid(f"{path}.path", value["path"], f"must not contain '{part}'")


def _ingress_backend(backend: Value, path: str) -> Iterator[Cause]:
    service = backend.get("service")
    if service is None and backend.get("resource") is None:
        yield causes.invalid(path, "", "resource or service backend is required")
    elif service is not None:
        yield from _backend_service(service, path)


def _backend_service(service: Value, path: str) -> Iterator[Cause]:
    name, where = service.get("name"), service.get("port") or {}
    if not name:
        yield causes.required(f"{path}.service.name")
    else:
        yield from dns_label(f"{path}.service.name", name)
    if where.get("name") and where.get("number"):
        yield causes.invalid(path, "", "cannot set both port name & port number")
    elif not where.get("name") and not where.get("number"):
        yield causes.required(path, "port name or number is required")


def _role_ref(reference: Value, path: str) -> Iterator[Cause]:
    if reference.get("apiGroup") not in (None, "", _RBAC):
        yield causes.unsupported(f"{path}.apiGroup", reference["apiGroup"], [_RBAC])
    if reference.get("kind") not in ("Role", "ClusterRole"):
        yield causes.unsupported(f"{path}.kind", reference.get("kind", ""), ["Role", "ClusterRole"])
    if not reference.get("name"):
        yield causes.required(f"{path}.name")


def _subject(subject: Value, path: str) -> Iterator[Cause]:
    if not subject.get("name"):
        yield causes.required(f"{path}.name")
    if subject.get("kind") not in ("ServiceAccount", "User", "Group"):
        allowed = ["ServiceAccount", "User", "Group"]
        yield causes.unsupported(f"{path}.kind", subject.get("kind", ""), allowed)


def _policy_rule(rule: Value, path: str) -> Iterator[Cause]:
    if not rule.get("verbs"):
        yield causes.required(f"{path}.verbs", "verbs must contain at least one value")
    if rule.get("nonResourceURLs"):
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            text = "rules cannot apply to both regular resources and non-resource URLs"
            yield causes.invalid(f"{path}.nonResourceURLs", rule["nonResourceURLs"], text)
        return
    if not rule.get("apiGroups"):
        yield causes.required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield causes.required(f"{path}.resources", "resource rules must supply at least one resource")


def _autoscaler(spec: Value, path: str) -> Iterator[Cause]:
    low, high = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if low < 1:
        yield causes.invalid(f"{path}.minReplicas", low, "must be greater than or equal to 1")
    if not low and not any(each.get("type") in ("Object", "External") for each in spec.get("metrics") or ()):
        text = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield causes.forbidden(f"{path}.metrics", text)
    reference = spec.get("scaleTargetRef") or {}
    for name in ("kind", "name"):
        if not reference.get(name):
            yield causes.required(f"{path}.scaleTargetRef.{name}")
    if not reference.get("apiVersion"):
        place = f"{path}.scaleTargetRef.apiVersion"
        yield causes.invalid(place, "", "apiVersion must specify API group")
    for i, each in enumerate(spec.get("metrics") or ()):
        yield from _metric(each, f"{path}.metrics[{i}]")
    if high < 1:
        yield causes.required(f"{path}.maxReplicas", "must be set and greater than 0")
    if high < low:
        yield causes.invalid(f"{path}.maxReplicas", high, "must be greater than or equal to `minReplicas`")


_METRICS = ("ContainerResource", "External", "Object", "Pods", "Resource")


def _metric(metric: Value, path: str) -> Iterator[Cause]:
    if metric.get("type") not in _METRICS:
        yield from [causes.unsupported(f"{path}.type", metric.get("type", ""), _METRICS)] * 2  # it is asked twice
    target = (metric.get("resource") or {}).get("target") or {}
    if metric.get("resource") is not None and not target.get("averageUtilization") and not target.get("averageValue"):
        text = "must set either a target raw value or a target utilization"
        yield causes.required(f"{path}.resource.target.averageUtilization", text)


def _peer(peer: Value, path: str) -> Iterator[Cause]:
    if not any(peer.get(name) is not None for name in ("podSelector", "namespaceSelector", "ipBlock")):
        yield causes.required(path, "must specify a peer")


def _block(block: Value, path: str) -> Iterator[Cause]:
    try:
        ipaddress.ip_network(str(block.get("cidr")), strict=False)
    except ValueError:
        text = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
        yield causes.invalid(f"{path}.cidr", block.get("cidr", ""), text)


def _policy_port(value: Value, path: str) -> Iterator[Cause]:
    if isinstance(value.get("port"), int):
        yield from port(f"{path}.port", value["port"])


def _role(role: Value, path: str) -> Iterator[Cause]:
    del path
    for i, rule in enumerate(role.get("rules") or ()):
        if rule.get("nonResourceURLs"):
            text = "namespaced rules cannot apply to non-resource URLs"
            yield causes.invalid(f"rules[{i}].nonResourceURLs", rule["nonResourceURLs"], text)


REST_RULES: dict[str, Rule] = {
    "networking.v1.IngressSpec": _ingress,
    "networking.v1.HTTPIngressPath": _ingress_path,
    "networking.v1.IngressBackend": _ingress_backend,
    "networking.v1.IPBlock": _block,
    "networking.v1.NetworkPolicyPeer": _peer,
    "networking.v1.NetworkPolicyPort": _policy_port,
    "rbac.v1.Role": _role,
    "rbac.v1.RoleRef": _role_ref,
    "rbac.v1.Subject": _subject,
    "rbac.v1.PolicyRule": _policy_rule,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler,
}
