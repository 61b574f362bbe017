"""The value of a server-side apply: what is applied over what is there (structured-merge-diff `typed`, Merge)."""

from collections.abc import Mapping
from typing import Any

from weir.apply.fieldset import Shape, element


def merge(live: Any, applied: Any, shape: Shape) -> Any:
    """`applied` over `live`: objects by field, `map` and `set` lists by item, all else replaced."""
    if isinstance(live, Mapping) and isinstance(applied, Mapping) and not shape.atomic_map:
        merged = dict(live)
        for name, value in applied.items():
            merged[name] = merge(live[name], value, shape.field(name)) if name in live else value
        return merged
    if isinstance(live, list) and isinstance(applied, list) and shape.list_type != "atomic":
        return _merge_items(live, applied, shape)
    return applied


def _merge_items(live: list[Any], applied: list[Any], shape: Shape) -> list[Any]:
    """The applied items in their order; items that are only live stay behind the shared item they stood behind."""
    before = [(element(item, shape), item) for item in live]
    found = dict(reversed(before))
    after = {element(item, shape): item for item in applied}
    shared = [name for name in after if name in found]
    merged: list[Any] = []
    position = 0
    for name, item in after.items():
        while position < len(before):
            standing, value = before[position]
            if standing not in after:
                merged.append(value)
            elif shared and standing == shared[0]:
                break
            position += 1
            if not shared and standing in after:
                break
        merged.append(merge(found[name], item, shape.items) if name in found else item)
        if shared and shared[0] == name:
            position += position < len(before) and before[position][0] == name
            del shared[0]
    return merged + [value for name, value in before[position:] if name not in after]
