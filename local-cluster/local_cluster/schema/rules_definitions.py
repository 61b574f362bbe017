"""Rules of CustomResourceDefinitions (apiextensions `validation`).

The server hoists what all versions share: its errors then name `spec.validation`, `spec.subresources` and the like.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import causes
from .compilation import compilation_causes
from .errors import Cause
from .rules_core import Rule, Value
from .structural_rules import schema_causes

_SCOPES = ("Cluster", "Namespaced")
_COLUMNS = ("boolean", "date", "integer", "number", "string")
_SIMPLE_PATH = re.compile(r"\.[\w.\[\]'\"?(@=!)*-]*")
_VERSION = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_VERSION_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_PROTECTED = re.compile(r"(.*\.)?(k8s|kubernetes)\.io")
_APPROVED = "api-approved.kubernetes.io"
_APPROVED_TEXT = (
    f'protected groups must have approval annotation "{_APPROVED}", see '
    "https://github.com/kubernetes/enhancements/pull/1111"
)
_KEEPS_TEXT = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
_NO_PATH = "must be a simple json path starting with ."


def _definition(definition: Value, path: str) -> Iterator[Cause]:
    del path
    spec: dict[str, Any] = definition.get("spec") or {}
    names, metadata = spec.get("names") or {}, definition.get("metadata") or {}
    if not spec.get("group"):
        yield causes.required("spec.group")
    elif _PROTECTED.fullmatch(spec["group"]) and not (metadata.get("annotations") or {}).get(_APPROVED):
        yield causes.required(f"metadata.annotations[{_APPROVED}]", _APPROVED_TEXT)
    if not spec.get("scope"):
        yield causes.required("spec.scope")
    elif spec["scope"] not in _SCOPES:
        yield causes.unsupported("spec.scope", spec["scope"], _SCOPES)
    yield from _versions(definition, spec.get("versions") or [])
    for field in ("plural", "singular", "kind", "listKind"):
        if not names.get(field):
            yield causes.required(f"spec.names.{field}")
    if spec.get("preserveUnknownFields") is True:
        yield causes.invalid("spec.preserveUnknownFields", True, _KEEPS_TEXT)  # noqa: FBT003  the value as it is shown
    conversion = spec.get("conversion") or {}
    if conversion.get("strategy") == "Webhook" and not conversion.get("webhook"):
        yield causes.required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook")
        yield causes.required("spec.conversion.conversionReviewVersions")


def _versions(definition: Value, versions: list[Any]) -> Iterator[Cause]:
    names = [each.get("name", "") for each in versions]
    stored = [each.get("name", "") for each in versions if each.get("storage")]
    for i, name in enumerate(names):
        if not _VERSION.fullmatch(name):
            yield causes.invalid(f"spec.versions[{i}].name", name, _VERSION_TEXT)
    if names and not _VERSION.fullmatch(names[0]):
        yield causes.invalid("spec.version", names[0], _VERSION_TEXT)
    for i, each in enumerate(versions):
        place = f"spec.versions[{i}].schema.openAPIV3Schema"
        if each.get("schema") is None:
            yield causes.required(place, "schemas are required")
        elif not each["schema"].get("openAPIV3Schema"):
            yield causes.required(place)
    if len(set(names)) < len(names):
        yield causes.invalid("spec.versions", list(map(_shown, versions)), "must contain unique version names")
    if len(stored) != 1:
        text = "must have exactly one version marked as storage version"
        yield causes.invalid("spec.versions", list(map(_shown, versions)), text)
    yield from _stored(definition, stored)
    alike = all(_same_parts(each, versions[0]) for each in versions)
    for i, each in enumerate(versions[:1] if alike else versions):
        yield from _version(each, "spec" if alike else f"spec.versions[{i}]", alike=alike)


_MISSING = (
    "missing from spec.versions; {0} was previously a storage version, and must remain in spec.versions until a "
    "storage migration ensures no data remains persisted in {0} and removes {0} from status.storedVersions"
)


def _stored(definition: Value, stored: list[str]) -> Iterator[Cause]:
    listed = stored[:1] if len(stored) > 1 else (definition.get("status") or {}).get("storedVersions") or stored[:1]
    if not listed:
        yield causes.invalid("status.storedVersions", None, "must have at least one stored version")
    elif stored and stored[-1] not in listed:
        text = f"must have the storage version {stored[-1]}"
        yield causes.invalid("status.storedVersions", listed, text)
    names = {each.get("name") for each in definition["spec"].get("versions") or ()}
    for i, name in enumerate(listed):
        if name not in names:
            yield causes.invalid(f"status.storedVersions[{i}]", name, _MISSING.format(name))


def _shown(version: Mapping[str, Any]) -> dict[str, Any]:
    """A version as the server shows it when what is in it was hoisted."""
    names = ("DeprecationWarning", "Schema", "Subresources", "AdditionalPrinterColumns", "SelectableFields")
    head = {"Name": version.get("name", ""), "Served": bool(version.get("served"))}
    head |= {"Storage": bool(version.get("storage")), "Deprecated": bool(version.get("deprecated"))}
    return head | dict.fromkeys(names)


def _same_parts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    parts = ("schema", "subresources", "additionalPrinterColumns", "selectableFields")
    return all(one.get(part) == other.get(part) for part in parts)


def _version(version: Mapping[str, Any], path: str, *, alike: bool) -> Iterator[Cause]:
    schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    if not schema:
        return
    place = f"{path}.validation.openAPIV3Schema" if alike else f"{path}.schema.openAPIV3Schema"
    faults = list(schema_causes(schema, place))
    yield from faults or compilation_causes(schema, place)
    scale = (version.get("subresources") or {}).get("scale") or {}
    for name, root in (("specReplicasPath", ".spec"), ("statusReplicasPath", ".status")):
        value, where = scale.get(name), f"{path}.subresources.scale.{name}"
        if scale and not _SIMPLE_PATH.fullmatch(str(value or "")):
            yield causes.invalid(where, value or "", _NO_PATH)
        elif scale and not str(value).startswith(f"{root}."):
            yield causes.invalid(where, value, f"should be a json path under {root}")
    for i, column in enumerate(version.get("additionalPrinterColumns") or ()):
        yield from _column(column, f"{path}.additionalPrinterColumns[{i}]")
    for i, field in enumerate(version.get("selectableFields") or ()):
        wanted = str(field.get("jsonPath") or "")
        if not _is_there(schema, wanted):
            text = "is an invalid path: does not refer to a valid field"
            yield causes.invalid(f"{path}.selectableFields[{i}].jsonPath", wanted, text)


def _column(column: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if column.get("type") not in _COLUMNS:
        yield causes.invalid(f"{path}.type", column.get("type", ""), f"must be one of {','.join(_COLUMNS)}")
    if not _SIMPLE_PATH.fullmatch(str(column.get("jsonPath") or "")):
        yield causes.invalid(f"{path}.JSONPath", column.get("jsonPath", ""), _NO_PATH)


def _is_there(schema: Mapping[str, Any], path: str) -> bool:
    for name in path.removeprefix(".").split("."):
        schema = (schema.get("properties") or {}).get(name) or {}
    return bool(schema)


DEFINITION_RULES: dict[str, Rule] = {"apiextensions.v1.CustomResourceDefinition": _definition}
