"""What may not change once an object is there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import causes
from .compare import same
from .errors import Cause
from .events import changed
from .rules_core import quantity

Object = Mapping[str, Any]
Rule = Callable[[Object, Object], Iterator[Cause]]

_FIXED = "field is immutable"
_FROZEN = "field is immutable when `immutable` is set"
_STATEFUL: tuple[str, ...] = ("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit")
_STATEFUL += ("persistentVolumeClaimRetentionPolicy", "minReadySeconds")
_STATEFUL_TEXT = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_CLAIM_TEXT = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)
_POD_TEXT = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def transition_causes(new: Object, old: Object) -> list[Cause]:
    """What an update of a built-in object changes that it may not."""
    rules = _RULES.get((new.get("apiVersion", ""), new.get("kind", "")), ())
    return [cause for rule in rules for cause in rule(new, old)]


def _at(obj: Any, path: str) -> Any:
    for name in path.split("."):
        obj = obj.get(name) if isinstance(obj, Mapping) else None
    return obj


def _fixed(*paths: str) -> Rule:
    def rule(new: Object, old: Object) -> Iterator[Cause]:
        for path in paths:
            if not same(_at(new, path), _at(old, path)):
                yield causes.invalid(path, _at(new, path), _FIXED)

    return rule


def _forbidden(path: str, text: str) -> Rule:
    def rule(new: Object, old: Object) -> Iterator[Cause]:
        if not same(_at(new, path), _at(old, path)):
            yield causes.forbidden(path, text)

    return rule


def _frozen(new: Object, old: Object) -> Iterator[Cause]:
    if old.get("immutable") is not True:
        return
    for field in ("immutable", "data", "binaryData"):
        if not same(new.get(field) or None, old.get(field) or None):
            yield causes.forbidden(field, _FROZEN)


_REFERENCE = {"APIGroup": "apiGroup", "Kind": "kind", "Name": "name"}


def _role_ref(new: Object, old: Object) -> Iterator[Cause]:
    if not same(new.get("roleRef"), old.get("roleRef")):
        reference = new.get("roleRef") or {}
        shown = {name: reference.get(field, "") for name, field in _REFERENCE.items()}
        yield causes.invalid("roleRef", shown, "cannot change roleRef")


def _stateful_set(new: Object, old: Object) -> Iterator[Cause]:
    kept = [
        {name: value for name, value in (obj.get("spec") or {}).items() if name not in _STATEFUL} for obj in (new, old)
    ]
    if not same(*kept):
        yield causes.forbidden("spec", _STATEFUL_TEXT)


_ASKED, _GRANTED = "spec.resources.requests.storage", "status.capacity.storage"


def _claim(new: Object, old: Object) -> Iterator[Cause]:
    once = [name for name in ("volumeName", "storageClassName") if not old["spec"].get(name)]
    bound = _at(new, "status.phase") == "Bound"
    if not same(*(_lasting(obj["spec"], bound=bound) | dict.fromkeys(once) for obj in (new, old))):
        yield causes.forbidden("spec", _CLAIM_TEXT)
    asked, before, granted = (quantity(it) or 0 for it in (_at(new, _ASKED), _at(old, _ASKED), _at(old, _GRANTED)))
    if asked < before and asked <= granted:
        yield causes.forbidden(_ASKED, "field can not be less than status.capacity")


def _lasting(claim: Object, *, bound: bool) -> dict[str, Any]:
    """What may not change of a claim's spec."""
    if not bound:
        return {**claim}
    resources = {**(claim.get("resources") or {}), "requests": None}
    return {**claim, "resources": resources, "volumeAttributesClassName": None}


def _pod(new: Object, old: Object) -> Iterator[Cause]:
    for kind in ("containers", "initContainers"):
        if len(new["spec"].get(kind) or ()) != len(old["spec"].get(kind) or ()):
            yield causes.forbidden(f"spec.{kind}", "pod updates may not add or remove containers")
            return
    if not same(_pinned(new), _pinned(old)):
        yield causes.forbidden("spec", _POD_TEXT)


def _pinned(pod: Object) -> dict[str, Any]:
    loose = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName")
    spec = {name: value for name, value in pod["spec"].items() if name not in loose}
    for kind in ("containers", "initContainers"):
        spec[kind] = [{**each, "image": ""} for each in spec.get(kind) or ()]
    return spec


def _service(new: Object, old: Object) -> Iterator[Cause]:
    before, after = _at(old, "spec.clusterIP"), _at(new, "spec.clusterIP")
    external = "ExternalName" in (_at(old, "spec.type"), _at(new, "spec.type"))
    if before and before != after and not external:
        yield causes.invalid("spec.clusterIPs[0]", [after or ""], "may not change once set")


def _job(new: Object, old: Object) -> Iterator[Cause]:
    if _at(new, "spec.completionMode") != "Indexed":
        yield from _fixed("spec.completions")(new, old)
    yield from _fixed("spec.selector")(new, old)
    if not (_at(old, "spec.suspend") and not _at(old, "status.startTime")):
        yield from _fixed("spec.template")(new, old)
    elif not same(*(_unscheduled(_at(obj, "spec.template.spec") or {}) for obj in (new, old))):
        yield causes.invalid("spec.template.spec", _at(new, "spec.template.spec"), _FIXED)
    yield from _fixed("spec.completionMode")(new, old)


def _unscheduled(pod: Object) -> dict[str, Any]:
    """A pod's spec without what may change while its Job waits to be resumed."""
    loose = ("nodeSelector", "tolerations", "schedulingGates", "affinity")
    spec = {name: value for name, value in pod.items() if name not in loose}
    spec["affinity"] = {**(pod.get("affinity") or {}), "nodeAffinity": None}
    for kind in ("containers", "initContainers"):
        spec[kind] = [{**each, "resources": None} for each in pod.get(kind) or ()]
    return spec


_RULES: dict[tuple[str, str], tuple[Rule, ...]] = {
    ("v1", "ConfigMap"): (_frozen,),
    ("v1", "Secret"): (_fixed("type"), _frozen),
    ("v1", "Service"): (_service,),
    ("v1", "Pod"): (_pod,),
    ("v1", "PersistentVolumeClaim"): (_claim,),
    ("apps/v1", "Deployment"): (_fixed("spec.selector"),),
    ("apps/v1", "ReplicaSet"): (_fixed("spec.selector"),),
    ("apps/v1", "DaemonSet"): (_fixed("spec.selector"),),
    ("apps/v1", "StatefulSet"): (_stateful_set,),
    ("batch/v1", "Job"): (_job,),
    ("events.k8s.io/v1", "Event"): (changed,),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): (_role_ref,),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): (_role_ref,),
    ("networking.k8s.io/v1", "IngressClass"): (_fixed("spec.controller"),),
    ("scheduling.k8s.io/v1", "PriorityClass"): (_forbidden("value", "may not be changed in an update."),),
    ("storage.k8s.io/v1", "StorageClass"): (
        _forbidden("provisioner", "updates to provisioner are forbidden."),
        _forbidden("parameters", "updates to parameters are forbidden."),
        _forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden."),
    ),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): (_fixed("spec.group", "spec.scope", "spec.names.plural"),),
}
