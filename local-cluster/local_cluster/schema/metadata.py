"""Rules of metadata that hold for every kind (apimachinery `api/validation/objectmeta.go`)."""

from collections.abc import Iterator, Mapping
from typing import Any

from . import causes
from .errors import Cause
from .labels import annotation_causes, label_causes, qualified_name

_STANDARD = ("kubernetes", "orphan", "foregroundDeletion")
_PREFERRED = "prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers"
_UNKNOWN = "name is neither a standard finalizer name nor is it fully qualified"


def metadata_causes(metadata: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """What is wrong with an object's metadata; its name aside."""
    yield from label_causes(metadata, path)
    yield from annotation_causes(metadata, path)
    yield from _owners(metadata.get("ownerReferences") or (), causes.join(path, "ownerReferences"))
    for name in filter(_is_text, metadata.get("finalizers") or ()):
        yield from qualified_name(causes.join(path, "finalizers"), name)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def finalizer_causes(metadata: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """Finalizers of a built-in kind need a domain."""
    for i, name in enumerate(filter(_is_text, metadata.get("finalizers") or ())):
        if "/" not in name and name not in _STANDARD:
            yield causes.invalid(f"{path}.finalizers[{i}]", name, _UNKNOWN)


def finalizer_warnings(metadata: Mapping[str, Any]) -> Iterator[str]:
    """A custom resource is only warned of finalizers without a domain."""
    for name in filter(_is_text, metadata.get("finalizers") or ()):
        if "/" not in name and name not in _STANDARD:
            yield f'metadata.finalizers: "{name}": {_PREFERRED}'


def _owners(references: Any, path: str) -> Iterator[Cause]:
    controllers = []
    for each in (it for it in references if isinstance(it, Mapping)):
        yield from _owner(each, path)
        if each.get("controller"):
            controllers.append(f"{each.get('kind')}/{each.get('name')}")
    if len(controllers) > 1:
        text = 'Only one reference can have Controller set to true. Found "true" in references for '
        yield causes.invalid(path, references, text + " and ".join(controllers[:2]))


def _owner(reference: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if not reference.get("apiVersion"):
        yield causes.invalid(f"{path}.apiVersion", "", "version must not be empty")
    for name in ("kind", "name", "uid"):
        if not reference.get(name):
            yield causes.invalid(f"{path}.{name}", "", "must not be empty")
    if (reference.get("apiVersion"), reference.get("kind")) == ("v1", "Event"):
        yield causes.invalid(path, reference, "/v1, Kind=Event is disallowed from being an owner")
