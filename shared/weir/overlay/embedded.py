"""YAML or JSON written inside a text field: one value of it replaced (`spec/overlays.md` 17.8).

JSON comes back as JSON, its keys sorted; YAML keeps its order, styles and comments.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from weir.overlay.errors import BuildError
from weir.overlay.expression import compiled
from weir.overlay.fieldpath import index, is_listed, selection
from weir.overlay.hashing import go_json
from weir.overlay.output import plain
from weir.yaml import documents
from weir.yaml.dialects import NODES
from weir.yaml.errors import YamlError
from weir.yaml.nodes import Bare, Quoted, Scalar, text_of
from weir.yaml.parts import Part, Text, parsed
from weir.yaml.reprint import printed


def replaced(text: str, path: Sequence[str], value: Any, *, create: bool) -> str | None:
    """The text with another value at the path, None when it has no such place or cannot be written again."""
    try:
        found = parsed(text)
        if found is None:
            return None
        for place in _Match(value, create=create).at(found.root, path):
            _put(place, value)
        return _written(found, text)
    except (BuildError, YamlError):
        return None


def holds(text: str, path: Sequence[str], value: Any, *, create: bool) -> bool:
    """Whether the text is a map or a list that has a place at the path. Raises `BuildError` when it lacks that."""
    inner = _inner(text)
    return inner is not None and bool(list(_Match(value, create=create).at(inner, path)))


def _inner(text: str) -> Part | None:
    try:
        found = parsed(text)
    except YamlError:
        return None
    return found.root if found is not None and found.root.kind in {"map", "list"} else None


def _written(text: Text, before: str) -> str:
    found = printed(text)
    if before.lstrip()[:1] not in {"{", "["}:
        return found.strip()
    compact = go_json(plain(next(document.value for document in documents(found, NODES))))
    indented = "\n" in before and "  " in before
    return (msgspec.json.format(compact, indent=2) if indented else compact).decode()


def _put(place: Part, value: Any) -> None:
    if place.kind == "scalar":
        place.text = text_of(value) if isinstance(value, str | Scalar) else ""
        return
    new = _part(value)
    for name in ("kind", "text", "tag", "tagged", "style", "anchor", "content", "head", "line", "foot"):
        setattr(place, name, getattr(new, name))


def _part(node: Any) -> Part:
    if type(node) is dict:
        pairs = [part for key, value in node.items() for part in (Part("scalar", str(key), "!!str"), _part(value))]
        return Part("map", tag="!!map", content=pairs)
    if type(node) is list:
        return Part("list", tag="!!seq", content=[_part(item) for item in node])
    if type(node) is Scalar:
        return Part("scalar", node.text, f"!!{node.tag}" if node.tag else "")
    if type(node) is Bare:
        return Part("scalar", str(node))
    return Part("scalar", str(node), "!!str", style='"' if type(node) is Quoted else "")


class _Match:
    """Every place that a path names, made where that is asked for. Raises `BuildError` when there is none."""

    def __init__(self, value: Any, *, create: bool) -> None:
        self.create = create
        self.leaf = "map" if type(value) is dict else "list" if type(value) is list else "scalar"

    def at(self, node: Part, path: Sequence[str]) -> Iterator[Part]:
        if not path:
            yield node
            return
        part, rest = path[0], path[1:]
        if is_listed(part):
            if node.kind != "list":
                raise BuildError(f"there is no list above {part}")
            chosen = selection(part)
            for element in self._elements(node, part, rest):
                yield from self.at(element, () if chosen and not chosen[0] else rest)
            return
        if node.kind != "map":
            raise BuildError(f"there is a plain value above {part}")
        child = next(
            (node.content[at + 1] for at in range(0, len(node.content), 2) if node.content[at].text == part), None
        )
        if child is None:
            if not self.create:
                raise BuildError(f"the text has no field {part}")
            child = self._made(rest)
            node.content += [Part("scalar", part), child]
        inner = _inner(child.text) if rest and child.kind == "scalar" else None
        yield from self.at(inner or child, rest)

    def _made(self, rest: Sequence[str]) -> Part:
        kind: Any = self.leaf if not rest else "list" if is_listed(rest[0]) else "map"
        return Part(kind)

    def _elements(self, node: Part, part: str, rest: Sequence[str]) -> list[Part]:
        chosen = selection(part)
        if chosen is not None:
            found = self._matching(node, *chosen)
        elif part == "*":
            found = list(node.content)
        else:
            place = index(part)
            if place == len(node.content) and self.create:
                node.content.append(self._made(rest))
            found = node.content[place : place + 1]
        if not found:
            raise BuildError(f"no element of the list in the text is {part}")
        return found

    def _matching(self, node: Part, key: str, value: str) -> list[Part]:
        expression = compiled(value)
        found = [element for element in node.content if _matches(element, key, expression)]
        if not found and self.create:
            new = Part("scalar", value, "!!str")
            node.content.append(Part("map", content=[Part("scalar", key), new]) if key else new)
            found = node.content[-1:]
        return found


def _matches(element: Part, key: str, expression: Any) -> bool:
    field: Part | None = element
    if key:
        pairs = zip(element.content[::2], element.content[1::2], strict=False) if element.kind == "map" else ()
        field = next((value for name, value in pairs if name.text == key), None)
    return field is not None and bool(expression.search(printed(Text(field)).strip()))
