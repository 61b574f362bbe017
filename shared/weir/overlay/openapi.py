"""`openapi`: another schema for strategic merge (`spec/overlays.md` 20.3)."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from weir.overlay.definitions import Reader
from weir.overlay.documents import read_config
from weir.overlay.errors import BuildError
from weir.overlay.gathered import Build
from weir.overlay.schema import BUILT_IN, Schema, Schemas
from weir.overlay.site import Site

VERSION = "v1.21.2"
"""The only schema that is built in."""


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
        build.schemas = _Custom(name, data, cached=site.cached(name), adds=build.options.schema_adds)


class _Custom(Mapping[tuple[str, str], Schema]):
    """The types of a file, read once somebody asks for one: what is wrong with a file that is not used is no error."""

    def __init__(self, name: str, data: bytes, *, cached: bool, adds: bool) -> None:
        self.name, self.data, self.cached, self.adds = name, data, cached, adds

    @cached_property
    def types(self) -> Schemas:
        """All of them. Raises `BuildError`."""
        own = schemas(read_config(self.data, self.name, cached=self.cached), self.name)
        return {**BUILT_IN, **own} if self.adds else own

    def __getitem__(self, key: tuple[str, str]) -> Schema:
        return self.types[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)


def schemas(value: Any, file: str) -> Schemas:
    """The types of an OpenAPI document, by apiVersion and kind. Raises `BuildError`."""
    definitions = value.get("definitions", {}) if isinstance(value, dict) else None
    if not isinstance(definitions, dict):
        raise BuildError("holds no OpenAPI definitions", file=file)
    found: dict[tuple[str, str], Schema] = {}
    for definition in definitions.values():
        for named in definition.get("x-kubernetes-group-version-kind", ()) if isinstance(definition, dict) else ():
            group, version, kind = (str(named.get(part, "")) for part in ("group", "version", "kind"))
            api_version = f"{group}/{version}" if group else version
            found[api_version, kind] = Reader(definitions).schema(definition, 0)
    return found
