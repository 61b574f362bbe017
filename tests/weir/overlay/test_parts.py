"""The pure parts of the engine: a sentence, what goes in, the whole of what comes out."""

from typing import Any

import pytest

from weir.overlay import hashing, jsonpatch, remotes, selector, shape
from weir.overlay.errors import BuildError
from weir.overlay.fieldpath import parts
from weir.overlay.fieldspec import FieldSpec, merged, split
from weir.overlay.ids import type_of
from weir.overlay.output import nodes, plain
from weir.overlay.shape import ANY, B, I, S
from weir.overlay.transformers import images

HASHES: dict[str, tuple[dict[str, Any], str]] = {
    "a config map without data": ({"kind": "ConfigMap"}, "6ct58987ht"),
    "a config map": ({"kind": "ConfigMap", "data": {"a": "b"}}, "4h2mbtbbt6"),
    "a secret without data": ({"kind": "Secret", "type": "Opaque", "data": {}}, "46f8b28mk5"),
    "a secret": ({"kind": "Secret", "type": "Opaque", "data": {"a": "Yg=="}}, "k695gkmbtk"),
}


@pytest.mark.parametrize("case", HASHES)
def test_hash_suffix(case: str) -> None:
    body, expected = HASHES[case]
    assert hashing.suffix(body) == expected


def test_json_as_go_writes_it() -> None:
    value = {"b": "<&>\u2028\u2029", "a": ["\b\f\n\r\t\x01\x7f", "é", 1, True, None]}
    expected = '{"a":["\\b\\f\\n\\r\\t\\u0001\x7f","é",1,true,null],"b":"\\u003c\\u0026\\u003e\\u2028\\u2029"}'
    assert hashing.go_json(value) == expected.encode()


IMAGES: dict[str, tuple[str, dict[str, str], str]] = {
    "a tag": ("nginx:1", {"name": "nginx", "newTag": "2"}, "nginx:2"),
    "no tag before": ("nginx", {"name": "nginx", "newTag": "2"}, "nginx:2"),
    "a port is no tag": ("reg:5000/nginx", {"name": "reg:5000/nginx", "newTag": "2"}, "reg:5000/nginx:2"),
    "a digest drops the tag": ("nginx:1", {"name": "nginx", "digest": "sha256:a"}, "nginx@sha256:a"),
    "tag and digest": ("nginx:1", {"name": "nginx", "newTag": "2", "digest": "sha256:a"}, "nginx:2@sha256:a"),
    "another name keeps both": ("n:1@sha256:a", {"name": "n", "newName": "m"}, "m:1@sha256:a"),
    "a suffix": ("nginx:1", {"name": "nginx", "tagSuffix": "-x"}, "nginx:1-x"),
    "a suffix of nothing": ("nginx", {"name": "nginx", "tagSuffix": "-x"}, "nginx:-x"),
    "another image": ("mynginx:1", {"name": "nginx", "newTag": "2"}, "mynginx:1"),
}


@pytest.mark.parametrize("case", IMAGES)
def test_images(case: str) -> None:
    image, entry, expected = IMAGES[case]
    assert images.rule(entry).apply(image) == expected


PATCHES: dict[str, tuple[Any, list[dict[str, Any]], Any]] = {
    "add": ({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
    "append": ([1], [{"op": "add", "path": "/-", "value": 2}], [1, 2]),
    "from the end": ([1, 2], [{"op": "add", "path": "/-2", "value": 9}], [1, 9, 2]),
    "replace what is not there": ({}, [{"op": "replace", "path": "/a", "value": 1}], {"a": 1}),
    "escapes": ({"a/b~": 1}, [{"op": "remove", "path": "/a~1b~0"}], {}),
    "move": ({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}], {"b": 1}),
    "copy is a copy": (
        {"a": [1]},
        [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "add", "path": "/b/-", "value": 2}],
        {"a": [1], "b": [1, 2]},
    ),
    "big numbers": ({}, [{"op": "add", "path": "/a", "value": 12345678901234567}], {"a": 12345678901234568}),
    "a missing parent": ({}, [{"op": "add", "path": "/a/b", "value": 1}], "[0].path"),
    "a failed test": (
        {"a": 1},
        [{"op": "test", "path": "/a", "value": 1}, {"op": "test", "path": "/a", "value": True}],
        "[1].path",
    ),
    "an unknown operation": ({}, [{"op": "zap", "path": "/a"}], "[0].op"),
    "no path": ({}, [{"op": "add"}], "[0].path"),
    "move from nowhere": ([], [{"op": "copy", "from": "/3", "path": "/b"}], "[0].from"),
}


