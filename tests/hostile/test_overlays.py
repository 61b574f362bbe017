"""Trees written by an enemy: each ends in an error that names the file, none in a crash or a long wait."""
# ruff: noqa: E501  a case is one row

import pytest

from weir import overlay
from weir.overlay.documents import CACHE
from weir.overlay.options import Limits, Options

K = "kustomization.yaml"
CM = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n".encode()
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
SMALL = Options(
    limits=Limits(depth=5, files=20, bytes=10_000, resources=10, file_bytes=5_000, output_bytes=20_000, growth=50_000)
)


@pytest.fixture(autouse=True)
def cold() -> None:
    """What earlier builds left behind costs nothing again, so it would count less."""
    CACHE.clear()


def patched(operations: bytes, body: bytes = CM) -> dict[str, bytes]:
    """A JSON patch of a ConfigMap."""
    return {
        K: b"resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]",
        "r.yaml": body,
        "p.yaml": operations,
    }


def replaced(source: bytes, *paths: bytes, times: int = 1, options: bytes = b"create: true") -> bytes:
    """A kustomization that writes a field of a ConfigMap into others, so many times."""
    fields = b", ".join(paths)
    entry = b"- {source: {kind: ConfigMap, fieldPath: %s}, targets: [{select: {kind: ConfigMap}, fieldPaths: [%s], options: {%s}}]}\n"
    return b"resources: [r.yaml]\nreplacements:\n" + entry % (source, fields, options) * times


