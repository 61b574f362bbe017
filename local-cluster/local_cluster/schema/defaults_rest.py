"""Defaults of the other groups that depend on the object."""

from typing import Any

from .defaults_core import Rule, Value

_RBAC = "rbac.authorization.k8s.io"
_PERCENT = {"type": "Percent", "value": 100, "periodSeconds": 15}
_PODS = {"type": "Pods", "value": 4, "periodSeconds": 15}


def _network_policy(spec: Value) -> None:
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if "egress" in spec else ["Ingress"]


def _role_ref(reference: Value) -> None:
    if not reference.get("apiGroup"):
        reference["apiGroup"] = _RBAC


def _subject(subject: Value) -> None:
    if not subject.get("apiGroup") and subject.get("kind") in ("User", "Group"):
        subject["apiGroup"] = _RBAC


def _autoscaler(spec: Value) -> None:
    if not spec.get("metrics"):
        target = {"averageUtilization": 80, "type": "Utilization"}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    if "behavior" in spec:
        _scaling(spec["behavior"], "scaleUp", {"stabilizationWindowSeconds": 0, "policies": [_PODS, _PERCENT]})
        _scaling(spec["behavior"], "scaleDown", {"policies": [_PERCENT]})


def _scaling(behavior: Value, direction: str, values: dict[str, Any]) -> None:
    rules = behavior.setdefault(direction, {})
    for name, value in {"selectPolicy": "Max", **values}.items():
        rules.setdefault(name, value)


def _definition(definition: Value) -> None:
    """Names follow from the kind; what is served first is what is stored."""
    spec = definition.get("spec") or {}
    names = spec.get("names")
    if isinstance(names, dict) and names.get("kind"):
        names["listKind"] = names.get("listKind") or f"{names['kind']}List"
        names["singular"] = names.get("singular") or str(names["kind"]).lower()
    status = definition.setdefault("status", {})
    stored = [each.get("name") for each in spec.get("versions") or () if each.get("storage")]
    status["storedVersions"] = [*(status.get("storedVersions") or ())] or stored


REST_RULES: dict[str, Rule] = {
    "networking.v1.NetworkPolicySpec": _network_policy,
    "rbac.v1.RoleRef": _role_ref,
    "rbac.v1.Subject": _subject,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler,
    "apiextensions.v1.CustomResourceDefinition": _definition,
}
