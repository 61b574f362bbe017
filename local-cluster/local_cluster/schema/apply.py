"""Server-side apply, and the ownership of fields through every other write.

The rules are those of structured-merge-diff (`merge/update.go`) and of the API server's managedfields package. Objects
that come in are not changed; what goes out shares their unchanged parts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from weir.apply.fieldset import FieldSet, of, remove

from .compare import Comparison, compare, same
from .errors import Conflicts, Untyped
from .managers import Entry, Manager, Managers, capped, manager, read, read_or_none, timestamp, write
from .merge import merge
from .node import Node
from .schema import Schema
from .typed import misfits

Object = dict[str, Any]

_BEFORE_FIRST_APPLY = "before-first-apply"
_SERVER_META = (
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
)
_NEVER_OWNED = FieldSet.from_paths(
    [("f:apiVersion",), ("f:kind",), ("f:metadata",), *(("f:metadata", f"f:{name}") for name in _SERVER_META)]
)
_STATUS = FieldSet.from_paths([("f:status",)])


def apply(
    live: Object | None,
    patch: Object,
    schema: Schema,
    *,
    manager: str,
    force: bool,
    api_version: str,
    now: datetime,
    subresource: str = "",
) -> Object:
    """What a server-side apply of `patch` over `live` stores, before defaulting (`live` None: it creates).

    Fields of `manager`'s last apply that `patch` lacks go, unless someone else owns them. Without `force` raises
    `Conflicts` when another manager owns a field that would change; `Untyped` when `patch` does not fit the schema.
    """
    who = _manager(manager, "Apply", api_version, subresource)
    before, managers = _untracked(live, schema, api_version, now)
    applied = _own_part(patch, schema, subresource)
    _require_typed(applied, schema)
    last = managers.get(who)
    fields = of(applied, schema.root) - _NEVER_OWNED
    managers = {**managers, who: Entry(api_version, fields, last.time if last else "")}
    try:
        after = _merged(before, applied, last, managers, schema.root)
        changes = compare(before, after, schema.root).without(_ignored(schema, subresource))
    except ValueError as error:
        raise Untyped(f"failed to create typed live object ({_subject(before)}): {error}") from None
    managers = _taken(managers, who, changes, force=force)
    if not same(before, after) and who in managers:
        managers = {**managers, who: Entry(api_version, managers[who].fields, timestamp(now))}
    return _with_managers(after, capped(managers))


def update(
    live: Object | None,
    new: Object,
    schema: Schema,
    *,
    manager: str,
    operation: str = "Update",
    api_version: str,
    subresource: str = "",
    now: datetime,
) -> Object:
    """`new` with the managed fields after a create (`live` None), update or patch by `manager`.

    `new` may carry managed fields itself: they count instead of the live ones, and `[{}]` ends tracking. An update that
    changes nothing bumps no time.
    """
    who = _manager(manager, operation, api_version, subresource)
    managers = _sent_or_live(live, new, subresource)
    if live is not None and not managers:
        return _with_managers(new, {})
    before = _bare(live) if live is not None else schema.root.zero()
    try:
        changes = compare(before, _bare(new), schema.root).without(_ignored(schema, subresource))
    except ValueError:
        # An item of a keyed list lacks its key. As the API server does, let the object pass without managed fields.
        return _with_managers(new, {})
    taken = (changes.added | changes.modified) - _NEVER_OWNED
    managers = _taken(managers, None, changes, force=True)
    if taken:
        earlier = managers.get(who)
        fields = earlier.fields | taken if earlier else taken
        managers = {**managers, who: Entry(api_version, fields, timestamp(now))}
    return _with_managers(new, capped(managers))


def _manager(name: str, operation: str, api_version: str, subresource: str) -> Manager:
    return manager(name, operation, api_version, subresource)


def _untracked(live: Object | None, schema: Schema, api_version: str, now: datetime) -> tuple[Object, Managers]:
    """The live object without managed fields, and these; an object that nobody tracked so far is tracked from now."""
    if live is None:
        return {}, {}
    before = _bare(live)
    managers = read_or_none(live["metadata"].get("managedFields"))
    if not managers:
        tracked = update(None, before, schema, manager=_BEFORE_FIRST_APPLY, api_version=api_version, now=now)
        managers = read(tracked["metadata"].get("managedFields"))
    return before, managers


def _own_part(patch: Object, schema: Schema, subresource: str) -> Object:
    """The part of an applied object that this endpoint takes: status through its subresource only."""
    metadata = {key: value for key, value in patch.get("metadata", {}).items() if value is not None}
    kept = {**patch, "metadata": metadata}
    if subresource == "status":
        named = {key: value for key, value in metadata.items() if key in ("name", "namespace")}
        return {key: kept[key] for key in ("apiVersion", "kind", "status") if key in kept} | {"metadata": named}
    if schema.status:
        kept.pop("status", None)
    return kept


def _merged(before: Object, applied: Object, last: Entry | None, managers: Managers, root: Node) -> Object:
    """The applied object over the live one. Raises `ValueError` when a live item lacks the key of its list."""
    after = merge(before, applied, root)
    if last:
        # Merged once more: what is applied as empty stays, though nothing is left in it.
        after = merge(_without_abandoned(after, last.fields, managers, root), applied, root)
    return _bare(after)


def _require_typed(applied: Object, schema: Schema) -> None:
    errors = misfits(applied, schema.root)
    if errors:
        raise Untyped(f"failed to create typed patch object ({_subject(applied)}): {_listed(errors)}")


def _subject(obj: Object) -> str:
    metadata = obj.get("metadata", {})
    name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
    version = str(obj.get("apiVersion"))
    return f"{name}; {version if '/' in version else f'/{version}'}, Kind={obj.get('kind')}"


def _listed(errors: list[str]) -> str:
    return errors[0] if len(errors) == 1 else "errors:\n" + "\n".join(f"  {error}" for error in errors)


def _ignored(schema: Schema, subresource: str) -> FieldSet:
    """The fields that writes at this endpoint cannot own."""
    if subresource == "status":
        return FieldSet.from_paths(
            (f"f:{name}",) for name in {*schema.root.properties, "spec", "metadata"} - {"status"}
        )
    return _STATUS if schema.status and not subresource else FieldSet()


def _without_abandoned(merged: Object, last: FieldSet, managers: Managers, root: Node) -> Object:
    """Take out what the manager applied last time and nobody owns now."""
    last = last.with_named_parents(root)
    owned = FieldSet()
    for entry in managers.values():
        owned |= entry.fields
    present = of(merged, root).with_named_parents(root)
    pruned = of(remove(merged, last, root, hollow=True), root).with_named_parents(root)
    kept = remove(merged, present - (pruned | owned.with_named_parents(root)), root, hollow=True)
    kept_fields = of(kept, root).with_named_parents(root)
    result: Object = remove(merged, (present - kept_fields) & last, root)
    return result


def _taken(managers: Managers, who: Manager | None, changes: Comparison, *, force: bool) -> dict[Manager, Entry]:
    """The managers after `who` wrote `changes`: others lose what changed or went. Raises `Conflicts` without force."""
    written = changes.added | changes.modified
    conflicts = {other: entry.fields & written for other, entry in managers.items() if other != who}
    conflicts = {other: fields for other, fields in conflicts.items() if fields}
    if conflicts and not force:
        raise Conflicts(conflicts)
    left: dict[Manager, Entry] = {}
    for other, entry in managers.items():
        fields = entry.fields if other == who else entry.fields - written - changes.removed
        if fields:
            left[other] = Entry(entry.api_version, fields, entry.time)
    return left


def _sent_or_live(live: Object | None, new: Object, subresource: str) -> Managers:
    sent = new.get("metadata", {}).get("managedFields")
    kept = live["metadata"].get("managedFields") if live is not None else None
    if subresource or live is None:
        return read_or_none(kept)
    if sent == [{}]:
        return {}
    return read_or_none(sent) or read_or_none(kept)


def _bare(obj: Mapping[str, Any]) -> Object:
    """The object without managed fields; what is empty in its metadata is absent to the server."""
    metadata = obj.get("metadata", {})
    kept = {key: value for key, value in metadata.items() if key != "managedFields" and value not in (None, "", {}, [])}
    return {**obj, "metadata": kept}


def _with_managers(obj: Object, managers: Managers) -> Object:
    bare = _bare(obj)
    if managers:
        bare["metadata"]["managedFields"] = write(managers)
    return bare
