"""Strip what a glob matches from either end of a text, as `${v#p}` and its kin do.

`*` stands for any run and `?` for one character, both across `/`; `[a-z]` and `[^a-z]` are classes, a backslash takes
the next character as it is. A malformed glob matches nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class _Part(NamedTuple):
    """One step of a glob: a run of anything, or one character out of `ranges` (any, when there are none)."""

    run: bool
    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False

    def takes(self, character: str) -> bool:
        return not self.ranges or self.negated != any(low <= character <= high for low, high in self.ranges)


def strip_prefix(text: str, glob: str, *, longest: bool) -> str:
    """The text without the shortest (never empty) or longest prefix that the glob matches."""
    parts = _parse(glob)
    if parts is None:
        return text
    ends = [end for end in _matches(text, parts) if end > 0]
    return text[(max if longest else min)(ends) :] if ends else text


def strip_suffix(text: str, glob: str, *, longest: bool) -> str:
    """The same at the end, matching backwards: both text and glob are read from right to left."""
    return strip_prefix(text[::-1], glob[::-1], longest=longest)[::-1]


def _matches(text: str, parts: Sequence[_Part]) -> Iterable[int]:
    """Every length of a prefix that the whole glob matches. Linear in text times glob: no backtracking."""
    states = _skip_runs({0}, parts)
    for end in range(len(text) + 1):
        if len(parts) in states:
            yield end
        if end == len(text) or not states:
            return
        after = {state for state in states if state < len(parts) and parts[state].run}
        after |= {state + 1 for state in states if _steps(parts, state, text[end])}
        states = _skip_runs(after, parts)


def _steps(parts: Sequence[_Part], state: int, character: str) -> bool:
    return state < len(parts) and not parts[state].run and parts[state].takes(character)


def _skip_runs(states: set[int], parts: Sequence[_Part]) -> set[int]:
    found = set(states)
    for state in states:
        following = state
        while following < len(parts) and parts[following].run:
            following += 1
            found.add(following)
    return found


def _parse(glob: str) -> list[_Part] | None:
    parts, position = [], 0
    while position < len(glob):
        match glob[position]:
            case "*":
                parts.append(_Part(run=True))
            case "?":
                parts.append(_Part(run=False))
            case "[":
                found = _class(glob, position + 1)
                if found is None:
                    return None
                part, position = found
                parts.append(part)
                continue
            case "\\":
                position += 1
                if position == len(glob):
                    return None
                parts.append(_Part(run=False, ranges=((glob[position], glob[position]),)))
            case character:
                parts.append(_Part(run=False, ranges=((character, character),)))
        position += 1
    return parts


def _class(glob: str, position: int) -> tuple[_Part, int] | None:
    """The class that starts behind `[`, and where it ends; None when it is malformed."""
    negated = glob.startswith("^", position)
    position += negated
    ranges: list[tuple[str, str]] = []
    while position < len(glob):
        if glob[position] == "]" and ranges:
            return _Part(run=False, ranges=tuple(ranges), negated=negated), position + 1
        low = _member(glob, position)
        if low is None:
            return None
        character, position = low
        high = character
        if glob.startswith("-", position):
            end = _member(glob, position + 1)
            if end is None:
                return None
            high, position = end
        ranges.append((character, high))
    return None


def _member(glob: str, position: int) -> tuple[str, int] | None:
    if position < len(glob) and glob[position] == "\\":
        position += 1
    elif position >= len(glob) or glob[position] in "-]":
        return None
    return (glob[position], position + 1) if position < len(glob) else None
