"""Errors name file, line and field, and hold no secret."""

import pytest

from weir import overlay
from weir.overlay.errors import BuildError

CM = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n"
ERRORS: dict[str, tuple[dict[str, bytes], str, int, str]] = {
    "an unknown field": ({"kustomization.yaml": b"resources: []\nzap: 1\n"}, "kustomization.yaml", 2, "zap"),
    "a wrong type": (
        {"kustomization.yaml": b"resources: []\nimages:\n- {name: 1}\n"},
        "kustomization.yaml",
        3,
        "images[0].name",
    ),
    "a missing file": (
        {"kustomization.yaml": b"# x\nresources:\n- nope.yaml\n"},
        "kustomization.yaml",
        3,
        "resources[0]",
    ),
    "malformed YAML": (
        {"kustomization.yaml": b"resources: [r.yaml]", "r.yaml": CM + b"---\na: b: c\n"},
        "r.yaml",
        6,
        "",
    ),
    "an object without a name": (
        {"kustomization.yaml": b"resources: [r.yaml]", "r.yaml": CM + b"---\nkind: X\nmetadata: {}\n"},
        "r.yaml",
        7,
        "metadata.name",
    ),
    "the same object twice": (
        {"kustomization.yaml": b"resources: [r.yaml]", "r.yaml": CM + b"---\n" + CM},
        "r.yaml",
        6,
        "",
    ),
    "a repeated key": (
        {"kustomization.yaml": b"resources: [r.yaml]", "r.yaml": CM + b"x:\n  y: 1\n  y: 2\n"},
        "r.yaml",
        5,
        "x",
    ),
    "a value of another type in a patch": (
        {
            "kustomization.yaml": b"resources: [r.yaml]\npatches: [{path: p.yaml}]",
            "r.yaml": CM,
            "p.yaml": CM + b"---\n" + CM.replace(b"a: b", b"a: [c]"),
        },
        "p.yaml",
        9,
        "data.a",
    ),
    "a patch for nobody": (
        {
            "kustomization.yaml": b"resources: [r.yaml]\npatches: [{path: p.yaml}]",
            "r.yaml": CM,
            "p.yaml": CM.replace(b"cm", b"zz"),
        },
        "p.yaml",
        1,
        "",
    ),
    "an operation that does not apply": (
        {
            "kustomization.yaml": b"resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]",
            "r.yaml": CM,
            "p.yaml": b"- {op: remove, path: /data/a}\n- {op: remove, path: /data/a}\n",
        },
        "p.yaml",
        2,
        "[1].path",
    ),
    "a bad expression": (
        {"kustomization.yaml": b"resources: []\npatches: [{patch: '- {op: add}', target: {name: '['}}]"},
        "kustomization.yaml",
        2,
        "patches[0].target.name",
    ),
    "a literal": (
        {"kustomization.yaml": b"configMapGenerator:\n- name: a\n  literals: [x=1, y]\n"},
        "kustomization.yaml",
        3,
        "configMapGenerator[0].literals[1]",
    ),
    "a scalar on the way": (
        {
            "kustomization.yaml": b"resources: [r.yaml]\ncommonLabels: {a: b}",
            "r.yaml": b"\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: 5\n",
        },
        "r.yaml",
        5,
        "spec/template/metadata/labels",
    ),
    "replicas of nothing": (
        {"kustomization.yaml": b"resources: [r.yaml]\nreplicas: [{name: zz, count: 1}]", "r.yaml": CM},
        "kustomization.yaml",
        2,
        "replicas[0].name",
    ),
    "a program": (
        {
            "kustomization.yaml": b"resources: [r.yaml]\ngenerators: [g.yaml]",
            "r.yaml": CM,
            "g.yaml": b"apiVersion: x/v1\nkind: Zap\nmetadata: {name: x}\n",
        },
        "g.yaml",
        1,
        "apiVersion",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_name_file_line_and_field(case: str) -> None:
    tree, file, line, field = ERRORS[case]
    with pytest.raises(BuildError) as caught:
        overlay.build(tree, "")
    assert (caught.value.file, caught.value.line, caught.value.field) == (file, line, field), str(caught.value)


def test_errors_hold_no_secret() -> None:
    secret = b"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2"
    for rest in (b"\n", b", password: hunter3}\n", b", n: !!int hunter4}\n"):
        with pytest.raises(BuildError) as caught:
            overlay.build({"kustomization.yaml": b"resources: [s.yaml]", "s.yaml": secret + rest}, "")
        assert "hunter" not in str(caught.value)


def test_one_build_leaves_no_trace_in_another() -> None:
    tree = {"kustomization.yaml": b"resources: [r.yaml]\nnamePrefix: p-\ncommonLabels: {a: b}\n", "r.yaml": CM}
    first = overlay.yaml_text(overlay.build(tree, ""))
    assert overlay.yaml_text(overlay.build(tree, "")) == first
    assert (
        overlay.yaml_text(overlay.build({"kustomization.yaml": b"resources: [r.yaml]", "r.yaml": CM}, ""))
        == "apiVersion: v1\ndata:\n  a: b\nkind: ConfigMap\nmetadata:\n  name: cm\n"
    )
