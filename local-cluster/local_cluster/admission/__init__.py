"""What the server adds to objects of single kinds, or refuses, before they are stored."""

from collections.abc import Callable
from typing import Any

from local_cluster.admission import pods, roles, services
from local_cluster.auth.user import User
from local_cluster.state import State
from local_cluster.verbs.target import Target

Rule = Callable[[State, Target, dict[str, Any], dict[str, Any] | None, User], None]
"""Changes the new object in place; the fourth argument is the stored one, None on create. Raises `ApiError`."""

RULES: dict[str, tuple[Rule, ...]] = {
    "/pods": (pods.pod,),
    "/services": (services.service,),
    "rbac.authorization.k8s.io/roles": (roles.role,),
    "rbac.authorization.k8s.io/clusterroles": (roles.role,),
    "rbac.authorization.k8s.io/rolebindings": (roles.binding,),
    "rbac.authorization.k8s.io/clusterrolebindings": (roles.binding,),
}


def admit(state: State, target: Target, body: dict[str, Any], live: dict[str, Any] | None, user: User) -> None:
    """Apply the rules of the object's kind."""
    for rule in RULES.get(target.resource.storage, ()):
        rule(state, target, body, live, user)
