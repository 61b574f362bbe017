"""From a tree of files to objects: kustomization found or generated, overlaid, built, its variables expanded. Pure."""

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

import weir
from kustomize_controller.substitute import substitute, variables
from kustomize_controller.tasks import Build, Built, Compare, Differ, Remotes, Same
from weir import overlay
from weir.api.kustomization import KustomizationSpec
from weir.apply.manifest import expand_lists

_OPTIONS = overlay.Options(load_restrictor="none", schema_adds=True, reorder="none")
_LARGEST = 3 << 20
"""Bytes of a request that an API server takes by default."""
_CLOSURE = msgspec.msgpack.Decoder(overlay.Closure)


class PathError(ValueError):
    """There is no such directory in the artifact."""


class BuildRefusedError(ValueError):
    """The tree cannot be built; the text names file, line and field."""


def build(tree: overlay.Indexed, task: Build) -> Built | Same | Remotes:
    """The objects that a Kustomization wants from a tree, unless they are those of its last build.

    Raises `PathError`, `BuildRefusedError`, and `SubstituteError`.
    """
    if task.closure and task.key == _key(_CLOSURE.decode(task.closure).digest(tree), task):
        return Same()
    spec = task.kustomization.spec
    folder = clamped(spec.path)
    if not tree.is_folder(folder):
        raise PathError(f"path not found: stat {spec.path}: no such file or directory")
    try:
        built = overlay.build_spec(tree, folder, spec, options=_OPTIONS)
    except overlay.RemotesNeeded as needed:
        return Remotes(tuple(needed.urls))
    except overlay.OverlayError as error:
        raise BuildRefusedError(f"kustomize build failed: {error}") from error
    found: list[tuple[bytes, str]] = []
    values = variables(task.variables)
    for index, (obj, origin) in enumerate(zip(built.objects, map(_place, built.origins), strict=True)):
        _require_identity(obj, index, origin)
        expanded = substitute(obj, values, strict=task.strict) if _substitutes(spec, values) else obj
        found += [(_encoded(each, origin), origin) for each in expand_lists([expanded])]
    read = built.closure.digest(tree)
    return Built(
        objects=tuple(raw for raw, _ in found),
        origins=tuple(origin for _, origin in found),
        digest=_digest([raw for raw, _ in found]),
        closure=msgspec.msgpack.encode(built.closure),
        read=read,
        key=_key(read, task),
        warnings=tuple(built.warnings),
    )


def compare(tree: Mapping[str, bytes], task: Compare) -> Differ:
    """The builds that would read something else in this tree."""
    pairs = ((_CLOSURE.decode(closure).digest(tree), read) for closure, read in task.builds)
    return Differ(tuple(index for index, (now, before) in enumerate(pairs) if now != before))


def _key(read: str, task: Build) -> str:
    """Digest of everything that a build and what is sent for it depend on."""
    metadata = task.kustomization.metadata
    rest = (task.kustomization.spec, metadata.name, metadata.namespace, task.variables, task.strict, weir.__version__)
    total = hashlib.sha256(read.encode())
    total.update(msgspec.msgpack.encode(rest, order="deterministic"))
    return total.hexdigest()


def clamped(path: str) -> str:
    """A path inside the tree, whatever it says: `..` and `/` cannot leave the root, which is empty."""
    return posixpath.normpath("/" + path).lstrip("/")


def _place(origin: Any) -> str:
    return f"{origin.file}:{origin.line}" if origin.line else str(origin.file)


def _require_identity(obj: Mapping[str, Any], index: int, origin: str) -> None:
    metadata = obj.get("metadata")
    named = isinstance(metadata, Mapping) and metadata.get("name")
    if not (obj.get("apiVersion") and obj.get("kind") and (named or str(obj.get("kind")).endswith("List"))):
        raise BuildRefusedError(f"object {index} of the build lacks apiVersion, kind or metadata.name [{origin}]")


def _encoded(obj: Mapping[str, Any], origin: str) -> bytes:
    """The object as JSON. One that no API server takes is refused here, before it costs anybody else time or memory."""
    raw = msgspec.json.encode(obj)
    if len(raw) > _LARGEST:
        raise BuildRefusedError(f"object is larger than {_LARGEST} bytes, the most that an API server takes [{origin}]")
    return raw


def _substitutes(spec: KustomizationSpec, values: Mapping[str, str]) -> bool:
    post = spec.post_build
    return post is not None and (bool(values) or post.substitute_strategy == "Always")


def _digest(objects: Sequence[bytes]) -> str:
    total = hashlib.sha256()
    for raw in objects:
        total.update(raw + b"\n")
    return f"sha256:{total.hexdigest()}"
