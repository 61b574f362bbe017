"""Where objects name other objects: the fields that hold names, walked as one tree per type."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import split
from weir.overlay.ids import Type
from weir.overlay.references import Row
from weir.overlay.resource import Resource
from weir.overlay.values import set_loose, set_text
from weir.yaml.nodes import Scalar, is_null

Target = tuple[str, str, str, bool]
"""Group, version and kind of what is named, and whether the path is that of a role."""
Fields = dict[str, Any]
"""A tree of field names; `""` holds the targets named here."""


class Mention(msgspec.Struct, frozen=True):
    """A name in an object; `whole`: in a map, beside a namespace perhaps."""

    name: str
    namespace: str | None
    whole: bool
    targets: tuple[Target, ...]


class Found(msgspec.Struct, frozen=True):
    """What a mention says from now on; `namespace` None leaves that alone."""

    name: str
    namespace: str | None = None


Visit = Callable[[Any, Any, tuple[Target, ...]], None]
"""Called with container, key and targets of every place that holds a name."""


@lru_cache(maxsize=1024)
def fields_of(rows: tuple[Row, ...], type_: Type) -> Fields:
    """The fields of a type that hold names. Shared: not to be changed."""
    tree: Fields = {}
    for row in rows:
        spec = row.field
        if not type_.selected_by(spec.group, spec.version, spec.kind):
            continue
        node = tree
        for part in split(spec.path):
            node = node.setdefault(part.removesuffix("[]"), {})
        target = (row.group, row.version, row.kind, spec.path.endswith("roleRef/name"))
        if target not in node.get("", ()):
            node[""] = (*node.get("", ()), target)
    return tree


def rewrite(resource: Resource, tree: Fields, found: tuple[Found | None, ...]) -> None:
    """Write what was found, in the order of the mentions."""
    resource.own()
    rest = iter(found)

    def set_(container: Any, at: Any, targets: tuple[Target, ...]) -> None:
        del targets
        if not is_name(container[at]):
            return
        change = next(rest)
        if change is None:
            return
        if type(container[at]) is dict:
            set_loose(container[at], "name", change.name)
            if change.namespace is not None:
                set_text(container[at], "namespace", change.namespace)
        else:
            set_loose(container, at, change.name)

    walk(resource.body, tree, set_)


def is_name(value: Any) -> bool:
    """Whether a place holds a name at all."""
    return type(value) is dict or isinstance(value, str) or (type(value) is Scalar and not is_null(value))


def walk(node: Any, tree: Fields, visit: Visit) -> None:
    """Through an object along the fields that hold names."""
    for name, below in tree.items():
        if name == "" or name not in node:
            continue
        targets = below.get("")
        if targets:
            _leaves(node, name, targets, visit)
        if len(below) > (1 if targets else 0):
            _below(node[name], below, visit)


def _leaves(container: Any, key: Any, targets: tuple[Target, ...], visit: Visit) -> None:
    value = container[key]
    if type(value) is list:
        for place in range(len(value)):
            _leaves(value, place, targets, visit)
    else:
        visit(container, key, targets)


def _below(child: Any, tree: Fields, visit: Visit) -> None:
    if type(child) is dict:
        walk(child, tree, visit)
    elif type(child) is list:
        for item in child:
            _below(item, tree, visit)
    elif not is_null(child):
        raise BuildError("expected a map or a list on the way to the name of another object, found a plain value")
