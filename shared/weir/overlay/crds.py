"""`crds`: OpenAPI types whose extensions say where labels, annotations and names are (`spec/overlays.md` 20.2)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from weir.overlay.configuration import EMPTY, Configuration
from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import FieldSpec
from weir.overlay.references import Row

_DEPTH = 40


class _Place(NamedTuple):
    """A property, the path to it, and its definition."""

    path: str
    property: Mapping[str, Any]


def configuration_of(value: Any, path: str) -> Configuration:
    """What the types of a file add. Raises `BuildError`."""
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        text = "holds no OpenAPI types: a map of type names to {Schema: {properties: ...}} is needed"
        raise BuildError(text, file=path)
    found = EMPTY
    for name, definition in value.items():
        schema = _schema(definition)
        properties = _properties(schema)
        if {"kind", "apiVersion", "metadata"} <= properties.keys():
            kind = name.rpartition(".")[2]
            for place in _places(value, schema, "", 0):
                found = _added(found, place, kind)
    return found


def _schema(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = definition.get("Schema") or definition.get("schema") or {}
    return schema if isinstance(schema, dict) else {}


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _places(types: Mapping[str, Any], schema: Mapping[str, Any], above: str, depth: int) -> Iterator[_Place]:
    if depth > _DEPTH:
        return
    for name, definition in _properties(schema).items():
        if not isinstance(definition, dict):
            continue
        path = f"{above}/{name}" if above else name
        yield _Place(path, definition)
        reference = definition.get("$ref")
        inner = types.get(reference) if isinstance(reference, str) else None
        yield from _places(types, _schema(inner) if isinstance(inner, dict) else definition, path, depth + 1)


def _added(found: Configuration, place: _Place, kind: str) -> Configuration:
    path, definition = place
    if "x-kubernetes-annotation" in definition:
        found = found._replace(commonAnnotations=(*found.commonAnnotations, FieldSpec(path, kind)))
    if "x-kubernetes-label-selector" in definition:
        found = found._replace(commonLabels=(*found.commonLabels, FieldSpec(path, kind)))
    if "x-kubernetes-identity" in definition:
        found = found._replace(namePrefix=(*found.namePrefix, FieldSpec(path, kind)))
    version, target = (definition.get(f"x-kubernetes-object-ref-{part}") for part in ("api-version", "kind"))
    if isinstance(version, str) and isinstance(target, str):
        key = definition.get("x-kubernetes-object-ref-name-key") or "name"
        row = Row("", version, target, FieldSpec(f"{path}/{key}", kind))
        found = found._replace(nameReference=(*found.nameReference, row))
    return found
