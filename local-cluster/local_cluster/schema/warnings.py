"""What the API server takes and warns of (`pkg/api/*/warnings.go`): what is deprecated, or surely not meant."""

from collections.abc import Iterator, Mapping
from typing import Any

DEPRECATED = {
    "v1/endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    "v1/componentstatuses": "v1 ComponentStatus is deprecated in v1.19+",
}
"""apiVersion/plural -> what every request for it is warned of."""
_OLD_LABELS = {
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
}
_SINCE = {"beta.kubernetes.io/arch": "v1.14", "beta.kubernetes.io/os": "v1.14"}
_CLASS = "kubernetes.io/ingress.class"
_LONGEST_HOST = 63
_HOSTS = (
    "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is "
    f"recommended: [must be no more than {_LONGEST_HOST} characters]"
)


def object_warnings(obj: Mapping[str, Any]) -> Iterator[str]:
    """What is warned of in a built-in object that is written."""
    spec, metadata = obj.get("spec"), obj.get("metadata") or {}
    match obj.get("kind"):
        case "Pod" if isinstance(spec, Mapping):
            yield from _pod_spec(spec, "spec")
        case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" if isinstance(spec, Mapping):
            if obj["kind"] == "Deployment" and len(str(metadata.get("name", ""))) > _LONGEST_HOST:
                yield _HOSTS
            yield from _pod_spec((spec.get("template") or {}).get("spec") or {}, "spec.template.spec")
        case "Service" if isinstance(spec, Mapping) and spec.get("externalIPs"):
            yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
        case "Ingress" if _CLASS in (metadata.get("annotations") or {}):
            yield f"annotation \"{_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"


def _pod_spec(spec: Mapping[str, Any], path: str) -> Iterator[str]:
    for label in spec.get("nodeSelector") or {}:
        if label in _OLD_LABELS:
            since = _SINCE.get(label, "v1.17")
            yield f'{path}.nodeSelector[{label}]: deprecated since {since}; use "{_OLD_LABELS[label]}" instead'
    for i, container in enumerate(spec.get("containers") or ()):
        seen: set[str] = set()
        for j, variable in enumerate(container.get("env") or ()):
            if (name := variable.get("name")) in seen:
                place = f"{path}.containers[{i}].env[{j}]"
                yield f'{place}: hides previous definition of "{name}", which may be dropped when using apply'
            seen.add(name)
