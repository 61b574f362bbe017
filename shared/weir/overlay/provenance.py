"""`buildMetadata`: annotations that say where an object came from (`spec/overlays.md` 22.4)."""

import posixpath
from collections.abc import Sequence

from weir import yaml
from weir.overlay.meter import spend
from weir.overlay.remotes import parse
from weir.overlay.resource import Origin, Resource

ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"


class Metadata:
    """What a build is asked to add."""

    def __init__(self, asked: Sequence[str], root: str) -> None:
        self.managed = "managedByLabel" in asked
        self.origins = "originAnnotations" in asked
        self.transformations = "transformerAnnotations" in asked
        self.root = root

    def acted(
        self, resources: Sequence[Resource], origin: Origin, kind: str, name: str = "", namespace: str = ""
    ) -> None:
        """Remember that a builtin transformer ran over the resources; one with a name has an object of its own."""
        if self.transformations:
            spend(8 * len(resources))
            text = self._configured(origin, kind, name, namespace)
            for resource in resources:
                resource.transformations.append(text)

    def generated(
        self, resource: Resource, kind: str, name: str = "", namespace: str = "", *, by: Origin | None = None
    ) -> None:
        """Remember that a builtin generator made the resource; `by` is where that was configured, if not its origin."""
        resource.provenance = self._configured(by or resource.origin, kind, name, namespace)

    def annotations(self, resource: Resource) -> dict[str, str]:
        """The annotations of a finished object."""
        found: dict[str, str] = {}
        if self.origins:
            found[ORIGIN] = resource.provenance or "\n".join([*self._place(resource.origin, "path"), ""])
        if self.transformations and resource.transformations:
            found[TRANSFORMATIONS] = "".join(map(_element, resource.transformations))
        return found

    def _place(self, origin: Origin, field: str) -> list[str]:
        """Where a file is: in the repository it was fetched from, else as seen from the build's root."""
        if not origin.remote:
            return [_line(field, posixpath.relpath(origin.file or ".", self.root or "."))]
        repository = parse(origin.remote)
        known = {"path": "" if field == "configuredIn" else origin.file, "repo": repository.url, "ref": repository.ref}
        lines = [_line(name, text) for name, text in known.items() if text]
        return [*lines, _line(field, origin.file)] if field == "configuredIn" else lines

    def _configured(self, origin: Origin, kind: str, name: str, namespace: str) -> str:
        lines = [*self._place(origin, "configuredIn"), "configuredBy:"]
        known = {"apiVersion": "builtin", "kind": kind, "name": name, "namespace": namespace}
        lines += [f"  {_line(field, text)}" for field, text in known.items() if text]
        return "\n".join([*lines, ""])


def _line(field: str, text: str) -> str:
    return f"{field}: {yaml.dump(text).rstrip()}"


def _element(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([f"- {first}", *(f"  {line}" for line in rest), ""])
