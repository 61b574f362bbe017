"""The order of the documents (`spec/overlays.md` 22)."""

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.ids import Id
from weir.overlay.resource import Resource

FIRST = (
    *("Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy"),
    *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service"),
    *("LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet"),
    *("CronJob", "PodDisruptionBudget"),
)
LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def ranks(first: Sequence[str], last: Sequence[str]) -> dict[str, int]:
    """The rank of each kind that has one; all others have 0."""
    found = {kind: place - len(first) for place, kind in enumerate(first)}
    return found | {kind: place + 1 for place, kind in enumerate(last)}


RANKS = ranks(FIRST, LAST)


def check(options: Mapping[str, Any] | None) -> None:
    """Refuse `sortOptions` that say nothing or contradict themselves."""
    if options is None:
        return
    order = options.get("order", "")
    if order not in {"fifo", "legacy"}:
        raise BuildError("must be fifo or legacy", field="order")
    if order == "fifo" and "legacySortOptions" in options:
        raise BuildError("is for the order legacy only", field="legacySortOptions")


def arranged(resources: Sequence[Resource], options: Mapping[str, Any] | None, *, reorder: bool) -> list[Resource]:
    """The resources in the order of `sortOptions`, else of the caller's wish."""
    if options is None:
        return legacy(resources, FIRST, LAST) if reorder else list(resources)
    if options["order"] == "fifo":
        return list(resources)
    lists = options.get("legacySortOptions")
    if lists is None:
        return legacy(resources, FIRST, LAST)
    return legacy(resources, lists.get("orderFirst", ()), lists.get("orderLast", ()))


def legacy(resources: Sequence[Resource], first: Sequence[str], last: Sequence[str]) -> list[Resource]:
    """Kinds that others need first, hooks last, the rest by type and name."""
    rank = ranks(first, last)
    keyed = [(rank.get(resource.type.kind, 0), _keys(resource), resource) for resource in resources]
    namespaces = sum(1 for _, keys, _ in keyed if keys[0].endswith("_Namespace"))
    if namespaces > 1:
        keyed.sort(key=cmp_to_key(_compare))
    else:
        keyed.sort(key=lambda item: item[:2])
    return [resource for _, _, resource in keyed]


def _keys(resource: Resource) -> tuple[str, str]:
    id_: Id = resource.id
    type_ = id_.type
    metadata = resource.metadata.get("namespace")
    namespace = str(metadata) if isinstance(metadata, str) else ""
    group, version, kind = type_.group or "~G", type_.version or "~V", type_.kind or "~K"
    parts = (type_.kind or "~K", type_.version or "~V", type_.group or "~G")
    return f"{group}_{version}_{kind}", f"{'.'.join(parts)}|{namespace or '~X'}|{id_.name or '~N'}"


def _compare(left: Any, right: Any) -> int:
    """As tuples, but among Namespaces the core ones come first."""
    if left[0] != right[0]:
        return -1 if left[0] < right[0] else 1
    a, b = left[1], right[1]
    if a[0] != b[0]:
        less = a[0] < b[0]
        if a[0].endswith("_Namespace") and b[0].endswith("_Namespace") and "~G_v1_Namespace" in {a[0], b[0]}:
            less = not less
        return -1 if less else 1
    return -1 if a[1] < b[1] else 1 if a[1] > b[1] else 0
