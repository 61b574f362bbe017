"""`openapi`: another schema for strategic merge (`spec/overlays.md` 20.3)."""

from weir.overlay.errors import BuildError
from weir.overlay.gathered import Build
from weir.overlay.site import Site

BUILT_IN_VERSION = "v1.21.2"


def use(build: Build, site: Site, value: dict[str, str]) -> None:
    """Take the schema that a kustomization names, unless one above has named one. Raises `BuildError`."""
    del site, build
    if value.get("version") and value.get("path"):
        raise BuildError("has both version and path: keep one")
    if value.get("path"):
        raise BuildError("a schema of your own is not supported yet", field="path")
    if value.get("version", BUILT_IN_VERSION) != BUILT_IN_VERSION:
        raise BuildError(f"is not built in, {BUILT_IN_VERSION} is", field="version")
