"""Custom resources: what is wrong with them, in the API server's words; defaults and unknown fields."""

import copy
from typing import Any

import pytest

from local_cluster.schema import crd
from local_cluster.schema.errors import Cause

SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["interval"],
    "properties": {
        "interval": {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"},
        "url": {"type": "string", "pattern": "^https://", "maxLength": 20, "minLength": 3},
        "kind": {"type": "string", "enum": ["b", "a"]},
        "count": {"type": "integer", "minimum": 1, "maximum": 5, "default": 3},
        "share": {"type": "number", "exclusiveMinimum": True, "minimum": 0, "multipleOf": 0.5},
        "when": {"type": "string", "format": "date-time"},
        "wide": {"type": "integer", "format": "int32"},
        "port": {"x-kubernetes-int-or-string": True},
        "maybe": {"type": "string", "nullable": True, "default": "d"},
        "list": {"type": "array", "maxItems": 2, "minItems": 1, "items": {"type": "string"}},
        "map": {"type": "object", "maxProperties": 1, "additionalProperties": {"type": "integer"}},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "on": {"type": "boolean", "default": True}},
            },
        },
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "one": {
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            "type": "object",
            "properties": {"a": {}, "b": {}},
        },
        "embedded": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "fixed": {
            "type": "string",
            "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "fixed is immutable"}],
        },
    },
    "x-kubernetes-validations": [
        {"rule": "!has(self.url) || self.interval != '1s'", "message": "a url needs a longer interval"},
        {
            "rule": "!has(self.count) || self.count != 4",
            "messageExpression": "'count is ' + string(self.count)",
            "fieldPath": ".count",
        },
    ],
}
SCHEMA = crd({"type": "object", "properties": {"spec": SPEC}})


