"""Questions about access: SubjectAccessReview and its kin, SelfSubjectReview. Pure but for the authorizer."""

from typing import Any

import msgspec

from local_cluster.api.errors import bad_request
from local_cluster.auth.rbac import Authorizer
from local_cluster.auth.rules import Ask, Rule
from local_cluster.auth.user import User

Body = dict[str, Any]


def asked(spec: Body) -> Ask:
    """The question in a review's spec. Raises 400 when there is none."""
    if (about := spec.get("resourceAttributes")) is not None:
        keys = {"verb": "verb", "group": "group", "plural": "resource", "subresource": "subresource"}
        keys |= {"name": "name", "namespace": "namespace", "version": "version"}
        return Ask(**{field: str(about.get(key) or "") for field, key in keys.items()})
    if (about := spec.get("nonResourceAttributes")) is not None:
        return Ask(verb=str(about.get("verb") or ""), path=str(about.get("path") or "/"))
    raise bad_request("exactly one of nonResourceAttributes or resourceAttributes must be specified")


def subject(spec: Body) -> User:
    """The user that a review asks about."""
    extra = tuple((key, tuple(values or ())) for key, values in (spec.get("extra") or {}).items())
    return User(spec.get("user") or "", tuple(spec.get("groups") or ()), spec.get("uid") or "", extra)


def access(authorizer: Authorizer, user: User, spec: Body) -> Body:
    """`status` of an access review."""
    decision = authorizer.decide(user, asked(spec))
    status: Body = {"allowed": decision.allowed}
    return status | ({"reason": decision.reason} if decision.reason else {})


def rules(authorizer: Authorizer, user: User, namespace: str) -> Body:
    """`status` of a SelfSubjectRulesReview."""
    held = authorizer.rules(user, namespace)
    return {
        "resourceRules": [_resource_rule(rule) for rule in held if rule.resources],
        "nonResourceRules": [
            {"verbs": rule.verbs, "nonResourceURLs": rule.non_resource_urls} for rule in held if rule.non_resource_urls
        ],
        "incomplete": False,
    }


def _resource_rule(rule: Rule) -> Body:
    row: Body = {"verbs": rule.verbs, "apiGroups": rule.api_groups or (), "resources": rule.resources}
    return row | ({"resourceNames": rule.resource_names} if rule.resource_names else {})


def info(user: User) -> Body:
    """`UserInfo`."""
    body: Body = {"username": user.name, "groups": user.groups}
    if user.uid:
        body["uid"] = user.uid
    if user.extra:
        body["extra"] = dict(user.extra)
    plain: Body = msgspec.to_builtins(body)
    return plain
