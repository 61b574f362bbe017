"""Sets of fields, as `metadata.managedFields[].fieldsV1` holds them.

A path is a tuple of elements written as the API server writes them: `f:spec` a field, `k:{"name":"c"}` the item of a
list with these keys, `v:"x"` the item of a set, `i:0` an index. A set is a tree of such elements, in which `.` says
that the place itself is a member. What a place is (one leaf, or made of parts) comes from a `Shape`; without a schema
`DEDUCED` is what structured-merge-diff assumes. Rules: sigs.k8s.io/structured-merge-diff, `fieldpath` and `typed`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

Path = tuple[str, ...]
Tree = Mapping[str, "Tree"]

SELF = "."
_EMPTY: Tree = {}
_LEAF: Tree = {SELF: _EMPTY}


class Shape(Protocol):
    """What a schema says of one place, as far as ownership of fields goes."""

    @property
    def atomic_map(self) -> bool:
        """Whether an object here is one leaf."""

    @property
    def list_type(self) -> str:
        """`atomic`, `set` or `map`."""

    @property
    def list_keys(self) -> tuple[str, ...]:
        """The fields that tell the items of a `map` list apart."""

    @property
    def items(self) -> "Shape":
        """The place of a list's item."""

    @property
    def default(self) -> Any:
        """The value when absent; it also stands in for an absent key of a list's item."""

    def declares(self, name: str) -> bool:
        """Whether the schema names this field (a key of a free map is not named)."""

    def field(self, name: str) -> "Shape":
        """The place of an object's field."""


class Deduced:
    """The shape of what no schema describes: objects are made of parts, lists are leaves."""

    atomic_map = False
    list_type = "atomic"
    list_keys: tuple[str, ...] = ()
    default = None

    @property
    def items(self) -> Shape:
        """Anything."""
        return self

    def declares(self, name: str) -> bool:  # noqa: ARG002  the protocol's signature
        """Tell that no field is declared."""
        return False

    def field(self, name: str) -> Shape:  # noqa: ARG002  the protocol's signature
        """Anything."""
        return self


DEDUCED = Deduced()


