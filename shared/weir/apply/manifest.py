"""From a built object to what is sent: normal form, owner labels, common metadata, and the switches on it."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from weir.api.kustomization import GROUP, OWNER_NAME, OWNER_NAMESPACE, CommonMetadata

_RBAC = "rbac.authorization.k8s.io/v1"
_POD_OWNERS = {
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "Job"),
}


class ManifestError(ValueError):
    """An object that must not be sent as it is; the text says why."""


def prepare(
    obj: Mapping[str, Any], *, name: str, namespace: str, common: CommonMetadata | None = None
) -> dict[str, Any]:
    """The object as it is sent for the Kustomization `namespace/name`.

    Owner labels win over everything, common metadata over the manifest. Raises `ManifestError` for a Secret that is
    still encrypted, and for labels, annotations or data of the wrong shape.
    """
    kind = (obj.get("apiVersion"), obj.get("kind"))
    if kind == ("v1", "Secret") and "sops" in obj and not _has(obj, "decrypt", "disabled", labels=False):
        raise ManifestError("is encrypted by SOPS: decryption has to be configured in spec.decryption")
    labels = {**_strings(obj, "labels"), **(common.labels if common else {})}
    labels |= {OWNER_NAME: name, OWNER_NAMESPACE: namespace}
    annotations = {**_strings(obj, "annotations"), **(common.annotations if common else {})}
    metadata = {key: value for key, value in obj["metadata"].items() if key != "creationTimestamp"}
    metadata |= {"labels": labels} | ({"annotations": annotations} if annotations else {})
    result = {**obj, "metadata": metadata}
    if kind[0] == _RBAC and kind[1] in ("Role", "ClusterRole"):
        return result
    if kind[1] != "CustomResourceDefinition":
        result.pop("status", None)
    return _normal(result, kind)


def disabled(obj: Mapping[str, Any] | None, *, key: str, value: str) -> bool:
    """Whether a switch stands in a label or annotation; values compare without case."""
    return obj is not None and _has(obj, key, value)


def careful(obj: Mapping[str, Any], message: str) -> str:
    """An API server's message about an object without the values of a Secret that it may quote."""
    if obj.get("kind") != "Secret":
        return message
    message = message.partition(", error found in #")[0]
    for value in (obj.get("data") or {}).values():
        for text in (str(value), _decoded(value)):
            message = message.replace(text, "***") if len(text) > 2 else message
    return message


def _decoded(value: Any) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, TypeError, ValueError):
        return ""


def _has(obj: Mapping[str, Any], key: str, value: str, *, labels: bool = True) -> bool:
    metadata = obj.get("metadata") or {}
    fields = ("labels", "annotations") if labels else ("annotations",)
    values = ((metadata.get(field) or {}).get(f"{GROUP}/{key}") for field in fields)
    return any(isinstance(found, str) and found.lower() == value.lower() for found in values)


def _strings(obj: Mapping[str, Any], field: str) -> dict[str, str]:
    values = obj["metadata"].get(field) or {}
    if not isinstance(values, Mapping):
        raise ManifestError(f"metadata.{field} is not an object")
    for key, value in values.items():
        if not isinstance(value, str):
            raise ManifestError(f"metadata.{field}: the value of {key!r} is not a string: put it in quotes")
    return dict(values)


def _normal(obj: dict[str, Any], kind: tuple[Any, Any]) -> dict[str, Any]:
    spec = obj.get("spec")
    if kind == ("v1", "Secret"):
        return _secret(obj)
    if kind[1] == "CustomResourceDefinition" and isinstance(spec, Mapping):
        return {**obj, "spec": _conversion(spec)}
    if kind == ("v1", "Service") and isinstance(spec, Mapping):
        return {**obj, "spec": _with_protocols(spec)}
    path = _pod_path(kind)
    return _changed(obj, path, _containers) if path else obj


def _pod_path(kind: tuple[Any, Any]) -> tuple[str, ...]:
    if kind == ("v1", "Pod"):
        return ("spec",)
    if kind == ("batch/v1", "CronJob"):
        return ("spec", "jobTemplate", "spec", "template", "spec")
    return ("spec", "template", "spec") if kind in _POD_OWNERS else ()


def _changed(obj: dict[str, Any], path: tuple[str, ...], change: Any) -> dict[str, Any]:
    inner = obj.get(path[0])
    if not isinstance(inner, Mapping):
        return obj
    return {**obj, path[0]: change(inner) if len(path) == 1 else _changed(dict(inner), path[1:], change)}


def _containers(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    containers = spec.get("containers")
    if not isinstance(containers, list):
        return spec
    return {**spec, "containers": [_with_protocols(c) if isinstance(c, Mapping) else c for c in containers]}


def _with_protocols(owner: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ports get the protocol that the API server's list key needs."""
    ports = owner.get("ports")
    if not isinstance(ports, list) or all(isinstance(port, Mapping) and port.get("protocol") for port in ports):
        return owner
    return {
        **owner,
        "ports": [{**p, "protocol": p.get("protocol") or "TCP"} if isinstance(p, Mapping) else p for p in ports],
    }


def _secret(obj: dict[str, Any]) -> dict[str, Any]:
    texts = obj.pop("stringData", None)
    if not texts:
        return obj
    if not isinstance(texts, Mapping) or not all(isinstance(value, str) for value in texts.values()):
        raise ManifestError("stringData holds a value that is not a string: put it in quotes")
    coded = {key: base64.b64encode(value.encode()).decode() for key, value in texts.items()}
    return {**obj, "data": {**(obj.get("data") or {}), **coded}}


def _conversion(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Without a webhook CA bundle that newer API servers refuse."""
    try:
        bundle = spec["conversion"]["webhook"]["clientConfig"]["caBundle"]
    except (KeyError, TypeError):
        return dict(spec)
    if _is_certificates(bundle):
        return dict(spec)
    conversion, webhook = dict(spec["conversion"]), dict(spec["conversion"]["webhook"])
    webhook["clientConfig"] = {key: value for key, value in webhook["clientConfig"].items() if key != "caBundle"}
    return {**spec, "conversion": {**conversion, "webhook": webhook}}


def _is_certificates(bundle: Any) -> bool:
    try:
        return b"-----BEGIN CERTIFICATE-----" in base64.b64decode(bundle, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return False


def expand_lists(objects: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Objects with `*List` kinds replaced by their items, without those that lack apiVersion, kind or name.

    A kustomization file of its own is no object either.
    """
    found: list[Mapping[str, Any]] = []
    for obj in objects:
        kind, items = str(obj.get("kind") or ""), obj.get("items")
        if kind.endswith("List") and isinstance(items, list):
            found += expand_lists(item for item in items if isinstance(item, Mapping))
        elif _is_kustomization(obj) or not (obj.get("apiVersion") and kind and (obj.get("metadata") or {}).get("name")):
            continue
        else:
            found.append(obj)
    return found


def _is_kustomization(obj: Mapping[str, Any]) -> bool:
    kind, version = str(obj.get("kind") or ""), str(obj.get("apiVersion") or "")
    return kind.lower() == "kustomization" and version.startswith("kustomize.config.k8s.io/")
