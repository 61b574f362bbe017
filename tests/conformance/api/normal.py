"""What may differ between two clusters, taken out of their answers: as little as can be. Pure."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")
_CLUSTER_IP = re.compile(r"10\.(?:9[6-9]|1[01]\d)\.\d+\.\d+")
_AGE = re.compile(r"\d+[smhd](?:\d+[smhd])?( ago)?")
_SUFFIX = re.compile(r"(kube-api-access-|generated-|Generated_)[bcdfghjklmnpqrstvwxz2456789]{5}\b")
_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
_REVISION = re.compile(r"resource version: \d+|\(\d+\)|current: \d+|currentGlobalResourceVersion: \d+")
_WHOLE = re.compile(r'Invalid value: ("\{(?:[^"\\]|\\.)*")')
_DIFF = re.compile(r"\n@@ [^\n]*(?:\n[ +-][^\n]*)*\n?")
"""A difference that the real server prints line by line of its own Go structs, behind the sentence."""
_POD = re.compile(r'Invalid value: \{(?=[^{}]*"[Cc]ontainers":).*?\}: field is immutable')
"""A pod's spec, which the real server prints as its own Go struct."""
_NODES = re.compile(r"\d+(/\d+ nodes are| node\(s\)| Preemption)")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")
_BUILD = ("gitCommit", "goVersion", "storageVersionHash")
_HEADERS = ("Content-Type", "Warning", "Retry-After", "Location", "WWW-Authenticate", "Allow")


class Names:
    """Names for what a case meets, in the order of appearance."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, value: str) -> str:
        number = sum(known == kind for known, _ in self._known)
        return self._known.setdefault((kind, value), f"{kind}-{number}")

    def _inside(self, found: re.Match[str]) -> str:
        """An object inside a text."""
        try:
            read = json.loads(json.loads(found[1]))
        except ValueError:
            return found[0]
        return f"Invalid value: {json.dumps(value(read, self), sort_keys=True)}"

    def text(self, value: str) -> str:
        value = _POD.sub("Invalid value: pod: field is immutable", _DIFF.sub("", value))
        value = _NODES.sub(lambda found: re.sub(r"\d+", "N", found[0]), value)
        value = _CERTIFICATE.sub("certificate", _WHOLE.sub(self._inside, value))
        value = _UUID.sub(lambda found: self.of("uid", found[0]), value)
        value = _TOKEN.sub("token", _TIME.sub("time", value))
        value = _CLUSTER_IP.sub("address", _ADDRESS.sub("host", value))
        value = _SUFFIX.sub(r"\1xxxxx", value)
        return _REVISION.sub(lambda found: re.sub(r"\d+", "N", found[0]), value)


def answer(code: int, body: Any, headers: Iterator[tuple[str, str]], names: Names) -> dict[str, Any]:
    """A whole answer as it is compared."""
    kept = sorted((name, names.text(value)) for name, value in headers if name in _HEADERS)
    if isinstance(body, str) and any(name == "Content-Type" and "yaml" in it for name, it in kept):
        body = yaml.safe_load(body)
    if isinstance(body, dict) and _is_unordered(body):
        body = _ordered(body)
    return {"code": code, "headers": [list(each) for each in kept], "body": value(body, names)}


def _is_unordered(body: dict[str, Any]) -> bool:
    """Whether a Status has causes that a server finds by walking a map of Go: a schema's properties, managers."""
    details = body.get("details") or {}
    custom = details.get("group", "").endswith("example.com") or body.get("reason") == "Conflict"
    return bool(body.get("kind") == "Status" and custom and len(details.get("causes", ())) > 1)


def _ordered(status: dict[str, Any]) -> dict[str, Any]:
    causes = sorted(status["details"]["causes"], key=str)
    start, found, rest = status["message"].partition(" is invalid: [")
    message = start + found + ", ".join(sorted(rest.rstrip("]").split(", ")))
    return {**status, "message": message, "details": {**status["details"], "causes": causes}}


def value(found: Any, names: Names, key: str = "") -> Any:
    """A part of an answer."""
    if isinstance(found, dict):
        return _object(found, names)
    if isinstance(found, list):
        items = [value(each, names) for each in found]
        return sorted(items, key=_written_by) if key == "managedFields" else items
    if key == "nodePort":
        return "port"
    if key in _BUILD:
        return "build"
    if key == "resourceVersion" and found:
        return names.of("version", str(found))
    if key == "continue" and found:
        return _place(str(found))
    return names.text(found) if isinstance(found, str) else found


def _object(found: dict[str, Any], names: Names) -> dict[str, Any]:
    kind = str(found.get("kind", ""))
    found = {name: _sorted(name, part) for name, part in found.items()}
    shown = {names.text(name): value(part, names, name) for name, part in sorted(found.items())}
    if "metadata" in shown and (kind.endswith("List") or kind == "Table"):
        shown["metadata"] = _loose(shown["metadata"])
    if kind == "Table":  # the packed schemas have no descriptions
        shown["columnDefinitions"] = [{**each, "description": ""} for each in shown["columnDefinitions"] or ()]
        shown["rows"] = [_row(row) for row in shown.get("rows") or ()]
    if found.get("type") == "BOOKMARK":
        shown["object"]["metadata"] = _loose(shown["object"]["metadata"])
    return shown


def _sorted(name: str, part: Any) -> Any:
    """What the server walks a map or an informer's cache for comes in no order."""
    return sorted(part, key=_written) if name in _UNORDERED and isinstance(part, list) else part


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


_UNORDERED = ("resources", "resourceRules", "nonResourceRules")


def _loose(metadata: dict[str, Any]) -> dict[str, Any]:
    """A list's revision is the cluster's: on a real one others write too."""
    return {name: "revision" if name == "resourceVersion" else part for name, part in metadata.items()}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    cells = ["age" if isinstance(cell, str) and _AGE.fullmatch(cell) else cell for cell in row["cells"]]
    return {**row, "cells": cells}


def _written_by(entry: dict[str, Any]) -> list[str]:
    """Entries are ordered by the second they were written in, which is a matter of luck."""
    return [str(entry.get(name, "")) for name in ("operation", "manager", "apiVersion", "subresource")]


def _place(token: str) -> Any:
    """What a continue token says, but for the revision."""
    try:
        read = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return {name: part for name, part in read.items() if name not in ("rv", "start")}
    except ValueError:
        return token
