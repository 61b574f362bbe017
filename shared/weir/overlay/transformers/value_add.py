"""The builtin ValueAddTransformer: one value at many places (`spec/overlays.md` 21.3)."""

import posixpath
from collections.abc import Mapping
from typing import Any

from weir.overlay import selector
from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import FieldSpec, split, visit
from weir.overlay.objects import Objects
from weir.overlay.transformers import namespace
from weir.overlay.values import set_typed
from weir.yaml.nodes import Scalar, text_of


def transform(objects: Objects, config: Mapping[str, Any], root: str) -> None:
    """Write the value at each target's field. Raises `BuildError`."""
    value = config.get("value", "").strip() or posixpath.basename(root)
    if config.get("targetFilePath"):
        raise BuildError("is not supported: list the targets here", field="targetFilePath")
    for place, target in enumerate(config.get("targets", ())):
        try:
            _one(objects, value, target)
        except BuildError as error:
            raise error.at(field=f"targets[{place}]") from None


def _one(objects: Objects, value: str, target: Mapping[str, Any]) -> None:
    chosen = selector.compile_(target.get("selector", {}), "selector")
    path = target.get("fieldPath", "")
    if path == "metadata/namespace":
        namespace.transform(objects, value, (FieldSpec(path, create=True),))
        return
    position = target.get("filePathPosition", 0)

    def set_(container: Any, key: Any) -> None:
        old = container[key]
        text = text_of(old) if isinstance(old, str | Scalar) else ""
        set_typed(container, key, _inserted(text, value, position) if position > 0 else value)

    for resource in objects.all:
        if chosen.matches(resource):
            resource.own()
            visit(resource.body, split(path), set_, "scalar")
    objects.renamed()


def _inserted(path: str, value: str, position: int) -> str:
    lead = "/" if path.startswith("/") else ""
    parts = [part for part in path.split("/") if part]
    parts.insert(position - 1, value)
    return lead + "/".join(parts)
