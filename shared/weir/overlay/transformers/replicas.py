"""`replicas`: how many (`spec/overlays.md` 16)."""

from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import Specs, apply
from weir.overlay.objects import Objects
from weir.overlay.values import set_typed


def transform(objects: Objects, name: str, count: int, specs: Specs) -> None:
    """Set the count of what is or was called `name`. Raises `BuildError` when nothing is."""

    def set_(container: Any, key: Any) -> None:
        set_typed(container, key, str(count))

    found = False
    for spec in specs:
        for resource in objects.all:
            if any(
                id_.name == name and id_.type.selected_by(spec.group, spec.version, spec.kind) for id_ in resource.ids()
            ):
                found = True
                apply(resource, (spec,), set_, "scalar")
    if not found:
        kinds = ", ".join(spec.kind or "anything" for spec in specs)
        raise BuildError(f"nothing that scales is called {name} ({kinds})", field="name")
