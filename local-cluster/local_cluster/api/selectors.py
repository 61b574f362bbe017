"""Label and field selectors: parsed once per request, matched per object. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from local_cluster.api.errors import ApiError, bad_request
from local_cluster.schema.labels import label_value, qualified_name

_TOKEN = re.compile(r"\s*(?:(==|=|!=|!|\(|\)|,|<|>)|([^\s=!(),<>]+))")


class Requirement(NamedTuple):
    """One part of a label selector."""

    key: str
    operator: str
    """`in`, `notin`, `exists`, `!`, `gt`, `lt`."""
    values: frozenset[str]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels fulfil it."""
        value = labels.get(self.key)
        match self.operator:
            case "in":
                return value in self.values
            case "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
        return _compares(value, self.operator, next(iter(self.values)))


def _compares(value: str | None, operator: str, bound: str) -> bool:
    try:
        number, limit = int(value or ""), int(bound)
    except ValueError:
        return False
    return number > limit if operator == "gt" else number < limit


Labels = tuple[Requirement, ...]


def matches(labels: Labels, of: Mapping[str, str]) -> bool:
    """Whether labels fulfil every requirement."""
    return all(requirement.matches(of) for requirement in labels)


def parse_labels(text: str) -> Labels:
    """Read `a=b,c!=d,e in (f,g),h,!i`. Raises 400."""
    try:
        return tuple(_Reader(text).requirements())
    except ValueError as bad:
        raise bad_request(str(bad)) from None


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at = 0
        stripped = text.rstrip()
        while at < len(stripped):
            found = _TOKEN.match(stripped, at)
            if found is None:
                raise ValueError(f"found {stripped[at]!r}")
            self.tokens.append(found[1] or found[2])
            at = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while self.at < len(self.tokens):
            if self.peek() in (",", "=", "==", "!=", "<", ">", "(", ")"):
                raise ValueError(f"found '{self.peek()}', expected: !, identifier, or 'end of string'")
            found.append(self._read())
            if self.peek() and self.next() != ",":
                raise ValueError(f"found '{self.tokens[self.at - 1]}', expected: ',' or 'end of string'")
            if self.tokens[self.at - 1] == "," and not self.peek():
                raise ValueError("found '', expected: identifier after ','")
        return found

    def _read(self) -> Requirement:
        try:
            return self.requirement()
        except ValueError as bad:
            raise ValueError(f"unable to parse requirement: {bad}") from None

    def requirement(self) -> Requirement:
        if self.peek() == "!":
            self.next()
            return Requirement(self.key(), "!", frozenset())
        key = self.key()
        match self.peek():
            case "" | ",":
                return Requirement(key, "exists", frozenset())
            case "=" | "==" | "!=":
                operator = "notin" if self.next() == "!=" else "in"
                return Requirement(key, operator, frozenset({self.value(key)}))
            case "<" | ">":
                return self._compared(key)
            case "in" | "notin":
                return Requirement(key, self.next(), self.values(key))
        raise ValueError(f"found '{self.peek()}', expected: in, notin, =, ==, !=, gt, lt")

    def _compared(self, key: str) -> Requirement:
        operator, value = "lt" if self.next() == "<" else "gt", self.value(key)
        if not value.isdigit():
            text = "for 'Gt', 'Lt' operators, the value must be an integer"
            raise ValueError(f'values[0]: Invalid value: "{value}": {text}')
        return Requirement(key, operator, frozenset({value}))

    def key(self) -> str:
        key = self.next()
        if fault := next(qualified_name("<nil>", key), None):
            raise ValueError(fault.line())
        return key

    def value(self, key: str, place: int = 0) -> str:
        value = "" if self.peek() in ("", ",", ")") else self.next()
        if value in ("=", "=="):
            raise ValueError(f"found '{value}', expected: identifier")
        if fault := next(label_value(f"values[{place}][{key}]", value), None):
            raise ValueError(fault.line())
        return value

    def values(self, key: str) -> frozenset[str]:
        if self.next() != "(":
            raise ValueError(f"found '{self.tokens[self.at - 1]}' expected: '('")
        found = [self.value(key)]
        while self.peek() == ",":
            self.next()
            found.append(self.value(key, len(found)))
        if self.peek() != ")":
            raise ValueError(f"found '{self.peek()}', expected: ',' or ')'")
        self.next()
        return frozenset(found)


class Field(NamedTuple):
    """One part of a field selector."""

    path: str
    equal: bool
    value: str


Fields = tuple[Field, ...]


def parse_fields(text: str, supported: Mapping[str, Any]) -> Fields:
    """Read `metadata.name=x,status.phase!=Running`. Raises 400 for a field that the kind cannot be selected by."""
    found = []
    for term in filter(None, text.split(",")):
        path, operator, value = _split(term)
        if path not in supported:
            plain = set(supported) == set(_EVERY)
            known = f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
            raise bad_request(known if plain else f"field label not supported: {path}")
        found.append(Field(path, operator != "!=", value))
    return tuple(found)


def _split(term: str) -> tuple[str, str, str]:
    for operator in ("!=", "==", "="):
        path, found, value = term.partition(operator)
        if found:
            return path, operator, value
    raise ApiError(400, "BadRequest", f"invalid selector: '{term}'; can't understand '{term}'")


Getter = Callable[[dict[str, Any]], str]


def at(path: str) -> Getter:
    """Reads a dotted path of an object as text; absent is empty."""
    parts = path.split(".")

    def read(body: dict[str, Any]) -> str:
        value: Any = body
        for part in parts:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else str(value)

    return read


_EVERY = ("metadata.name", "metadata.namespace")
_PATHS: dict[str, tuple[str, ...]] = {
    "/pods": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "/events": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "type",
    ),
    "/secrets": ("type",),
    "/namespaces": ("status.phase",),
    "/nodes": ("spec.unschedulable",),
    "/services": ("spec.clusterIP", "spec.type"),
    "/replicationcontrollers": ("status.replicas",),
    "apps/replicasets": ("status.replicas",),
    "batch/jobs": ("status.successful",),
    "certificates.k8s.io/certificatesigningrequests": ("spec.signerName",),
}
_EXTRA: dict[str, dict[str, Getter]] = {
    "/events": {
        "source": lambda body: str((body.get("source") or {}).get("component") or body.get("reportingComponent") or "")
    },
    "batch/jobs": {"status.successful": at("status.succeeded")},
    "/nodes": {"spec.unschedulable": lambda body: at("spec.unschedulable")(body) or "false"},
    "/pods": {"spec.hostNetwork": lambda body: at("spec.hostNetwork")(body) or "false"},
}


def selectable(storage: str, custom: tuple[str, ...] = ()) -> dict[str, Getter]:
    """The fields that objects of a resource can be selected by; `custom` are a CRD's selectable fields."""
    paths = (*_EVERY, *_PATHS.get(storage, ()), *custom)
    return {path: at(path) for path in paths} | _EXTRA.get(storage, {})
