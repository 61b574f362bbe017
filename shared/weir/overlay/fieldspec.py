"""Where in an object a transformer acts (`spec/overlays.md` 6)."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec

from weir.overlay.errors import BuildError
from weir.overlay.ids import Type, of_parts
from weir.overlay.resource import Resource
from weir.overlay.values import own_key
from weir.yaml.nodes import Scalar, is_null

Set = Callable[[Any, Any], None]
"""Called with the container and the key or index of what was reached."""
Make = Literal["map", "scalar", ""]
"""What a missing or null field becomes where the spec says create."""


class FieldSpec(msgspec.Struct, frozen=True, cache_hash=True):
    """A path in objects of a type; empty parts of the type match anything."""

    path: str
    kind: str = ""
    group: str = ""
    version: str = ""
    create: bool = False


class NoField(str):
    """A part that is the name of no field: empty, an index, a wildcard, a choice among elements.

    NUL is before it, so that no map has it.
    """

    __slots__ = ()


_NO_FIELD = re.compile(r"|\*|-|\s*[-+]?[0-9]+\s*|\[.*\]", re.ASCII | re.DOTALL)


def words(path: str) -> list[str]:
    r"""The parts of `a/b/c`; `\/` is a slash in a part, one leading slash is cut."""
    parts = [part.replace("\0", "/") for part in path.replace("\\/", "\0").split("/")]
    return parts[1:] if len(parts) > 1 and parts[0] == "" else parts


@lru_cache(maxsize=4096)
def split(path: str) -> tuple[str, ...]:
    """The parts of a path that leads through fields, those marked that name none."""
    parts = words(path)
    return tuple(NoField("\0" + part) if _NO_FIELD.fullmatch(part.removesuffix("[]")) else part for part in parts)


Specs = tuple[FieldSpec, ...]


Step = tuple[str, bool]
"""A field, and whether it was written as a list's."""


Path = tuple[tuple[Step, ...], bool, str]
"""The way that a spec leads, whether it may be made, and how it is called in errors."""


@lru_cache(maxsize=4096)
def path_of(spec: FieldSpec) -> Path:
    """Where a spec leads."""
    parts = split(spec.path)
    steps = tuple((name if type(name) is NoField else name.removesuffix("[]"), name.endswith("[]")) for name in parts)
    return steps, spec.create, "/".join(parts).replace("\0", "")


class Paths(dict[Type, tuple[Path, ...]]):
    """Where specs lead in the objects of each type, looked up once for each."""

    def __init__(self, specs: Specs) -> None:
        super().__init__()
        self.specs = specs

    def __missing__(self, type_: Type) -> tuple[Path, ...]:
        if len(self) >= _KNOWN:
            self.clear()
        chosen = (spec for spec in self.specs if type_.selected_by(spec.group, spec.version, spec.kind))
        found = self[type_] = tuple(path_of(spec) for spec in chosen)
        return found


_KNOWN = 1000


@lru_cache(maxsize=1024)
def paths_of(specs: Specs) -> Paths:
    """Where specs lead. Shared by all builds."""
    return Paths(specs)


def apply(resource: Resource, paths: Paths, set_: Set, make: Make) -> None:
    """Call `set_` at every place of the object where the paths lead. Raises `BuildError` with the path."""
    body = resource.body
    for steps, create, text in paths[resource.type]:
        first = steps[0][0]
        if first not in body and type(first) is str and not (create and make):
            continue
        try:
            visit(body, steps, set_, make if create else "")
        except BuildError as error:
            raise error.at(resource.origin.file, resource.origin.line, text) from None


def visit(node: Any, path: Sequence[Step], set_: Set, make: Make, at: int = 0) -> None:
    """Walk one path from its part `at`: maps by name, lists through every element; null ends the way."""
    last = len(path) - 1
    while type(node) is dict:
        name, listed = path[at]
        child = node.get(name)
        if child is None and not make and type(name) is str:
            return
        if child is None or type(child) is Scalar:
            child = _given(node, name, make, listed=listed, last=at == last)
            if child is None:
                return
        if at == last:
            set_(node, name)
            return
        node = child
        at += 1
    if type(node) is list:
        for item in node:
            if not is_null(item):
                visit(item, path, set_, make, at)
    elif not is_null(node):
        raise BuildError("expected a map or a list on the way to the field, found a plain value")


def _given(node: dict[str, Any], name: str, make: Make, *, listed: bool, last: bool) -> Any:
    """What a field holds that is missing, null or named as a list; made if it may be. None ends the way."""
    if type(name) is NoField:
        raise BuildError(f"`{name[1:]}` is the name of no field: write names alone, lists are crossed without a sign")
    if name not in node:
        if not make or listed:
            return None
        node[own_key(name)] = "" if last and make == "scalar" else {}
    elif is_null(node[name]):
        if listed:
            node[name] = []
        elif make and (make == "map" or not last):
            node[name] = {}
    return node[name]


def merged(specs: Iterable[FieldSpec], more: Iterable[FieldSpec], what: str) -> Specs:
    """Both lists, covered entries once (6.4). Raises `BuildError` when two disagree about `create`."""
    found = list(specs)
    for spec in more:
        twin = next((one for one in found if one.path == spec.path and _covers(spec, one)), None)
        if twin is None:
            found.append(spec)
        elif twin.create != spec.create:
            raise BuildError(f"conflicting fieldspecs: {spec.path} is there with and without create", field=what)
    return tuple(found)


def _covers(new: FieldSpec, old: FieldSpec) -> bool:
    return of_parts(old.group, old.version, old.kind).selected_by(new.group, new.version, new.kind)


def from_map(entry: dict[str, Any]) -> FieldSpec:
    """A spec as written in a configuration."""
    return FieldSpec(
        entry.get("path", ""),
        entry.get("kind", ""),
        entry.get("group", ""),
        entry.get("version", ""),
        entry.get("create", False),
    )
