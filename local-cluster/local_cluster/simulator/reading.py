"""Reading objects, and the pieces that every controller writes."""

import hashlib
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from local_cluster.schema.admission import suffix

Body = dict[str, Any]

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_NAME = 63


def uid(obj: Body) -> str:
    """The object's uid."""
    return str(obj["metadata"].get("uid", ""))


def deleting(obj: Body) -> bool:
    """Whether the object is marked for deletion."""
    return "deletionTimestamp" in obj["metadata"]


def number(obj: Body, *path: str, default: int = 0) -> int:
    """The whole number at a path."""
    value: Any = obj
    for name in path:
        value = (value or {}).get(name)
    return default if value is None else int(value)


def owner_reference(owner: Body) -> Body:
    """The reference of a controller in what it owns."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": uid(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controller_uid(obj: Body) -> str:
    """The uid of the object's controller, or the empty string."""
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((owner["uid"] for owner in owners if owner.get("controller")), "")


def condition(obj: Body, kind: str) -> Body:
    """A condition of the status; empty when it is not there."""
    found = [each for each in (obj.get("status") or {}).get("conditions") or () if each.get("type") == kind]
    return found[0] if found else {}


def is_true(obj: Body, kind: str) -> bool:
    """Whether a condition is true."""
    return condition(obj, kind).get("status") == "True"


def time_text(moment: datetime) -> str:
    """A time as the API server writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str | None) -> datetime | None:
    """The time that a text of the API server means."""
    return datetime.fromisoformat(text) if text else None


def template_hash(template: Any) -> str:
    """Ten characters that stand for a pod template."""
    digest = hashlib.sha256(msgspec.json.encode(template, order="sorted")).digest()
    return "".join(_SAFE[byte % len(_SAFE)] for byte in digest[:10])


def stable_number(text: str) -> int:
    """A number that is always the same for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def share(value: Any, total: int, *, up: bool) -> int:
    """A number or percentage (`25%`) of a total."""
    if isinstance(value, str):
        part = int(value.removesuffix("%")) * total / 100
        return math.ceil(part) if up else math.floor(part)
    return int(value or 0)


def pod_from(template: Body, owner: Body, *, name: str = "", labels: Body | None = None) -> Body:
    """A Pod of a template; without a name it gets the owner's and five characters."""
    metadata = template.get("metadata") or {}
    made: Body = {
        "name": name or f"{owner['metadata']['name'][: _LONGEST_NAME - 6]}-{suffix()}",
        "namespace": owner["metadata"].get("namespace", ""),
        "labels": {**(metadata.get("labels") or {}), **(labels or {})},
        "ownerReferences": [owner_reference(owner)],
    }
    if not name:
        made["generateName"] = f"{owner['metadata']['name']}-"
    if metadata.get("annotations"):
        made["annotations"] = dict(metadata["annotations"])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": made, "spec": dict(template["spec"])}


def active(pods: Iterable[Body]) -> list[Body]:
    """The Pods that are neither ended nor on their way out."""
    ended = ("Succeeded", "Failed")
    return [pod for pod in pods if not deleting(pod) and (pod.get("status") or {}).get("phase") not in ended]


def ready(pods: Iterable[Body]) -> list[Body]:
    """The Pods that are ready."""
    return [pod for pod in pods if is_true(pod, "Ready")]


def without_zeroes(status: Body, *kept: str) -> Body:
    """A status whose zero fields are taken out, except those that the kind always shows."""
    return {name: value if value or name in kept else None for name, value in status.items()}
