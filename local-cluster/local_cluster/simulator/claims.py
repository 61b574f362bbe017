"""Claims are bound to a volume made for them. Pure."""

from collections.abc import Sequence

from weir.api.base import Kind
from weir.kube.kinds import PERSISTENT_VOLUME_CLAIM

from .plan import CONTROLLER, Action, Create, Patch, Plan, Remove, status
from .reading import Body, deleting, uid

PERSISTENT_VOLUME = Kind("", "v1", "PersistentVolume", "persistentvolumes", namespaced=False)
_CLAIM_GUARD, _VOLUME_GUARD = "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"
_BOUND = {"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}


def plan(claim: Body, pods: Sequence[Body], volume: Body | None) -> Plan:
    """Bind a new claim; let go of one that is deleted and not used by a Pod; `volume`: the one it names."""
    if deleting(claim):
        guarded = _CLAIM_GUARD in (claim["metadata"].get("finalizers") or ())
        return Plan(
            (_unguard(PERSISTENT_VOLUME_CLAIM, claim, _CLAIM_GUARD),) if guarded and not _used(claim, pods) else ()
        )
    spec, name = claim["spec"], claim["spec"].get("volumeName") or f"pvc-{uid(claim)}"
    actions: list[Action] = []
    if volume is None and name != f"pvc-{uid(claim)}":
        return Plan(again=1.0)  # it names a volume that is not there
    if volume is None:
        actions.append(Create(PERSISTENT_VOLUME, _volume(claim, name)))
    if not spec.get("volumeName"):
        change = {"metadata": {"annotations": _BOUND}, "spec": {"volumeName": name}}
        actions.append(Patch(PERSISTENT_VOLUME_CLAIM, claim, change, manager=CONTROLLER))
    capacity = {"storage": spec["resources"]["requests"]["storage"]}
    bound = {"phase": "Bound", "accessModes": spec["accessModes"], "capacity": capacity}
    return Plan((*actions, *status(PERSISTENT_VOLUME_CLAIM, claim, bound)))


def volume_plan(volume: Body, claim: Body | None) -> Plan:
    """A volume is available or bound, and goes with its claim when it was made for it; `claim`: the one it names."""
    if deleting(volume):
        guarded = _VOLUME_GUARD in (volume["metadata"].get("finalizers") or ())
        return Plan((_unguard(PERSISTENT_VOLUME, volume, _VOLUME_GUARD),) if guarded else ())
    reference = volume["spec"].get("claimRef")
    if not reference:
        return Plan(status(PERSISTENT_VOLUME, volume, {"phase": "Available"}))
    if claim is not None and uid(claim) == reference.get("uid", uid(claim)):
        return Plan(status(PERSISTENT_VOLUME, volume, {"phase": "Bound"}))
    if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
        return Plan((Remove(PERSISTENT_VOLUME, volume),))
    return Plan(status(PERSISTENT_VOLUME, volume, {"phase": "Released"}))


def _volume(claim: Body, name: str) -> Body:
    metadata, spec = claim["metadata"], claim["spec"]
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": metadata["namespace"]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": "local.weir.dev/none"}},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": {**reference, "name": metadata["name"], "uid": uid(claim)},
            "hostPath": {"path": f"/var/local-path-provisioner/{name}", "type": "DirectoryOrCreate"},
            "persistentVolumeReclaimPolicy": "Delete",
            **({"storageClassName": spec["storageClassName"]} if spec.get("storageClassName") else {}),
            "volumeMode": spec.get("volumeMode", "Filesystem"),
        },
    }


def _used(claim: Body, pods: Sequence[Body]) -> bool:
    name = claim["metadata"]["name"]
    volumes = [volume for pod in pods for volume in pod["spec"].get("volumes") or ()]
    return any((volume.get("persistentVolumeClaim") or {}).get("claimName") == name for volume in volumes)


def _unguard(kind: Kind, obj: Body, finalizer: str) -> Patch:
    left = [each for each in obj["metadata"].get("finalizers") or () if each != finalizer]
    return Patch(kind, obj, {"metadata": {"finalizers": left or None}}, manager=CONTROLLER)
