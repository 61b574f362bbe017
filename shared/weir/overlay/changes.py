"""What a layer does to each of its objects, in one go.

Neighbouring transformers that look at one object at a time are joined: an object goes through all of them before the
next one does, and its form after the last is kept for later builds.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from weir.overlay.errors import BuildError
from weir.overlay.resource import Change, Resource
from weir.overlay.transformers import images, labels, names, namespace, replicas

if TYPE_CHECKING:
    from weir.overlay.configuration import Configuration
    from weir.overlay.layer import Layer

Make = Callable[["Layer", Any], Change | None]


@lru_cache(maxsize=1024)
def _token(fields: bytes, configuration: "Configuration") -> object:
    """One small key for everything that determines what the changes do."""
    del fields, configuration
    return object()


class Changes:
    """Changes waiting to be done to every object."""

    def __init__(self, layer: "Layer") -> None:
        self.layer = layer
        self.pending: list[tuple[str, Change]] = []
        self.fields: dict[str, Any] = {}

    def add(self, layer: "Layer", entry: Any, path: str) -> None:
        """Note what an entry of a field asks for. Raises `BuildError`."""
        field = path.partition("[")[0]
        make, kind = EACH[field]
        self.fields[field] = layer.fields[field]
        change = make(layer, entry)
        if change is None:
            return
        self.pending.append((path, change))
        acted = layer.acted(kind)
        if acted is not None:
            self.pending += [(path, acted)] * (len(entry) if field == "images" else 1)

    def flush(self) -> None:
        """Do them. Raises `BuildError` with the field."""
        if not self.fields:
            return
        objects = self.layer.objects
        before = [len(resource.formers) for resource in objects.all]
        key = self._key()
        for resource in objects.all:
            resource.change(key, self._all)
        objects.renamed()
        self._check(before)
        self.pending, self.fields = [], {}

    def _key(self) -> object:
        if not self.layer.kept:
            return None
        return _token(msgspec.json.encode(self.fields), self.layer.gathered.configuration)

    def _all(self, resource: Resource) -> None:
        resource.own()
        for path, change in self.pending:
            try:
                change(resource)
            except BuildError as error:
                raise self.layer.placed(error, path) from None

    def _check(self, before: list[int]) -> None:
        objects, fields = self.layer.objects, self.fields
        if fields.get("namespace"):
            pairs = zip(objects.all, before, strict=True)
            moved = [
                (one, one.former(one.formers[count + 1]) if len(one.formers) > count + 1 else one.id)
                for one, count in pairs
            ]
            self._placed("namespace", lambda: namespace.check(moved, fields["namespace"]))
        specs = self.layer.gathered.configuration.replicas
        for place, entry in enumerate(fields.get("replicas", ())):
            name = entry.get("name", "")
            self._placed(f"replicas[{place}]", lambda name=name: replicas.check(objects, name, specs))  # type: ignore[misc]

    def _placed(self, path: str, check: Callable[[], None]) -> None:
        try:
            check()
        except BuildError as error:
            raise self.layer.placed(error, path) from None


def _nothing(resource: Resource) -> None:
    del resource


def _namespace(layer: "Layer", value: str) -> Change | None:
    return namespace.change(value, layer.gathered.configuration.namespace) if value else None


def _prefix(layer: "Layer", value: str) -> Change | None:
    return names.change(value, "", layer.gathered.configuration.namePrefix) if value else None


def _suffix(layer: "Layer", value: str) -> Change | None:
    return names.change("", value, layer.gathered.configuration.nameSuffix) if value else None


def _labels(layer: "Layer", entry: dict[str, Any]) -> Change | None:
    known = layer.gathered.configuration
    where = labels.label_specs(entry, known.commonLabels, known.templateLabels, known.labels)
    return labels.change(entry.get("pairs", {}), where) if entry.get("pairs") else _nothing


def _common_labels(layer: "Layer", value: dict[str, str]) -> Change | None:
    if value:
        return labels.change(value, layer.gathered.configuration.commonLabels)
    return _nothing if layer.fields.get("labels") else None


def _common_annotations(layer: "Layer", value: dict[str, str]) -> Change | None:
    return labels.change(value, layer.gathered.configuration.commonAnnotations) if value else None


def _replicas(layer: "Layer", entry: dict[str, Any]) -> Change | None:
    specs = layer.gathered.configuration.replicas
    return replicas.change(entry.get("name", ""), entry.get("count", 0), specs)


def _images(layer: "Layer", value: list[dict[str, str]]) -> Change | None:
    return images.change(value, layer.gathered.configuration.images)


EACH: dict[str, tuple[Make, str]] = {
    "namespace": (_namespace, "NamespaceTransformer"),
    "namePrefix": (_prefix, "PrefixTransformer"),
    "nameSuffix": (_suffix, "SuffixTransformer"),
    "labels": (_labels, "LabelTransformer"),
    "commonLabels": (_common_labels, "LabelTransformer"),
    "commonAnnotations": (_common_annotations, "AnnotationsTransformer"),
    "replicas": (_replicas, "ReplicaCountTransformer"),
    "images": (_images, "ImageTagTransformer"),
}
"""Transformers that look at one object at a time, and by what name build metadata knows them."""
