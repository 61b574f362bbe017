"""`buildMetadata`: annotations that say where an object came from (`spec/overlays.md` 22.4)."""

import posixpath
from collections.abc import Sequence

from weir import yaml
from weir.overlay.errors import BuildError
from weir.overlay.meter import spend
from weir.overlay.remotes import parse
from weir.overlay.resource import Origin, Resource
from weir.yaml.nodes import text_of

ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"


class Metadata:
    """What a build is asked to add.

    While it is built an object carries both annotations, as it does in kustomize: a patch that replaces the annotations
    takes them along, and what an object without an origin went through last counts as its origin.
    """

    def __init__(self, asked: Sequence[str], root: str) -> None:
        self.managed = "managedByLabel" in asked
        self.origins = "originAnnotations" in asked
        self.transformations = "transformerAnnotations" in asked
        self.told = self.origins or self.transformations
        self.root = root

    def read(self, resources: Sequence[Resource]) -> Sequence[Resource]:
        """Remember from which file the resources are."""
        for resource in resources if self.told else ():
            _set(resource, ORIGIN, "\n".join([*self._place(resource.origin, "path"), ""]))
        return resources

    def acted(
        self, resources: Sequence[Resource], origin: Origin, kind: str, name: str = "", namespace: str = ""
    ) -> None:
        """Remember that a builtin transformer ran over the resources; one with a name has an object of its own."""
        if self.told:
            spend(8 * len(resources))
            text = self._configured(origin, kind, name, namespace)
            for resource in resources:
                _act(resource, text)

    def generated(
        self, resource: Resource, kind: str, name: str = "", namespace: str = "", *, by: Origin | None = None
    ) -> None:
        """Remember that a builtin generator made the resource; `by` is where that was configured, if not its origin."""
        if self.told:
            _set(resource, ORIGIN, self._configured(by or resource.origin, kind, name, namespace))

    def annotations(self, resource: Resource) -> dict[str, str]:
        """The annotations of a finished object."""
        wanted = [name for name, asked in ((ORIGIN, self.origins), (TRANSFORMATIONS, self.transformations)) if asked]
        if not wanted:
            return {}
        known = resource.metadata.get("annotations")
        return {name: text_of(known[name]) for name in wanted if name in known} if type(known) is dict else {}

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


def _set(resource: Resource, name: str, text: str) -> None:
    resource.own()
    metadata = resource.metadata
    known = metadata.get("annotations")
    if type(known) is not dict:
        known = metadata["annotations"] = {}
    known[name] = text


def _act(resource: Resource, text: str) -> None:
    known = resource.metadata.get("annotations")
    if type(known) is not dict or ORIGIN not in known:
        _set(resource, ORIGIN, text)
        return
    before = text_of(known.get(TRANSFORMATIONS, ""))
    if before and not before.startswith("- "):
        origin = resource.origin
        problem = "must be a list of what transformed the object: leave it out"
        raise BuildError(problem, file=origin.file, line=origin.line, field=f"metadata.annotations.{TRANSFORMATIONS}")
    _set(resource, TRANSFORMATIONS, before + _element(text))


def _line(field: str, text: str) -> str:
    return f"{field}: {yaml.dump(text).rstrip()}"


def _element(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([f"- {first}", *(f"  {line}" for line in rest), ""])
