"""Whose fields are whose: taking over what kubectl and older tools left on an object, as one JSON patch.

`kubectl edit`, `scale` and `apply` own fields under managers of their own, which would survive our apply. Their field
sets are merged into our entry of `managedFields`; the apply that follows then removes what the manifest does not have.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from weir.apply.fieldset import FieldSet

MANAGER = "kustomize-controller"
_ANNOTATIONS = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "kustomize.toolkit.fluxcd.io/checksum",
    "fluxcd.io/sync-checksum",
)
_LABELS = ("fluxcd.io/sync-gc-mark",)

Operation = dict[str, Any]


class Takeover(NamedTuple):
    """Entries of `managedFields` to take over: a manager's prefix and its operation."""

    prefix: str
    operation: str


_DEFAULT = (
    Takeover("kubectl", "Apply"),
    Takeover("kubectl", "Update"),
    Takeover("before-first-apply", "Update"),
    Takeover(MANAGER, "Update"),
)


def takeovers(overrides: Sequence[str] = ()) -> tuple[Takeover, ...]:
    """What is taken over by default and from each manager of `--override-manager`."""
    return (*_DEFAULT, *(Takeover(name, operation) for name in overrides for operation in ("Apply", "Update")))


def cleanup(live: Mapping[str, Any], rules: Sequence[Takeover]) -> list[Operation]:
    """The JSON patch that removes foreign traces from a live object; empty when there are none.

    It holds the object's resourceVersion, so that it is refused when the object has changed meanwhile.
    """
    metadata = live.get("metadata") or {}
    operations: list[Operation] = [
        {"op": "remove", "path": f"/metadata/{field}/{key.replace('~', '~0').replace('/', '~1')}"}
        for field, keys in (("annotations", _ANNOTATIONS), ("labels", _LABELS))
        for key in keys
        if key in (metadata.get(field) or {})
    ]
    old = metadata.get("managedFields") or []
    new = merged(old, rules, str(live.get("apiVersion") or ""))
    if new != old:
        operations.append({"op": "replace", "path": "/metadata/managedFields", "value": new})
    if operations:
        version = metadata.get("resourceVersion", "")
        operations.append({"op": "replace", "path": "/metadata/resourceVersion", "value": version})
    return operations


def merged(
    entries: Sequence[Mapping[str, Any]], rules: Sequence[Takeover], api_version: str
) -> list[Mapping[str, Any]]:
    """`managedFields` with the entries that the rules name merged into ours, which moves to the end.

    Without an entry of ours the first match becomes it. Unreadable entries are left alone.
    """
    matching = [entry for entry in entries if _matches(entry, rules)]
    if not matching:
        return list(entries)
    ours = next((entry for entry in entries if _is_ours(entry)), None)
    base = ours or matching[0]
    fields = FieldSet()
    for entry in (base, *matching):
        fields |= _fields(entry) or FieldSet()
    taken = {
        "manager": MANAGER,
        "operation": "Apply",
        "apiVersion": base.get("apiVersion") or api_version,
        **({"time": base["time"]} if base.get("time") else {}),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields.fields_v1(),
    }
    return [each for each in entries if each is not ours and each not in matching] + [taken]


def migrated(live: Mapping[str, Any], api_version: str) -> list[Operation]:
    """The JSON patch that moves every entry of `managedFields` to this API version; empty when all have it."""
    metadata = live.get("metadata") or {}
    old = metadata.get("managedFields") or []
    if all(entry.get("apiVersion") == api_version for entry in old):
        return []
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": [{**e, "apiVersion": api_version} for e in old]},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata.get("resourceVersion", "")},
    ]


def cleaned(live: Mapping[str, Any], operations: Sequence[Operation]) -> dict[str, Any]:
    """The live object as a cleanup patch leaves it."""
    metadata = dict(live.get("metadata") or {})
    for operation in operations:
        field, _, key = operation["path"].removeprefix("/metadata/").partition("/")
        if operation["op"] == "remove":
            name = key.replace("~1", "/").replace("~0", "~")
            metadata[field] = {k: v for k, v in metadata[field].items() if k != name}
        else:
            metadata[field] = operation["value"]
    return {**live, "metadata": metadata}


def owned(metadata: Mapping[str, Any], rules: Sequence[Takeover]) -> bytes:
    """What we own of the object with this metadata, as a digest; empty when unknown, or with something to take over.

    As long as it stays the same, every field of ours has the value that we gave it: the API server takes a field from
    its owners when anybody else changes or removes it
    (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).
    """
    ours = next((entry for entry in metadata.get("managedFields") or [] if _is_ours(entry)), None)
    if ours is None or cleanup({"metadata": metadata}, rules):
        return b""
    return hashlib.blake2b(msgspec.json.encode(ours, order="deterministic"), digest_size=16).digest()


def applier_of(live: Mapping[str, Any], pointer: str) -> str:
    """The manager other than us that owns the place of a JSON pointer by an apply, or nothing.

    A place in a list whose items have no keys belongs to nobody.
    """
    for entry in (live.get("metadata") or {}).get("managedFields") or []:
        if entry.get("operation") != "Apply" or entry.get("subresource") or entry.get("manager") == MANAGER:
            continue
        fields = _fields(entry)
        path = fields.resolve(pointer, live) if fields else None
        if fields and path is not None and fields.covers(path):
            return str(entry.get("manager") or "")
    return ""


def last_writer(live: Mapping[str, Any]) -> str:
    """The manager other than us that wrote last, status aside, or nothing."""
    others = [
        entry
        for entry in (live.get("metadata") or {}).get("managedFields") or []
        if entry.get("manager") != MANAGER and not entry.get("subresource")
    ]
    latest = max(others, key=lambda entry: str(entry.get("time") or ""), default=None)
    return str(latest.get("manager") or "") if latest else ""


def _fields(entry: Mapping[str, Any]) -> FieldSet | None:
    try:
        return FieldSet.read(entry.get("fieldsV1") or {})
    except ValueError:
        return None


def _matches(entry: Mapping[str, Any], rules: Sequence[Takeover]) -> bool:
    manager, operation = str(entry.get("manager") or ""), entry.get("operation")
    if entry.get("subresource") or _is_ours(entry) or _fields(entry) is None:
        return False
    return any(manager.startswith(rule.prefix) and operation == rule.operation for rule in rules)


def _is_ours(entry: Mapping[str, Any]) -> bool:
    ours = entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
    return ours and not entry.get("subresource")
