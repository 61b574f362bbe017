"""Roles and bindings: nobody grants what they do not hold."""

from typing import Any

from local_cluster.auth import escalation
from local_cluster.auth.user import User
from local_cluster.state import State
from local_cluster.verbs.target import Target

Body = dict[str, Any]


def role(state: State, target: Target, body: Body, live: Body | None, user: User) -> None:
    """A Role or ClusterRole."""
    if not user.is_master:
        escalation.check_role(state.authorizer, user, target.resource.plural, body, live)


def binding(state: State, target: Target, body: Body, live: Body | None, user: User) -> None:
    """A RoleBinding or ClusterRoleBinding."""
    for subject in body.get("subjects") or ():
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", "rbac.authorization.k8s.io")
    body["roleRef"].setdefault("apiGroup", "rbac.authorization.k8s.io")
    escalation.check_binding(state.authorizer, user, target.resource.plural, body, live)
