"""Merging lists whose elements have a key (`spec/overlays.md` 8.7 e).

The steps are those of the sheet, numbered as there, odd ones included: the result has to be the same.
"""

from typing import TYPE_CHECKING, Any

from weir.overlay.directives import MISSING, own_directive
from weir.overlay.elements import Elements, Key, Partial, text, texts
from weir.overlay.errors import BuildError
from weir.overlay.meter import tick
from weir.overlay.schema import Schema
from weir.yaml.nodes import copy, is_null, text_of

if TYPE_CHECKING:
    from weir.overlay.strategic import Merge


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
        self.schema = schema
        self.keys = schema.keys
        self.itself = itself
        for element in (*patch, *target):
            if type(element) is not dict:
                raise BuildError(f"expected a list of maps with {' and '.join(self.keys)}")
        self.target = target
        self.patch = patch

    def merged(self) -> list[Any]:
        if not self.patch and self._is_plain():
            return self._untouched()
        self.keys, wanted = self._valid(self._wanted())
        target, patch, result = Elements(self.target), Elements(self.patch), Elements()
        for key in wanted:
            self._merge_one(key, target, patch, result)
        for element in target.all():
            self._settle(result, element)
        return result.all()

    def _is_plain(self) -> bool:
        """Whether every element has a key of its own."""
        own = {texts(element, self.keys) for element in self.target}
        return len(own) == len(self.target) and all(all(key) for key in own)

    def _untouched(self) -> list[Any]:
        """The target's elements, walked alone: the patch has none."""
        walked = [self.merge.walk(element, MISSING, self.schema.element) for element in self.target]
        return [value for value in walked if value is not MISSING and value != {}]

    def _settle(self, result: Elements, element: dict[str, Any]) -> None:
        """Steps 5 and 6: an element of the target comes back, in its place or at the end."""
        own: list[str] = []
        for name in self.keys:
            if name in element:
                own.append(text(element[name]))
            else:
                result.append(element)
        if len(self.keys) > 1:
            result.put(self.keys, own, None)
        result.put(self.keys, own, element)

    def _wanted(self) -> list[Key]:
        """Steps 1 and 2."""
        found = list(dict.fromkeys(texts(element, self.keys) for element in (*self.patch, *self.target)))
        if len(self.keys) > 1:
            Partial(found).fill()
        return found

    def _valid(self, wanted: list[Key]) -> tuple[Key, list[Key]]:
        """Step 3."""
        used = [place for place in range(len(self.keys)) if any(key[place] for key in wanted)]
        if not used:
            return self.keys, wanted
        return tuple(self.keys[place] for place in used), [tuple(key[place] for place in used) for key in wanted]

    def _merge_one(self, key: Key, target: Elements, patch: Elements, result: Elements) -> None:
        """Step 4."""
        tick()
        place, theirs = target.find(self.keys, key)
        ours = patch.find(self.keys, key)[1]
        try:
            value = self.merge.walk(theirs, ours, self.schema.element, itself=self.itself)
        except BuildError as error:
            inner = f".{error.field}" if error.field else ""
            raise BuildError(error.message, field=f"[{','.join(key)}]{inner}") from None
        gone = value is MISSING or is_null(value) or value == {}
        for name, part in zip(self.keys, () if gone else key, strict=not gone):
            if part and name not in value:
                value[name] = part
        if type(theirs) is dict:
            target.notice(theirs)
            result.notice(theirs)
        if gone:
            target.put(self.keys, key, None)
            return
        if theirs is not MISSING and value is not theirs and self.itself:
            target.set(place, value)
        result.put(self.keys, key, value)
