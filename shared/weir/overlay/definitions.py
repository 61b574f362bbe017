"""What an OpenAPI definition says about merging (`spec/overlays.md` 20.3)."""

from collections.abc import Mapping
from typing import Any

from weir.overlay.schema import Schema

_DEPTH = 40


class Reader:
    """Definitions that refer to one another."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions

    def schema(self, definition: Any, depth: int) -> Schema:
        """What merging has to know of a definition."""
        if not isinstance(definition, dict) or depth > _DEPTH:
            return Schema()
        strategy = str(definition.get("x-kubernetes-patch-strategy", ""))
        keys = definition.get("x-kubernetes-list-map-keys")
        key = definition.get("x-kubernetes-patch-merge-key")
        target = self._resolved(definition)
        fields = target.get("properties")
        items, values = target.get("items"), target.get("additionalProperties")
        names = tuple(map(str, keys)) if isinstance(keys, list) and len(keys) > 1 else (str(key),) if key else ()
        return Schema(
            fields={name: self.schema(one, depth + 1) for name, one in fields.items()}
            if isinstance(fields, dict)
            else {},
            element=self.schema(items, depth + 1) if isinstance(items, dict) else None,
            keys=names,
            merges="merge" in strategy.split(","),
            values=self.schema(values, depth + 1) if isinstance(values, dict) else None,
        )

    def _resolved(self, definition: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = definition.get("$ref")
        if not isinstance(reference, str):
            return definition
        found = self.definitions.get(reference.removeprefix("#/definitions/"))
        return found if isinstance(found, dict) else {}
