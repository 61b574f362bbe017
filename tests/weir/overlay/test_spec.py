"""What a Kustomization object asks for: generated files and fields laid over (`spec/kustomization.md` 2.7, 2.8)."""
# ruff: noqa: E501  a tree is one row

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from weir import overlay
from weir.api.kustomization import KustomizationSpec

HEAD = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


def cm(name: str) -> bytes:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n".encode()


def spec(**fields: Any) -> KustomizationSpec:
    required = {"interval": "1m", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "x"}}
    return msgspec.convert({**required, **fields}, KustomizationSpec)


GENERATED: dict[str, tuple[dict[str, bytes], dict[str, Any]]] = {
    "files in lexical order, dot files too": (
        {"b.yaml": cm("b"), "a.yml": cm("a"), ".c.yaml": cm("c"), "d/e.yaml": cm("e"), "n.txt": b"x", "U.YAML": b"x"},
        {"resources": ["./.c.yaml", "./a.yml", "./b.yaml", "./d/e.yaml"]},
    ),
    "a directory with a kustomization is one resource": (
        {"d/kustomization.yml": b"", "d/e/junk.yaml": b"junk", "a/b/Kustomization": b"", "z.yaml": cm("z")},
        {"resources": ["./a/b", "./d", "./z.yaml"]},
    ),
    "nothing to build": ({"n.txt": b"x"}, {"namespace": "_placeholder"}),
    "an empty file counts": ({"a.yaml": b"# nothing\n"}, {"resources": ["./a.yaml"]}),
    "a list needs no name": (
        {"a.yaml": b"apiVersion: v1\nkind: FooList\nmetadata: {}\n"},
        {"resources": ["./a.yaml"]},
    ),
}


@pytest.mark.parametrize("case", GENERATED)
def test_generated(case: str) -> None:
    files, expected = GENERATED[case]
    tree = {f"apps/{path}": data for path, data in files.items()} | {"other/x.yaml": b"junk"}
    assert overlay.generate(tree, "apps") == {**HEAD, **expected}


