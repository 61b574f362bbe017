"""The build that a Kustomization object asks for (`spec/kustomization.md` 2.7, 2.8).

The kustomization file at the object's path is read, or made up when there is none; the object's fields are laid over
it. Nothing is written: the result goes straight into the build.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from weir.overlay.build import Built, finish, start
from weir.overlay.documents import read
from weir.overlay.errors import BuildError
from weir.overlay.layer import Layer, Read
from weir.overlay.manifests import resources
from weir.overlay.options import Options
from weir.overlay.site import Site
from weir.overlay.tree import NAMES, join
from weir.yaml.nodes import is_null

if TYPE_CHECKING:
    from weir.api.kustomization import Image, KustomizationSpec, Patch, Selector

_REMOTE = re.compile(r"git::|gh:|ssh://|https://|http://|git@|github\.com[:/]|/|file:///", re.IGNORECASE)
Exists = Callable[[str], bool]
PLACEHOLDER = "_placeholder"
"""The namespace of a kustomization that has nothing to build: zero objects instead of an error."""


def build_spec(
    tree: Mapping[str, bytes], path: str, spec: "KustomizationSpec", *, options: Options | None = None
) -> Built:
    """Build the directory `path` as `spec` wants it.

    Raises:
        BuildError: the tree cannot be built.
        RemotesNeeded: it names remote resources that `options.remotes` does not hold.

    """
    state, site = start(tree, path, options or Options())
    file, fields, warnings = _found(site)
    overlaid = overlay(fields, spec, exists=lambda entry: site.tree.looks_for(join(site.root, entry)))
    layer = Layer(state, site, top=(file, overlaid, warnings))
    layer.own = {field: len(fields.get(field, ())) for field in ("patches", "components")}
    return finish(state, layer)


def generate(tree: Mapping[str, bytes], path: str) -> dict[str, Any]:
    """The kustomization of a directory that has none: everything below it. Raises `BuildError`."""
    return _generated(start(tree, path, Options())[1])[1]


def _found(site: Site) -> Read:
    for name in NAMES:
        if site.tree.has(join(site.root, name)):
            return site.fields(join(site.root, name), lenient=True)
    return _generated(site)


def _generated(site: Site) -> Read:
    found: list[str] = []
    folders: list[str] = []
    for path in sorted(site.tree.below(site.root), key=lambda path: path.split("/")):
        if any(path.startswith(f"{folder}/") for folder in folders[-1:]):
            continue
        folder = _owner(site, path)
        if folder:
            folders.append(folder)
            found.append(f"./{folder}")
        elif path.endswith((".yaml", ".yml")):
            _check(site, join(site.root, path))
            found.append(f"./{path}")
    fields: dict[str, Any] = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    if found:
        fields["resources"] = found
    else:
        fields["namespace"] = PLACEHOLDER
    return join(site.root, NAMES[0]), fields, []


def _owner(site: Site, path: str) -> str:
    """The outermost directory on the way to a file that has a kustomization of its own."""
    parts = path.split("/")[:-1]
    for length in range(1, len(parts) + 1):
        folder = "/".join(parts[:length])
        if any(site.tree.has(join(site.root, f"{folder}/{name}")) for name in NAMES):
            return folder
    return ""


def _check(site: Site, path: str) -> None:
    """Every file has to hold objects, and no list of theirs a null."""
    for resource in resources(read(site.tree.content(path), path, cached=site.cached(path)), path):
        where = _null(resource.body, "")
        if where:
            text = "a list holds a null"
            raise BuildError(text, file=path, line=resource.origin.line, field=where)


def _null(node: Any, field: str) -> str:
    """The path of the first null in a list, empty when there is none."""
    items: Iterable[tuple[str, Any]] = ()
    if type(node) is dict:
        items = ((f"{field}.{key}" if field else key, value) for key, value in node.items())
    elif type(node) is list:
        items = ((f"{field}[{place}]", value) for place, value in enumerate(node))
    for path, value in items:
        if type(node) is list and is_null(value):
            return path
        found = _null(value, path) if type(value) in {dict, list} else ""
        if found:
            return found
    return ""


def overlay(
    kustomization: Mapping[str, Any], spec: "KustomizationSpec", *, exists: Exists | None = None
) -> dict[str, Any]:
    """The kustomization with the fields of `spec` laid over it; what is given is not changed.

    `exists` tells whether a component's directory, relative to the kustomization, is there; without it all are.
    Raises `BuildError` for a component that is not local.
    """
    names = {"namespace": spec.target_namespace, "namePrefix": spec.name_prefix, "nameSuffix": spec.name_suffix}
    found = {**kustomization, **{field: value for field, value in names.items() if value}}
    if spec.patches:
        found["patches"] = [*found.get("patches", ()), *map(_patch, spec.patches)]
    if spec.components:
        found["components"] = [*found.get("components", ()), *_components(spec, exists)]
    if spec.images:
        found["images"] = _images(found.get("images", ()), spec.images)
    if spec.build_metadata:
        found["buildMetadata"] = list(spec.build_metadata)
    return found


def _patch(patch: "Patch") -> dict[str, Any]:
    return {"patch": patch.patch} | ({"target": _selector(patch.target)} if patch.target is not None else {})


def _selector(target: "Selector") -> dict[str, str]:
    named = {
        "group": target.group,
        "version": target.version,
        "kind": target.kind,
        "name": target.name,
        "namespace": target.namespace,
        "labelSelector": target.label_selector,
        "annotationSelector": target.annotation_selector,
    }
    return {field: text for field, text in named.items() if text}


def _components(spec: "KustomizationSpec", exists: Exists | None) -> list[str]:
    found = []
    for place, entry in enumerate(spec.components):
        if _REMOTE.match(entry) or posixpath.isabs(entry):
            raise BuildError(
                f"{entry} is not local: components are paths in the artifact", field=f"components[{place}]"
            )
        if exists is None or exists(entry) or not spec.ignore_missing_components:
            found.append(entry)
    return found


def _images(written: Iterable[Mapping[str, str]], wanted: "Iterable[Image]") -> list[dict[str, str]]:
    """By name: a new one at the end; tag and digest replace those of an old one as a pair."""
    found = [dict(entry) for entry in written]
    for image in wanted:
        entry = next((one for one in found if one.get("name") == image.name), None)
        if entry is None:
            entry = {"name": image.name}
            found.append(entry)
        if image.new_name:
            entry["newName"] = image.new_name
        if image.new_tag or image.digest:
            entry["newTag"], entry["digest"] = image.new_tag, image.digest
    return found
