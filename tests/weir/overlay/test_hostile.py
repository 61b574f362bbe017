"""Trees written by an enemy: each ends in an error that names the file, none in a crash or a long wait."""
# ruff: noqa: E501  a case is one row

import random
import time

import pytest

from weir import overlay
from weir.overlay.options import Limits, Options

K = "kustomization.yaml"
CM = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n".encode()
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
SMALL = Options(limits=Limits(depth=5, files=20, bytes=10_000, resources=10, file_bytes=5_000, output_bytes=20_000))
CASES: dict[str, tuple[dict[str, bytes], str, str]] = {
    "a file above the tree": ({K: b"resources: [../../etc/passwd]"}, K, "outside the tree"),
    "an absolute file": ({K: b"resources: [/etc/passwd]"}, K, "absolute"),
    "a patch above the root": ({K: b"patches: [{path: ../p.yaml}]", "p.yaml": CM}, K, "not in or below"),
    "a generator file above the root": ({K: b"configMapGenerator: [{name: a, files: [../x]}]"}, K, "not in or below"),
    "an absolute generator file": ({K: b"configMapGenerator: [{name: a, envs: [/etc/environment]}]"}, K, "absolute"),
    "a null byte in a name": ({K: b'resources: ["a\\0b"]'}, K, "does not exist"),
    "a cycle": (
        {K: b"resources: [a]", f"a/{K}": b"resources: [../b]", f"b/{K}": b"resources: [../a]"},
        f"b/{K}",
        "cycle",
    ),
    "a cycle of components": (
        {K: b"components: [a]", f"a/{K}": b"kind: Component\ncomponents: [../a]"},
        f"a/{K}",
        "cycle",
    ),
    "a chain too deep": (
        {
            K: b"resources: [d0]",
            **{f"{'/'.join(f'd{n}' for n in range(i + 1))}/{K}": f"resources: [d{i + 1}]".encode() for i in range(9)},
        },
        f"d0/d1/d2/d3/d4/{K}",
        "deep",
    ),
    "an alias bomb in the kustomization": ({K: BOMB}, K, "aliases"),
    "an alias bomb in a resource": ({K: b"resources: [r.yaml]", "r.yaml": BOMB}, "r.yaml", "aliases"),
    "an alias bomb in a patch": (
        {K: b"resources: [r.yaml]\npatches: [{path: p.yaml}]", "r.yaml": CM, "p.yaml": BOMB},
        "p.yaml",
        "aliases",
    ),
    "deep nesting": ({K: b"resources: [r.yaml]", "r.yaml": b"{a: " * 600}, "r.yaml", "deeper"),
    "deep nesting in the kustomization": ({K: b"[" * 2000}, K, "deeper"),
    "a large file": ({K: b"resources: [r.yaml]", "r.yaml": b"#" * 6000}, "r.yaml", "larger"),
    "many bytes": (
        {
            K: b"resources: [a.yaml, b.yaml, c.yaml]",
            **{f"{n}.yaml": CM.replace(b"cm", n.encode()) + b"#" * 4500 for n in "abc"},
        },
        "c.yaml",
        "bytes",
    ),
    "many objects": (
        {K: b"resources: [r.yaml]", "r.yaml": b"---\n".join(CM.replace(b"cm", b"c%d" % n) for n in range(12))},
        "r.yaml",
        "more than 10 objects",
    ),
    "many files": (
        {
            K: b"resources: [" + b",".join(b"f%d.yaml" % n for n in range(30)) + b"]",
            **{f"f{n}.yaml": b"" for n in range(30)},
        },
        "f19.yaml",
        "more than 20 files",
    ),
    "binary junk": ({K: b"resources: [r.yaml]", "r.yaml": bytes(range(256))}, "r.yaml", "malformed"),
    "binary junk for a kustomization": ({K: b"\xff\xfe\x00\x01\x02"}, K, "malformed"),
    "a slow expression": (
        {
            K: b"resources: [r.yaml]\npatches: [{target: {name: '(a+)+b{1,999}{1,999}'}, patch: '- {op: add, path: /a, value: 1}'}]",
            "r.yaml": CM,
        },
        K,
        "regular expression",
    ),
    "a patch that doubles an object": (
        {
            K: b"resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]",
            "r.yaml": CM,
            "p.yaml": b"".join(b"- {op: copy, from: '', path: /x%d}\n" % n for n in range(60)),
        },
        "p.yaml",
        "copies more",
    ),
    "replacements that double an object": (
        {
            K: b"resources: [r.yaml]\nreplacements:\n"
            + b"".join(
                b"- {source: {kind: X, fieldPath: a}, targets: [{select: {kind: X}, fieldPaths: [a.x%d], options: {create: true}}]}\n"
                % n
                for n in range(40)
            ),
            "r.yaml": b"kind: X\nmetadata: {name: x}\na: {b: c}\n",
        },
        K,
        "copies more",
    ),
    "an output that grows with every object": (
        {
            K: b"resources: [r.yaml]\ncommonAnnotations: {a: " + b"x" * 3000 + b"}",
            "r.yaml": b"---\n".join(CM.replace(b"cm", b"c%d" % n) for n in range(9)),
        },
        "r.yaml",
        "hold more than 20000 bytes",
    ),
    "a helm chart": ({K: b"helmCharts: [{name: x, repo: 'https://example.com'}]"}, K, "helm"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case: str) -> None:
    tree, file, said = CASES[case]
    with pytest.raises(overlay.BuildError) as caught:
        overlay.build(tree, "", options=SMALL)
    assert (caught.value.file, said in caught.value.message) == (file, True), str(caught.value)


REMOTE = (
    b"resources: ['https://example.com/a.yaml', 'github.com/org/repo//path?ref=v1', git@example.com:org/repo, base]"
)


def test_remotes_are_named_all_at_once_and_used_when_given() -> None:
    tree = {K: REMOTE, f"base/{K}": b"resources: ['https://example.com/b.yaml', r.yaml]", "base/r.yaml": CM}
    with pytest.raises(overlay.RemotesNeeded) as caught:
        overlay.build(tree, "")
    assert caught.value.urls == (
        *("https://example.com/a.yaml", "github.com/org/repo//path?ref=v1", "git@example.com:org/repo"),
        "https://example.com/b.yaml",
    )
    repository = {
        f"path/{K}": b"namePrefix: x-\nresources: [../r.yaml, r.yaml]",
        "path/r.yaml": CM,
        K: b"resources: [r.yaml]",
        "r.yaml": CM.replace(b"cm", b"top"),
    }
    remotes: dict[str, dict[str, bytes] | bytes] = {
        "https://example.com/a.yaml": CM.replace(b"cm", b"a"),
        "https://example.com/b.yaml": CM.replace(b"cm", b"b"),
        "github.com/org/repo//path?ref=v1": {**repository, f"path/{K}": b"namePrefix: x-\nresources: [r.yaml]"},
        "git@example.com:org/repo": repository,
    }
    built = overlay.build(tree, "", options=Options(remotes=remotes))
    assert [
        (body["metadata"]["name"], origin.file, origin.remote)
        for body, origin in zip(built.objects, built.origins, strict=True)
    ] == [
        ("a", "https://example.com/a.yaml", "https://example.com/a.yaml"),
        ("b", "https://example.com/b.yaml", "https://example.com/b.yaml"),
        ("cm", "base/r.yaml", ""),
        ("top", "r.yaml", "git@example.com:org/repo"),
        ("x-cm", "path/r.yaml", "github.com/org/repo//path?ref=v1"),
    ]
    assert built.closure.remotes == tuple(sorted(remotes))
    remotes["github.com/org/repo//path?ref=v1"] = repository
    with pytest.raises(overlay.BuildError, match="not in or below path"):
        overlay.build(tree, "", options=Options(remotes=remotes, load_restrictor="none"))


SEED = {
    K: b"resources: [r.yaml, b]\nnamespace: x\nnamePrefix: p-\nlabels: [{pairs: {a: b}, includeSelectors: true}]\npatches:\n- path: p.yaml\n- target: {kind: ConfigMap}\n  patch: |-\n    - {op: add, path: /data/x, value: y}\nimages: [{name: img, newTag: '1'}]\nreplicas: [{name: d, count: 2}]\nconfigMapGenerator: [{name: g, literals: [a=b], files: [f.txt]}]\nreplacements: [{source: {kind: ConfigMap, name: cm}, targets: [{select: {kind: Deployment}, fieldPaths: [metadata.labels.q], options: {create: true}}]}]\n",
    "r.yaml": b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: c, image: img, envFrom: [{configMapRef: {name: g}}], ports: [{containerPort: 1}]}\n",
    "p.yaml": b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, args: [a]}, {name: e, $patch: delete}]}}}\n",
    f"b/{K}": b"resources: [r.yaml]\n",
    "b/r.yaml": CM + b"data: {a: b}\n",
    "f.txt": b"hello",
}
PIECES = [
    b"null",
    b"[]",
    b"{}",
    b"5",
    b"'x'",
    b"- a",
    b": ",
    b"\n",
    b"  ",
    b"*a",
    b"&a ",
    b"!!int",
    b"<<: ",
    b"$patch: delete",
    b"{",
    b"[",
    b"\t",
    b"\xff",
    b"---\n",
    b"metadata",
    b"true",
]


def mutated(source: random.Random) -> dict[str, bytes]:
    tree = dict(SEED)
    for _ in range(source.randint(1, 3)):
        path = source.choice(list(tree))
        data = tree[path]
        start = source.randrange(len(data) + 1)
        end = min(len(data), start + source.choice([0, 1, 2, 5, 12]))
        tree[path] = data[:start] + source.choice(PIECES) + data[end:]
    return tree


def test_mutated_trees_build_or_are_refused_with_a_file() -> None:
    source = random.Random(20261124)
    outcomes = {"built": 0, "refused": 0, "nowhere": 0}
    overlay.build(SEED, "")
    start = time.monotonic()
    for _ in range(1500):
        tree = mutated(source)
        try:
            overlay.yaml_text(overlay.build(tree, ""))
            outcomes["built"] += 1
        except overlay.BuildError as error:
            outcomes["refused" if error.file else "nowhere"] += 1
        except overlay.RemotesNeeded:
            outcomes["refused"] += 1
        except Exception as error:
            raise AssertionError(tree) from error
    assert not outcomes.pop("nowhere")
    assert min(outcomes.values()) > 100
    assert time.monotonic() - start < 50
