"""CustomResourceDefinitions from the API types.

A Struct's fields become the structural schema; the string under a field becomes its description, `RULES` become CEL
validations and `LIST_KEYS` the keys of lists that are maps. What the API types do not say is not in the CRD.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import NODEFAULT
from msgspec import inspect as types

import weir
from weir.api.base import Column, Definition, Resource, Rule
from weir.api.kinds import KINDS

Schema = dict[str, Any]


def crd(kind: type[Resource]) -> dict[str, Any]:
    """The CustomResourceDefinition of a kind, as the API server takes it."""
    definition = kind.DEFINITION
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{definition.kind.plural}.{definition.kind.group}",
            "annotations": {"kustomize.toolkit.fluxcd.io/substitute": "disabled"},
            "labels": {
                "app.kubernetes.io/name": "weir",
                "app.kubernetes.io/part-of": "flux",
                "app.kubernetes.io/version": f"v{weir.__version__}",
            },
        },
        "spec": {
            "group": definition.kind.group,
            "names": _names(definition),
            "scope": "Namespaced" if definition.kind.namespaced else "Cluster",
            "versions": [
                {
                    "name": definition.kind.version,
                    "served": True,
                    "storage": True,
                    "additionalPrinterColumns": [_column(column) for column in definition.columns],
                    "schema": {"openAPIV3Schema": _root(kind)},
                    "subresources": {"status": {}} if definition.status else {},
                }
            ],
        },
    }


def crds() -> Iterator[dict[str, Any]]:
    """The CustomResourceDefinitions of every kind that we serve."""
    return (crd(kind) for kind in KINDS)


def _names(definition: Definition) -> dict[str, Any]:
    names: dict[str, Any] = {
        "categories": list(definition.categories),
        "kind": definition.kind.kind,
        "listKind": f"{definition.kind.kind}List",
        "plural": definition.kind.plural,
        "shortNames": list(definition.short_names),
        "singular": definition.singular,
    }
    return {key: value for key, value in names.items() if value}


def _column(column: Column) -> dict[str, str]:
    return {"jsonPath": column.json_path, "name": column.name, "type": column.type}


def _root(kind: type[Resource]) -> Schema:
    properties: Schema = {
        "apiVersion": {"type": "string", "description": "Version of the schema of this object."},
        "kind": {"type": "string", "description": "Kind of this object."},
        "metadata": {"type": "object"},
    }
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in ("spec", "status"):
        if name in fields:
            properties[name] = _schema(types.type_info(fields[name].type))
    if kind.DEFINITION.status_default:
        properties["status"]["default"] = {"observedGeneration": -1}
    return {"description": inspect.getdoc(kind), "type": "object", "properties": properties}


def _schema(info: types.Type) -> Schema:
    match info:
        case types.Metadata():
            return {**_schema(info.type), **(info.extra_json_schema or {})}
        case types.UnionType():
            return _schema(_not_null(info))
        case types.StructType():
            return _struct(info)
        case types.VarTupleType() | types.ListType():
            return {"type": "array", "items": _schema(info.item_type), **_limits(info, "Items")}
        case types.DictType():
            return {"type": "object", "additionalProperties": _schema(info.value_type)}
        case types.StrType():
            pattern = {"pattern": info.pattern} if info.pattern else {}
            return {"type": "string", **pattern, **_limits(info, "Length")}
        case types.LiteralType():
            return {"type": "string", "enum": list(info.values)}
        case types.BoolType():
            return {"type": "boolean"}
        case types.IntType():
            minimum = {"minimum": info.ge} if info.ge is not None else {}
            return {"type": "integer", "format": "int64", **minimum}
        case _:
            raise TypeError(f"{info!r} has no place in a CRD")


def _not_null(union: types.UnionType) -> types.Type:
    members = [member for member in union.types if not isinstance(member, types.NoneType)]
    if len(members) != 1:
        raise TypeError(f"{union!r}: a structural schema knows no true unions")
    return members[0]


def _limits(info: types.StrType | types.VarTupleType | types.ListType, of: str) -> Schema:
    limits = {f"min{of}": info.min_length, f"max{of}": info.max_length}
    return {key: value for key, value in limits.items() if value is not None}


def _struct(info: types.StructType) -> Schema:
    texts = descriptions(info.cls)
    keys: dict[str, tuple[str, ...]] = getattr(info.cls, "LIST_KEYS", {})
    rules: tuple[Rule, ...] = getattr(info.cls, "RULES", ())
    properties = {}
    for field in info.fields:
        schema = {"description": texts[field.name], **_schema(field.type), **_default(field)}
        if field.encode_name in keys:
            schema |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys[field.encode_name])}
        properties[field.encode_name] = schema
    result: Schema = {"description": inspect.getdoc(info.cls), "type": "object", "properties": properties}
    if required := sorted(field.encode_name for field in info.fields if field.required):
        result["required"] = required
    if rules:
        result["x-kubernetes-validations"] = [{"message": rule.message, "rule": rule.rule} for rule in rules]
    return result


def _default(field: types.Field) -> Schema:
    """A default that the API server fills in: only texts, since an absent switch means off to every reader."""
    if isinstance(field.default, str) and field.default:
        return {"default": field.default}
    if field.default is NODEFAULT or field.encode_name == "observedGeneration" or not field.default:
        return {}
    raise TypeError(f"{field.name}: the default {field.default!r} would be lost in the CRD")


@cache
def descriptions(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The string under each field of a Struct and its bases. Raises `TypeError` naming a field that has none."""
    found: dict[str, str] = {}
    for each in reversed(struct.__mro__):
        if issubclass(each, msgspec.Struct) and each is not msgspec.Struct:
            found |= _strings(each)
    if missing := set(struct.__struct_fields__) - set(found):
        raise TypeError(f"{struct.__name__}: no string under {', '.join(sorted(missing))}")
    return found


def _strings(struct: type) -> Iterator[tuple[str, str]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(struct)))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef)).body
    for statement, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            match after:
                case ast.Expr(value=ast.Constant(value=str() as text)):
                    yield statement.target.id, " ".join(text.split())