def thing(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "e.org/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"interval": "1m", **spec}}


INVALID, UNSUPPORTED = "FieldValueInvalid", "FieldValueNotSupported"
UNCHECKED = (
    INVALID,
    (
        "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct "
        "the existing errors to complete validation"
    ),
)

CASES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing is wrong": (thing(url="https://x", count=2, port="http", list=["a"]), []),
    "a pattern": (
        thing(url="ftp://x"),
        [(INVALID, "spec.url: Invalid value: \"ftp://x\": spec.url in body should match '^https://'")],
    ),
    "too long": (
        thing(url="https://" + "x" * 20),
        [("FieldValueTooLong", "spec.url: Too long: may not be more than 20 bytes"), UNCHECKED],
    ),
    "too short": (
        thing(url="h"),
        [
            (INVALID, 'spec.url: Invalid value: "h": spec.url in body should be at least 3 chars long'),
        ],
    ),
    "a choice": (
        thing(kind="y"),
        [(UNSUPPORTED, 'spec.kind: Unsupported value: "y": supported values: "b", "a"'), UNCHECKED],
    ),
    "a type": (
        thing(count="3"),
        [
            (
                "FieldValueTypeInvalid",
                'spec.count: Invalid value: "string": spec.count in body must be of type integer: "string"',
            ),
            UNCHECKED,
        ],
    ),
    "too small": (
        thing(count=0),
        [(INVALID, "spec.count: Invalid value: 0: spec.count in body should be greater than or equal to 1")],
    ),
    "too large": (
        thing(count=6),
        [(INVALID, "spec.count: Invalid value: 6: spec.count in body should be less than or equal to 5")],
    ),
    "not more than": (
        thing(share=0),
        [(INVALID, "spec.share: Invalid value: 0: spec.share in body should be greater than 0")],
    ),
    "no multiple": (
        thing(share=0.7),
        [(INVALID, "spec.share: Invalid value: 0.7: spec.share in body should be a multiple of 0.5")],
    ),
    "a format": (
        thing(when="yesterday"),
        [
            (
                "FieldValueTypeInvalid",
                'spec.when: Invalid value: "yesterday": spec.when in body must be of type date-time: "yesterday"',
            ),
            UNCHECKED,
        ],
    ),
    "a number too wide": (
        thing(wide=1 << 31),
        [(INVALID, '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.wide')],
    ),
    "neither number nor text": (
        thing(port=True),
        [
            (
                "FieldValueTypeInvalid",
                'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
            ),
            UNCHECKED,
        ],
    ),
    "too many items": (
        thing(list=["a", "b", "c"]),
        [("FieldValueTooMany", "spec.list: Too many: 3: must have at most 2 items"), UNCHECKED],
    ),
    "too few items": (
        thing(list=[]),
        [(INVALID, "spec.list: Invalid value: 0: spec.list in body should have at least 1 items")],
    ),
    "a value in a map": (
        thing(map={"k": "v"}),
        [
            (
                "FieldValueTypeInvalid",
                'spec.map.k: Invalid value: "string": spec.map.k in body must be of type integer: "string"',
            ),
            UNCHECKED,
        ],
    ),
    "an item twice": (
        thing(parts=[{"name": "a"}, {"name": "a"}]),
        [("FieldValueDuplicate", 'spec.parts[1]: Duplicate value: {"name":"a"}')],
    ),
    "a value twice": (thing(tags=["a", "a"]), [("FieldValueDuplicate", 'spec.tags[1]: Duplicate value: "a"')]),
    "a field missing in an item": (
        thing(parts=[{}]),
        [("FieldValueRequired", "spec.parts[0].name: Required value"), UNCHECKED],
    ),
    "null": (
        thing(url=None),
        [
            (
                "FieldValueTypeInvalid",
                'spec.url: Invalid value: "null": spec.url in body must be of type string: "null"',
            ),
            UNCHECKED,
        ],
    ),
    "null where it may stand": (thing(maybe=None), []),
    "none of the alternatives": (
        thing(one={}),
        [
            (
                INVALID,
                (
                    '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). '
                    "Found none valid"
                ),
            ),
            ("FieldValueRequired", "spec.one.a: Required value"),
            UNCHECKED,
        ],
    ),
    "a rule": (
        thing(url="https://x", interval="1s"),
        [(INVALID, "spec: Invalid value: a url needs a longer interval")],
    ),
    "a rule with a message of its own and a field": (
        thing(count=4),
        [(INVALID, "spec.count: Invalid value: count is 4")],
    ),
    "several things": (
        {"apiVersion": "e.org/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"kind": "y"}},
        [
            ("FieldValueRequired", "spec.interval: Required value"),
            (UNSUPPORTED, 'spec.kind: Unsupported value: "y": supported values: "b", "a"'),
            UNCHECKED,
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong(case: str) -> None:
    obj, expected = CASES[case]
    assert [(cause.reason, cause.line()) for cause in SCHEMA.validate(obj)] == expected


def test_a_transition_rule_compares_with_the_stored_object() -> None:
    assert SCHEMA.validate(thing(fixed="a")) == []
    assert SCHEMA.validate(thing(fixed="a"), thing(fixed="a", count=2)) == []
    assert SCHEMA.validate(thing(fixed="b"), thing(fixed="a")) == [
        Cause(INVALID, 'Invalid value: "b": fixed is immutable', "spec.fixed")
    ]


def test_what_an_update_leaves_as_it_was_passes() -> None:
    old = thing(kind="y", count=0)
    assert SCHEMA.validate(thing(kind="y", count=0, url="https://x"), old) == []
    assert [cause.field for cause in SCHEMA.validate(thing(kind="y", count=9), old)] == ["spec.count"]


def test_defaults() -> None:
    obj = thing(parts=[{"name": "a"}, {"name": "b", "on": False}], count=None, maybe=None)
    SCHEMA.default(obj)
    assert obj["spec"] == {
        "interval": "1m",
        "parts": [{"name": "a", "on": True}, {"name": "b", "on": False}],
        "count": 3,
        "maybe": None,
    }


def test_unknown_fields_go_and_are_named() -> None:
    obj = thing(any={"x": {"y": 1}}, foo=1, parts=[{"name": "a", "bar": 2}], map={"free": 1})
    obj["metadata"]["strange"] = 1
    obj["spec"]["embedded"] = {"kind": "K", "metadata": {"name": "n", "odd": 1}, "free": 1}
    obj["more"] = {}
    expected = copy.deepcopy(obj)
    assert SCHEMA.prune(obj) == [
        "metadata.strange",
        "spec.foo",
        "spec.parts[0].bar",
        "spec.embedded.metadata.odd",
        "more",
    ]
    del expected["more"], expected["metadata"]["strange"], expected["spec"]["foo"]
    del expected["spec"]["parts"][0]["bar"], expected["spec"]["embedded"]["metadata"]["odd"]
    assert obj == expected


def test_a_schema_that_keeps_everything() -> None:
    obj = thing(foo={"bar": [1]})
    free = crd(None)
    assert free.prune(obj) == []
    assert free.validate(obj) == []
    assert obj == thing(foo={"bar": [1]})
