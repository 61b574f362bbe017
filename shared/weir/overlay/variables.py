"""`vars`: `$(NAME)` in known fields (`spec/overlays.md` 18)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from weir.overlay.errors import BuildError
from weir.overlay.fieldpath import lookup
from weir.overlay.fieldspec import FieldSpec, Specs, apply, paths_of
from weir.overlay.ids import of_parts, type_of
from weir.overlay.meter import spend
from weir.overlay.objects import Objects
from weir.overlay.resource import Resource
from weir.overlay.values import put
from weir.yaml.nodes import Quoted, Scalar, text_of
from weir.yaml.scalars import typed

_PODS = (
    ("Pod", "spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    *((kind, "spec/template/spec") for kind in ("DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet")),
)
_FIELDS = ("args", "command", "env/value", "volumeMounts/mountPath")
DEFAULT: Specs = (
    *(
        FieldSpec(f"{root}/{containers}/{field}", kind)
        for kind, root in _PODS
        for containers in ("containers", "initContainers")
        for field in _FIELDS
    ),
    *(FieldSpec(f"{root}/volumes/nfs/server", kind) for kind, root in _PODS if kind not in {"CronJob", "StatefulSet"}),
    FieldSpec("spec/jobTemplate/spec/template/volumes/nfs/server", "CronJob"),
    FieldSpec("spec/volumeClaimTemplates/spec/nfs/server", "StatefulSet"),
    FieldSpec("spec/nfs/server", "PersistentVolume"),
    FieldSpec("spec/template/metadata/annotations", "Deployment"),
    *(FieldSpec(path, "Ingress") for path in ("spec/rules/host", "spec/tls/hosts", "spec/tls/secretName")),
    *(FieldSpec(path, "Service") for path in ("spec/ports/port", "spec/ports/targetPort")),
    FieldSpec("metadata/labels"),
    FieldSpec("metadata/annotations"),
)
_INDEX = re.compile(r"(?<=[^.])\[([^\[\].=]*)\]")
_BRACKET = re.compile(r"(?<=[^.])\[")
_NAME = re.compile(r"\$\$|\$\(([^)]*)\)")

_TYPED = frozenset(("int", "float", "bool", ""))
"""Tags of values that keep their type where they are all that a string says."""


class Variable(NamedTuple):
    """A declared variable and the object its value is read from, None when there was none."""

    name: str
    field: str
    resource: Resource | None
    text: str
    file: str
    where: str


def declare(
    entries: Sequence[Mapping[str, Any]], known: Sequence[Variable], objects: Objects, file: str
) -> list[Variable]:
    """The variables of a layer behind those of its bases. Raises `BuildError`."""
    found = list(known)
    for place, entry in enumerate(entries):
        name = entry.get("name", "")
        if any(variable.name == name for variable in found):
            raise BuildError(f"the variable {name} is there already", field=f"[{place}].name")
        reference = entry.get("objref", {})
        field = entry.get("fieldref", {}).get("fieldPath") or "metadata.name"
        where = f"vars[{place}]"
        try:
            resource = _object(name, reference, objects)
        except BuildError as error:
            raise BuildError(error.message, field=f"[{place}].objref") from None
        found.append(Variable(name, field, resource, str(reference.get("name", "")), file, where))
    return found


def _object(name: str, reference: Mapping[str, str], objects: Objects) -> Resource | None:
    api_version = reference.get("apiVersion", "")
    kind = reference.get("kind", "")
    type_ = type_of(api_version, kind)
    if not api_version:
        type_ = of_parts(reference.get("group", ""), reference.get("version", ""), kind)
    namespace = reference.get("namespace", "")
    found = [
        resource
        for resource in objects.all
        if any(
            id_.type == type_
            and id_.name == reference.get("name", "")
            and (not namespace or id_.namespace == namespace)
            for id_ in resource.ids()
        )
    ]
    if len(found) > 1:
        raise BuildError(f"the variable {name} means {len(found)} objects: add a namespace")
    return found[0] if found else None


def substitute(resources: Sequence[Resource], variables: Sequence[Variable], specs: Specs) -> None:
    """Replace every `$(NAME)` in the fields of `specs`. Raises `BuildError` for a value that is not there."""
    if not variables:
        return
    values = {variable.name: _value(variable) for variable in variables}

    def set_(container: Any, key: Any) -> None:
        _replace(container, key, values)

    paths = paths_of(specs)
    for resource in resources:
        resource.own()
        apply(resource, paths, set_, "")


def _value(variable: Variable) -> Any:
    if variable.resource is None:
        text = f"the variable {variable.name} names no object: {variable.text} is not there"
        raise BuildError(text, file=variable.file, field=f"{variable.where}.objref")
    node = lookup(variable.resource.body, _BRACKET.sub(".[", _INDEX.sub(r".\1", variable.field)))
    if node is None:
        text = f"the variable {variable.name} reads {variable.field}, which {variable.resource.id} has not"
        raise BuildError(text, file=variable.file, field=f"{variable.where}.fieldref.fieldPath")
    return node


def _replace(container: Any, key: Any, values: Mapping[str, Any]) -> None:
    node = container[key]
    if type(node) is list:
        for place, item in enumerate(node):
            if not _is_text(item):
                raise BuildError("expected a list of strings")
            node[place] = _expanded(_string(item), values)
    elif type(node) is dict:
        for name, item in node.items():
            if _is_text(item):
                put(node, name, _expanded(_string(item), values))
    elif _is_text(node):
        put(container, key, _expanded(_string(node), values))


def _is_text(node: Any) -> bool:
    """Whether a value is a string to variables: what has no tag is one from then on."""
    return isinstance(node, str) or (type(node) is Scalar and not node.tag)


def _string(node: Any) -> str:
    return node.text if type(node) is Scalar else node


def _expanded(text: str, values: Mapping[str, Any]) -> Any:
    whole = _NAME.fullmatch(text)
    if whole and whole[1] in values:
        value = values[whole[1]]
        if type(value) is Scalar and value.tag in _TYPED:
            return typed(value.text)
        return text_of(value) if isinstance(value, str | Scalar) else text
    if "$" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        value = values.get(found[1])
        known = text_of(value) if isinstance(value, str | Scalar) else found[0]
        spend(len(known))
        return known

    expanded = _NAME.sub(one, text)
    return Quoted(expanded) if type(text) is Quoted else expanded
