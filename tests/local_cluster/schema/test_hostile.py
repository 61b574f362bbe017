"""Objects in which something stands where it should not: they are refused or taken, and nothing crashes."""

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cluster.schema import Schema, builtin, crd
from local_cluster.schema.apply import apply, update
from local_cluster.schema.errors import SchemaError
from local_cluster.schema.strategic import PatchError, merge
from weir.api.base import Kind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAIRS = msgspec.json.decode((Path(__file__).parent / "kubernetes-1.36-defaults.json").read_bytes())
STORED: list[dict[str, Any]] = [pair["stored"] for pair in PAIRS]
ODD = st.sampled_from(
    [None, "", "x", "-1", "25%", 0, -1, 1 << 40, 1.5, True, [], [None], {}, {"a": None}, {"": ""}, [{}], ["x"]]
)
PART = {"type": "object", "properties": {"name": {"type": "string"}, "n": {"type": "integer", "minimum": 1}}}
CUSTOM = crd(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "x-kubernetes-validations": [
                    {"rule": "self.text == oldSelf.text"},
                    {"rule": "self.parts.all(p, p.n > 1)"},
                ],
                "properties": {
                    "text": {"type": "string", "pattern": "^a", "default": "a"},
                    "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                    "parts": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "items": PART,
                    },
                    "any": {"x-kubernetes-preserve-unknown-fields": True},
                    "port": {"x-kubernetes-int-or-string": True},
                },
            }
        },
    }
)
THING = {
    "apiVersion": "e.org/v1",
    "kind": "Thing",
    "metadata": {"name": "x", "labels": {"a": "b"}, "finalizers": ["a/b"], "ownerReferences": [{"uid": "u"}]},
    "spec": {"text": "a", "tags": ["t"], "parts": [{"name": "p", "n": 2}], "any": {"x": [1]}, "port": 80},
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key in it."""
    found: list[tuple[Any, Any]] = []
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found += [(value, key), *places(value[key])]
    return found


@st.composite
def damaged(draw: st.DrawFn, objects: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An object, and the same with up to three places changed."""
    whole = draw(st.sampled_from(objects))
    body = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        spots = [spot for spot in places(body) if spot[1] not in ("apiVersion", "kind")]
        holder, key = draw(st.sampled_from(spots))
        if holder is body and key == "metadata":
            continue
        holder[key] = copy.deepcopy(draw(ODD))
    return copy.deepcopy(whole), body


def schema_of(body: dict[str, Any]) -> Schema:
    group, _, version = body["apiVersion"].rpartition("/")
    return builtin(Kind(group, version, body["kind"], ""))


def written(schema: Schema, whole: dict[str, Any], body: dict[str, Any]) -> None:
    """What the server does on a create and on an update, as far as the object is taken."""
    version = body["apiVersion"]
    if schema.undecodable(body):
        return
    for old in (None, whole):
        new = copy.deepcopy(body)
        schema.prune(new)
        schema.default(new)
        update(old, new, schema, manager="m", api_version=version, now=NOW)
        if old is None:
            schema.admit(new, NOW)
        else:
            schema.keep(new, old)
        assert all(isinstance(cause.line(), str) for cause in schema.validate(new, old))


def applied(schema: Schema, whole: dict[str, Any], body: dict[str, Any]) -> None:
    """What the server does on an apply."""
    try:
        for old in (None, whole):
            new = apply(old, body, schema, manager="m", force=True, api_version=body["apiVersion"], now=NOW)
            if not schema.undecodable(new):
                schema.default(new)
                schema.validate(new, old)
    except SchemaError as refused:
        assert refused.message  # noqa: PT017  either ending is fine; a refusal has a text


@settings(max_examples=400)
@given(damaged(STORED))
def test_a_damaged_object_of_a_built_in_kind(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    whole, body = case
    written(schema_of(body), whole, body)
    applied(schema_of(body), whole, body)


@settings(max_examples=200)
@given(damaged([THING]))
def test_a_damaged_custom_resource(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    whole, body = case
    written(CUSTOM, whole, body)
    applied(CUSTOM, whole, body)


@settings(max_examples=200)
@given(damaged(STORED))
def test_a_damaged_strategic_patch(case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    whole, body = case
    try:
        merge(whole, body, schema_of(body))
    except PatchError as refused:
        assert str(refused)  # noqa: PT017  either ending is fine; a refusal has a text
