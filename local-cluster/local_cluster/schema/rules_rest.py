"""Rules of the other groups."""

from collections.abc import Iterator
from typing import Any

from . import causes
from .errors import Cause
from .rules_core import Rule, Value


def _ingress(spec: Value, path: str) -> Iterator[Cause]:
    if not spec.get("rules") and not spec.get("defaultBackend"):
        text = "either `defaultBackend` or `rules` must be specified"
        yield causes.invalid(path, spec, text)


def _ingress_path(value: Value, path: str) -> Iterator[Cause]:
    kind = value.get("pathType")
    if not kind:
        yield causes.required(f"{path}.pathType", "pathType must be specified")
    if kind in ("Exact", "Prefix") and not str(value.get("path") or "").startswith("/"):
        yield causes.invalid(f"{path}.path", value.get("path", ""), "must be an absolute path")


def _ingress_backend(backend: Value, path: str) -> Iterator[Cause]:
    service = backend.get("service")
    if service is None and backend.get("resource") is None:
        yield causes.required(path, "resource or service backend is required")
    elif service is not None and not service.get("name"):
        yield causes.required(f"{path}.service.name")


def _role_ref(reference: Value, path: str) -> Iterator[Cause]:
    if reference.get("kind") not in ("Role", "ClusterRole"):
        yield causes.unsupported(f"{path}.kind", reference.get("kind", ""), ["ClusterRole", "Role"])
    if not reference.get("name"):
        yield causes.required(f"{path}.name")


def _subject(subject: Value, path: str) -> Iterator[Cause]:
    if not subject.get("name"):
        yield causes.required(f"{path}.name")
    if subject.get("kind") == "ServiceAccount" and not subject.get("namespace"):
        yield causes.required(f"{path}.namespace")
    if subject.get("kind") not in ("ServiceAccount", "User", "Group"):
        allowed = ["ServiceAccount", "User", "Group"]
        yield causes.unsupported(f"{path}.kind", subject.get("kind", ""), allowed)


def _policy_rule(rule: Value, path: str) -> Iterator[Cause]:
    if not rule.get("verbs"):
        yield causes.required(f"{path}.verbs", "verbs must contain at least one value")
    if rule.get("nonResourceURLs"):
        return
    if rule.get("apiGroups") is None:
        yield causes.required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield causes.required(f"{path}.resources", "resource rules must supply at least one resource")


def _autoscaler(spec: Value, path: str) -> Iterator[Cause]:
    low, high = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if high < 1:
        yield causes.invalid(f"{path}.maxReplicas", high, "must be greater than 0")
    elif high < low:
        yield causes.invalid(f"{path}.maxReplicas", high, "must be greater than or equal to `minReplicas`")


def _definition(definition: Value, path: str) -> Iterator[Cause]:
    del path
    spec: dict[str, Any] = definition.get("spec") or {}
    names, name = spec.get("names") or {}, (definition.get("metadata") or {}).get("name")
    if name != f"{names.get('plural', '')}.{spec.get('group', '')}":
        yield causes.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    for field in ("group", "scope"):
        if not spec.get(field):
            yield causes.required(f"spec.{field}")
    for field in ("plural", "kind"):
        if not names.get(field):
            yield causes.required(f"spec.names.{field}")
    versions = spec.get("versions") or []
    if sum(1 for each in versions if each.get("storage")) != 1:
        text = "must have exactly one version marked as storage version"
        yield causes.invalid("spec.versions", versions, text)
    for i, each in enumerate(versions):
        if not (each.get("schema") or {}).get("openAPIV3Schema"):
            place = f"spec.versions[{i}].schema.openAPIV3Schema"
            yield causes.required(place, "schemas are required")


REST_RULES: dict[str, Rule] = {
    "networking.v1.IngressSpec": _ingress,
    "networking.v1.HTTPIngressPath": _ingress_path,
    "networking.v1.IngressBackend": _ingress_backend,
    "rbac.v1.RoleRef": _role_ref,
    "rbac.v1.Subject": _subject,
    "rbac.v1.PolicyRule": _policy_rule,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": _autoscaler,
    "apiextensions.v1.CustomResourceDefinition": _definition,
}
