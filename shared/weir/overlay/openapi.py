"""`openapi`: another schema for strategic merge (`spec/overlays.md` 20.3)."""

from collections.abc import Mapping
from typing import Any

from weir.overlay.documents import read_config
from weir.overlay.errors import BuildError
from weir.overlay.gathered import Build
from weir.overlay.schema import BUILT_IN, Schema, Schemas
from weir.overlay.site import Site

VERSION = "v1.21.2"
"""The only schema that is built in."""
_DEPTH = 40


def use(build: Build, site: Site, value: Mapping[str, str]) -> None:
    """Take the schema that a kustomization names, unless one above has named one. Raises `BuildError`."""
    version, path = value.get("version", ""), value.get("path", "")
    if version and path:
        raise BuildError("has both version and path: keep one")
    if version and version != VERSION:
        raise BuildError(f"is not built in, {VERSION} is", field="version")
    if build.schema_set or not (version or path):
        return
    build.schema_set = True
    if path:
        name, data = site.content(path)
        own = schemas(read_config(data, name, cached=site.cached(name)), name)
        build.schemas = {**BUILT_IN, **own} if build.options.schema_adds else own


def schemas(value: Any, file: str) -> Schemas:
    """The types of an OpenAPI document, by apiVersion and kind. Raises `BuildError`."""
    definitions = value.get("definitions") if isinstance(value, dict) else None
    if not isinstance(definitions, dict):
        raise BuildError("holds no OpenAPI definitions", file=file)
    found: dict[tuple[str, str], Schema] = {}
    for definition in definitions.values():
        for named in definition.get("x-kubernetes-group-version-kind", ()) if isinstance(definition, dict) else ():
            group, version, kind = (str(named.get(part, "")) for part in ("group", "version", "kind"))
            api_version = f"{group}/{version}" if group else version
            found[api_version, kind] = _Reader(definitions).schema(definition, 0)
    return found


class _Reader:
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
