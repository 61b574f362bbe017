"""Writing a scalar over another (`spec/overlays.md` 1.7)."""

from typing import Any, Self

from weir.yaml.nodes import Quoted, Scalar
from weir.yaml.scalars import typed


class Linked(str):
    """A string that one transformer put in several places of an object.

    kustomize puts one node there, so who changes one place later changes all of them: a label that was set with
    selectors and is overwritten without them changes in the selectors too. Results have to be the same.
    """

    __slots__ = ("places",)

    places: list[tuple[dict[str, Any], str]]

    def __new__(cls, text: str, places: list[tuple[dict[str, Any], str]]) -> Self:
        """The text, and where it stands."""
        linked = str.__new__(cls, text)
        linked.places = places
        return linked


def duplicate(body: dict[str, Any]) -> dict[str, Any]:
    """A copy of an object's nodes whose linked strings are linked among themselves."""
    found: dict[int, list[tuple[dict[str, Any], str, Linked]]] = {}
    result = _duplicate(body, found)
    for entries in found.values():
        linked = Linked(entries[0][2], [(container, key) for container, key, _ in entries])
        for container, key, _ in entries:
            container[key] = linked
    return result


def _duplicate(node: dict[str, Any], found: dict[int, list[tuple[dict[str, Any], str, Linked]]]) -> dict[str, Any]:
    result = node.copy()
    for key, value in node.items():
        kind = type(value)
        if kind is dict:
            result[key] = _duplicate(value, found)
        elif kind is list:
            result[key] = _elements(value, found)
        elif kind is Linked and any(other is node and name == key for other, name in value.places):
            found.setdefault(id(value), []).append((result, key, value))
    return result


def _elements(items: list[Any], found: dict[int, list[tuple[dict[str, Any], str, Linked]]]) -> list[Any]:
    return [
        _duplicate(item, found) if type(item) is dict else _elements(item, found) if type(item) is list else item
        for item in items
    ]


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
    """Put a string; the old value's quotes stay."""
    put(container, key, Quoted(text) if type(_old(container, key)) is Quoted else text)


def set_typed(container: Any, key: Any, text: str) -> None:
    """Put a text that is read as what it looks like, unless the old value was quoted."""
    put(container, key, Quoted(text) if type(_old(container, key)) is Quoted else typed(text))


def set_inside(container: Any, key: Any, text: str) -> None:
    """Replace only the text: tag and quotes of the old value stay, whatever they make of it (17.6)."""
    old = _old(container, key)
    if type(old) is Scalar:
        container[key] = Scalar(text, old.tag)
    else:
        put(container, key, Quoted(text) if type(old) is Quoted else text)


def _old(container: Any, key: Any) -> Any:
    return container.get(key) if type(container) is dict else container[key]
