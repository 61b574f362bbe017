"""Inventory ids, and what follows from two inventories.

An id is `<namespace>_<name>_<group>_<kind>`. Names of RBAC roles and bindings may hold colons, which become `__`.
"""

from collections.abc import Iterable

from weir.api.kustomization import InventoryEntry

_RBAC = "rbac.authorization.k8s.io"
_COLON_KINDS = {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}


def entry_id(namespace: str, name: str, group: str, kind: str) -> str:
    """The id of an object."""
    if group == _RBAC and kind in _COLON_KINDS:
        name = name.replace(":", "__")
    return f"{namespace}_{name}_{group}_{kind}"


def parse(entry: str) -> tuple[str, str, str, str]:
    """Namespace, name, group and kind of an id. Raises `ValueError` naming an id that is none."""
    namespace, first, rest = entry.partition("_")
    rest, last, kind = rest.rpartition("_")
    name, middle, group = rest.rpartition("_")
    if not (first and last and middle and name and kind):
        raise ValueError(f"{entry!r} is no inventory id")
    return namespace, name.replace("__", ":"), group, kind


def stale(old: Iterable[InventoryEntry], new: Iterable[InventoryEntry]) -> tuple[InventoryEntry, ...]:
    """The old entries that are not among the new ones; versions do not count."""
    kept = {entry.id for entry in new}
    return tuple(entry for entry in old if entry.id not in kept)


def union(first: Iterable[InventoryEntry], second: Iterable[InventoryEntry]) -> tuple[InventoryEntry, ...]:
    """All entries, each id once; of two versions the one in `first` stays."""
    merged = {entry.id: entry for entry in second}
    ordered = {entry.id: entry for entry in first}
    return (*ordered.values(), *(entry for key, entry in merged.items() if key not in ordered))
