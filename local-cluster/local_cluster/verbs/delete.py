"""Delete an object, or a collection."""

from datetime import timedelta
from typing import Any

import msgspec

from local_cluster.api.conversion import seen, seen_body, stored
from local_cluster.api.errors import Cause, bad_request, conflict, details, forbidden, invalid
from local_cluster.schema.go import go_type
from local_cluster.state import State, now, timestamp
from local_cluster.verbs import body as bodies
from local_cluster.verbs.body import Body
from local_cluster.verbs.remove import finished
from local_cluster.verbs.target import Target

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""Holds a CRD until its objects are gone."""
ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
_DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions"
_TERMINATED = ("/namespaces", _DEFINITIONS)
"""Kinds that a controller ends: they are marked without a grace period."""
_IMMORTAL = ("default", "kube-system", "kube-public")
_POLICIES = {"Background": None, "Foreground": FOREGROUND, "Orphan": ORPHAN}
_ORPHANING = ("batch/jobs", "/replicationcontrollers")
"""Kinds whose dependents stay unless the request says otherwise, as they always did in these versions."""
_RETURNED = frozenset({"/pods", "/services", "/serviceaccounts", "/persistentvolumes", "/persistentvolumeclaims"}) | {
    "/podtemplates",
    "/resourcequotas",
    "storage.k8s.io/storageclasses",
    "storage.k8s.io/volumeattachments",
    "storage.k8s.io/csinodes",
    "storage.k8s.io/csidrivers",
}
"""Kinds of which a delete answers with the object and not with a Status."""


class Preconditions(msgspec.Struct, frozen=True, rename={"resource_version": "resourceVersion"}):
    """What must hold for the deletion to happen."""

    uid: str | None = None
    resource_version: str | None = None


class DeleteOptions(msgspec.Struct, frozen=True, rename="camel"):
    """meta/v1 `DeleteOptions`."""

    grace_period_seconds: int | None = None
    propagation_policy: str | None = None
    orphan_dependents: bool | None = None
    preconditions: Preconditions | None = None
    dry_run: tuple[str, ...] | None = None
    kind: str = ""
    api_version: str = ""


def options_of(body: Body) -> DeleteOptions:
    """Read the body of a DELETE. Raises 400 and 422."""
    try:
        options = msgspec.convert(body, DeleteOptions)
    except msgspec.ValidationError as bad:
        raise bad_request(_undecodable(body) or f"DeleteOptions: {bad}") from None
    if options.kind not in ("", "DeleteOptions"):
        version = options.api_version
        raise bad_request(f'no kind "{options.kind}" is registered for version "{version}" {bodies.SCHEME}')
    policy = options.propagation_policy
    if policy is not None and options.orphan_dependents is not None:
        text = f'Invalid value: "{policy}": orphanDependents and deletionPropagation cannot be both set'
        raise invalid("meta.k8s.io", "DeleteOptions", "", [Cause("propagationPolicy", "FieldValueInvalid", text)])
    if policy is not None and policy not in _POLICIES:
        text = f'Unsupported value: "{policy}": supported values: "Foreground", "Background", "Orphan", "nil"'
        raise invalid("meta.k8s.io", "DeleteOptions", "", [Cause("propagationPolicy", "FieldValueNotSupported", text)])
    return options


_GO_TYPES = {
    "gracePeriodSeconds": (int, "int64"),
    "orphanDependents": (bool, "bool"),
    "propagationPolicy": (str, "string"),
}


def _undecodable(body: Body) -> str:
    """What Go says of the first field of another type."""
    for name, (type_, wanted) in _GO_TYPES.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, type_) or (type_ is int and isinstance(value, bool))):
            return f"json: cannot unmarshal {go_type(value)} into Go struct field DeleteOptions.{name} of type {wanted}"
    return ""


def delete(state: State, target: Target, options: DeleteOptions) -> tuple[int, Body]:
    """Delete, or mark for deletion. Returns the HTTP code and the answer. Raises 404, 409."""
    held = target.find(state)
    if target.resource.storage == "/namespaces" and target.name in _IMMORTAL:
        raise forbidden("", "namespaces", target.name, "this namespace may not be deleted")
    live = seen_body(target.resource, held.body())
    _check(target, live, options)
    body = _marked(target, live, options)
    dry = bool(options.dry_run)
    if finished(body):
        if not dry:
            last = state.store.remove(target.resource.storage, target.namespace, target.name)
            body = msgspec.json.decode(seen(target.resource, last.raw)) if _returns(target) else body
        return 200, (body if _returns(target) else _gone(target, live))
    if body != live and not dry:
        body = msgspec.json.decode(
            seen(target.resource, state.store.write(target.resource.storage, stored(target.resource, body)).raw)
        )
    return 200, body


def _returns(target: Target) -> bool:
    return target.resource.storage in _RETURNED


def _gone(target: Target, live: Body) -> Body:
    about: dict[str, Any] = details(target.resource.group, target.resource.plural, target.name)
    about["uid"] = live["metadata"]["uid"]
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": about}


def _check(target: Target, live: Body, options: DeleteOptions) -> None:
    wanted, metadata, resource = options.preconditions or Preconditions(), live["metadata"], target.resource
    if wanted.uid is not None and wanted.uid != metadata["uid"]:
        why = f"the UID in the precondition ({wanted.uid}) does not match the UID in record ({metadata['uid']})"
        why += ". The object might have been deleted and then recreated"
        raise conflict(resource.group, resource.kind, target.name, why)
    if wanted.resource_version is not None and wanted.resource_version != metadata["resourceVersion"]:
        why = f"the ResourceVersion in the precondition ({wanted.resource_version}) does not match the ResourceVersion"
        why += f" in record ({metadata['resourceVersion']}). The object might have been modified"
        raise conflict(resource.group, resource.kind, target.name, why)


def _marked(target: Target, live: Body, options: DeleteOptions) -> Body:
    """The object as the request leaves it: deletion mark, grace period, finalizers of the propagation policy."""
    metadata = dict(live["metadata"])
    finalizers = _finalizers(target, metadata.get("finalizers") or [], options)
    if finalizers:
        metadata["finalizers"] = finalizers
    else:
        metadata.pop("finalizers", None)
    grace = _grace(target, live, options)
    body = {**live, "metadata": metadata}
    if not metadata.get("deletionTimestamp"):
        metadata["deletionTimestamp"] = timestamp(now() + timedelta(seconds=grace))
        if target.resource.storage not in _TERMINATED:
            metadata["deletionGracePeriodSeconds"] = grace
        if target.resource.storage == _DEFINITIONS:
            body["status"] = _pending(body.get("status") or {}, metadata["deletionTimestamp"])
        elif metadata.get("generation"):
            metadata["generation"] += 1
    elif grace < (metadata.get("deletionGracePeriodSeconds") or 0):
        metadata["deletionGracePeriodSeconds"] = grace
    if target.resource.storage == "/namespaces":
        body["status"] = {**body.get("status", {}), "phase": "Terminating"}
    return body


def _pending(status: Body, moment: str) -> Body:
    """The status of a definition whose objects are about to be deleted."""
    text = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    condition = {"type": "Terminating", "status": "True", "reason": "InstanceDeletionPending", "message": text}
    return {**status, "conditions": [*(status.get("conditions") or ()), {"lastTransitionTime": moment, **condition}]}


def _finalizers(target: Target, present: list[str], options: DeleteOptions) -> list[str]:
    """Finalizers with the one that the propagation policy asks for."""
    if options.orphan_dependents is not None:
        wanted = ORPHAN if options.orphan_dependents else None
    elif options.propagation_policy is not None:
        wanted = _POLICIES[options.propagation_policy]
    elif present_policy := [each for each in present if each in (ORPHAN, FOREGROUND)]:
        wanted = present_policy[0]
    else:
        wanted = ORPHAN if target.resource.storage in _ORPHANING else None
    others = [each for each in present if each not in (ORPHAN, FOREGROUND)]
    if target.resource.storage == _DEFINITIONS and CLEANUP not in others:
        others.append(CLEANUP)
    return [*others, wanted] if wanted and target.resource.storage != "/namespaces" else others


def _grace(target: Target, live: Body, options: DeleteOptions) -> int:
    """Seconds that a Pod gets to end; nothing else waits."""
    if target.resource.storage != "/pods":
        return 0
    spec, status = live.get("spec") or {}, live.get("status") or {}
    if not spec.get("nodeName") or status.get("phase") in ("Succeeded", "Failed"):
        return 0
    asked = options.grace_period_seconds
    return int(spec.get("terminationGracePeriodSeconds", 30) if asked is None else max(asked, 0))
