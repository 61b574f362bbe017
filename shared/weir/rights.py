"""What each controller may do, declared once: the kinds it serves, and what it reads and asks for beside them. Pure.

Names of roles and bindings are those of upstream's installation. Its `crd-controller` is the role of the
kustomize-controller alone, with its rules in upstream's order: documented patches address them by number.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from weir.api.base import Resource
from weir.api.kinds import KINDS
from weir.api.notification import Alert, Provider, Receiver
from weir.api.source import GitRepository

RBAC = "rbac.authorization.k8s.io"
READ = ("get", "list", "watch")
WRITE = ("create", "update", "patch", "delete", "deletecollection")

Body = dict[str, Any]


def rule(group: str, resources: Sequence[str], verbs: Sequence[str]) -> Body:
    """A rule of a role."""
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _served(*kinds: type[Resource]) -> tuple[Body, ...]:
    """Rules for kinds that a controller watches, and whose finalizers and status it writes."""
    definitions = [each.DEFINITION for each in kinds]
    return (
        *(rule(each.kind.group, [each.kind.plural], [*READ, "patch"]) for each in definitions),
        *(rule(each.kind.group, [f"{each.kind.plural}/status"], ["patch"]) for each in definitions if each.status),
    )


ASKED = {
    "source.toolkit.fluxcd.io": (
        "buckets",
        "externalartifacts",
        "gitrepositories",
        "helmcharts",
        "helmrepositories",
        "ocirepositories",
    ),
    "source.extensions.fluxcd.io": ("artifactgenerators",),
    "kustomize.toolkit.fluxcd.io": ("kustomizations",),
    "helm.toolkit.fluxcd.io": ("helmreleases",),
    "image.toolkit.fluxcd.io": ("imagepolicies", "imagerepositories", "imageupdateautomations"),
}
"""What Alerts and Receivers may name: labels and failures are read, and an annotation asks for a reconcile."""

_EVENTS = rule("", ["events"], ["create", "patch"])

_CRD_CONTROLLER = (
    rule("source.toolkit.fluxcd.io", ["*"], READ),
    rule("kustomize.toolkit.fluxcd.io", ["kustomizations", "kustomizations/status"], [*READ, "patch"]),
    rule("helm.toolkit.fluxcd.io", ["*"], READ),
    rule("notification.toolkit.fluxcd.io", ["*"], READ),
    rule("image.toolkit.fluxcd.io", ["*"], READ),
    rule("source.extensions.fluxcd.io", ["*"], READ),
    rule("", ["secrets", "serviceaccounts"], READ),
    _EVENTS,
    rule("", ["configmaps"], READ),
    rule("", ["configmaps/status"], ["get"]),
    rule("coordination.k8s.io", ["leases"], ["get"]),
    rule("", ["serviceaccounts/token"], ["create"]),
)
"""Numbers are API: documented patches remove rules by them (`spec/cli-and-ui.md` 2.5)."""


class Rights(NamedTuple):
    """The rights of one controller."""

    role: str
    """Its ClusterRole, without the namespace at its end."""
    rules: tuple[Body, ...]
    """In all namespaces that it watches."""
    cluster_admin: bool = False
    """Whether it applies what objects without a ServiceAccount ask for."""


CONTROLLERS = {
    "source-controller": Rights(
        "source-controller", (*_served(GitRepository), rule("", ["secrets"], ["get"]), _EVENTS)
    ),
    "kustomize-controller": Rights("crd-controller", _CRD_CONTROLLER, cluster_admin=True),
    "notification-controller": Rights(
        "notification-controller",
        (
            *_served(Alert, Provider, Receiver),
            rule("", ["secrets"], READ),
            *(rule(group, plurals, ["get", "list", "patch"]) for group, plurals in ASKED.items()),
            _EVENTS,
        ),
    ),
}
"""Watching the Secrets of Receivers needs all of `READ`. Anyone may ask a cluster what it serves."""

LEASES = (rule("coordination.k8s.io", ["leases"], ["get", "create", "patch"]),)
"""What every controller may do in the namespace that it runs in."""

IMPERSONATE = (rule("", ["serviceaccounts"], ["impersonate"]),)
"""What stands in for cluster-admin where every object names a ServiceAccount."""

PEOPLE = {
    "view": (READ, ("admin", "edit", "view")),
    "edit": (WRITE, ("admin", "edit")),
}
"""What people may do with our kinds, and the roles of the cluster that this is added to."""


def roles(names: Collection[str], namespace: str) -> Iterator[Body]:
    """The roles and bindings of some controllers that run in a namespace, and the roles that are for people."""
    for name in names:
        held = CONTROLLERS[name]
        role = f"{held.role}-{namespace}"
        yield _body("ClusterRole", role, rules=list(held.rules))
        yield _binding("ClusterRoleBinding", role, ("ClusterRole", role), (name, namespace))
        yield _body("Role", name, namespace, rules=list(LEASES))
        yield _binding("RoleBinding", name, ("Role", name), (name, namespace))
        if held.cluster_admin:
            reconciler = f"cluster-reconciler-{namespace}"
            yield _binding("ClusterRoleBinding", reconciler, ("ClusterRole", "cluster-admin"), (name, namespace))
    for role, (_, targets) in PEOPLE.items():
        labels = {f"{RBAC}/aggregate-to-{target}": "true" for target in targets}
        yield _body("ClusterRole", f"flux-{role}-{namespace}", labels=labels, rules=people(role))


def people(role: str) -> list[Body]:
    """The rules of `view` or `edit`."""
    groups = dict.fromkeys(each.DEFINITION.kind.group for each in KINDS)
    return [rule(group, ["*"], PEOPLE[role][0]) for group in groups]


def _body(kind: str, name: str, namespace: str = "", labels: Mapping[str, str] | None = None, **rest: Any) -> Body:
    metadata: Body = {"name": name, "labels": {**(labels or {})}}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, **rest}


def _binding(kind: str, name: str, role: tuple[str, str], account: tuple[str, str]) -> Body:
    return _body(
        kind,
        name,
        account[1] if kind == "RoleBinding" else "",
        roleRef={"apiGroup": RBAC, "kind": role[0], "name": role[1]},
        subjects=[{"kind": "ServiceAccount", "name": account[0], "namespace": account[1]}],
    )
