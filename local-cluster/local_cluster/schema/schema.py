"""Schemas of built-in kinds and of custom resources, with what a server asks of them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from weir.api.base import Kind

from . import admission, defaults, structural
from .decode import undecodable, unrestorable
from .errors import Cause
from .facts import components_by_kind, facts, has_status
from .node import ANY, Node, Raw
from .rules import builtin_causes
from .validate import structural_causes


class Schema:
    """The schema of one kind in one version."""

    def __init__(self, root: Node, *, kind: Kind | None, status: bool) -> None:
        self.root = root
        self.kind = kind
        """The built-in kind; None for a custom resource."""
        self.status = status
        """Whether `status` is written through its subresource only."""

    def default(self, obj: dict[str, Any]) -> None:
        """Set what the server sets when it is absent, in place."""
        if self.kind is None:
            structural.default(obj, self.root)
        else:
            defaults.default(obj, self.root)

    def admit(self, obj: dict[str, Any], now: datetime) -> None:
        """Complete a new object that has its defaults and its uid, in place: what admission and creation add."""
        if self.kind is not None:
            admission.admit(obj, now)

    def keep(self, obj: dict[str, Any], old: dict[str, Any]) -> None:
        """Carry over into an update that has its defaults what the server decided before (addresses, finalizers)."""
        if self.kind is not None:
            admission.keep(obj, old)

    def prune(self, obj: dict[str, Any]) -> list[str]:
        """Drop the fields that the schema does not know, in place; their paths in order, such as `spec.foo[0].bar`."""
        return structural.prune(obj, self.root)

    def undecodable(self, obj: Mapping[str, Any]) -> str:
        """Why an object cannot be read as its Go type (`json: cannot unmarshal ...`); empty when it can."""
        return undecodable(obj, self.root)

    def unrestorable(self, obj: Mapping[str, Any]) -> str:
        """As `undecodable`, of the outcome of a strategic merge."""
        return unrestorable(obj, self.root)

    def validate(self, obj: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> list[Cause]:
        """What is wrong with the object; `old` is the stored one that it replaces."""
        judge = structural_causes if self.kind is None else builtin_causes
        return judge(obj, old, self.root)


@cache
def builtin(kind: Kind) -> Schema:
    """The schema of a built-in kind. Raises `KeyError` when the server has none of that name."""
    name = components_by_kind()[kind.group, kind.version, kind.kind]
    root = Node({"$ref": name}, facts().schemas)
    return Schema(root, kind=kind, status=has_status(kind.api_version, kind.kind))


def crd(openapi_v3_schema: Mapping[str, Any] | None, *, status: bool = True) -> Schema:
    """The schema of a custom resource from `versions[].schema.openAPIV3Schema`; None keeps every field.

    `status`: whether the version has the status subresource.
    """
    if openapi_v3_schema is None:
        return Schema(ANY, kind=None, status=status)
    raw: Raw = {**openapi_v3_schema, "properties": dict(openapi_v3_schema.get("properties", {}))}
    return Schema(Node(raw, facts().schemas, embedded=True), kind=None, status=status)
