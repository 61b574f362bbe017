"""What a controller wants written: values, performed by `run.py` in order."""

from typing import Any

import msgspec

from weir.api.base import Kind

Body = dict[str, Any]

CONTROLLER = "kube-controller-manager"
KUBELET = "kubelet"
SCHEDULER = "kube-scheduler"


class Create(msgspec.Struct, frozen=True):
    """Create an object."""

    kind: Kind
    body: Body
    manager: str = CONTROLLER


class Patch(msgspec.Struct, frozen=True):
    """Merge-patch an object, or its `status` when `subresource` says so."""

    kind: Kind
    target: Body
    change: Body
    subresource: str = ""
    manager: str = CONTROLLER


class Remove(msgspec.Struct, frozen=True):
    """Delete an object; a Pod at once when `now`."""

    kind: Kind
    target: Body
    now: bool = False


class Note(msgspec.Struct, frozen=True):
    """An event about an object."""

    about: Body
    reason: str
    message: str
    component: str
    warning: bool = False


Action = Create | Patch | Remove | Note


class Plan(msgspec.Struct, frozen=True):
    """What to write, and in how many seconds to look again (None: when something changes)."""

    actions: tuple[Action, ...] = ()
    again: float | None = None


def status(kind: Kind, obj: Body, wanted: Body, manager: str = CONTROLLER) -> tuple[Action, ...]:
    """The write that makes the object's status `wanted`; none when it is that already. None removes a field."""
    before = obj.get("status") or {}
    change = {name: value for name, value in wanted.items() if value != before.get(name)}
    return (Patch(kind, obj, {"status": change}, "status", manager),) if change else ()
