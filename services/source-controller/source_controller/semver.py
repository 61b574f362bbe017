"""The newest version in a range.

Versions are Semantic Versioning 2.0.0, with an optional `v` and leading zeros allowed. Ranges follow the grammar of
Masterminds/semver v3, which Flux documents: comma or space for AND, `||` for OR, `= != > >= < <= ~ ~> ^`, `x`
wildcards, hyphen ranges. A pre-release matches only in an AND group that names one itself.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

_SUFFIX = r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
_VERSION = re.compile(r"v?([0-9]{1,19})\.([0-9]{1,19})\.([0-9]{1,19})" + _SUFFIX, re.ASCII)
_PART = r"(?:[0-9]{1,19}|[xX*])"
_PARTIAL = rf"v?({_PART})(?:\.({_PART}))?(?:\.({_PART}))?{_SUFFIX}"
_TERM = rf"(!=|>=|=>|<=|=<|~>|[=><~^])?\s*{_PARTIAL}(?=[\s,]|$)"
_FIRST = re.compile(rf"\s*{_TERM}", re.ASCII)
_NEXT = re.compile(rf"(?:\s*,\s*|\s+){_TERM}", re.ASCII)
_HYPHEN = re.compile(rf"\s*({_PARTIAL})\s+-\s+({_PARTIAL})(?=[\s,]|$)", re.ASCII)
_LONGEST = 1000


class RangeError(ValueError):
    """The text is no range of versions; the message quotes the part."""


@dataclass(frozen=True, order=True)
class Version:
    """A version, in order of precedence (SemVer 2.0.0, 11): build metadata and the text take no part."""

    release: tuple[int, int, int]
    rank: tuple[tuple[int, int, str], ...]
    """What comes after: `_RELEASED`, or the parts of a pre-release, numbers before words."""
    text: str = field(compare=False)

    @property
    def prerelease(self) -> bool:
        """Whether it precedes a release."""
        return self.rank != _RELEASED


_RELEASED = ((2, 0, ""),)


class Term(NamedTuple):
    """One comparison: an operator and a version of which `given` parts (0 to 3) are not wildcards."""

    operator: str
    version: Version
    given: int


Range = tuple[tuple[Term, ...], ...]
"""Groups, of which one must hold; all terms of a group must."""


def version(text: str) -> Version | None:
    """The version that the text writes, or None: three parts are needed."""
    match = _VERSION.fullmatch(text)
    return match and _version((int(match[1]), int(match[2]), int(match[3])), match[4], text)


def parse(text: str) -> Range:
    """The range that the text writes. Raises `RangeError`. An empty group means any release."""
    if len(text) > _LONGEST:
        raise RangeError(f"a range has at most {_LONGEST} characters")
    return tuple(_group(part) for part in text.split("||"))


def contains(wanted: Range, candidate: Version) -> bool:
    """Whether the version is in the range."""
    return any(_holds(group, candidate) for group in wanted)


def newest(tags: Iterable[str], wanted: Range) -> tuple[str, ...]:
    """The tags of the highest version in the range, as written; more than one when only build metadata differs."""
    matching = [found for tag in tags if (found := version(tag)) and contains(wanted, found)]
    best = max(matching, default=None)
    return tuple(found.text for found in matching if found == best)


def _version(release: tuple[int, int, int], prerelease: str | None, text: str) -> Version:
    parts = prerelease.split(".") if prerelease else []
    return Version(release, tuple(_rank(part) for part in parts) or _RELEASED, text)


def _rank(part: str) -> tuple[int, int, str]:
    if not part.isdigit():
        return (1, 0, part)
    digits = part.lstrip("0")
    return (0, len(digits), digits)


def _group(text: str) -> tuple[Term, ...]:
    text = _HYPHEN.sub(lambda match: f" >={match[1]} <={match[7]} ", text)
    if not text.strip():
        return (Term("", _version((0, 0, 0), None, ""), 0),)
    terms: list[Term] = []
    position = 0
    while text[position:].strip() or not terms:
        match = (_NEXT if terms else _FIRST).match(text, position)
        if match is None:
            raise RangeError(f"{text.strip()!r} is not a range of versions")
        terms.append(_term(match))
        position = match.end()
    return tuple(terms)


def _term(match: re.Match[str]) -> Term:
    parts = [match[2], match[3], match[4]]
    given = next((index for index, part in enumerate(parts) if part is None or part in "xX*"), 3)
    major, minor, patch = (int(part) if index < given else 0 for index, part in enumerate(parts))
    return Term(match[1] or "", _version((major, minor, patch), match[5], match[0].strip()), given)


def _holds(group: tuple[Term, ...], candidate: Version) -> bool:
    if candidate.prerelease and not any(term.version.prerelease for term in group):
        return False
    return all(_OPERATORS[term.operator](candidate, term.version, term.given) for term in group)


def _equal(candidate: Version, bound: Version, given: int) -> bool:
    return candidate == bound if given == 3 else _tilde(candidate, bound, given)


def _different(candidate: Version, bound: Version, given: int) -> bool:
    if given in {0, 3}:
        return candidate != bound
    if candidate.release[:given] != bound.release[:given]:
        return True
    return given == 2 and candidate.rank != bound.rank


def _greater(candidate: Version, bound: Version, given: int) -> bool:
    return candidate.release[:given] > bound.release[:given] if given in {1, 2} else candidate > bound


def _at_most(candidate: Version, bound: Version, given: int) -> bool:
    if given == 3:
        return candidate <= bound
    return candidate.release[: given or 2] <= bound.release[: given or 2]


def _tilde(candidate: Version, bound: Version, given: int) -> bool:
    if candidate < bound:
        return False
    if bound.release == (0, 0, 0) and given in {0, 3}:  # a documented exception: anything goes
        return True
    return candidate.release[: min(given, 2)] == bound.release[: min(given, 2)]


def _caret(candidate: Version, bound: Version, given: int) -> bool:
    if candidate < bound:
        return False
    first = next((index for index in range(given) if bound.release[index]), given - 1)
    return candidate.release[: first + 1] == bound.release[: first + 1]


_OPERATORS: dict[str, Callable[[Version, Version, int], bool]] = {
    "": _equal,
    "=": _equal,
    "!=": _different,
    ">": _greater,
    "<": lambda candidate, bound, _: candidate < bound,
    ">=": lambda candidate, bound, _: candidate >= bound,
    "=>": lambda candidate, bound, _: candidate >= bound,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
