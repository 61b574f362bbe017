"""Why an object was not taken.

SchemaError
├── Conflicts     409 Conflict: other managers own fields that an apply would change
└── Untyped       500: the applied object does not fit the schema
"""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from weir.apply.fieldset import FieldSet, Path, text

from .managers import Manager


class Cause(NamedTuple):
    """One entry of `status.details.causes`."""

    reason: str
    message: str
    field: str

    def line(self) -> str:
        """As it stands in the status message: `spec.x: Required value`."""
        return f"{self.field}: {self.message}"


class SchemaError(Exception):
    """The base of what this room raises."""

    code: ClassVar[int] = 500
    reason: ClassVar[str] = ""

    @property
    def message(self) -> str:
        """The status message."""
        return str(self)

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The status' `details.causes`."""
        return ()


class Untyped(SchemaError):
    """The object does not fit the schema; the API server answers 500 without a reason."""


class Conflicts(SchemaError):
    """An apply without force would take fields from other managers."""

    code = 409
    reason = "Conflict"

    def __init__(self, conflicts: Mapping[Manager, FieldSet]) -> None:
        self.conflicts: tuple[tuple[Manager, Path], ...] = tuple(
            (who, path)
            for who, fields in sorted(conflicts.items(), key=lambda pair: pair[0].name)
            for path in fields.paths()
        )
        super().__init__(_message(self.conflicts))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """A cause per field."""
        return tuple(
            Cause("FieldManagerConflict", f"conflict with {_name(who)}", text(path)) for who, path in self.conflicts
        )


def _message(conflicts: tuple[tuple[Manager, Path], ...]) -> str:
    if len(conflicts) == 1:
        who, path = conflicts[0]
        return f"Apply failed with 1 conflict: conflict with {_name(who)}: {text(path)}"
    by_manager: dict[Manager, list[str]] = {}
    for who, path in conflicts:
        by_manager.setdefault(who, []).append(f"- {text(path)}")
    parts = [f"conflicts with {_name(who)}:\n" + "\n".join(lines) for who, lines in by_manager.items()]
    return f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(parts)


def _name(who: Manager) -> str:
    name = f'"{who.name}"'
    if who.subresource:
        name += f' with subresource "{who.subresource}"'
    return f"{name} using {who.api_version}" if who.operation == "Update" else name
