"""Label selectors as the API server reads them: `a=b,c!=d,e in (f,g),h notin (i),j,!k`."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_KEY = r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?"
_EQUAL = re.compile(rf"({_KEY})\s*(=|==|!=)\s*({_VALUE})", re.ASCII)
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)", re.ASCII)
_EXISTS = re.compile(rf"(!?)\s*({_KEY})", re.ASCII)
_SPLIT = re.compile(r",(?![^()]*\))")


class Requirement(NamedTuple):
    """One condition on one label."""

    key: str
    values: frozenset[str] | None
    """The values meant; None stands for any."""
    negated: bool

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet it; a missing label meets every negation."""
        found = self.key in labels and (self.values is None or labels[self.key] in self.values)
        return found != self.negated


class LabelSelector(NamedTuple):
    """Conditions that all have to hold; none at all always hold."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def read(cls, text: str) -> "LabelSelector":
        """Read a selector. Raises `ValueError` naming the part that is none."""
        return cls(tuple(_requirement(part.strip()) for part in _SPLIT.split(text) if text.strip()))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet every condition."""
        return all(requirement.matches(labels) for requirement in self.requirements)


def _requirement(text: str) -> Requirement:
    if match := _EQUAL.fullmatch(text):
        return Requirement(match[1], frozenset((match[3],)), match[2] == "!=")
    if match := _SET.fullmatch(text):
        return Requirement(match[1], frozenset(map(str.strip, match[3].split(","))), match[2] == "notin")
    if match := _EXISTS.fullmatch(text):
        return Requirement(match[2], None, bool(match[1]))
    raise ValueError(f"{text!r} is no label selector")
