"""Nobody grants what they do not hold: roles and bindings are checked when they are written."""

from typing import Any

import msgspec

from local_cluster.api.errors import Cause, forbidden, invalid
from local_cluster.auth.rbac import GROUP, Authorizer, RoleRef
from local_cluster.auth.rules import Ask, Rule, shown, uncovered
from local_cluster.auth.user import User

Body = dict[str, Any]


def check_role(authorizer: Authorizer, user: User, plural: str, body: Body, live: Body | None) -> None:
    """Raise 403 when a role would grant more than its writer has and the writer may not escalate."""
    namespace, name = body["metadata"].get("namespace", ""), body["metadata"]["name"]
    if live is not None and live.get("rules") == body.get("rules"):
        return
    if authorizer.decide(user, Ask("escalate", GROUP, plural, "", name, namespace)).allowed:
        return
    rules = msgspec.convert(body.get("rules") or [], list[Rule])
    _require(authorizer, user, (plural, name, namespace), rules)


def check_binding(authorizer: Authorizer, user: User, plural: str, body: Body, live: Body | None) -> None:
    """Raise 403 when a binding would grant more than its writer has; 422 when it changes its role."""
    namespace, name = body["metadata"].get("namespace", ""), body["metadata"]["name"]
    role = msgspec.convert(body["roleRef"], RoleRef)
    if live is not None and live["roleRef"] != body["roleRef"]:
        names = {"apiGroup": "APIGroup", "kind": "Kind", "name": "Name"}
        value = msgspec.json.encode({shown: body["roleRef"].get(name, "") for name, shown in names.items()}).decode()
        cause = Cause("roleRef", "FieldValueInvalid", f"Invalid value: {value}: cannot change roleRef")
        raise invalid(GROUP, body["kind"], name, [cause])
    if live is not None and live.get("subjects") == body.get("subjects"):
        return
    kind = "roles" if role.kind == "Role" else "clusterroles"
    if authorizer.decide(user, Ask("bind", GROUP, kind, "", role.name, namespace)).allowed:
        return
    _require(authorizer, user, (plural, name, namespace), authorizer.role_rules(namespace, role))


def _require(authorizer: Authorizer, user: User, about: tuple[str, str, str], rules: list[Rule]) -> None:
    plural, name, namespace = about
    missing = uncovered(authorizer.rules(user, namespace), rules)
    if missing:
        groups = " ".join(f'"{group}"' for group in user.groups)
        why = f'user "{user.name}" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n'
        raise forbidden(GROUP, plural, name, why + shown(missing))
