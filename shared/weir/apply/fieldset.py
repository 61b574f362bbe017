"""Sets of fields, as `metadata.managedFields[].fieldsV1` holds them.

A set is a tree of path elements (`weir.apply.fieldpath`), in which `.` says that the place itself is a member. What a
place is (one leaf, or made of parts) comes from a `Shape`; without a schema `DEDUCED` is what structured-merge-diff
assumes. Rules: structured-merge-diff, `fieldpath` and `typed`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from weir.apply.fieldpath import DEDUCED, SELF, Path, Shape, canonical, element, order, text

__all__ = ["DEDUCED", "FieldSet", "Path", "Shape", "element", "of", "remove", "text"]

Tree = Mapping[str, "Tree"]

_EMPTY: Tree = {}
_LEAF: Tree = {SELF: _EMPTY}


class FieldSet:
    """An immutable set of paths. `|`, `-`, `&` are union, difference and intersection; an empty set is false."""

    __slots__ = ("tree",)

    def __init__(self, tree: Tree = _EMPTY) -> None:
        self.tree = tree

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "FieldSet":
        """From `fieldsV1`. Raises `ValueError` naming an element that is none."""
        return cls({canonical(key): _read(value) for key, value in fields.items() if key != SELF})

    @classmethod
    def from_paths(cls, paths: Iterable[Path]) -> "FieldSet":
        """The set of these paths."""
        tree: dict[str, Any] = {}
        for path in paths:
            place = tree
            for part in path:
                place = place.setdefault(part, {})
            if path:
                place[SELF] = _EMPTY
        return cls(tree)

    def fields_v1(self) -> dict[str, Any]:
        """As `fieldsV1`, in the API server's order."""
        return _write(self.tree)

    def has(self, path: Path) -> bool:
        """Whether the place itself is a member (its children do not count)."""
        return SELF in self._at(path)

    def covers(self, path: Path) -> bool:
        """Whether the place is a member, lies inside a member that is a leaf, or has members below."""
        place = self.tree
        for part in path:
            if part not in place:
                return len(place) == 1 and SELF in place
            place = place[part]
        return bool(place)

    def below(self, part: str) -> "FieldSet":
        """The members under one element, relative to it."""
        return FieldSet(self.tree.get(part, _EMPTY))

    def paths(self) -> Iterator[Path]:
        """All members, parents first, in the API server's order."""
        return _paths(self.tree, ())

    def item(self, value: Any) -> str | None:
        """The element of this set that means the list item `value`, or None."""
        for part in self.tree:
            if part.startswith("v:") and msgspec.json.decode(part[2:]) == value:
                return part
            if part.startswith("k:") and isinstance(value, Mapping):
                keys = msgspec.json.decode(part[2:])
                if all(value.get(name, expected) == expected for name, expected in keys.items()):
                    return part
        return None

    def resolve(self, pointer: str, value: Any) -> Path | None:
        """Read a JSON pointer into `value` as a path of this set; indexes become the keys of the item there.

        None when the pointer leads nowhere in `value` or crosses a list whose items this set does not tell apart.
        """
        path: list[str] = []
        place = self
        for token in pointer.removeprefix("/").split("/"):
            name = token.replace("~1", "/").replace("~0", "~")
            part: str | None = None
            if isinstance(value, Mapping) and name in value:
                part, value = f"f:{name}", value[name]
            elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
                part = place.item(value)
            if part is None:
                return None
            path.append(part)
            place = place.below(part)
        return tuple(path)

    def union(self, other: "FieldSet") -> "FieldSet":
        """All members of either."""
        return FieldSet(_union(self.tree, other.tree))

    def difference(self, other: "FieldSet") -> "FieldSet":
        """The members that `other` does not have."""
        return FieldSet(_difference(self.tree, other.tree))

    def recursive_difference(self, other: "FieldSet") -> "FieldSet":
        """The members that neither are in `other` nor lie under a member of it."""
        return FieldSet(_difference(self.tree, other.tree, recursive=True))

    def intersection(self, other: "FieldSet") -> "FieldSet":
        """The members of both."""
        return FieldSet(_intersection(self.tree, other.tree))

    def with_named_parents(self, shape: Shape) -> "FieldSet":
        """The members and each declared field that has members below it."""
        return FieldSet(_with_named_parents(self.tree, shape))

    __or__ = union
    __sub__ = difference
    __and__ = intersection

    def __bool__(self) -> bool:
        return bool(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldSet) and self.tree == other.tree

    def __hash__(self) -> int:
        return hash(frozenset(self.paths()))

    def __repr__(self) -> str:
        return f"FieldSet({', '.join(map(text, self.paths()))})"

    def _at(self, path: Path) -> Tree:
        place = self.tree
        for part in path:
            place = place.get(part, _EMPTY)
        return place


