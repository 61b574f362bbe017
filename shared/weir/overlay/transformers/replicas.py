"""`replicas`: how many (`spec/overlays.md` 16)."""

from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import FieldSpec, Specs, apply, paths_of
from weir.overlay.objects import Objects
from weir.overlay.resource import Change, Resource
from weir.overlay.values import set_number


def change(name: str, count: int, specs: Specs) -> Change:
    """Set the count of what is or was called `name`."""

    def set_(container: Any, key: Any) -> None:
        set_number(container, key, count)

    def act(resource: Resource) -> None:
        for spec in specs:
            if _meant(resource, name, spec):
                apply(resource, paths_of((spec,)), set_, "scalar")

    return act


def check(objects: Objects, name: str, specs: Specs) -> None:
    """Raise `BuildError` when nothing that scales is or was called `name`."""
    if not any(_meant(resource, name, spec) for spec in specs for resource in objects.all):
        kinds = ", ".join(spec.kind or "anything" for spec in specs)
        raise BuildError(f"nothing that scales is called {name} ({kinds})", field="name")


def _meant(resource: Resource, name: str, spec: FieldSpec) -> bool:
    return any(id_.name == name and id_.type.selected_by(spec.group, spec.version, spec.kind) for id_ in resource.ids())
