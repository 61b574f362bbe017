"""`namePrefix` and `nameSuffix` (`spec/overlays.md` 12)."""

from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import FieldSpec, Specs, split, visit
from weir.overlay.ids import Type
from weir.overlay.objects import Objects
from weir.overlay.values import set_typed
from weir.yaml.nodes import Scalar, text_of

_NAME = "metadata/name"


def _skipped(type_: Type) -> bool:
    return type_.kind in {"CustomResourceDefinition", "Namespace"} or (
        type_.kind == "APIService" and type_.group == "apiregistration.k8s.io"
    )


def transform(objects: Objects, prefix: str, suffix: str, specs: Specs) -> None:
    """Put a prefix before and a suffix behind every name, and what else the specs name."""

    def set_(container: Any, key: Any) -> None:
        old = container[key]
        if not isinstance(old, str | Scalar):
            raise BuildError("expected a plain value")
        set_typed(container, key, f"{prefix}{text_of(old)}{suffix}")

    for resource in objects.all:
        original = resource.original.type
        if _skipped(original):
            continue
        for spec in specs:
            if not original.selected_by(spec.group, spec.version, spec.kind):
                continue
            if spec.path == _NAME:
                resource.prefixes += (prefix,) if prefix else ()
                resource.suffixes += (suffix,) if suffix else ()
                resource.record()
            if resource.type.selected_by(spec.group, spec.version, spec.kind):
                _visit(resource.body, spec, set_)
    objects.renamed()


def _visit(body: dict[str, Any], spec: FieldSpec, set_: Any) -> None:
    visit(body, split(spec.path), set_, "scalar" if spec.create else "")