REFUSED = {
    "values of a chart": (b"image: nginx\n", "kind"),
    "an object without a name": (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "no name"),
    "a null in a list": (b"apiVersion: v1\nkind: X\nmetadata: {name: x}\nspec: {a: [b, null]}\n", "null"),
    "malformed": (b"a: b: c\n", "malformed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_bad_file_refuses_all(case: str) -> None:
    data, said = REFUSED[case]
    with pytest.raises(overlay.BuildError) as caught:
        overlay.generate({"apps/good.yaml": cm("a"), "apps/sub/bad.yaml": data}, "apps")
    assert caught.value.file == "apps/sub/bad.yaml"
    assert said in str(caught.value)


LAID: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "names are set": (
        {"namespace": "old", "namePrefix": "a-"},
        {"targetNamespace": "new", "namePrefix": "b-", "nameSuffix": "-c"},
        {"namespace": "new", "namePrefix": "b-", "nameSuffix": "-c"},
    ),
    "names stay when not given": ({"namespace": "old"}, {}, {"namespace": "old"}),
    "patches come last": (
        {"patches": [{"path": "p.yaml"}]},
        {"patches": [{"patch": "x", "target": {"kind": "A", "labelSelector": "a=b"}}, {"patch": "y"}]},
        {
            "patches": [
                {"path": "p.yaml"},
                {"patch": "x", "target": {"kind": "A", "labelSelector": "a=b"}},
                {"patch": "y"},
            ]
        },
    ),
    "components come last": ({"components": ["a"]}, {"components": ["../b"]}, {"components": ["a", "../b"]}),
    "components that are not there stay": ({}, {"components": ["gone"]}, {"components": ["gone"]}),
    "components that are not there are left out": (
        {},
        {"components": ["gone", "here"], "ignoreMissingComponents": True},
        {"components": ["here"]},
    ),
    "a new image": (
        {},
        {"images": [{"name": "a", "newTag": "1"}]},
        {"images": [{"name": "a", "newTag": "1", "digest": ""}]},
    ),
    "a tag over a digest": (
        {"images": [{"name": "a", "newName": "b", "digest": "sha256:x"}]},
        {"images": [{"name": "a", "newTag": "1"}]},
        {"images": [{"name": "a", "newName": "b", "newTag": "1", "digest": ""}]},
    ),
    "a digest over a tag": (
        {"images": [{"name": "a", "newTag": "1"}]},
        {"images": [{"name": "a", "digest": "sha256:x"}]},
        {"images": [{"name": "a", "newTag": "", "digest": "sha256:x"}]},
    ),
    "only a name": (
        {"images": [{"name": "a", "newTag": "1"}]},
        {"images": [{"name": "a", "newName": "b"}]},
        {"images": [{"name": "a", "newTag": "1", "newName": "b"}]},
    ),
    "an image twice": (
        {},
        {"images": [{"name": "a", "newTag": "1"}, {"name": "a", "newName": "b"}]},
        {"images": [{"name": "a", "newTag": "1", "digest": "", "newName": "b"}]},
    ),
    "build metadata replaces": (
        {"buildMetadata": ["managedByLabel"]},
        {"buildMetadata": ["originAnnotations"]},
        {"buildMetadata": ["originAnnotations"]},
    ),
}


@pytest.mark.parametrize("case", LAID)
def test_laid_over(case: str) -> None:
    before, fields, after = LAID[case]
    assert overlay.overlay(before, spec(**fields), exists=lambda entry: entry == "here") == after


@pytest.mark.parametrize(
    "entry", ["https://x/y", "git@x:y", "GIT::x", "ssh://x", "github.com/a/b", "/abs", "file:///x", "gh:x"]
)
def test_components_are_local(entry: str) -> None:
    with pytest.raises(overlay.BuildError, match="not local"):
        overlay.overlay({}, spec(components=[entry]))


def names(built: overlay.Built) -> list[str]:
    return [body["metadata"]["name"] for body in built.objects]


def test_a_file_that_is_there_is_laid_over_and_read_leniently() -> None:
    tree = {
        "a/kustomization.yaml": b"resources: [r.yaml]\nzap: 1\nimages: [{name: x, nope: 1}]\n",
        "a/Kustomization": b"resources: [other.yaml]\n",
        "a/r.yaml": cm("r"),
    }
    built = overlay.build_spec(tree, "a", spec(namePrefix="p-"))
    assert names(built) == ["p-r"]
    assert [warning.rpartition(" field ")[2] for warning in built.warnings] == [
        "images[0].nope is ignored",
        "zap is ignored",
    ]
    del tree["a/Kustomization"]
    with pytest.raises(overlay.BuildError, match="unknown field"):
        overlay.build_spec({"kustomization.yaml": b"resources: [a]", **tree}, ".", spec())


def test_a_file_that_names_nothing_builds_nothing() -> None:
    for content in (b"", b"kind: Kustomization\n", b"resources: []\n"):
        built = overlay.build_spec({"kustomization.yaml": content}, "", spec())
        assert built.objects == ()
    built = overlay.build_spec({"kustomization.yaml": b"configMapGenerator: [{name: a}]"}, "", spec())
    assert [body["metadata"] for body in built.objects] == [{"name": "a-6ct58987ht"}]


def test_objects_know_their_file_and_line() -> None:
    tree = {
        "kustomization.yaml": b"resources: [r.yaml, b]\nnamePrefix: p-\n",
        "r.yaml": cm("x") + b"---\n\n" + cm("y"),
        "b/kustomization.yaml": b"resources: [q.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '- {op: add, path: /data, value: {}}'}]",
        "b/q.yaml": b"# first\n" + cm("q"),
    }
    built = overlay.build(tree, "")
    assert list(zip(names(built), [(origin.file, origin.line) for origin in built.origins], strict=True)) == [
        ("p-q", ("b/q.yaml", 2)),
        ("p-x", ("r.yaml", 1)),
        ("p-y", ("r.yaml", 6)),
    ]


def test_the_closure_changes_with_what_the_build_saw_and_with_nothing_else() -> None:
    tree = {
        "a/kustomization.yaml": b"resources: [r.yaml, ../b]\n",
        "a/r.yaml": cm("r"),
        "b/kustomization.yaml": b"resources: [q.yaml]",
        "b/q.yaml": cm("q"),
        "c/x.yaml": cm("c"),
    }
    closure = overlay.build_spec(tree, "a", spec(components=["../gone"], ignoreMissingComponents=True)).closure
    before = closure.digest(tree)
    assert closure.digest({**tree, "c/x.yaml": b"", "a/unused": b""}) == before
    for change in (
        {"b/q.yaml": cm("z")},
        {"b/kustomization.yml": b""},
        {"gone/kustomization.yaml": b"kind: Component"},
    ):
        assert closure.digest({**tree, **change}) != before, change
    generated = overlay.build_spec({"a/r.yaml": cm("r"), "b/x": b""}, "a", spec()).closure
    assert generated.digest({"a/r.yaml": cm("r"), "b/y": b""}) == generated.digest({"a/r.yaml": cm("r")})
    assert generated.digest({"a/r.yaml": cm("r"), "a/n.yaml": b""}) != generated.digest({"a/r.yaml": cm("r")})


@pytest.mark.parametrize("path", ["", "a", "a/b", "c", "a-b"])
def test_an_indexed_tree_is_built_as_any_other(path: str) -> None:
    files = {"a/z.yaml": cm("z"), "a/b/y.yaml": cm("y"), "a-b/x.yaml": cm("x"), "a.yaml": cm("w"), "a0/v.yaml": cm("v")}
    plain, indexed = (attempt(tree, path) for tree in (files, overlay.Indexed(files)))
    assert plain == indexed


def attempt(tree: Mapping[str, bytes], path: str) -> Any:
    try:
        built = overlay.build_spec(tree, path, spec())
    except overlay.BuildError as error:
        return str(error)
    return built.objects, built.closure, built.closure.digest(tree)
