"""An object against its schema, in the API server's words. What an update leaves as it was is not judged again."""

from collections.abc import Iterator, Mapping
from typing import Any

from weir.apply.fieldset import element

from . import causes
from .compare import same
from .errors import Cause
from .expressions import ABSENT, rule_causes
from .node import Node
from .values import fits, type_of, value_causes


def structural_causes(obj: Mapping[str, Any], old: Mapping[str, Any] | None, root: Node) -> list[Cause]:
    """What is wrong with `obj`; `old` is the stored object that it replaces."""
    return list(_place(obj, ABSENT if old is None else old, root, ""))


def _place(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    if old is not ABSENT and same(value, old):
        return
    if value is None and (node.nullable or node.typed):
        return
    if not fits(value, node):
        yield causes.type_invalid(path, type_of(value), "integer,string" if node.type == "int-or-string" else node.type)
        return
    yield from value_causes(value, node, path)
    parts = list(_parts(value, old, node, path))
    yield from parts
    yield from _combined(value, node, path)
    if not any(cause.reason == "FieldValueTypeInvalid" for cause in parts):
        yield from rule_causes(value, old, node, path)


def _parts(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    if isinstance(value, dict):
        before = old if isinstance(old, dict) else {}
        for name in node.raw.get("required", ()):
            if name not in value:
                yield causes.required(causes.join(path, name))
        for name, part in value.items():
            place = f"{path}[{name}]" if node.additional and not node.declares(name) else causes.join(path, name)
            yield from _place(part, before.get(name, ABSENT), node.field(name), place)
    elif isinstance(value, list):
        yield from _items(value, old if isinstance(old, list) else [], node, path)


def _items(value: list[Any], old: list[Any], node: Node, path: str) -> Iterator[Cause]:
    before = dict(_named(old, node)) if node.list_type == "map" else {}
    seen: set[str] = set()
    for i, item in enumerate(value):
        name = _name(item, node) if node.list_type != "atomic" else None
        if name in seen:
            yield causes.duplicate(f"{path}[{i}]", _keys(item, node))
        elif name is not None:
            seen.add(name)
        yield from _place(item, before.get(name, ABSENT), node.items, f"{path}[{i}]")


def _named(items: list[Any], node: Node) -> Iterator[tuple[str | None, Any]]:
    return ((_name(item, node), item) for item in items)


def _name(item: Any, node: Node) -> str | None:
    try:
        return element(item, node)
    except ValueError:
        return None


def _keys(item: Any, node: Node) -> Any:
    return {name: item.get(name) for name in node.list_keys if name in item} if node.list_type == "map" else item


def _combined(value: Any, node: Node, path: str) -> Iterator[Cause]:
    """`allOf`, `anyOf`, `oneOf`, `not`."""
    if node.type in ("int-or-string", "quantity"):
        return
    for each in node.variants("allOf"):
        yield from _place(value, ABSENT, each, path)
    any_of, one_of = node.variants("anyOf"), node.variants("oneOf")
    if any_of and not any(_holds(value, each, path) for each in any_of):
        yield Cause("FieldValueInvalid", f'Invalid value: "": "{path}" must validate at least one schema (anyOf)', path)
    valid = sum(_holds(value, each, path) for each in one_of)
    if one_of and valid != 1:
        found = f"Found {valid} valid alternatives" if valid else "Found none valid"
        text = f'Invalid value: "": "{path}" must validate one and only one schema (oneOf). {found}'
        yield Cause("FieldValueInvalid", text, path)
    if any(_holds(value, each, path) for each in node.variants("not")):
        yield Cause("FieldValueInvalid", f'Invalid value: "": "{path}" must not validate the schema (not)', path)


def _holds(value: Any, node: Node, path: str) -> bool:
    return next(_place(value, ABSENT, node, path), None) is None
