"""Names of CustomResourceDefinitions: within a group, who came first keeps them. Pure.

Source of the rules and texts: apiextensions `NamingConditionController`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Names = Mapping[str, Any]

_FIELDS = (
    ("plural", "PluralConflict"),
    ("singular", "SingularConflict"),
    ("shortNames", "ShortNamesConflict"),
    ("kind", "KindConflict"),
    ("listKind", "ListKindConflict"),
)
"""Names in the order in which they are judged, and the reason of a conflict; the last one is told."""
_KINDS = ("kind", "listKind")


class Accepted(NamedTuple):
    """The names that a definition has, as `status.acceptedNames`."""

    group: str
    names: Names
    reason: str = "NoConflicts"
    message: str = "no conflicts found"

    @property
    def whole(self) -> bool:
        """Whether it has all that it asked for."""
        return self.reason == "NoConflicts" and bool(self.names)


def accept(spec: Mapping[str, Any], before: Names, others: Sequence[Names]) -> Accepted:
    """What a definition gets of the names it asks for, given what it had and what others of the group have."""
    wanted: Names = spec["names"]
    names, reason, message = dict(before), "NoConflicts", "no conflicts found"
    for field, conflict in _FIELDS:
        used = set(_used(others, kinds=field in _KINDS))
        mine = set(_texts(before.get(field)))
        taken = [text for text in _texts(wanted.get(field)) if text not in mine and text in used]
        if taken:
            reason, message = conflict, _joined([f'"{text}" is already in use' for text in taken])
        elif field in wanted:
            names[field] = wanted[field]
        else:
            names.pop(field, None)
    names.pop("categories", None)
    if "categories" in wanted:
        names["categories"] = wanted["categories"]
    return Accepted(spec["group"], names, reason, message)


def _used(others: Sequence[Names], *, kinds: bool) -> Iterator[str]:
    for names in others:
        for field, _ in _FIELDS:
            if (field in _KINDS) == kinds:
                yield from _texts(names.get(field))


def _texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _joined(errors: list[str]) -> str:
    return errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
