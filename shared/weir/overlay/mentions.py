"""Where objects name other objects: the fields that hold names, walked as one tree per type."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import split
from weir.overlay.ids import Type
from weir.overlay.references import Row
from weir.overlay.resource import Resource
from weir.overlay.values import Steps, set_loose, set_text
from weir.yaml.nodes import Scalar, is_null

Target = tuple[str, str, str, bool]
"""Group, version and kind of what is named, and whether the path is that of a role."""
Fields = dict[str, Any]
"""A tree of field names; `""` holds the targets named here."""


class Mention(msgspec.Struct, frozen=True):
    """A name in an object; `whole`: in a map, beside a namespace perhaps."""

    path: Steps
    name: str
    namespace: str | None
    whole: bool
    targets: tuple[Target, ...]


class Found(msgspec.Struct, frozen=True):
    """What a mention says from now on; `namespace` None leaves that alone."""

    name: str
    namespace: str | None = None


Visit = Callable[[Steps, Any, tuple[Target, ...]], None]
"""Called with the way to every place that may hold a name, what it holds, and the targets."""


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


def rewrite(resource: Resource, mentions: Sequence[Mention], found: Sequence[Found | None]) -> None:
    """Write what was found for each mention; of the object only the way there is copied."""
    changes = [(mention, change) for mention, change in zip(mentions, found, strict=True) if change]
    resource.own_along([(*mention.path, "") for mention, _ in changes])
    for mention, change in changes:
        *way, key = mention.path
        container: Any = resource.body
        for step in way:
            container = container[step]
        if mention.whole:
            set_loose(container[key], "name", change.name)
            if change.namespace is not None:
                set_text(container[key], "namespace", change.namespace)
        else:
            set_loose(container, key, change.name)


def is_name(value: Any) -> bool:
    """Whether a place holds a name at all."""
    return type(value) is dict or isinstance(value, str) or (type(value) is Scalar and not is_null(value))


def walk(node: dict[str, Any], tree: Fields, visit: Visit, way: Steps = ()) -> None:
    """Through an object along the fields that hold names."""
    for name, below in tree.items():
        if name not in node or name == "":
            continue
        child, there = node[name], (*way, name)
        targets = below.get("")
        if targets:
            _leaves(child, there, targets, visit)
        if len(below) > (1 if targets else 0):
            _below(child, there, below, visit)


def _leaves(value: Any, there: Steps, targets: tuple[Target, ...], visit: Visit) -> None:
    if type(value) is list:
        for place, item in enumerate(value):
            _leaves(item, (*there, place), targets, visit)
    else:
        visit(there, value, targets)


def _below(child: Any, there: Steps, tree: Fields, visit: Visit) -> None:
    if type(child) is dict:
        walk(child, tree, visit, there)
    elif type(child) is list:
        for place, item in enumerate(child):
            _below(item, (*there, place), tree, visit)
    elif not is_null(child):
        raise BuildError("expected a map or a list on the way to the name of another object, found a plain value")
