"""Writing a scalar over another (`spec/overlays.md` 1.7)."""

from collections.abc import Iterable
from typing import Any, Self

from weir.overlay.errors import BuildError
from weir.yaml.nodes import Bare, OddKey, Quoted, Scalar, text_of
from weir.yaml.scalars import loose, tag_of

Place = tuple[dict[str, Any], str]
"""A map and one of its keys."""


class Linked(str):
    """A string that one transformer put in several places of an object.

    kustomize puts one node there, so who changes one place later changes all of them: a label that was set with
    selectors and is overwritten without them changes in the selectors too. Results have to be the same.
    """

    __slots__ = ("places",)

    places: list[Place]

    def __new__(cls, text: str, places: list[Place]) -> Self:
        """The text, and where it stands."""
        linked = str.__new__(cls, text)
        linked.places = places
        return linked


def link(text: str, places: list[Place]) -> None:
    """Put one linked string in all the places."""
    linked = Linked(text, places)
    for container, key in places:
        container[key] = linked


Steps = tuple[str | int, ...]
"""The keys and indices on the way to a place in an object."""


def parted(body: dict[str, Any], ways: Iterable[Steps]) -> dict[str, Any] | None:
    """A copy that has maps and lists of its own on the ways to some places, and shares the others.

    None when linked strings are in the way: what they are linked with would stay behind.
    """
    result = body.copy()
    own = {id(result)}
    for way in ways:
        node: Any = result
        for step in way[:-1]:
            if type(node) is dict and step not in node:
                break
            child = node[step]
            if type(child) is not dict and type(child) is not list:
                break
            if id(child) not in own:
                child = node[step] = child.copy()
                own.add(id(child))
                if type(child) is dict and any(type(value) is Linked for value in child.values()):
                    return None
            node = child
    return result


Links = dict[int, tuple[str, list[Place]]]
"""Identity of a linked string -> its text, and where it stands in a copy."""


def duplicate(body: dict[str, Any]) -> dict[str, Any]:
    """A copy of an object's nodes whose linked strings are linked among themselves."""
    found: Links = {}
    result = _duplicate(body, found)
    for text, places in found.values():
        link(text, places)
    return result


def _duplicate(node: dict[str, Any], found: Links) -> dict[str, Any]:
    result = node.copy()
    for key, value in node.items():
        kind = type(value)
        if kind is dict:
            result[key] = _duplicate(value, found)
        elif kind is list:
            result[key] = _elements(value, found)
        elif kind is Linked and any(other is node and name == key for other, name in value.places):
            found.setdefault(id(value), (value, []))[1].append((result, key))
    return result


def _elements(items: list[Any], found: Links) -> list[Any]:
    return [
        _duplicate(item, found) if type(item) is dict else _elements(item, found) if type(item) is list else item
        for item in items
    ]


def own_key(text: str) -> str:
    """A key that the engine writes: without quotes, so it may read as something else (1.8)."""
    return text if tag_of(text) == "str" else OddKey(text)


def texts(mapping: dict[str, Any]) -> dict[str, str]:
    """Labels or annotations as the texts that were written."""
    return {own_key(key): text_of(value) if isinstance(value, str | Scalar) else "" for key, value in mapping.items()}


def put(container: Any, key: Any, value: Any) -> None:
    """Put a value over the old one, wherever that is linked to."""
    old = _old(container, key)
    if type(old) is Linked and any(other is container and name == key for other, name in old.places):
        new = Linked(value, old.places) if type(value) is str else value
        for other, name in old.places:
            if other.get(name) is old:
                other[name] = new
    else:
        container[key] = value


def set_text(container: Any, key: Any, text: str) -> None:
    """Put a string; the old value's quotes stay. Raises `BuildError` when that is no plain value."""
    quoted = _quoted_as(_old(container, key), text)
    put(container, key, text if quoted is None else quoted)


def set_loose(container: Any, key: Any, text: str) -> None:
    """Put a text that is read as what it looks like, unless the old value was quoted.

    Raises `BuildError` when that is no plain value.
    """
    quoted = _quoted_as(_old(container, key), text)
    put(container, key, loose(text) if quoted is None else quoted)


def set_number(container: Any, key: Any, number: int) -> None:
    """Put a number, or its text where the old value was quoted. Raises `BuildError` when that is no plain value."""
    quoted = _quoted_as(_old(container, key), str(number))
    put(container, key, Scalar(str(number), "int") if quoted is None else quoted)


def set_inside(container: Any, key: Any, text: str) -> None:
    """Replace only the text: tag and quotes of the old value stay, whatever they make of it (17.6)."""
    old = _old(container, key)
    if type(old) is Scalar:
        container[key] = Scalar(text, old.tag)
    elif type(old) is Bare:
        container[key] = loose(text)
    else:
        quoted = _quoted_as(old, text)
        put(container, key, text if quoted is None else quoted)


def _quoted_as(old: Any, text: str) -> Quoted | None:
    """The text in the quotes of the old value, None when that had none."""
    if type(old) in {dict, list}:
        raise BuildError("expected a plain value")
    return type(old)(text) if isinstance(old, Quoted) else None


def _old(container: Any, key: Any) -> Any:
    return container.get(key) if type(container) is dict else container[key]
