"""What the API server adds to a new built-in object beyond defaults: admission plugins and creation strategies."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .managers import timestamp

Value = dict[str, Any]

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  a path
_TOKEN_SECONDS = 3607
_UID_LABEL, _NAME_LABEL = "controller-uid", "job-name"
_FIRST_NODE_PORT, _NODE_PORTS = 30000, 2768


def suffix() -> str:
    """Five characters, as the API server ends generated names."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))


def admit(obj: Value, now: datetime) -> None:
    """Complete a defaulted new object of a built-in kind, in place. Its uid is set already."""
    rule = _RULES.get((obj.get("apiVersion", ""), obj.get("kind", "")))
    if rule:
        rule(obj)
    if obj.get("kind") == "PersistentVolume":
        obj["status"]["lastPhaseTransitionTime"] = timestamp(now)


def keep(obj: Value, old: Value) -> None:
    """Carry over, in place, what the server once decided and an update leaves out."""
    rule = _KEPT.get((obj.get("apiVersion", ""), obj.get("kind", "")))
    if rule:
        rule(obj, old)


_ADDRESSES = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy")


def _keep_addresses(service: Value, old: Value) -> None:
    spec, before = service["spec"], old["spec"]
    if spec.get("type") == "ExternalName" and before.get("type") != "ExternalName":
        for name in _ADDRESSES:
            spec.pop(name, None)
    if "ExternalName" in (spec.get("type"), before.get("type")):
        return
    for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if not spec.get(name) and before.get(name):
            spec[name] = before[name]
    ports = {(each.get("port"), each.get("protocol")): each.get("nodePort") for each in before.get("ports") or ()}
    for port in spec.get("ports") or ():
        node_port = ports.get((port.get("port"), port.get("protocol")))
        if node_port and spec["type"] in ("NodePort", "LoadBalancer"):
            port.setdefault("nodePort", node_port)


def _keep_finalizers(namespace: Value, old: Value) -> None:
    namespace["spec"] = dict(old.get("spec") or {})


def _keep_generation(daemon_set: Value, old: Value) -> None:
    """A DaemonSet counts the changes of its template in an annotation."""
    name = "deprecated.daemonset.template.generation"
    count = int(((old["metadata"].get("annotations") or {}).get(name)) or "1")
    changed = daemon_set["spec"].get("template") != old["spec"].get("template")
    daemon_set["metadata"].setdefault("annotations", {})[name] = str(count + changed)


def _keep_stored_versions(definition: Value, old: Value) -> None:
    """A version that was stored once stays listed until someone takes it out, which a write of the status may."""
    before = (definition.get("status") or {}).get("storedVersions") or []
    now = [name for name in _storage(definition) if name not in before and name not in _storage(old)]
    definition["status"]["storedVersions"] = [*before, *now]


def _storage(definition: Value) -> list[str]:
    return [each["name"] for each in definition["spec"].get("versions") or () if each.get("storage")]


def _pod(pod: Value) -> None:
    spec = pod["spec"]
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    spec["serviceAccountName"] = spec["serviceAccount"] = spec.get("serviceAccountName") or "default"
    if spec.get("automountServiceAccountToken", True):
        _mount_token(spec)
    _tolerate(spec)
    pod["status"] = {"phase": "Pending", "qosClass": quality(pod)}


def _mount_token(spec: Value) -> None:
    containers = [*spec.get("initContainers", ()), *(spec.get("containers") or ())]
    bare = [each for each in containers if not any(_is_token(mount) for mount in each.get("volumeMounts", ()))]
    if not bare:
        return
    name = f"kube-api-access-{suffix()}"
    for container in bare:
        mount = {"name": name, "readOnly": True, "mountPath": _TOKEN_PATH}
        container["volumeMounts"] = [*container.get("volumeMounts", ()), mount]
    spec["volumes"] = [*spec.get("volumes", ()), {"name": name, "projected": _token_sources()}]


def _is_token(mount: Value) -> bool:
    return mount.get("mountPath") == _TOKEN_PATH


def _token_sources() -> Value:
    field = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    return {
        "defaultMode": 0o644,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": _TOKEN_SECONDS, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": field}]}},
        ],
    }


