from pathlib import Path
from typing import Any

import msgspec
import pytest

from kustomize_controller import build as room
from kustomize_controller.build import BuildRefusedError, PathError, clamped
from kustomize_controller.substitute import SubstituteError
from kustomize_controller.tasks import Build, Built, Remotes
from weir import overlay, yaml
from weir.api.base import ObjectMeta
from weir.api.kustomization import Kustomization, KustomizationSpec, PostBuild, SourceReference

CRDS = Path(__file__).parents[2] / "charts/weir/files/crds"
SOURCE = SourceReference("GitRepository", "repo")


def build(files: dict[str, bytes], task: Build) -> Any:
    return room.build(overlay.Indexed(files), task)


def asked(variables: tuple[dict[str, str], ...] = (), **spec: Any) -> Build:
    ks = Kustomization(
        metadata=ObjectMeta(name="a", namespace="ns"), spec=KustomizationSpec(prune=True, source_ref=SOURCE, **spec)
    )
    return Build("d", ks, variables)


def objects(answer: Any) -> list[dict[str, Any]]:
    assert isinstance(answer, Built)
    return [msgspec.json.decode(raw) for raw in answer.objects]


def config(name: str = "a", **data: Any) -> bytes:
    return yaml.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}).encode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", ""), (".", ""), ("./a", "a"), ("/a/b/", "a/b"), ("../../a", "a"), ("a/../../b", "b"), ("/", "")],
)
def test_a_path_stays_in_the_tree(path: str, expected: str) -> None:
    assert clamped(path) == expected


def test_our_own_definitions_go_through_unchanged() -> None:
    tree = {file.name: file.read_bytes() for file in CRDS.glob("*.yaml")}
    built = objects(build(tree, asked(({"name": "evil", "a": "b"},), post_build=PostBuild(substitute={"a": "b"}))))
    wanted = [yaml.load(text) for text in tree.values()]
    by_name = {each["metadata"]["name"]: each for each in built}
    assert by_name == {each["metadata"]["name"]: each for each in wanted}


def test_variables_are_expanded_when_there_are_some_or_it_is_asked_for() -> None:
    tree = {"kustomization.yaml": b"resources: [a.yaml]", "a.yaml": config(x="${v:=d}")}
    assert objects(build(tree, asked()))[0]["data"] == {"x": "${v:=d}"}
    assert objects(build(tree, asked(post_build=PostBuild())))[0]["data"] == {"x": "${v:=d}"}
    always = PostBuild(substitute_strategy="Always")
    assert objects(build(tree, asked(post_build=always)))[0]["data"] == {"x": "d"}
    assert objects(build(tree, asked(({"v": "w"},), post_build=PostBuild())))[0]["data"] == {"x": "w"}
    with pytest.raises(SubstituteError, match="'a-b' is not a variable name"):
        build(tree, asked(({"a-b": "w"},), post_build=PostBuild()))


def test_lists_are_opened_and_every_object_keeps_its_origin() -> None:
    both = b"apiVersion: v1\nkind: List\nitems:\n" + b"".join(
        b"- " + config(name, x="1").replace(b"\n", b"\n  ").rstrip() + b"\n" for name in "ab"
    )
    answer = build({"kustomization.yaml": b"resources: [list.yaml]", "list.yaml": both}, asked())
    assert [each["metadata"]["name"] for each in objects(answer)] == ["a", "b"]
    assert isinstance(answer, Built)
    assert all(origin.startswith("list.yaml") for origin in answer.origins)


def test_the_digest_is_that_of_the_objects_alone() -> None:
    one = build({"kustomization.yaml": b"resources: [a.yaml]", "a.yaml": config()}, asked())
    two = build({"kustomization.yaml": b"resources:\n- b.yaml\n", "b.yaml": config() + b"# more\n"}, asked())
    three = build({"kustomization.yaml": b"resources: [a.yaml]", "a.yaml": config(x="1")}, asked())
    assert isinstance(one, Built)
    assert isinstance(two, Built)
    assert isinstance(three, Built)
    assert one.digest == two.digest != three.digest
    assert one.key != two.key


def test_what_cannot_be_built_names_its_place() -> None:
    with pytest.raises(PathError, match=r"path not found: stat ./x: no such file or directory"):
        build({"a.yaml": config()}, asked(path="./x"))
    with pytest.raises(BuildRefusedError, match=r"kustomize build failed: kustomization.yaml:1: resources\[0\]: "):
        build({"kustomization.yaml": b"resources: [nope.yaml]"}, asked())
    with pytest.raises(BuildRefusedError, match=r"bad\.yaml"):
        build({"a.yaml": config(), "bad.yaml": b"a: b"}, asked())


def test_remote_bases_are_named() -> None:
    url = "https://example.org/base?ref=v1"
    answer = build({"kustomization.yaml": f"resources: ['{url}']".encode()}, asked())
    assert answer == Remotes((url,))
