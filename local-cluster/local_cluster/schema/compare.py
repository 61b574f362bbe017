"""What changed between two objects, as sets of fields (structured-merge-diff `typed`, Compare)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from weir.apply.fieldset import FieldSet, Path, Shape, element

_ABSENT = object()
_ENCODER = msgspec.json.Encoder(order="deterministic")


class Comparison(NamedTuple):
    """The fields that came, went, and have another value."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet

    def without(self, ignored: FieldSet) -> "Comparison":
        """The comparison outside `ignored` and what lies under its members."""
        return Comparison(*(part.recursive_difference(ignored) for part in self))


class _Walk:
    def __init__(self) -> None:
        self.added: list[Path] = []
        self.modified: list[Path] = []
        self.removed: list[Path] = []

    def place(self, old: Any, new: Any, shape: Shape, path: Path) -> None:
        if self._parts(old, new, shape, path):
            if old is _ABSENT:
                self.added.append(path)
            elif new is _ABSENT:
                self.removed.append(path)
        elif old is _ABSENT:
            self.added.append(path)
        elif new is _ABSENT:
            self.removed.append(path)
        elif not same(old, new):
            self.modified.append(path)

    def _parts(self, old: Any, new: Any, shape: Shape, path: Path) -> bool:
        """Compare part by part when the place is made of parts; tell whether it is."""
        if _is(dict, old, new) and not shape.atomic_map and (_full(old) or _full(new)):
            self._fields(old, _map(new), shape, path)
            return True
        if _is(list, old, new) and shape.list_type != "atomic" and (_full(old) or _full(new)):
            self._items(_list(old), _list(new), shape, path)
            return True
        return False

    def _fields(self, old: Any, new: Mapping[str, Any], shape: Shape, path: Path) -> None:
        there, before = old is not _ABSENT, _map(old)
        for name in dict.fromkeys([*before, *new]):
            was, part, is_ = before.get(name, _ABSENT), shape.field(name), new.get(name, _ABSENT)
            if there and was is _ABSENT and is_ is None and getattr(part, "typed", False):
                continue  # in a Go type that was there a null field was null already
            self.place(was, is_, part, (*path, f"f:{name}"))

    def _items(self, old: list[Any], new: list[Any], shape: Shape, path: Path) -> None:
        before, after = _by_element(old, shape), _by_element(new, shape)
        for name in dict.fromkeys([*before, *after]):
            left, right = before.get(name, [_ABSENT]), after.get(name, [_ABSENT])
            if len(left) == len(right) == 1:
                self.place(left[0], right[0], shape.items, (*path, name))
            elif name not in before:
                self.added.append((*path, name))
            elif name not in after:
                self.removed.append((*path, name))
            elif not same(left, right):
                self.modified.append((*path, name))


def compare(old: Any, new: Any, shape: Shape) -> Comparison:
    """Compare two whole objects."""
    walk = _Walk()
    walk.place(old, new, shape, ())
    return Comparison(*map(FieldSet.from_paths, (walk.added, walk.modified, walk.removed)))


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    if left != right:
        return False
    if isinstance(left, dict | list):  # equal to Python: as JSON too, unless somewhere true stands for 1 or 1.0 for 1
        return _ENCODER.encode(left) == _ENCODER.encode(right) or _alike(left, right)
    return isinstance(left, bool) == isinstance(right, bool)


def _alike(left: Any, right: Any) -> bool:
    if isinstance(left, dict):
        return all(same(value, right[key]) for key, value in left.items())
    return all(map(same, left, right))


def _is(kind: type, *values: Any) -> bool:
    """Whether each value that is there is of this type; at least one is."""
    present = [value for value in values if value is not _ABSENT and value is not None]
    return bool(present) and all(isinstance(value, kind) for value in present)


def _full(value: Any) -> bool:
    return value is not _ABSENT and bool(value)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _by_element(items: list[Any], shape: Shape) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(element(item, shape), []).append(item)
    return found
