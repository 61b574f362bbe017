"""What each controller may do, declared once: the kinds it serves, and what it reads and asks for beside them. Pure.

Names of roles and bindings are those of upstream's installation.
"""

from collections.abc import Collection, Iterator, Sequence
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


class Rights(NamedTuple):
    """The rights of one controller beyond events and leases."""

    serves: tuple[type[Resource], ...] = ()
    """Kinds that it watches, and whose finalizers and status it writes."""
    more: tuple[Body, ...] = ()
    cluster_admin: bool = False

    def rules(self) -> list[Body]:
        """The rules of its role."""
        kinds = [each.DEFINITION for each in self.serves]
        served = [rule(each.kind.group, [each.kind.plural], [*READ, "patch"]) for each in kinds]
        status = [rule(each.kind.group, [f"{each.kind.plural}/status"], ["patch"]) for each in kinds if each.status]
        return [*served, *status, *self.more]


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

CONTROLLERS = {
    "source-controller": Rights((GitRepository,), (rule("", ["secrets"], ["get"]),)),
    "kustomize-controller": Rights(cluster_admin=True),
    "notification-controller": Rights(
        (Alert, Provider, Receiver),
        (
            rule("", ["secrets"], READ),
            *(rule(group, plurals, ["get", "list", "patch"]) for group, plurals in ASKED.items()),
        ),
    ),
}
"""The rights of each controller. Watching the Secrets of Receivers needs all of `READ`."""

_EVERYONE = (
    rule("", ["events"], ["create", "patch"]),
    rule("coordination.k8s.io", ["leases"], ["get", "create", "patch"]),
)
"""What every controller needs; the cluster allows anyone to ask what it serves."""


def roles(names: Collection[str], namespace: str) -> Iterator[Body]:
    """The ClusterRoles and bindings of some controllers that run in a namespace, and those that are for people."""
    shared = f"crd-controller-{namespace}"
    yield _role(shared, list(_EVERYONE))
    yield _binding(shared, shared, names, namespace)
    admins = [name for name in names if CONTROLLERS[name].cluster_admin]
    yield _binding(f"cluster-reconciler-{namespace}", "cluster-admin", admins, namespace)
    for name in names:
        if rules := CONTROLLERS[name].rules():
            yield _role(f"{name}-{namespace}", rules)
            yield _binding(f"{name}-{namespace}", f"{name}-{namespace}", [name], namespace)
    groups = list(dict.fromkeys(each.DEFINITION.kind.group for each in KINDS))
    for role, verbs, targets in (("view", READ, ("admin", "edit", "view")), ("edit", WRITE, ("admin", "edit"))):
        labels = {f"{RBAC}/aggregate-to-{target}": "true" for target in targets}
        yield _role(f"flux-{role}-{namespace}", [rule(group, ["*"], verbs) for group in groups], labels)


def _role(name: str, rules: list[Body], labels: dict[str, str] | None = None) -> Body:
    metadata = {"name": name, "labels": labels or {}}
    return {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": metadata, "rules": rules}


def _binding(name: str, role: str, accounts: Collection[str], namespace: str) -> Body:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": {}},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace} for account in accounts],
    }
