"""The elements of an associative list, found by the texts of their fields without looking at each."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import Any

from weir.overlay.directives import MISSING
from weir.overlay.meter import tick
from weir.yaml.nodes import Scalar, text_of

Key = tuple[str, ...]
_FEW = 8
"""So many elements are looked at one by one."""


def text(node: Any) -> str:
    """What a field says as part of a key, empty when it says nothing."""
    return text_of(node) if isinstance(node, str) or type(node) is Scalar else ""


def texts(element: dict[str, Any], names: Key) -> Key:
    """The texts of some fields."""
    return tuple(text(element.get(name)) for name in names)


class Elements:
    """A list of maps. Who changes a map in it has to `notice` that."""

    def __init__(self, elements: Sequence[dict[str, Any]] = ()) -> None:
        self._at = dict(enumerate(elements))
        """By places that grow along the list."""
        self._end = len(elements)
        self._where: dict[int, set[int]] = {}
        """Identity of a map -> its places. This and the next are filled once the list is long."""
        self._known: dict[Key, dict[Key, list[int]]] = {}
        """Names -> texts -> the places that had them when somebody looked, sorted; perhaps no more."""
        self._empty = {place for place, element in self._at.items() if not element}

    def all(self) -> list[dict[str, Any]]:
        """The list."""
        return list(self._at.values())

    def append(self, element: dict[str, Any]) -> None:
        """Put an element at the end."""
        self.set(self._end, element)
        self._end += 1

    def set(self, place: int, element: dict[str, Any]) -> None:
        """Put an element in a place."""
        self._forget(place)
        if self._known:
            self._where.setdefault(id(element), set()).add(place)
        self._at[place] = element
        self.notice(element)

    def notice(self, element: dict[str, Any]) -> None:
        """A map has changed: it may be found by other texts now."""
        if not element:
            self._empty |= {place for place, other in self._at.items() if other is element}
        for place in self._where.get(id(element), ()):
            for names, known in self._known.items():
                places = known.setdefault(texts(element, names), [])
                start = bisect_left(places, place)
                if places[start : start + 1] != [place]:
                    places.insert(start, place)

    def find(self, names: Key, key: Key) -> tuple[int, Any]:
        """The first element with exactly the texts of the key's non-empty parts (all parts if all are empty)."""
        pairs = [pair for pair in zip(names, key, strict=True) if pair[1]] or list(zip(names, key, strict=True))
        for place in self._likely(pairs):
            element = self._at[place]
            if all(name in element and text(element[name]) == part for name, part in pairs):
                return place, element
        return -1, MISSING

    def put(self, names: Key, parts: Sequence[str], value: Any) -> None:
        """Replace every element with the texts, append when there is none; without a value, drop them.

        The empty text means any. With fewer texts than names the last answer stands for the rest; without any text
        nothing is kept. Empty maps go.
        """
        gone = self._empty if parts else self._at
        for place in [place for place in gone if not parts or self._at.get(place) == {}]:
            self._drop(place)
        self._empty = set()
        pairs = list(zip(names, parts, strict=False))
        found = [place for place in self._likely(pairs) if _has(self._at[place], pairs)]
        for place in found:
            if value is None:
                self._drop(place)
            else:
                self.set(place, value)
        if value is not None and not found:
            self.append(value)

    def _likely(self, pairs: Sequence[tuple[str, str]]) -> Sequence[int]:
        """The places of all elements with some texts, the empty one not counted; in a short list perhaps of others."""
        names = tuple(name for name, part in pairs if part)
        if len(self._at) <= _FEW or not names:
            return tuple(self._at)
        if not self._known:
            for place, element in self._at.items():
                self._where.setdefault(id(element), set()).add(place)
        if names not in self._known:
            known = self._known[names] = {}
            for place, element in self._at.items():
                known.setdefault(texts(element, names), []).append(place)
        wanted = tuple(part for _, part in pairs if part)
        places = self._known[names].get(wanted, [])
        places[:] = [place for place in places if place in self._at and texts(self._at[place], names) == wanted]
        return tuple(places)

    def _drop(self, place: int) -> None:
        self._forget(place)
        del self._at[place]

    def _forget(self, place: int) -> None:
        if self._known and place in self._at:
            self._where[id(self._at[place])].discard(place)


def _has(element: dict[str, Any], pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether the fields have the texts; the empty text means any."""
    return all(name in element and (not part or text(element[name]) == part) for name, part in pairs)


class Partial:
    """Keys of which two that agree somewhere and differ only where one is empty become the same."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        self._full = (1 << len(keys[0])) - 1 if keys else 0
        self._masks = [_mask(key) for key in keys]
        """Which parts of each key are not empty, in bits."""
        self._kinds = set(self._masks)
        self._known: dict[tuple[int, int], dict[Key, list[int]]] = {}
        """Mask and a part of it -> what keys have there -> their places, sorted."""

    def fill(self) -> None:
        """Let each key, in turn, become the same as those it goes with, in turn."""
        if len(self._kinds) < 2:
            return
        for place in range(len(self.keys)):
            tick()
            other = self._next(place, -1)
            while other is not None:
                both = tuple(a or b for a, b in zip(self.keys[place], self.keys[other], strict=True))
                self._set(place, both)
                self._set(other, both)
                other = self._next(place, other)

    def _next(self, place: int, behind: int) -> int | None:
        """The next key that another one goes with."""
        key, mask = self.keys[place], self._masks[place]
        found: list[int] = []
        for other in self._kinds:
            common = mask & other
            if other == mask or (not common and mask | other == self._full):
                continue
            places = self._with(other, common).get(_part(key, common), [])
            start = bisect_right(places, behind)
            found += places[start : start + 1]
        return min(found, default=None)

    def _with(self, mask: int, common: int) -> dict[Key, list[int]]:
        known = self._known.get((mask, common))
        if known is None:
            known = self._known[mask, common] = {}
            for place, key in enumerate(self.keys):
                if self._masks[place] == mask:
                    known.setdefault(_part(key, common), []).append(place)
        return known

    def _set(self, place: int, key: Key) -> None:
        old, before, after = self.keys[place], self._masks[place], _mask(key)
        self.keys[place], self._masks[place] = key, after
        self._kinds.add(after)
        for (mask, common), known in self._known.items():
            if mask == before != after:
                known[_part(old, common)].remove(place)
            elif mask == after != before:
                insort(known.setdefault(_part(key, common), []), place)


def _mask(key: Key) -> int:
    return sum(1 << at for at, part in enumerate(key) if part)


def _part(key: Key, mask: int) -> Key:
    return tuple(part for at, part in enumerate(key) if mask >> at & 1)
