"""Services get endpoints, and an address when they ask for a load balancer. Pure."""

from collections.abc import Sequence
from typing import Any

from weir.api.base import Kind
from weir.kube.kinds import SERVICE

from .plan import Action, Create, Patch, Plan, status
from .reading import Body, active, deleting, is_true, owner_reference, stable_number, uid

ENDPOINT_SLICE = Kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
ENDPOINTS = Kind("", "v1", "Endpoints", "endpoints")
_MANAGER = "endpointslice-controller.k8s.io"


def plan(service: Body, pods: Sequence[Body], slices: Sequence[Body], endpoints: Body | None) -> Plan:
    """Endpoints of the Pods that the selector finds; `pods`, `slices`: those of the namespace and of the service."""
    spec = service["spec"]
    if deleting(service) or spec.get("type") == "ExternalName":
        return Plan()
    actions: list[Action] = []
    selector = spec.get("selector")
    if selector:
        found = [pod for pod in active(pods) if selector.items() <= (pod["metadata"].get("labels") or {}).items()]
        backing = [pod for pod in found if (pod.get("status") or {}).get("podIP")]
        actions += _slice(service, backing, slices)
        actions += _endpoints(service, backing, endpoints)
    if spec.get("type") == "LoadBalancer":
        value = stable_number(uid(service))
        ingress = [{"ip": f"172.18.{200 + value % 50}.{1 + value // 50 % 254}", "ipMode": "VIP"}]
        actions += status(SERVICE, service, {"loadBalancer": {"ingress": ingress}})
    return Plan(tuple(actions))


def _ports(service: Body, pods: Sequence[Body]) -> list[Body]:
    ports = []
    for each in service["spec"].get("ports") or ():
        target = _target(each, pods)
        if target is not None:
            named = {"name": each["name"]} if each.get("name") else {}
            ports.append({**named, "port": target, "protocol": each.get("protocol", "TCP")})
    return ports


def _target(port: Body, pods: Sequence[Body]) -> int | None:
    """The number of a target port; a name is looked up in the first Pod that has it."""
    target: Any = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    numbers = [
        each["containerPort"]
        for pod in pods
        for container in pod["spec"]["containers"]
        for each in container.get("ports") or ()
        if each.get("name") == target
    ]
    return int(numbers[0]) if numbers else None


def _reference(pod: Body) -> Body:
    metadata = pod["metadata"]
    return {"kind": "Pod", "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]}


def _slice(service: Body, pods: Sequence[Body], slices: Sequence[Body]) -> list[Action]:
    up = {uid(pod): is_true(pod, "Ready") for pod in pods}
    members = [
        {
            "addresses": [pod["status"]["podIP"]],
            "conditions": {"ready": up[uid(pod)], "serving": up[uid(pod)], "terminating": False},
            "nodeName": pod["spec"].get("nodeName", ""),
            "targetRef": _reference(pod),
        }
        for pod in pods
    ]
    ports = [{"name": "", **port} for port in _ports(service, pods)]
    wanted = {"endpoints": members or None, "ports": ports or None}
    if slices:
        present = {"endpoints": slices[0].get("endpoints") or None, "ports": slices[0].get("ports") or None}
        return [] if present == wanted else [Patch(ENDPOINT_SLICE, slices[0], wanted)]
    name = service["metadata"]["name"]
    labels = {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": _MANAGER}
    metadata = {
        "name": f"{name}-{uid(service)[:5] or 'slice'}",
        "namespace": service["metadata"]["namespace"],
        "labels": {**(service["metadata"].get("labels") or {}), **labels},
        "ownerReferences": [owner_reference(service)],
    }
    body = {"apiVersion": ENDPOINT_SLICE.api_version, "kind": "EndpointSlice", "metadata": metadata}
    return [Create(ENDPOINT_SLICE, {**body, "addressType": "IPv4", "endpoints": members, "ports": ports})]


def _endpoints(service: Body, pods: Sequence[Body], present: Body | None) -> list[Action]:
    groups: dict[str, list[Body]] = {}
    for pod in pods:
        address = {
            "ip": pod["status"]["podIP"],
            "nodeName": pod["spec"].get("nodeName", ""),
            "targetRef": _reference(pod),
        }
        groups.setdefault("addresses" if is_true(pod, "Ready") else "notReadyAddresses", []).append(address)
    subsets = [{**groups, "ports": _ports(service, pods)}] if groups else None
    metadata = {"name": service["metadata"]["name"], "namespace": service["metadata"]["namespace"]}
    if present is None:
        body = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata}
        return [Create(ENDPOINTS, {**body, "subsets": subsets} if subsets else body)]
    return [] if (present.get("subsets") or None) == subsets else [Patch(ENDPOINTS, present, {"subsets": subsets})]
