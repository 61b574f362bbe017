"""Defaults of the core group that depend on the object."""

import base64
from collections.abc import Callable
from typing import Any

Value = dict[str, Any]
Rule = Callable[[Value], None]


def _container(container: Value) -> None:
    if not container.get("imagePullPolicy"):
        image = str(container.get("image", ""))
        tag = image.rsplit("/", 1)[-1].partition("@")[0].partition(":")[2]
        latest = "@" not in image and tag in ("", "latest")
        container["imagePullPolicy"] = "Always" if latest else "IfNotPresent"


def _pod_spec(spec: Value) -> None:
    if spec.get("serviceAccountName"):
        spec["serviceAccount"] = spec["serviceAccountName"]
    elif spec.get("serviceAccount"):
        spec["serviceAccountName"] = spec["serviceAccount"]
    if spec.get("hostNetwork"):
        for container in [*spec.get("containers", ()), *spec.get("initContainers", ())]:
            for port in container.get("ports", ()):
                port.setdefault("hostPort", port.get("containerPort", 0))


def _pod(pod: Value) -> None:
    spec = pod.get("spec")
    if not isinstance(spec, dict):
        return
    spec.setdefault("enableServiceLinks", True)
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        limits = (container.get("resources") or {}).get("limits") or {}
        if limits:
            requests = container["resources"].get("requests") or {}
            container["resources"]["requests"] = {**limits, **requests}


def _volume(volume: Value) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}


def _secret(secret: Value) -> None:
    plain = secret.pop("stringData", None)
    if plain:
        encoded = {key: base64.b64encode(str(text).encode()).decode() for key, text in plain.items()}
        secret["data"] = {**(secret.get("data") or {}), **encoded}


def _service(spec: Value) -> None:
    outside = spec["type"] in ("NodePort", "LoadBalancer")
    for port in spec.get("ports") or ():
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if spec["sessionAffinity"] == "ClientIP":
        spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {}).setdefault("timeoutSeconds", 10800)
    if outside or spec.get("externalIPs"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")


def _limits(item: Value) -> None:
    if item.get("type") != "Container":
        return
    default = {**(item.get("max") or {}), **(item.get("default") or {})}
    requests = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
    if default:
        item["default"] = default
    if requests:
        item["defaultRequest"] = requests


def _claim(claim: Value) -> None:
    claim.setdefault("status", {}).setdefault("phase", "Pending")


def _volume_object(volume: Value) -> None:
    volume.setdefault("status", {}).setdefault("phase", "Pending")


def _namespace(namespace: Value) -> None:
    namespace.setdefault("status", {}).setdefault("phase", "Active")
    labels = namespace.setdefault("metadata", {}).setdefault("labels", {})
    labels["kubernetes.io/metadata.name"] = namespace["metadata"].get("name", "")


def _controller(controller: Value) -> None:
    """Labels and selector of a ReplicationController default to its template's labels."""
    spec = controller.get("spec") or {}
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels:
        controller.setdefault("metadata", {}).setdefault("labels", dict(labels))
        spec.setdefault("selector", dict(labels))


def _endpoint_port(port: Value) -> None:
    port.setdefault("protocol", "TCP")


CORE_RULES: dict[str, Rule] = {
    "core.v1.Container": _container,
    "core.v1.EphemeralContainer": _container,
    "core.v1.PodSpec": _pod_spec,
    "core.v1.Pod": _pod,
    "core.v1.EndpointPort": _endpoint_port,
    "core.v1.Volume": _volume,
    "core.v1.Secret": _secret,
    "core.v1.ServiceSpec": _service,
    "core.v1.LimitRangeItem": _limits,
    "core.v1.PersistentVolumeClaim": _claim,
    "core.v1.PersistentVolume": _volume_object,
    "core.v1.Namespace": _namespace,
    "core.v1.ReplicationController": _controller,
}
