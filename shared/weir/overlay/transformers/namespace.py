"""`namespace`: everything namespaced moves there (`spec/overlays.md` 11)."""

from collections.abc import Iterable
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import Specs, apply, paths_of
from weir.overlay.ids import Id
from weir.overlay.objects import Objects, unique
from weir.overlay.resource import Change, Resource
from weir.overlay.values import set_text
from weir.yaml.nodes import is_null, text_of

_BINDINGS = frozenset(("RoleBinding", "ClusterRoleBinding"))


def change(namespace: str, specs: Specs, *, unset_only: bool = False, subjects: str = "defaultOnly") -> Change:
    """Set the namespace of an object, and in the fields of `specs`.

    `subjects` says which subjects of role bindings move: `defaultOnly`, `allServiceAccounts` or `none`.
    """
    elsewhere = tuple(spec for spec in specs if spec.path not in {"metadata/namespace", "metadata/name"})
    names = paths_of(tuple(spec for spec in specs if spec.path == "metadata/name"))
    others = paths_of(
        tuple(spec for spec in elsewhere if not (spec.kind in _BINDINGS and spec.path == "subjects/namespace"))
    )

    def set_(container: Any, key: Any) -> None:
        if not unset_only or _unset(container, key):
            set_text(container, key, namespace)

    def act(resource: Resource) -> None:
        if resource.charted:
            return
        resource.record()
        type_ = resource.type
        if not type_.cluster_scoped:
            set_(resource.metadata, "namespace")
        if type_.kind in _BINDINGS and subjects != "none":
            _bind(resource, set_, everyone=subjects == "allServiceAccounts")
        if not type_.group and type_.version == "v1":
            apply(resource, names, set_, "scalar")
        apply(resource, others, set_, "scalar")

    return act


def transform(
    objects: Objects, namespace: str, specs: Specs, *, unset_only: bool = False, subjects: str = "defaultOnly"
) -> None:
    """Change every object. Raises `BuildError` when two objects are now one."""
    objects.each(change(namespace, specs, unset_only=unset_only, subjects=subjects))
    check(((resource, resource.id) for resource in objects.all), namespace)


def check(moved: Iterable[tuple[Resource, Id]], namespace: str) -> None:
    """Refuse two objects of one id, as the ids are right after the move. Raises `BuildError`."""
    try:
        unique(moved)
    except BuildError as error:
        raise BuildError(f"namespace {namespace} makes two objects one: {error.message}") from None


def _unset(container: Any, key: Any) -> bool:
    value = container.get(key) if type(container) is dict else container[key]
    return value is None or value == "" or is_null(value)


def _bind(resource: Resource, set_: Any, *, everyone: bool) -> None:
    found = resource.body.get("subjects")
    if type(found) is not list:
        return
    for subject in found:
        if type(subject) is not dict:
            continue
        name, kind = subject.get("name"), subject.get("kind")
        if (everyone and kind == "ServiceAccount") or (
            not everyone and isinstance(name, str) and text_of(name) == "default"
        ):
            set_(subject, "namespace")
