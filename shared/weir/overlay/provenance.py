"""`buildMetadata`: annotations that say where an object came from (`spec/overlays.md` 22.4)."""

from collections.abc import Sequence
from typing import Any

from weir import yaml
from weir.overlay.resource import Resource

ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"
BUILTIN = "builtin"


def generated(file: str, kind: str) -> dict[str, Any]:
    """The origin of what a generator made."""
    return {"configuredIn": file, "configuredBy": {"apiVersion": BUILTIN, "kind": f"{kind}Generator"}}


def acted(resources: Sequence[Resource], file: str, kind: str) -> None:
    """Remember that a transformer ran over the resources."""
    for resource in resources:
        resource.transformations.append(
            {"configuredIn": file, "configuredBy": {"apiVersion": BUILTIN, "kind": kind}}
        )


def annotate(resource: Resource, annotations: dict[str, str], *, origins: bool, transformations: bool) -> None:
    """Add the annotations asked for."""
    if origins:
        annotations[ORIGIN] = yaml.dump(resource.provenance or {"path": resource.origin.file})
    if transformations and resource.transformations:
        annotations[TRANSFORMATIONS] = yaml.dump(resource.transformations)
