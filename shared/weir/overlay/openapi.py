"""`openapi`: another schema for strategic merge (`spec/overlays.md` 20.3)."""

from collections.abc import Mapping
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
            found[api_version, kind] = Reader(definitions).schema(definition, 0)
    return found