@pytest.mark.parametrize("case", PATCHES)
def test_json_patches(case: str) -> None:
    document, operations, expected = PATCHES[case]
    if isinstance(expected, str):
        with pytest.raises(BuildError) as caught:
            jsonpatch.apply(nodes(document), operations)
        assert caught.value.field == expected
    else:
        assert plain(jsonpatch.apply(nodes(document), operations)) == expected


LABELS = {"app": "web", "tier": "3"}
SELECTORS: dict[str, bool] = {
    "app=web": True,
    "app==web,tier": True,
    "app!=web": False,
    "other!=x": True,
    "app in (a, web)": True,
    "app notin (a,web)": False,
    "other notin (a)": True,
    "!app": False,
    "!other": True,
    "tier>2": True,
    "tier<3": False,
    "app>1": False,
    "app in (web),!other,tier=3": True,
    "example.com/x": False,
    "app=": False,
    "": True,
}


@pytest.mark.parametrize("text", SELECTORS)
def test_label_selectors(text: str) -> None:
    assert all(one.holds(LABELS) for one in selector.requirements(text)) is SELECTORS[text]


@pytest.mark.parametrize("text", ["a in b", "a,,b", ",", "=x", "a=*", "a in (b", "a b", "tier>x", "-a", "!"])
def test_bad_label_selectors(text: str) -> None:
    with pytest.raises(BuildError):
        selector.requirements(text)


def test_paths() -> None:
    assert split("a/b\\/c/d") == ("a", "b/c", "d")
    assert split("/metadata/name") == ("metadata", "name")
    assert parts("a.b\\.c.[k=x.y].0.[q/r.s]") == ("a", "b.c", "[k=x.y]", "0", "q/r.s")


def test_specs_are_merged_once_and_may_not_contradict() -> None:
    one = FieldSpec("a/b", "Foo", create=True)
    assert merged((one,), (one, FieldSpec("a/c")), "x") == (one, FieldSpec("a/c"))
    with pytest.raises(BuildError, match="conflicting"):
        merged((one,), (FieldSpec("a/b", "Foo"),), "x")


REMOTES = {
    "https://github.com/org/repo": ("https://github.com/org/repo", "", ""),
    "https://github.com/org/repo//a/b?ref=v1": ("https://github.com/org/repo", "a/b", "v1"),
    "github.com/org/repo/a?version=v2": ("github.com/org/repo", "a", "v2"),
    "git@example.com:org/repo.git/a": ("git@example.com:org/repo.git", "a", ""),
    "git@example.com:org/repo": ("git@example.com:org/repo", "", ""),
    "ssh://git@example.com/org/repo.git//x?ref=main&timeout=10": ("ssh://git@example.com/org/repo.git", "x", "main"),
    "git::https://example.com/org/repo.git": ("https://example.com/org/repo.git", "", ""),
}


@pytest.mark.parametrize("entry", REMOTES)
def test_remote_entries(entry: str) -> None:
    assert tuple(remotes.parse(entry)) == REMOTES[entry]


def test_types_know_their_scope() -> None:
    assert type_of("rbac.authorization.k8s.io/v1", "ClusterRole").cluster_scoped
    assert not type_of("rbac.authorization.k8s.io/v1alpha1", "ClusterRole").cluster_scoped
    assert str(type_of("v1", "Pod")) == "Pod.v1.[noGrp]"


SHAPES: dict[str, tuple[Any, Any, Any]] = {
    "keys in any case": ({"NAME": "a"}, {"name": S}, {"name": "a"}),
    "the last spelling wins": ({"name": "b", "NAME": "a"}, {"name": S}, {"name": "b"}),
    "null is absent": ({"name": None, "list": None}, {"name": S, "list": [S]}, {}),
    "null in a list": ({"list": [None, "a"]}, {"list": [S]}, {"list": ["", "a"]}),
    "a whole float": ({"n": 3.0}, {"n": I}, {"n": 3}),
    "anything": ({"x": {"y": [1]}}, {"x": ANY}, {"x": {"y": [1]}}),
    "a number for a text": ({"a": {"b": [1]}}, {"a": {"b": [S]}}, "a.b[0]"),
    "a text for a boolean": ({"a": "true"}, {"a": B}, "a"),
    "an unknown key": ({"a": {"c": 1}}, {"a": {"b": S}}, "a.c"),
    "a list for a map": ({"a": []}, {"a": {"*": S}}, "a"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_shapes(case: str) -> None:
    value, wanted, expected = SHAPES[case]
    if isinstance(expected, str):
        with pytest.raises(BuildError) as caught:
            shape.decode(value, wanted)
        assert caught.value.field == expected
    else:
        assert shape.decode(value, wanted) == expected
