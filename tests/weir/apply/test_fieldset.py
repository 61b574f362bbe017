"""Field sets: their algebra, their spelling, and what they say of a value."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cluster.schema import crd
from weir.apply.fieldset import DEDUCED, FieldSet, element, of, remove, text

SHAPE = crd(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "free": {"type": "object", "additionalProperties": {"type": "string"}},
                    "leaf": {
                        "type": "object",
                        "x-kubernetes-map-type": "atomic",
                        "additionalProperties": {"type": "string"},
                    },
                    "items": {"type": "array", "items": {"type": "string"}},
                    "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                    "ports": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["port", "protocol"],
                        "items": {
                            "type": "object",
                            "properties": {
                                "port": {"type": "integer"},
                                "protocol": {"type": "string", "default": "TCP"},
                                "name": {"type": "string"},
                            },
                        },
                    },
                },
            }
        },
    }
).root

ELEMENTS = st.sampled_from(["f:a", "f:b", 'k:{"name":"x"}', 'k:{"name":"y"}', 'v:"z"', "v:1", "i:0", "i:10"])
SETS = st.lists(st.lists(ELEMENTS, min_size=1, max_size=4).map(tuple), max_size=8).map(FieldSet.from_paths)
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "y"])
VALUES = st.recursive(
    SCALARS,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from("abc"), part, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)

OF: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "fields of a struct own themselves, the struct does not": (
        {"spec": {"text": "x"}},
        {"f:spec": {"f:text": {}}},
    ),
    "an empty struct is owned as such": ({"spec": {}}, {"f:spec": {}}),
    "keys of a free map are owned one by one": (
        {"spec": {"free": {"a": "1", "b": "2"}}},
        {"f:spec": {"f:free": {"f:a": {}, "f:b": {}}}},
    ),
    "an atomic map is one leaf": ({"spec": {"leaf": {"a": "1"}}}, {"f:spec": {"f:leaf": {}}}),
    "an atomic list is one leaf": ({"spec": {"items": ["a", "b"]}}, {"f:spec": {"f:items": {}}}),
    "values of a set are owned one by one": (
        {"spec": {"tags": ["b", "a"]}},
        {"f:spec": {"f:tags": {'v:"a"': {}, 'v:"b"': {}}}},
    ),
    "items of a map list are named by their keys, absent keys by their default": (
        {"spec": {"ports": [{"port": 80}, {"port": 81, "protocol": "UDP", "name": "n"}]}},
        {
            "f:spec": {
                "f:ports": {
                    'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}},
                    'k:{"port":81,"protocol":"UDP"}': {".": {}, "f:name": {}, "f:port": {}, "f:protocol": {}},
                }
            }
        },
    ),
    "null is owned": ({"spec": {"text": None}}, {"f:spec": {"f:text": {}}}),
    "an empty list of items leaves no trace": ({"spec": {"tags": [], "text": "x"}}, {"f:spec": {"f:text": {}}}),
}


@pytest.mark.parametrize("case", OF)
def test_what_applying_a_value_owns(case: str) -> None:
    value, expected = OF[case]
    assert of(value, SHAPE).fields_v1() == expected


REMOVE: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "a field": ({"spec": {"text": "x", "items": []}}, {"f:spec": {"f:text": {}}}, {"spec": {"items": []}}),
    "what is emptied goes": (
        {"spec": {"free": {"a": "1"}, "text": ""}},
        {"f:spec": {"f:free": {"f:a": {}}}},
        {"spec": {"text": ""}},
    ),
    "an item of a list by its keys": (
        {"spec": {"ports": [{"port": 80}, {"port": 81}]}},
        {"f:spec": {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {}}}},
        {"spec": {"ports": [{"port": 81}]}},
    ),
    "a value of a set": (
        {"spec": {"tags": ["a", "b"]}},
        {"f:spec": {"f:tags": {'v:"a"': {}}}},
        {"spec": {"tags": ["b"]}},
    ),
    "nothing that is not there": ({"spec": {"text": "x"}}, {"f:spec": {"f:items": {}}}, {"spec": {"text": "x"}}),
}


@pytest.mark.parametrize("case", REMOVE)
def test_removing(case: str) -> None:
    value, fields, expected = REMOVE[case]
    assert remove(value, FieldSet.read(fields), SHAPE) == expected


def test_order_is_the_api_servers() -> None:
    paths = [
        ("i:10",),
        ("v:10",),
        ("v:9",),
        ('v:"a"',),
        ('k:{"b":1}',),
        ('k:{"a":"z"}',),
        ('k:{"a":"b"}',),
        ("f:b",),
        ("f:a", "f:x"),
    ]
    assert list(FieldSet.from_paths(paths).fields_v1()) == [
        "f:a", "f:b", 'k:{"a":"b"}', 'k:{"a":"z"}', 'k:{"b":1}', "v:9", "v:10", 'v:"a"', "i:10",
    ]  # fmt: skip


def test_paths_print_as_the_api_server_prints_them() -> None:
    path = ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name")
    assert text(path) == '.spec.ports[port=80,protocol="TCP"].name'
    assert text(("f:metadata", "f:finalizers", 'v:"a/b"')) == '.metadata.finalizers[="a/b"]'
    assert text(("f:a", "i:3")) == ".a[3]"


def test_elements_have_one_spelling() -> None:
    fields = {"f:l": {'k:{"b": 1, "a": "x"}': {}, 'v: "y"': {}}}
    assert FieldSet.read(fields).fields_v1() == {"f:l": {'k:{"a":"x","b":1}': {}, 'v:"y"': {}}}


@pytest.mark.parametrize("bad", [{"x:a": {}}, {"k:{": {}}, {"i:x": {}}, {"f:a": 3}, {"f:a": {"spec": {}}}])
def test_what_is_no_field_set_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="field set"):
        FieldSet.read(bad)


def test_an_item_is_named_by_the_keys_that_it_has() -> None:
    ports = SHAPE.field("spec").field("ports")
    assert element({"name": "x"}, ports) == 'k:{"protocol":"TCP"}'
    keyed = crd({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "b"], "type": "array"}).root
    with pytest.raises(ValueError, match=r'omits all key fields \["a" "b"\]'):
        element({"name": "x"}, keyed)


def test_pointers_resolve_against_the_live_value() -> None:
    value = {"spec": {"ports": [{"port": 80, "protocol": "TCP"}], "a/b": {"~": 1}, "items": ["x"]}}
    fields = of(value, SHAPE)
    resolved = fields.resolve("/spec/ports/0/port", value)
    assert resolved == ("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:port")
    assert fields.has(resolved)
    assert fields.resolve("/spec/a~1b/~0", value) == ("f:spec", "f:a/b", "f:~")
    assert fields.resolve("/spec/items/0", value) is None
    assert fields.resolve("/spec/nothing", value) is None
    assert fields.covers(("f:spec", "f:items", "i:0"))
    assert not fields.covers(("f:spec", "f:nothing"))


@given(SETS, SETS, SETS)
def test_sets_are_sets(left: FieldSet, right: FieldSet, third: FieldSet) -> None:
    assert left | right == right | left
    assert (left | right) | third == left | (right | third)
    assert left & right == right & left
    assert left & (right | third) == (left & right) | (left & third)
    assert (left - right) | (left & right) == left
    assert not (left - right) & right
    assert set((left | right).paths()) == set(left.paths()) | set(right.paths())
    assert set((left - right).paths()) == set(left.paths()) - set(right.paths())
    assert all(left.has(path) for path in left.paths())


@given(SETS)
def test_sets_survive_writing(fields: FieldSet) -> None:
    assert FieldSet.read(msgspec.json.decode(msgspec.json.encode(fields.fields_v1()))) == fields
    assert FieldSet.from_paths(fields.paths()) == fields


@given(SETS, SETS)
def test_a_recursive_difference_leaves_nothing_below_a_member(left: FieldSet, right: FieldSet) -> None:
    members = list(right.paths())
    rest = left.recursive_difference(right)
    assert set(rest.paths()) == {
        path for path in left.paths() if not any(path[: len(member)] == member for member in members)
    }


@given(OBJECTS)
def test_a_value_without_all_its_fields_is_empty(value: dict[str, Any]) -> None:
    assert not remove(value, of(value))


@given(OBJECTS, OBJECTS)
def test_what_is_removed_is_no_longer_owned(value: dict[str, Any], other: dict[str, Any]) -> None:
    gone = of(other)
    left = remove(value, gone)
    assert not (of(left or {}, DEDUCED) & gone) - of(_emptied(value, gone), DEDUCED)


def _emptied(value: dict[str, Any], gone: FieldSet) -> dict[str, Any]:
    """What stands empty before and after: owning `{}` says nothing about removal."""
    return remove(value, gone, hollow=True) or {}


@given(OBJECTS)
def test_of_is_stable_under_a_second_look(value: dict[str, Any]) -> None:
    fields = of(value)
    assert of(value) == fields
    assert FieldSet.read(fields.fields_v1()) == fields
