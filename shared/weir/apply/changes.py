"""What an apply did, object by object, and how it is told."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from weir.api.kustomization import InventoryEntry
from weir.apply import inventory


class Action(StrEnum):
    """What became of an object."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    """A delete that failed."""


class Reference(NamedTuple):
    """An object by name."""

    api_version: str
    kind: str
    namespace: str
    name: str

    @property
    def group(self) -> str:
        """API group, empty for core."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """API version without the group."""
        return self.api_version.rpartition("/")[2]

    @property
    def subject(self) -> str:
        """`Kind/namespace/name`, or `Kind/name`."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)

    @property
    def entry(self) -> InventoryEntry:
        """As it stands in an inventory."""
        return InventoryEntry(inventory.entry_id(self.namespace, self.name, self.group, self.kind), self.version)

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> "Reference":
        """The name of an object from its JSON."""
        metadata = obj.get("metadata") or {}
        return cls(
            str(obj.get("apiVersion") or ""),
            str(obj.get("kind") or ""),
            str(metadata.get("namespace") or ""),
            str(metadata.get("name") or ""),
        )

    @classmethod
    def of_entry(cls, entry: InventoryEntry) -> "Reference":
        """The object of an inventory's entry. Raises `ValueError` for an id that is none."""
        namespace, name, group, kind = inventory.parse(entry.id)
        return cls(f"{group}/{entry.v}" if group else entry.v, kind, namespace, name)


class Change(NamedTuple):
    """What was done to one object."""

    reference: Reference
    action: Action
    uid: str = ""
    resource_version: str = ""
    live: Mapping[str, Any] | None = None
    """The object as the API server answered last, when it did."""

    @property
    def line(self) -> str:
        """`<subject> <action>`."""
        return f"{self.reference.subject} {self.action}"


def lines(changes: Iterable[Change], *actions: Action) -> str:
    """The lines of the changes with these actions, joined by newlines."""
    return "\n".join(change.line for change in changes if change.action in actions)


def entries(changes: Iterable[Change]) -> tuple[InventoryEntry, ...]:
    """The inventory that follows from changes, in their order."""
    return tuple(change.reference.entry for change in changes)
