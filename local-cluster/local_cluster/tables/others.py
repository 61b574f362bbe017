"""The cells of kinds that few people list. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local_cluster.tables.cells import Body, age, at, containers, joined, labels, name

Cells = Callable[[Body, datetime], list[Any]]
Part = Callable[[Body], Any]


def path(where: str, default: Any = "<none>") -> Part:
    """The value at a path."""
    return lambda body: at(body, where, default)


def count(where: str) -> Part:
    """How many items there are at a path."""
    return lambda body: len(at(body, where, ()))


def aged(*parts: Part, after: tuple[Part, ...] = ()) -> Cells:
    """Name, some cells, the age, and some more."""
    return lambda body, now: [
        name(body),
        *(part(body) for part in parts),
        age(body, now),
        *(part(body) for part in after),
    ]


def created(body: Body, _now: datetime) -> list[Any]:
    """Name and creation time."""
    return [name(body), body["metadata"].get("creationTimestamp")]


def _kind(where: str) -> Part:
    def shown(body: Body) -> str:
        kind = at(body, where)
        return f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else "<unset>"

    return shown


def _reference(body: Body) -> str:
    known = at(body, "spec.paramRef")
    if not known:
        return "<unset>"
    return f"{known.get('namespace', '*')}/{known.get('name', '*')}"


def _service(body: Body) -> str:
    known = at(body, "spec.service")
    return f"{known.get('namespace', '')}/{known.get('name', '')}" if known else "Local"


def _available(body: Body) -> str:
    found = next((each for each in at(body, "status.conditions", ()) if each["type"] == "Available"), None)
    if found is None:
        return "Unknown"
    return "True" if found["status"] == "True" else f"{found['status']} ({found.get('reason', '')})"


def _request(body: Body, now: datetime) -> list[Any]:
    kinds = [each["type"] for each in at(body, "status.conditions", ())]
    state = ",".join([*kinds, *(["Issued"] if at(body, "status.certificate") else [])]) or "Pending"
    seconds = at(body, "spec.expirationSeconds")
    asked = f"{seconds}s" if seconds else "<none>"
    return [name(body), age(body, now), at(body, "spec.signerName", ""), at(body, "spec.username", ""), asked, state]


def _template(body: Body, _now: datetime) -> list[Any]:
    return [name(body), *containers(at(body, "template")), labels(at(body, "template.metadata.labels"))]


def _parent(body: Body, _now: datetime) -> list[Any]:
    known = at(body, "spec.parentRef", {})
    parts = (known.get("resource"), known.get("group"), known.get("namespace"), known.get("name"))
    return [name(body), "/".join(part for part in parts if part)]


def _claim_state(body: Body) -> str:
    states = []
    if at(body, "metadata.deletionTimestamp"):
        states.append("deleted")
    states.append("allocated" if at(body, "status.allocation") else "pending")
    if at(body, "status.reservedFor"):
        states.append("reserved")
    return ",".join(states)


OTHERS: dict[str, Cells] = {
    "/podtemplates": _template,
    "admissionregistration.k8s.io/mutatingadmissionpolicies": aged(count("spec.mutations"), _kind("spec.paramKind")),
    "admissionregistration.k8s.io/mutatingadmissionpolicybindings": aged(path("spec.policyName", ""), _reference),
    "admissionregistration.k8s.io/validatingadmissionpolicies": aged(
        count("spec.validations"), _kind("spec.paramKind")
    ),
    "admissionregistration.k8s.io/validatingadmissionpolicybindings": aged(path("spec.policyName", ""), _reference),
    "apiextensions.k8s.io/customresourcedefinitions": created,
    "apiregistration.k8s.io/apiservices": aged(_service, _available),
    "certificates.k8s.io/certificatesigningrequests": _request,
    "networking.k8s.io/ipaddresses": _parent,
    "networking.k8s.io/servicecidrs": aged(lambda body: joined(at(body, "spec.cidrs", ()), "")),
    "node.k8s.io/runtimeclasses": aged(path("handler", "")),
    "resource.k8s.io/deviceclasses": aged(),
    "resource.k8s.io/resourceclaims": aged(_claim_state),
    "resource.k8s.io/resourceclaimtemplates": aged(),
    "resource.k8s.io/resourceslices": aged(
        path("spec.nodeName", ""), path("spec.driver", ""), path("spec.pool.name", "")
    ),
    "storage.k8s.io/csinodes": aged(count("spec.drivers")),
    "storage.k8s.io/csistoragecapacities": created,
    "storage.k8s.io/volumeattachments": aged(
        path("spec.attacher", ""),
        path("spec.source.persistentVolumeName", ""),
        path("spec.nodeName", ""),
        path("status.attached", default=False),
    ),
    "storage.k8s.io/volumeattributesclasses": aged(path("driverName", "")),
}
