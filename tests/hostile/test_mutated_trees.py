"""Trees of which a few bytes were changed build or are refused; nothing else happens."""
# ruff: noqa: E501  a file is one row

import random

from weir import overlay

K = "kustomization.yaml"
CM = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
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
