"""Rules of what holds data or numbers: secrets, config maps, leases, quotas, claims, slices, events, classes."""

import base64
import binascii
import ipaddress
import json
from collections.abc import Iterator
from typing import Any

from . import causes
from .errors import Cause
from .events import event
from .quantities import canonical
from .rules_core import Rule, Value, quantity
from .rules_pods import NOT_NEGATIVE, port_name

_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_NEEDED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_DOCKER = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_REDACTED = "<secret contents redacted>"
_ACCOUNT = "kubernetes.io/service-account.name"
_LIMITS = ("Pod", "Container", "PersistentVolumeClaim")


def _secret(secret: Value, path: str) -> Iterator[Cause]:
    del path
    kind, data = secret.get("type"), secret.get("data") or {}
    for key in _NEEDED.get(str(kind), ()):
        if key not in data:
            yield causes.required(f"data[{key}]")
        elif kind in _DOCKER and (fault := _json_fault(data[key])):
            yield causes.invalid(f"data[{key}]", _REDACTED, fault)
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield causes.required("data[username]")
        yield causes.required("data[password]")
    if kind == "kubernetes.io/service-account-token":
        annotations = (secret.get("metadata") or {}).get("annotations") or {}
        if not annotations.get(_ACCOUNT):
            yield causes.required(f"metadata.annotations[{_ACCOUNT}]")


def _json_fault(encoded: Any) -> str:
    try:
        json.loads(base64.b64decode(str(encoded), validate=True))
    except json.JSONDecodeError as bad:
        return "unexpected end of JSON input" if bad.pos >= len(bad.doc) or "Expecting property" in bad.msg else bad.msg
    except (binascii.Error, ValueError):
        return "unexpected end of JSON input"
    return ""


def _config_map(config: Value, path: str) -> Iterator[Cause]:
    del path
    for key in config.get("data") or {}:
        if key in (config.get("binaryData") or {}):
            yield causes.invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
        if key in (".", ".."):
            yield causes.invalid(f"data[{key}]", key, f"must not be '{key}'")


def _lease(spec: Value, path: str) -> Iterator[Cause]:
    seconds, moves = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if isinstance(seconds, int) and seconds <= 0:
        yield causes.invalid(f"{path}.leaseDurationSeconds", seconds, "must be greater than 0")
    if isinstance(moves, int) and moves < 0:
        yield causes.invalid(f"{path}.leaseTransitions", moves, NOT_NEGATIVE)


def _quota(spec: Value, path: str) -> Iterator[Cause]:
    for name, amount in (spec.get("hard") or {}).items():
        if (quantity(amount) or 0) < 0:
            yield causes.invalid(f"{path}.hard[{name}]", canonical(amount), NOT_NEGATIVE)


def _limit(limit: Value, path: str) -> Iterator[Cause]:
    if "/" not in str(limit.get("type")) and limit.get("type") not in _LIMITS:
        text = "must be a standard limit type or fully qualified"
        yield causes.invalid(f"{path}.type", limit.get("type", ""), text)


def _claim(spec: Value, path: str) -> Iterator[Cause]:
    amount = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if amount is not None and (quantity(amount) or 0) <= 0:
        yield causes.invalid(f"{path}.resources[storage]", canonical(amount), "must be greater than zero")


def _endpoint(endpoint: Value, path: str) -> Iterator[Cause]:
    if not endpoint.get("addresses"):
        yield causes.required(f"{path}.addresses", "must contain at least 1 address")
    for i, address in enumerate(endpoint.get("addresses") or ()):
        if not is_address(address):
            yield causes.invalid(f"{path}.addresses[{i}]", address, _ADDRESS)


def is_address(text: Any) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


def _namespace(namespace: Value, path: str) -> Iterator[Cause]:
    del path
    phase = (namespace.get("status") or {}).get("phase")
    if phase not in (None, "Active") and not (namespace.get("metadata") or {}).get("deletionTimestamp"):
        yield causes.invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty")


def _revision(revision: Value, path: str) -> Iterator[Cause]:
    del path
    number = revision.get("revision", 0)
    if isinstance(number, int) and number < 0:
        yield causes.invalid("revision", number, NOT_NEGATIVE)
    if revision.get("data") is None:
        yield causes.required("data", "data is mandatory")


def _priority_class(found: Value, path: str) -> Iterator[Cause]:
    del path
    name = (found.get("metadata") or {}).get("name", "")
    if name.startswith("system-") and name not in ("system-node-critical", "system-cluster-critical"):
        text = "priority class names with 'system-' prefix are reserved for system use only. error: "
        yield causes.forbidden("metadata.name", f"{text}{name} is not a known system priority class")


def _storage_class(found: Value, path: str) -> Iterator[Cause]:
    del path
    if not found.get("provisioner"):
        yield causes.required("provisioner")


def _service(spec: Value, path: str) -> Iterator[Cause]:
    seen: set[tuple[Any, Any]] = set()
    ports = spec.get("ports") or ()
    for i, each in enumerate(ports):
        yield from port_name(f"{path}.ports[{i}].targetPort", each.get("targetPort"))
        key = (each.get("port"), each.get("protocol", "TCP"))
        if key in seen:
            plain = {"Name": "", "Protocol": key[1], "AppProtocol": None, "Port": key[0]}
            plain |= {"TargetPort": 0, "NodePort": 0}
            yield causes.duplicate(f"{path}.ports[{i}]", plain)
        seen.add(key)
        if each.get("nodePort") and spec.get("type") == "ClusterIP":
            text = "may not be used when `type` is 'ClusterIP'"
            yield causes.forbidden(f"{path}.ports[{i}].nodePort", text)
    address = spec.get("clusterIP")
    if address not in (None, "", "None") and not is_address(address):
        yield causes.invalid(f"{path}.clusterIPs[0]", address, _ADDRESS)


def _cluster_binding(binding: Value, path: str) -> Iterator[Cause]:
    del path
    for i, subject in enumerate(binding.get("subjects") or ()):
        if subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
            yield causes.required(f"subjects[{i}].namespace")


DATA_RULES: dict[str, Rule] = {
    "apps.v1.ControllerRevision": _revision,
    "coordination.v1.LeaseSpec": _lease,
    "core.v1.ConfigMap": _config_map,
    "core.v1.Event": event,
    "core.v1.LimitRangeItem": _limit,
    "core.v1.Namespace": _namespace,
    "core.v1.PersistentVolumeClaimSpec": _claim,
    "core.v1.ResourceQuotaSpec": _quota,
    "core.v1.Secret": _secret,
    "core.v1.ServiceSpec": _service,
    "discovery.v1.Endpoint": _endpoint,
    "rbac.v1.ClusterRoleBinding": _cluster_binding,
    "scheduling.v1.PriorityClass": _priority_class,
    "storage.v1.StorageClass": _storage_class,
}
"""Beside those of `CORE_RULES`: a type may have rules in both."""