def of(value: Any, shape: Shape = DEDUCED) -> FieldSet:
    """The fields that someone who applies `value` owns. Raises `ValueError` as `element` does."""
    return FieldSet(_of(value, shape))


def remove(value: Any, fields: FieldSet, shape: Shape = DEDUCED, *, hollow: bool = False) -> Any:
    """`value` without the members of `fields`.

    What is emptied by that goes too, or stays as null when `hollow`; what was empty before stays as it was.
    """
    if isinstance(value, Mapping) and not shape.atomic_map:
        kept: Any = {
            name: smaller
            for name, part in value.items()
            if not fields.has((f"f:{name}",))
            for smaller in (_remove_below(part, fields, f"f:{name}", shape.field(name), hollow=hollow),)
            if hollow or smaller is not None or part is None
        }
    elif isinstance(value, list) and shape.list_type != "atomic":
        named = ((element(item, shape), item) for item in value)
        kept = [
            _remove_below(item, fields, name, shape.items, hollow=hollow)
            for name, item in named
            if not fields.has((name,))
        ]
    else:
        return value
    return kept if kept or not value else None


def _remove_below(part: Any, fields: FieldSet, name: str, shape: Shape, *, hollow: bool) -> Any:
    below = fields.below(name)
    return remove(part, below, shape, hollow=hollow) if below else part


def _of(value: Any, shape: Shape) -> Tree:
    if isinstance(value, Mapping) and not shape.atomic_map:
        return {f"f:{name}": _of_field(part, name, shape) for name, part in value.items() if _counts(part, name, shape)}
    if isinstance(value, list) and shape.list_type != "atomic":
        return {element(item, shape): {**_LEAF, **_of(item, shape.items)} for item in value}
    return _LEAF


def _of_field(part: Any, name: str, shape: Shape) -> Tree:
    tree = _of(part, shape.field(name))
    member = part is None or part == {} or not shape.declares(name)
    return {**_LEAF, **tree} if member else tree


def _counts(part: Any, name: str, shape: Shape) -> bool:
    """Whether a field leaves a trace: an empty list of parts that the schema declares does not."""
    return not (part == [] and shape.declares(name) and shape.field(name).list_type != "atomic")


def _union(left: Tree, right: Tree) -> Tree:
    if not left or not right:
        return left or right
    shared = {key: _union(tree, right[key]) for key, tree in left.items() if key in right}
    return {**left, **right, **shared}


def _difference(left: Tree, right: Tree, *, recursive: bool = False) -> Tree:
    if not right:
        return left
    kept: dict[str, Tree] = {}
    for key, tree in left.items():
        if key not in right:
            kept[key] = tree
        elif key != SELF and not (recursive and SELF in right[key]):
            rest = _difference(tree, right[key], recursive=recursive)
            if rest:
                kept[key] = rest
    return kept


def _intersection(left: Tree, right: Tree) -> Tree:
    shared: dict[str, Tree] = {}
    for key, tree in left.items():
        if key == SELF and key in right:
            shared[key] = _EMPTY
        elif key in right:
            both = _intersection(tree, right[key])
            if both:
                shared[key] = both
    return shared


def _with_named_parents(tree: Tree, shape: Shape) -> Tree:
    result: dict[str, Tree] = {}
    for key, below in tree.items():
        if key == SELF:
            result[key] = _EMPTY
            continue
        name = key[2:]
        child = shape.field(name) if key.startswith("f:") else shape.items
        deeper = _with_named_parents(below, child)
        result[key] = {**_LEAF, **deeper} if key.startswith("f:") and shape.declares(name) else deeper
    return result


def _read(fields: Any) -> Tree:
    if not isinstance(fields, Mapping):
        raise ValueError(f"{type(fields).__name__} where a field set has an object")  # noqa: TRY004  one error for bad input
    if not fields:
        return _LEAF
    return {
        key if key == SELF else canonical(key): _EMPTY if key == SELF else _read(value) for key, value in fields.items()
    }


def _write(tree: Tree) -> dict[str, Any]:
    return {key: {} if tree[key] in (_LEAF, _EMPTY) else _write(tree[key]) for key in sorted(tree, key=order)}


def _paths(tree: Tree, prefix: Path) -> Iterator[Path]:
    for key in sorted(tree, key=order):
        if key == SELF:
            yield prefix
        else:
            yield from _paths(tree[key], (*prefix, key))
