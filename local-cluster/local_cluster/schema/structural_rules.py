"""Rules of a CRD's schema: it has to be structural (apiextensions `schema/validation.go`)."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import re2

from . import causes
from .errors import Cause
from .node import Node
from .structural import prune
from .validate import structural_causes

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_FAULTS = {"missing )": "missing closing )", "missing ]": "missing closing ]"}
"""Faults of patterns that Go calls otherwise than our library."""
_QUADRATIC = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"


def schema_causes(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """What is wrong with a schema and the schemas inside it."""
    kind = schema.get("type")
    typeless = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not kind and not typeless:
        what = "at the root" if path.endswith("openAPIV3Schema") else "for specified object fields"
        yield causes.required(f"{path}.type", f"must not be empty {what}")
    elif kind and kind not in _TYPES:
        yield causes.unsupported(f"{path}.type", kind, _TYPES)
    yield from _keywords(schema, path)
    for name, part in (schema.get("properties") or {}).items():
        yield from schema_causes(part, f"{path}.properties[{name}]")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), Mapping):
            yield from schema_causes(schema[name], f"{path}.{name}")


def _keywords(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if schema.get("uniqueItems") is True:
        yield causes.forbidden(f"{path}.uniqueItems", _QUADRATIC)
    if schema.get("properties") and schema.get("additionalProperties") is not None:
        text = "additionalProperties and properties are mutual exclusive"
        yield causes.forbidden(f"{path}.additionalProperties", text)
    if (pattern := schema.get("pattern")) and (fault := _fault(pattern)):
        text = f"must be a valid regular expression, but isn't: error parsing regexp: {fault}"
        yield causes.invalid(f"{path}.pattern", pattern, text)
    if schema.get("x-kubernetes-list-type") == "map":
        yield from _keys(schema, path)
    if schema.get("default") is not None:
        yield from _default(schema, path)


def _fault(pattern: str) -> str:
    try:
        re2.compile(pattern)
    except re2.error as bad:
        text = bad.args[0].decode() if isinstance(bad.args[0], bytes) else str(bad)
        what, _, where = text.partition(": ")
        return f"{_FAULTS.get(what, what)}: `{where or pattern}`"
    return ""


def _keys(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    keys, place = schema.get("x-kubernetes-list-map-keys"), f"{path}.x-kubernetes-list-map-keys"
    if not keys:
        yield causes.required(place, "must not be empty if x-kubernetes-list-type is map")
    elif not set(keys) <= set((schema.get("items") or {}).get("properties") or ()):
        yield causes.invalid(place, keys, "entries must all be names of item properties")


def _default(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """A default has to fit the schema it stands in."""
    value = schema["default"]
    whole = Node({"type": "object", "properties": {"value": schema}}, {})
    if prune({"value": copy.deepcopy(value)}, whole):
        yield causes.invalid(f"{path}.default", value, "must not have unknown fields")
        return
    for cause in structural_causes({"value": value}, None, whole):
        yield Cause(cause.reason, cause.message.replace(": value in body", ":  in body"), f"{path}.default")
