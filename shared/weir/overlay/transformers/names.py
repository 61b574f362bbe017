"""`namePrefix` and `nameSuffix` (`spec/overlays.md` 12)."""

from typing import Any

from weir.overlay.fieldspec import Specs, path_of, visit
from weir.overlay.ids import Type
from weir.overlay.meter import spend
from weir.overlay.resource import Change, Resource
from weir.overlay.values import set_loose
from weir.yaml.nodes import Scalar, text_of

_NAME = "metadata/name"


def _skipped(type_: Type) -> bool:
    return type_.kind in {"CustomResourceDefinition", "Namespace"} or (
        type_.kind == "APIService" and type_.group == "apiregistration.k8s.io"
    )


def change(prefix: str, suffix: str, specs: Specs) -> Change:
    """Put a prefix before and a suffix behind the name, and what else the specs name."""

    def set_(container: Any, key: Any) -> None:
        old = container[key]
        text = text_of(old) if isinstance(old, str | Scalar) else ""
        spend(len(text) + len(prefix) + len(suffix))
        set_loose(container, key, f"{prefix}{text}{suffix}")

    def act(resource: Resource) -> None:
        original = resource.original_type
        if _skipped(original):
            return
        for spec in specs:
            if not original.selected_by(spec.group, spec.version, spec.kind):
                continue
            if spec.path == _NAME:
                resource.prefixes += (prefix,) if prefix else ()
                resource.suffixes += (suffix,) if suffix else ()
                resource.record()
            if resource.type.selected_by(spec.group, spec.version, spec.kind):
                visit(resource.body, path_of(spec)[0], set_, "scalar" if spec.create else "")

    return act
