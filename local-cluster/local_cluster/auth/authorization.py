"""May this request be done: RBAC."""

from local_cluster.api.errors import ApiError, forbidden, forbidden_path
from local_cluster.auth.rbac import Authorizer
from local_cluster.auth.rules import Ask
from local_cluster.auth.user import User


def authorize(authorizer: Authorizer, user: User, ask: Ask) -> None:
    """Raise 403 unless the user may."""
    decision = authorizer.decide(user, ask)
    if not decision.allowed:
        raise refused(user, ask, decision.reason)


def refused(user: User, ask: Ask, reason: str = "") -> ApiError:
    """403, in the API server's words."""
    if ask.path:
        return forbidden_path(user.name, ask.verb, ask.path)
    where = f'in the namespace "{ask.namespace}"' if ask.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {ask.verb} resource "{ask.resource}" in API group "{ask.group}" {where}'
    return forbidden(ask.group, ask.plural, ask.name, f"{why}: {reason}" if reason else why)
