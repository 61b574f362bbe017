"""Objects, rights and requests that several tables of cases begin with."""

from typing import Any

from tests.conformance.api.steps import Call, Case, body, case, post

RBAC = "rbac.authorization.k8s.io"
POD_READER = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]
DRY = "?dryRun=All"


def deployment(**container: Any) -> dict[str, Any]:
    """The Deployment `a` of one container, without pods."""
    template = {"metadata": {"labels": {"app": "x"}}, "spec": pod_of(**container)}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "x"}}, "template": template}
    return body("apps/v1", "Deployment", "a", spec=spec)


def pod(**spec: Any) -> dict[str, Any]:
    """A pod's spec: one container and more."""
    return {**pod_of(), **spec}


def pod_of(**container: Any) -> dict[str, Any]:
    """A pod's spec: one container with more in it."""
    return {"containers": [{"name": "c", "image": "i:1", **container}]}


def dry(path: str, *bodies: dict[str, Any]) -> Case:
    """Each is tried and not kept."""
    return case(*(post(path + DRY, each) for each in bodies))


def role(name: str, rules: list[Any]) -> Call:
    return post("roles", body(f"{RBAC}/v1", "Role", name, rules=rules))


def bind(name: str, role: str, user: str, kind: str = "Role") -> Call:
    subject = {"kind": "User", "apiGroup": RBAC, "name": user}
    reference = {"apiGroup": RBAC, "kind": kind, "name": role}
    return post("rolebindings", body(f"{RBAC}/v1", "RoleBinding", name, roleRef=reference, subjects=[subject]))
