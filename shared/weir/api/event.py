"""The event: what travels from every controller to the notification-controller, and from there to people."""

from typing import Literal

from weir.api.base import Struct

USER_PREFIX = "event.toolkit.fluxcd.io/"
"""Annotations with this prefix travel with every event of their object."""

Severity = Literal["trace", "info", "error"]


class ObjectReference(Struct):
    """The object that an event speaks of, as `v1.ObjectReference`; empty members are left out."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    api_version: str = ""
    resource_version: str = ""
    field_path: str = ""

    @property
    def group(self) -> str:
        """The API group, empty for the core group."""
        return self.api_version.rpartition("/")[0]


class Event(Struct, kw_only=True):
    """One thing that happened to an object; members are encoded in this order, empty metadata is left out."""

    involved_object: ObjectReference
    severity: Severity
    timestamp: str | None
    """RFC 3339, UTC, whole seconds."""
    message: str
    reason: str
    metadata: dict[str, str] = {}
    reporting_controller: str
    reporting_instance: str = ""
    """Host (pod) name of the controller."""
