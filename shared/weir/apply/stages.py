"""The order of applying: definitions, classes, custom kinds, the rest; inside a stage by kind, deletion in reverse."""

from collections.abc import Collection, Sequence
from enum import IntEnum
from itertools import groupby

from weir.apply.changes import Reference


class Stage(IntEnum):
    """A group of objects that has to be there before the next."""

    DEFINITIONS = 1
    CLASSES = 2
    CUSTOM = 3
    REST = 4

    @property
    def awaited(self) -> bool:
        """Whether its objects have to be healthy before the next stage starts."""
        return self in (Stage.DEFINITIONS, Stage.CLASSES)


_FIRST = (
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ClusterClass",
    "RuntimeClass",
    "PriorityClass",
    "StorageClass",
    "VolumeSnapshotClass",
    "IngressClass",
    "GatewayClass",
    "ClusterRoleBinding",
    "ResourceQuota",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Secret",
    "Service",
    "LimitRange",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
)
_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_RANKS = {kind: rank for rank, kind in enumerate((*_FIRST, "", *_LAST))}


def order(reference: Reference) -> tuple[int, str, str, str, str]:
    """The sort key of an object: rank of its kind, then group, kind, namespace and name."""
    rank = _RANKS.get(reference.kind, _RANKS[""])
    return rank, reference.group, reference.kind, reference.namespace, reference.name


def stage(reference: Reference, custom: Collection[tuple[str, str]] = ()) -> Stage:
    """The stage of an object; `custom` are group and kind of what stage 3 takes."""
    kind = reference.kind.lower()
    if kind == "customresourcedefinition" and reference.api_version.startswith("apiextensions.k8s.io/"):
        return Stage.DEFINITIONS
    if kind == "namespace" and reference.api_version == "v1":
        return Stage.DEFINITIONS
    if kind == "clusterrole" and reference.api_version.startswith("rbac.authorization.k8s.io/"):
        return Stage.DEFINITIONS
    if kind.endswith("class"):
        return Stage.CLASSES
    return Stage.CUSTOM if (reference.group, reference.kind) in custom else Stage.REST


def custom_kinds(text: str) -> frozenset[tuple[str, str]]:
    """Read `--custom-apply-stage-kinds`: `group/Kind`, comma separated; a bare kind is of the core group.

    Raises `ValueError` naming an item that is none.
    """
    found = set()
    for item in filter(None, map(str.strip, text.split(","))):
        group, _, kind = item.rpartition("/")
        if not kind or "/" in group:
            raise ValueError(f"{item!r} is no group/Kind")
        found.add((group, kind))
    return frozenset(found)


def batches(references: Sequence[Reference]) -> list[list[Reference]]:
    """References in order, those of one kind together: objects of a batch do not wait for each other."""
    ordered = sorted(references, key=order)
    return [list(batch) for _, batch in groupby(ordered, key=lambda each: order(each)[:3])]
