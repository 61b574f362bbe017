"""Merging lists whose elements have a key (`spec/overlays.md` 8.7 e).

The steps are those of the sheet, numbered as there, odd ones included: the result has to be the same.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from weir.overlay.directives import MISSING, own_directive
from weir.overlay.errors import BuildError
from weir.overlay.meter import tick
from weir.overlay.schema import Schema
from weir.yaml.nodes import Scalar, copy, is_null, text_of

if TYPE_CHECKING:
    from weir.overlay.strategic import Merge

Key = tuple[str, ...]


def merge_list(merge: "Merge", target: Any, patch: Any, schema: Schema, *, itself: bool) -> Any:
    """The merged list, or `strategic.MISSING`."""
    if type(target) is not list:
        if type(patch) is not list:
            return MISSING
        target, itself = copy(patch), True
    elif patch is not MISSING:
        if type(patch) is not list:
            return MISSING
        wish, patch = own_directive(patch)
        if wish == "delete":
            return MISSING
        if wish == "replace":
            target, itself = copy(patch), True
    ours = patch if type(patch) is list else []
    if not schema.keys:
        return _values(target, ours)
    return _Lists(merge, target, ours, schema, itself=itself).merged()


def _values(target: list[Any], patch: list[Any]) -> list[Any]:
    """Plain values: the patch's first, each once."""
    found: dict[str, Any] = {}
    for element in (*patch, *target):
        if type(element) in {dict, list}:
            raise BuildError("expected a list of plain values")
        found.setdefault(text_of(element), element)
    for element in target:
        found[text_of(element)] = element
    return list(found.values())


class _Lists:
    """Target and patch lists while they are merged."""

    def __init__(self, merge: "Merge", target: list[Any], patch: list[Any], schema: Schema, *, itself: bool) -> None:
        self.merge = merge
        self.target = target
        self.patch = patch
        self.schema = schema
        self.keys = schema.keys
        self.itself = itself

    def merged(self) -> list[Any]:
        for element in (*self.patch, *self.target):
            if type(element) is not dict:
                raise BuildError(f"expected a list of maps with {' and '.join(self.keys)}")
        if not self.patch and self._is_plain():
            return self._untouched()
        wanted = self._wanted()
        self.keys, wanted = self._valid(wanted)
        result: list[Any] = []
        for key in wanted:
            self._merge_one(key, result)
        for element in self.target:
            self._settle(result, element)
        return result

    def _is_plain(self) -> bool:
        """Whether every element has a key of its own."""
        own = {self._of(element) for element in self.target}
        return len(own) == len(self.target) and all(all(key) for key in own)

    def _untouched(self) -> list[Any]:
        """The target's elements, walked alone: the patch has none."""
        walked = [self.merge.walk(element, MISSING, self.schema.element) for element in self.target]
        return [value for value in walked if value is not MISSING and value != {}]

    def _settle(self, result: list[Any], element: dict[str, Any]) -> None:
        """Steps 5 and 6: an element of the target comes back, in its place or at the end."""
        own: list[str] = []
        for name in self.keys:
            if name in element:
                own.append(_text(element[name]))
            else:
                result.append(element)
        if len(self.keys) > 1:
            _put(result, self.keys, own, None)
        _put(result, self.keys, own, element)

    def _of(self, element: dict[str, Any]) -> Key:
        return tuple(_text(element.get(key)) for key in self.keys)

    def _wanted(self) -> list[Key]:
        """Steps 1 and 2."""
        found = list(dict.fromkeys(self._of(element) for element in (*self.patch, *self.target)))
        if len(self.keys) > 1:
            for i in range(len(found)):
                tick()
                for j in range(len(found)):
                    _fill(found, i, j)
        return found

    def _valid(self, wanted: list[Key]) -> tuple[Key, list[Key]]:
        """Step 3."""
        used = [place for place in range(len(self.keys)) if any(key[place] for key in wanted)]
        if not used:
            return self.keys, wanted
        return tuple(self.keys[place] for place in used), [tuple(key[place] for place in used) for key in wanted]

    def _merge_one(self, key: Key, result: list[Any]) -> None:
        """Step 4."""
        tick()
        place, theirs = self._find(self.target, key)
        ours = self._find(self.patch, key)[1]
        try:
            value = self.merge.walk(theirs, ours, self.schema.element, itself=self.itself)
        except BuildError as error:
            inner = f".{error.field}" if error.field else ""
            raise BuildError(error.message, field=f"[{','.join(key)}]{inner}") from None
        if value is MISSING or is_null(value) or value == {}:
            _put(self.target, self.keys, key, None)
            return
        if theirs is not MISSING and value is not theirs and self.itself:
            self.target[place] = value
        for name, text in zip(self.keys, key, strict=True):
            if text and name not in value:
                value[name] = text
        _put(result, self.keys, key, value)

    def _find(self, elements: list[Any], key: Key) -> tuple[int, Any]:
        """The first element with exactly the texts of the key's non-empty parts (all parts if all are empty)."""
        pairs = [(name, text) for name, text in zip(self.keys, key, strict=True) if text]
        pairs = pairs or list(zip(self.keys, key, strict=True))
        for place, element in enumerate(elements):
            if all(name in element and _text(element[name]) == text for name, text in pairs):
                return place, element
        return -1, MISSING


def _fill(found: list[Key], i: int, j: int) -> None:
    """Two keys that agree somewhere and differ only where one is empty become the same."""
    left, right = found[i], found[j]
    if left == right or not any(a == b for a, b in zip(left, right, strict=True)):
        return
    if all(a == b or not a or not b for a, b in zip(left, right, strict=True)):
        found[i] = found[j] = tuple(a or b for a, b in zip(left, right, strict=True))


def _put(result: list[Any], names: Key, texts: Sequence[str], value: Any) -> None:
    """Replace every element with the texts, append when there is none; without a value, drop them.

    With fewer texts than names the last answer stands for the rest; without any text nothing is kept.
    """
    kept: list[Any] = []
    found = False
    for element in result:
        if element == {}:
            continue
        if not texts or not all(_has(element, name, text) for name, text in zip(names, texts, strict=False)):
            if texts:
                kept.append(element)
            continue
        found = True
        if value is not None:
            kept.append(value)
    if value is not None and not found:
        kept.append(value)
    result[:] = kept


def _has(element: Any, name: str, text: str) -> bool:
    """The field has the text; the empty text means any."""
    return name in element and (not text or _text(element[name]) == text)


def _text(node: Any) -> str:
    return text_of(node) if isinstance(node, str) or type(node) is Scalar else ""