class FieldSet:
    """An immutable set of paths. `|`, `-`, `&` are union, difference and intersection; an empty set is false."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Tree = _EMPTY) -> None:
        self._tree = tree

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
            for element in path:
                place = place.setdefault(element, {})
            if path:
                place[SELF] = _EMPTY
        return cls(tree)

    def fields_v1(self) -> dict[str, Any]:
        """As `fieldsV1`, in the API server's order."""
        return _write(self._tree)

    def has(self, path: Path) -> bool:
        """Whether the place itself is a member (its children do not count)."""
        return SELF in self._at(path)

    def covers(self, path: Path) -> bool:
        """Whether the place is a member, lies inside a member that is a leaf, or has members below."""
        place = self._tree
        for element in path:
            if element not in place:
                return len(place) == 1 and SELF in place
            place = place[element]
        return bool(place)

    def below(self, element: str) -> "FieldSet":
        """The members under one element, relative to it."""
        return FieldSet(self._tree.get(element, _EMPTY))

    def paths(self) -> Iterator[Path]:
        """All members, parents first, in the API server's order."""
        return _paths(self._tree, ())

    def item(self, value: Any) -> str | None:
        """The element of this set that means the list item `value`, or None."""
        for element in self._tree:
            if element.startswith("v:") and msgspec.json.decode(element[2:]) == value:
                return element
            if element.startswith("k:") and isinstance(value, Mapping):
                keys = msgspec.json.decode(element[2:])
                if all(value.get(name, expected) == expected for name, expected in keys.items()):
                    return element
        return None

    def resolve(self, pointer: str, value: Any) -> Path | None:
        """Read a JSON pointer into `value` as a path of this set; indexes become the keys of the item there.

        None when the pointer leads nowhere in `value` or crosses a list whose items this set does not tell apart.
        """
        path: list[str] = []
        place = self
        for part in pointer.removeprefix("/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            element: str | None = None
            if isinstance(value, Mapping) and name in value:
                element, value = f"f:{name}", value[name]
            elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
                element = place.item(value)
            if element is None:
                return None
            path.append(element)
            place = place.below(element)
        return tuple(path)

    def union(self, other: "FieldSet") -> "FieldSet":
        """All members of either."""
        return FieldSet(_union(self._tree, other._tree))

    def difference(self, other: "FieldSet") -> "FieldSet":
        """The members that `other` does not have."""
        return FieldSet(_difference(self._tree, other._tree))

    def recursive_difference(self, other: "FieldSet") -> "FieldSet":
        """The members that neither are in `other` nor lie under a member of it."""
        return FieldSet(_difference(self._tree, other._tree, recursive=True))

    def intersection(self, other: "FieldSet") -> "FieldSet":
        """The members of both."""
        return FieldSet(_intersection(self._tree, other._tree))

    def with_named_parents(self, shape: Shape) -> "FieldSet":
        """This set and each declared field that has members below it."""
        return FieldSet(_with_named_parents(self._tree, shape))

    __or__ = union
    __sub__ = difference
    __and__ = intersection

    def __bool__(self) -> bool:
        return bool(self._tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldSet) and self._tree == other._tree

    def __hash__(self) -> int:
        return hash(frozenset(self.paths()))

    def __repr__(self) -> str:
        return f"FieldSet({', '.join(map(text, self.paths()))})"

    def _at(self, path: Path) -> Tree:
        place = self._tree
        for element in path:
            place = place.get(element, _EMPTY)
        return place


def text(path: Path) -> str:
    """A path as the API server prints it: `.spec.containers[name="c"].image`."""
    return "".join(map(_element_text, path))


def canonical(element: str) -> str:
    """The one spelling of an element. Raises `ValueError` when it is none."""
    prefix, body = element[:2], element[2:]
    if prefix == "f:":
        return element
    try:
        if prefix in ("k:", "v:"):
            return prefix + _json(msgspec.json.decode(body))
        return f"i:{int(body)}" if prefix == "i:" else _refuse(element)
    except (ValueError, msgspec.DecodeError) as error:
        raise ValueError(f"{element!r} is no path element of a field set") from error


def element(item: Any, shape: Shape) -> str:
    """The element for an item of the `set` or `map` list at `shape`.

    Raises `ValueError` when the item has no value for a key and the schema no default for it.
    """
    if shape.list_type == "set":
        return "v:" + _json(item)
    if not isinstance(item, Mapping):
        raise ValueError("associative list with keys may not have non-map elements")
    keys: dict[str, Any] = {}
    for name in shape.list_keys:
        keys[name] = item[name] if name in item else shape.items.field(name).default
        if keys[name] is None:
            raise ValueError(
                f'associative list with keys has an element that omits key field "{name}" (and doesn\'t have default value)'
            )
    return "k:" + _json(keys)


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
    return {key: {} if tree[key] in (_LEAF, _EMPTY) else _write(tree[key]) for key in sorted(tree, key=_order)}


def _paths(tree: Tree, prefix: Path) -> Iterator[Path]:
    for key in sorted(tree, key=_order):
        if key == SELF:
            yield prefix
        else:
            yield from _paths(tree[key], (*prefix, key))


def _order(key: str) -> tuple[int, Any]:
    kind = ". f:k:v:i:".find(key[:2]) if key != SELF else -1
    if key.startswith("k:"):
        return kind, sorted((name, _rank(value)) for name, value in msgspec.json.decode(key[2:]).items())
    if key.startswith("v:"):
        return kind, _rank(msgspec.json.decode(key[2:]))
    return kind, int(key[2:]) if key.startswith("i:") else key


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (3, _json(value))


def _element_text(key: str) -> str:
    body = key[2:]
    match key[:2]:
        case "f:":
            return f".{body}"
        case "k:":
            return "[" + ",".join(f"{name}={_json(value)}" for name, value in msgspec.json.decode(body).items()) + "]"
        case "v:":
            return f"[={body}]"
        case _:
            return f"[{body}]"


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _refuse(element: str) -> str:
    raise ValueError(element)
