"""Strategic merge patch: a merge patch that knows how lists merge.

Directives and rules: apimachinery `strategicpatch`. The schema says how by `x-kubernetes-patch-strategy` (`merge`,
`replace`, `retainKeys`) and `x-kubernetes-patch-merge-key`.
"""

import copy
from collections.abc import Mapping
from typing import Any

from .go import go
from .node import Node
from .schema import Schema

_DIRECTIVE = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"


class PatchError(ValueError):
    """The patch cannot be read as one; the message names the field."""


def merge(live: Mapping[str, Any], patch: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """`live` after the patch. Raises `PatchError`."""
    return _object(live, patch, schema.root, "")


def _object(live: Mapping[str, Any], patch: Mapping[str, Any], node: Node, path: str) -> dict[str, Any]:
    match patch.get(_DIRECTIVE):
        case "replace":
            return {name: copy.deepcopy(value) for name, value in patch.items() if name != _DIRECTIVE}
        case "delete":
            return {}
        case None | "merge":
            pass
        case unknown:
            raise PatchError(f"unknown patch type: {unknown} in map: {go(patch)}")
    merged = _retained(live, patch, path)
    for name, value in patch.items():
        if not name.startswith("$"):
            _field(merged, name, value, node.field(name), f"{path}.{name}" if path else name)
    for name, value in patch.items():
        if name.startswith(_DELETE):
            _delete_primitives(merged, name.removeprefix(_DELETE), value, path)
    for name, value in patch.items():
        if name.startswith(_ORDER):
            _set_order(merged, name.removeprefix(_ORDER), value, patch, node)
    return merged


def _retained(live: Mapping[str, Any], patch: Mapping[str, Any], path: str) -> dict[str, Any]:
    kept = patch.get(_RETAIN)
    if kept is None:
        return dict(live)
    if not isinstance(kept, list):
        raise PatchError(f"{path}.{_RETAIN} must be a list of field names")
    return {name: value for name, value in live.items() if name in kept}


def _field(merged: dict[str, Any], name: str, value: Any, node: Node, path: str) -> None:
    if value is None:
        merged.pop(name, None)
        return
    before = merged.get(name)
    if isinstance(value, Mapping):
        if value.get(_DIRECTIVE) == "delete":
            merged.pop(name, None)
        else:
            merged[name] = _object(before if isinstance(before, Mapping) else {}, value, node, path)
    elif isinstance(value, list) and "merge" in _strategies(node):
        merged[name] = _list(before if isinstance(before, list) else [], value, node, path)
    else:
        merged[name] = copy.deepcopy(value)


def _strategies(node: Node) -> list[str]:
    return str(node.raw.get("x-kubernetes-patch-strategy", "")).split(",")


def _list(live: list[Any], patch: list[Any], node: Node, path: str) -> list[Any]:
    key = node.raw.get("x-kubernetes-patch-merge-key")
    if any(isinstance(item, Mapping) and item.get(_DIRECTIVE) == "replace" for item in patch):
        return [copy.deepcopy(item) for item in patch if not (isinstance(item, Mapping) and _DIRECTIVE in item)]
    if key is None:
        merged = list(live) + [item for i, item in enumerate(patch) if item not in live and item not in patch[:i]]
        return _patch_first(merged, patch, live, None)
    merged = list(live)
    for item in patch:
        if not isinstance(item, Mapping):
            raise PatchError(f"list element types are not identical: [{go(live)} {go(patch)}]")
        if key not in item:
            raise PatchError(f"map: {go(item)} does not contain declared merge key: {key}")
        _item(merged, item, key, node.items, path)
    return _patch_first(merged, patch, live, key)


def _patch_first(merged: list[Any], patch: list[Any], live: list[Any], key: str | None) -> list[Any]:
    """The merged list in the API server's order: a patched item before what stood behind it, a new one at once."""
    order = [str(_identity(item, key)) for item in live]
    by_name = {str(_identity(item, key)): item for item in merged}
    named = dict.fromkeys(str(_identity(item, key)) for item in patch)
    first = [name for name in named if name in by_name]
    found: list[Any] = []
    for name in (each for each in order if each in by_name and each not in first):
        while first and (first[0] not in order or order.index(first[0]) < order.index(name)):
            found.append(by_name[first.pop(0)])
        found.append(by_name[name])
    return found + [by_name[name] for name in first]


def _identity(item: Any, key: str | None) -> Any:
    return item.get(key) if key and isinstance(item, Mapping) else item


def _item(merged: list[Any], item: Mapping[str, Any], key: str, node: Node, path: str) -> None:
    at = next((i for i, each in enumerate(merged) if isinstance(each, Mapping) and each.get(key) == item[key]), None)
    if item.get(_DIRECTIVE) == "delete":
        merged[:] = [each for each in merged if not (isinstance(each, Mapping) and each.get(key) == item[key])]
    elif at is None:
        merged.append(_object({}, item, node, path))
    else:
        merged[at] = _object(merged[at], item, node, path)


def _delete_primitives(merged: dict[str, Any], name: str, gone: Any, path: str) -> None:
    if not isinstance(gone, list):
        raise PatchError(f"{path}.{_DELETE}{name} must be a list")
    if isinstance(merged.get(name), list):
        merged[name] = [item for item in merged[name] if item not in gone]


def _set_order(merged: dict[str, Any], name: str, order: Any, patch: Mapping[str, Any], node: Node) -> None:
    """Put the items in the patch's order; items that it does not name stay behind the one they stood behind."""
    items = merged.get(name)
    if not isinstance(items, list) or not isinstance(order, list) or (patch.get(name) is None and name in patch):
        return
    key = node.field(name).raw.get("x-kubernetes-patch-merge-key")

    named = [_identity(item, key) for item in order]
    listed = [item for item in items if _identity(item, key) in named]
    listed.sort(key=lambda item: named.index(_identity(item, key)))
    result: list[Any] = []
    for item in items:
        if _identity(item, key) in named:
            result.append(listed.pop(0))
        else:
            result.append(item)
    merged[name] = result
