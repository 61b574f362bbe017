"""What the server serves: one `ApiResource` per resource and version, built in or from a CRD."""

from functools import cache
from typing import Any

import msgspec

from local_cluster.schema.facts import facts


class Subresource(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """`pods/log`, `deployments/scale`, ... as discovery tells it."""

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""
    version: str = ""


class ApiResource(msgspec.Struct, frozen=True):
    """A resource at one version."""

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    list_kind: str
    namespaced: bool
    verbs: tuple[str, ...]
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: dict[str, Subresource] = {}
    storage: str = ""
    """The shelf: `group/plural` of the version that is stored."""
    stored_version: str = ""
    """`apiVersion` of what lies on the shelf."""
    generation: str = ""
    """What raises `metadata.generation`: "" (nothing; the kind has none), `spec`, `content` (all but metadata), or
    `desired` (all but metadata and status)."""
    definition: dict[str, Any] | None = None
    """`spec` of the CRD, None for a built-in."""
    uid: str = ""
    """uid and generation of the CRD, so that what is derived from it can be cached."""

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def path(self) -> str:
        """The root of its group version: `/api/v1` or `/apis/group/version`."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"


GENERATION = {
    **dict.fromkeys(
        (
            "apps/daemonsets",
            "apps/deployments",
            "apps/replicasets",
            "apps/statefulsets",
            "batch/cronjobs",
            "batch/jobs",
            "/pods",
            "/replicationcontrollers",
            "networking.k8s.io/ingresses",
            "networking.k8s.io/networkpolicies",
            "networking.k8s.io/ingressclasses",
            "networking.k8s.io/servicecidrs",
            "policy/poddisruptionbudgets",
            "apiextensions.k8s.io/customresourcedefinitions",
            "flowcontrol.apiserver.k8s.io/flowschemas",
            "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
            "admissionregistration.k8s.io/validatingadmissionpolicies",
            "admissionregistration.k8s.io/validatingadmissionpolicybindings",
            "admissionregistration.k8s.io/mutatingadmissionpolicies",
            "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
            "resource.k8s.io/deviceclasses",
            "resource.k8s.io/resourceslices",
        ),
        "spec",
    ),
    **dict.fromkeys(
        (
            "admissionregistration.k8s.io/validatingwebhookconfigurations",
            "admissionregistration.k8s.io/mutatingwebhookconfigurations",
            "discovery.k8s.io/endpointslices",
            "scheduling.k8s.io/priorityclasses",
        ),
        "content",
    ),
}
"""Which built-ins have a generation, read off a real server's answers to a create."""

STORED = {"events.k8s.io/v1/events": ("/events", "v1"), "autoscaling/v1/horizontalpodautoscalers": ("", "v2")}
"""Versions that are views of another: group/version/plural -> (shelf or same, stored apiVersion's version)."""


@cache
def builtins() -> tuple[ApiResource, ...]:
    """Every built-in resource."""
    return tuple(
        _builtin(group_version, listed, rows)
        for group_version, rows in facts().resources.items()
        for listed in rows
        if "/" not in listed["name"]
    )


@cache
def builtin_groups() -> frozenset[str]:
    """The groups of the built-ins; the core group is empty."""
    return frozenset(each.group for each in builtins())


def _builtin(group_version: str, row: dict[str, Any], rows: list[dict[str, Any]]) -> ApiResource:
    group, _, version = group_version.rpartition("/")
    plural, kind = row["name"], row["kind"]
    shelf, stored = STORED.get(f"{group_version}/{plural}", ("", ""))
    shelf = shelf or f"{group}/{plural}"
    return ApiResource(
        group=group,
        version=version,
        plural=plural,
        singular=row["singularName"],
        kind=kind,
        list_kind=f"{kind}List",
        namespaced=row["namespaced"],
        verbs=tuple(row["verbs"]),
        short_names=tuple(row.get("shortNames", ())),
        categories=tuple(row.get("categories", ())),
        subresources={sub["name"].partition("/")[2]: _subresource(sub) for sub in rows if _under(sub, plural)},
        storage=shelf,
        stored_version=_stored(group, version, shelf, stored),
        generation=GENERATION.get(shelf, ""),
    )


def _stored(group: str, version: str, shelf: str, stored: str) -> str:
    owner = shelf.partition("/")[0] if stored else group
    version = stored or version
    return f"{owner}/{version}" if owner else version


def _under(row: dict[str, Any], plural: str) -> bool:
    return bool(row["name"].startswith(f"{plural}/"))


def _subresource(row: dict[str, Any]) -> Subresource:
    return Subresource(row["name"], row["kind"], tuple(row["verbs"]), row.get("group", ""), row.get("version", ""))


def custom(definition: dict[str, Any], version: dict[str, Any], uid: str) -> ApiResource:
    """The resource that a CRD's version makes."""
    names, group = definition["names"], definition["group"]
    stored = next(each["name"] for each in definition["versions"] if each["storage"])
    plural, kind = names["plural"], names["kind"]
    status = "status" in (version.get("subresources") or {})
    return ApiResource(
        group=group,
        version=version["name"],
        plural=plural,
        singular=names.get("singular", ""),
        kind=kind,
        list_kind=names.get("listKind", f"{kind}List"),
        namespaced=definition["scope"] == "Namespaced",
        verbs=("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=_custom_subresources(plural, kind, version),
        storage=f"{group}/{plural}",
        stored_version=f"{group}/{stored}",
        generation="desired" if status else "content",
        definition=definition,
        uid=uid,
    )


def _custom_subresources(plural: str, kind: str, version: dict[str, Any]) -> dict[str, Subresource]:
    listed = version.get("subresources") or {}
    made = {}
    verbs = ("get", "patch", "update")
    if "status" in listed:
        made["status"] = Subresource(f"{plural}/status", kind, verbs)
    if "scale" in listed:
        made["scale"] = Subresource(f"{plural}/scale", "Scale", verbs, "autoscaling", "v1")
    return made