DIGITS = b"9" * 4400
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
            "p.yaml": b"- {op: add, path: /x, value: {a: b}}\n"
            + b"".join(b"- {op: copy, from: /x, path: /x/x%d}\n" % n for n in range(60)),
        },
        "p.yaml",
        "Limits.growth",
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
        "Limits.growth",
    ),
    "an output that grows with every object": (
        {
            K: b"resources: [r.yaml]\ncommonAnnotations: {a: " + b"x" * 3000 + b"}",
            "r.yaml": b"---\n".join(CM.replace(b"cm", b"c%d" % n) for n in range(9)),
        },
        "r.yaml",
        "hold more than 20000 bytes",
    ),
    "a directory by a link's path": ({K: b"resources: [a/../../x]"}, K, "outside the tree"),
    "itself": ({K: b"resources: [.]"}, K, "cycle"),
    "itself by another path": ({K: b"resources: [a/..]", "a/x": b""}, K, "cycle"),
    "a file that is named by its digits": ({K: b"resources: [5]"}, K, "string"),
    "a NUL in a patch's path": ({K: b'patches: [{path: "p\\0.yaml"}]'}, K, "does not exist"),
    "a file of another system": ({K: b"resources: ['C:\\windows\\x.yaml']"}, K, "does not exist"),
    "an address in a generator": (
        {K: b"configMapGenerator: [{name: a, files: ['https://example.com/x']}]"},
        K,
        "does not exist",
    ),
    "an address in a patch": ({K: b"patches: [{path: 'https://example.com/x'}]"}, K, "does not exist"),
    "an index of 4,400 digits": (
        {K: replaced(b"metadata.name", b"l." + DIGITS), "r.yaml": CM + b"l: [a]\n"},
        K,
        "no place",
    ),
    "an index of 4,400 digits to read from": (
        {K: replaced(b"l." + DIGITS, b"x"), "r.yaml": CM + b"l: [a]\n"},
        K,
        "no place",
    ),
    "an index of another script": (
        {K: replaced(b"metadata.name", "l.\u0663".encode()), "r.yaml": CM + b"l: [a]\n"},
        K,
        "no place",
    ),
    "a pointer with 4,400 digits": (
        patched(b"- {op: add, path: /l/" + DIGITS[:4000] + b", value: 1}", CM + b"l: [a]\n"),
        "p.yaml",
        "no place",
    ),
    "a pointer to a hundred million": (
        patched(b"- {op: add, path: /l/99999999, value: 1}", CM + b"l: [a]\n"),
        "p.yaml",
        "no place 99999999",
    ),
    "an object that moves into itself": (
        patched(b"- {op: move, from: /data, path: /data/x}", CM + b"data: {}\n"),
        "p.yaml",
        "parent is missing",
    ),
    "a field path of two thousand steps": (
        {K: replaced(b"metadata.name", b".".join([b"x"] * 2000)), "r.yaml": CM},
        K,
        "too deeply",
    ),
    "a field spec of two thousand steps": (
        {
            K: b"resources: [r.yaml]\ncommonLabels: {a: b}\nconfigurations: [c.yaml]",
            "r.yaml": CM,
            "c.yaml": b"commonLabels: [{create: true, path: " + b"/".join([b"x"] * 2000) + b"}]",
        },
        K,
        "too deeply",
    ),
    "labels that multiply": (
        {
            K: b"resources: [r.yaml]\ncommonAnnotations: {" + b", ".join(b"k%d: x" % n for n in range(200)) + b"}",
            "r.yaml": b"---\n".join(CM.replace(b"cm", b"c%d" % n) for n in range(9)),
        },
        "r.yaml",
        "more than 50000 bytes: Limits.growth",
    ),
    "a patch that multiplies": (
        {
            K: b"resources: [r.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]",
            "r.yaml": b"---\n".join(CM.replace(b"cm", b"c%d" % n) for n in range(9)),
            "p.yaml": CM + b"x: [" + b"a," * 200 + b"]",
        },
        K,
        "Limits.growth",
    ),
    "operations that multiply": (
        patched(
            b"- {op: add, path: /x, value: {a: {}}}\n"
            + b"- {op: copy, from: /x, path: /x/a/b}\n- {op: copy, from: /x, path: /x/c}\n" * 9
        ),
        "p.yaml",
        "Limits.growth",
    ),
    "replacements that multiply": (
        {K: replaced(b"data", b"data.x.y", b"b.x", times=12), "r.yaml": CM + b"data: {a: [1, 2, 3, 4, 5, 6, 7, 8]}\n"},
        K,
        "Limits.growth",
    ),
    "a text that is appended to itself": (
        {
            K: replaced(b"data.x", b"data.x", times=20, options=b"delimiter: ',', index: 99"),
            "r.yaml": CM + b"data: {x: aaaaaaaaaaaaaaaaaaaaaaa}\n",
        },
        K,
        "Limits.growth",
    ),
    "variables that multiply": (
        {
            K: b"resources: [r.yaml]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: cm}, fieldref: {fieldPath: data.v}}]",
            "r.yaml": CM
            + b"data: {v: "
            + b"x" * 1000
            + b"}\n---\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{args: ['"
            + b"$(V)" * 100
            + b"']}]}\n",
        },
        "r.yaml",
        "Limits.growth",
    ),
    "images that multiply": (
        {
            K: b"resources: [r.yaml]\nimages: [{name: a, newName: " + b"x" * 3000 + b"}]",
            "r.yaml": b"kind: Pod\nmetadata: {name: p}\nspec: {containers: ["
            + b", ".join(b"{image: 'a:%d'}" % n for n in range(40))
            + b"]}\n",
        },
        K,
        "Limits.growth",
    ),
    "prefixes that multiply": (
        {
            K: b"resources: [r.yaml]\nnamePrefix: " + b"x" * 3000 + b"\nconfigurations: [c.yaml]",
            "c.yaml": b"namePrefix: [{path: l/n}]",
            "r.yaml": CM + b"l: [" + b", ".join([b"{n: a}"] * 40) + b"]\n",
        },
        K,
        "Limits.growth",
    ),
    "more remembered names than fit": (
        {
            K: b"resources: [r.yaml]\npatches: ["
            + b", ".join([b"{patch: '- {op: test, path: /x}', target: {kind: ConfigMap}}"] * 60)
            + b"]",
            "r.yaml": CM,
        },
        K,
        "Limits.growth",
    ),
    "a helm chart": ({K: b"helmCharts: [{name: x, repo: 'https://example.com'}]"}, K, "helm"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case: str) -> None:
    tree, file, said = CASES[case]
    with pytest.raises(overlay.BuildError) as caught:
        overlay.build(tree, "", options=SMALL)
    assert (caught.value.file, said in caught.value.message) == (file, True), str(caught.value)


@pytest.mark.parametrize(
    "tree", [CASES["a patch that doubles an object"][0], CASES["replacements that double an object"][0]]
)
def test_one_copy_is_bounded(tree: dict[str, bytes]) -> None:
    with pytest.raises(overlay.BuildError, match="copies more than 100000 values"):
        overlay.build(tree, "")