def _tolerate(spec: Value) -> None:
    """Let the pod stay five minutes on a node that is away, unless it says otherwise."""
    tolerations = list(spec.get("tolerations", ()))
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(
            each.get("key") in (key, None, "") and each.get("effect") in ("NoExecute", None, "") for each in tolerations
        ):
            tolerations.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})
    spec["tolerations"] = tolerations


def quality(pod: Value) -> str:
    """The pod's quality of service class."""
    spec = pod["spec"]
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    resources = [each.get("resources") or {} for each in containers]
    if not any(each.get("limits") or each.get("requests") for each in resources):
        return "BestEffort"
    guaranteed = all(
        set(each.get("limits") or ()) >= {"cpu", "memory"} and each.get("requests", each["limits"]) == each["limits"]
        for each in resources
    )
    return "Guaranteed" if guaranteed else "Burstable"


def _job(job: Value) -> None:
    if job["spec"].get("manualSelector"):
        return
    uid, name = job["metadata"].get("uid", ""), job["metadata"].get("name", "")
    labels = {
        _UID_LABEL: uid,
        _NAME_LABEL: name,
        f"batch.kubernetes.io/{_UID_LABEL}": uid,
        f"batch.kubernetes.io/{_NAME_LABEL}": name,
    }
    template = job["spec"].setdefault("template", {}).setdefault("metadata", {})
    labelled = job["metadata"].get("labels")
    defaulted = not labelled or labelled == template.get("labels")
    template["labels"] = {**labels, **(template.get("labels") or {})}
    if defaulted:
        job["metadata"]["labels"] = dict(template["labels"])
    selector = job["spec"].get("selector") or {}
    chosen = {f"batch.kubernetes.io/{_UID_LABEL}": uid, **(selector.get("matchLabels") or {})}
    job["spec"]["selector"] = {**selector, "matchLabels": dict(sorted(chosen.items()))}


def _service(service: Value) -> None:
    spec = service["spec"]
    if spec["type"] == "ExternalName":
        return
    address = (
        spec.get("clusterIP")
        or f"10.{96 + secrets.randbelow(16)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
    )
    spec.update(clusterIP=address, clusterIPs=[address])
    both = address == "None" and not spec.get("selector")
    spec.setdefault("ipFamilyPolicy", "RequireDualStack" if both else "SingleStack")
    spec.setdefault("ipFamilies", ["IPv4", "IPv6"] if both else ["IPv4"])
    if spec["type"] in ("NodePort", "LoadBalancer") and spec.get("allocateLoadBalancerNodePorts", True):
        for port in spec.get("ports") or ():
            port.setdefault("nodePort", _FIRST_NODE_PORT + secrets.randbelow(_NODE_PORTS))


def _protect(finalizer: str) -> Callable[[Value], None]:
    def protect(obj: Value) -> None:
        kept = obj["metadata"].get("finalizers") or []
        obj["metadata"]["finalizers"] = kept if finalizer in kept else [*kept, finalizer]

    return protect


def _namespace(namespace: Value) -> None:
    finalizers = namespace.setdefault("spec", {}).get("finalizers") or []
    namespace["spec"]["finalizers"] = finalizers if "kubernetes" in finalizers else [*finalizers, "kubernetes"]
    namespace["status"] = {"phase": "Active"}


_RULES: dict[tuple[str, str], Callable[[Value], None]] = {
    ("v1", "Pod"): _pod,
    ("batch/v1", "Job"): _job,
    ("v1", "Service"): _service,
    ("v1", "PersistentVolumeClaim"): _protect("kubernetes.io/pvc-protection"),
    ("v1", "PersistentVolume"): _protect("kubernetes.io/pv-protection"),
    ("v1", "Namespace"): _namespace,
}

_KEPT: dict[tuple[str, str], Callable[[Value, Value], None]] = {
    ("v1", "Service"): _keep_addresses,
    ("v1", "Namespace"): _keep_finalizers,
    ("apps/v1", "DaemonSet"): _keep_generation,
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): _keep_stored_versions,
}
