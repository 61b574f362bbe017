"""What is read, and in which order it comes out: rows of `spec/overlays.md` 1, 2, 4, 15, 20, 22."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
DEP = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: 'nginx:1@sha512:abc'}]}}}\n"
STS = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: d}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], template: {spec: {volumes: [{name: v, image: {reference: 'nginx:1'}}], containers: [{name: c, image: nginx}]}}}\n"


def k(fields: str, res: str = CM, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": res, **more}


CASES = {
    "base 60 stays as written": k("commonAnnotations: {a: '12:30'}\n"),
    "keys that are no strings": k("commonAnnotations: {yes: a, 1: b, 0x10: c}\n"),
    "a null key is refused": k("commonAnnotations: {~: a}\n"),
    "a date stays as written": k("commonAnnotations: {a: 2001-01-01}\n"),
    "a float as annotation is refused": k("commonAnnotations: {a: 1e3}\n"),
    "binary is decoded": k("", CM + "b: !!binary aGk=\n"),
    "malformed binary is refused": k("", CM + "b: !!binary '*'\n"),
    "a word as boolean is refused": k("", CM + "b: !!bool yes\n"),
    "a whole number as float": k("", CM + "b: !!float 3\n"),
    "a quoted number as integer": k("", CM + "b: !!int '3'\n"),
    "an empty text as null": k("", CM + "b: !!null ''\n"),
    "a map tagged as one": k("", CM + "b: !!map {a: b}\n"),
    "a map tagged as a list": k("", CM + "b: !!seq {a: b}\n"),
    "two merge keys are refused": k("", CM + "x: &a {p: q}\ny: {<<: *a, <<: *a}\n"),
    "the first of merged maps wins": k("", CM + "x: &a {p: q}\nz: &b {p: r, s: t}\ny: {<<: [*a, *b], u: v}\n"),
    "a merged number is refused": k("", CM + "x: &a 5\ny: {<<: *a}\n"),
    "a merge key in a kustomization": {
        K: "resources: [r.yaml]\ncommonAnnotations: &a {p: q}\ncommonLabels: {<<: *a, z: w}\n",
        "r.yaml": CM,
    },
    "numbers in all their spellings": k("", CM + "b: [18446744073709551616, 0o17, 0b11, 1_0.5, -0x1F, +1]\n"),
    "infinity is refused": k("", CM + "b: .inf\n"),
    "fields in any case": {
        K: "Resources: [r.yaml]\nNAMEPREFIX: p-\nConfigMapGenerator: [{NAME: g, Literals: [a=b], Options: {DisableNameSuffixHash: true}}]\n",
        "r.yaml": CM,
    },
    "two spellings of one field": {K: "resources: [r.yaml]\nNamePrefix: a-\nnamePrefix: b-\n", "r.yaml": CM},
    "only the first document counts": {K: "resources: [r.yaml]\n---\nnamePrefix: p-\n", "r.yaml": CM},
    "a byte order mark": {K: "\ufeffresources: [r.yaml]\n", "r.yaml": CM},
    "a list is no kustomization": {K: "- a\n", "r.yaml": CM},
    "an empty kustomization is refused": {K: "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"},
    "no resources": {K: "resources: []\n"},
    "null resources are refused": {K: "resources:\n"},
    "an extension key is refused": k("x-foo: 1\n"),
    "an unknown field below is refused": k("images: [{name: a, foo: b}]\n"),
    "a selector has no apiVersion": k("patches: [{target: {apiVersion: v1}, patch: '[]'}]\n"),
    "metadata of a kustomization": k("metadata: {name: x, labels: {a: b}, annotations: {c: d}, namespace: n}\n"),
    "other metadata are refused": k("metadata: {foo: b}\n"),
    "a component of another version is refused": {
        K: "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\nresources: [r.yaml]\n",
        "r.yaml": CM,
    },
    "a component is built": {K: "kind: Component\nresources: [r.yaml]\n", "r.yaml": CM},
    "another kind is refused": {K: "kind: Foo\nresources: [r.yaml]\n", "r.yaml": CM},
    "null texts": k("namePrefix: null\ncommonAnnotations: {a: null}\n"),
    "a null resource is refused": {K: "resources: [r.yaml, null]\n", "r.yaml": CM},
    "claim templates are not known to labels": k("labels: [{pairs: {a: b}, includeVolumeClaimTemplates: true}]\n", STS),
    "a boolean prefix is refused": k("namePrefix: true\n"),
    "a comment behind a separator": k("", CM + "--- # c\n" + CM.replace("name: a", "name: b")),
    "a text behind a separator is refused": k("", CM + "--- foo\n" + CM.replace("name: a", "name: b")),
    "a document behind a separator is refused": k("", "--- {apiVersion: v1, kind: ConfigMap, metadata: {name: q}}\n"),
    "an end mark": k("", CM + "...\n" + CM.replace("name: a", "name: b")),
    "a directive is refused": k("", "%YAML 1.1\n---\n" + CM),
    "a list goes to the end of its file": k(
        "",
        CM
        + "---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: z}}]\n---\n"
        + CM.replace("name: a", "name: b"),
    ),
    "a list of any kind": k(
        "", "apiVersion: v1\nkind: FooList\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: z}}, null]\n"
    ),
    "a list without items": k("", "apiVersion: v1\nkind: FooList\n"),
    "a map as items is refused": k("", "apiVersion: v1\nkind: FooList\nitems: {a: b}\n"),
    "a generated name does not count": k("", "apiVersion: v1\nkind: Pod\nmetadata: {generateName: z}\n"),
    "a number as name": k("", "apiVersion: v1\nkind: Pod\nmetadata: {name: 12}\n"),
    "a boolean as name": k("namePrefix: p\n", "apiVersion: v1\nkind: Pod\nmetadata: {name: true}\n"),
    "no version": k("", "kind: Pod\nmetadata: {name: z}\n"),
    "an object that is only local": k(
        "configMapGenerator: [{name: g, literals: [a=b]}]\n",
        CM.replace("{name: a}", "{name: a, annotations: {config.kubernetes.io/local-config: ''}}"),
    ),
    "an object that is not only local": k(
        "", CM.replace("{name: a}", "{name: a, annotations: {config.kubernetes.io/local-config: 'false'}}")
    ),
    "dots in a folder's name": {K: "resources: [a..b/r.yaml]", "a..b/r.yaml": CM},
    "a folder with dots in its name": {K: "resources: [a..b]", "a..b/" + K: "resources: [r.yaml]", "a..b/r.yaml": CM},
    "a folder with a slash": {K: "resources: [b/]", "b/" + K: "resources: [r.yaml]", "b/r.yaml": CM},
    "the folder itself is refused": {K: "resources: [.]"},
    "an empty entry is refused": {K: "resources: ['']"},
    "paths are cleaned": {
        K: "resources: [./r.yaml, ./b/../c]",
        "r.yaml": CM,
        "c/" + K: "namePrefix: p-\nresources: [r.yaml]",
        "c/r.yaml": CM,
        "b/x": "",
    },
    "a file twice is refused": {K: "resources: [r.yaml, r.yaml]", "r.yaml": CM},
    "a file above is refused": {"@": "b", "b/" + K: "resources: [../r.yaml]", "r.yaml": CM},
    "a folder above is refused": {K: "resources: [b]", "b/" + K: "resources: [../]"},
    "two kustomizations are refused": {
        K: "resources: [r.yaml]",
        "kustomization.yml": "resources: [r.yaml]",
        "r.yaml": CM,
    },
    "the other ending": {"kustomization.yml": "resources: [r.yaml]", "r.yaml": CM},
    "the name without an ending": {"Kustomization": "resources: [r.yaml]", "r.yaml": CM},
    "another digest": k("images: [{name: nginx, newTag: '2'}]\n", DEP),
    "the image of a volume": k("images: [{name: nginx, newTag: '2'}]\n", STS),
    "a bad expression is refused": k("images: [{name: 'n(', newTag: '2'}]\n", DEP),
    "an image by expression": k("images: [{name: 'ngi.*', newTag: '2'}]\n", DEP),
    "no name": k("images: [{newTag: '2'}]\n", DEP),
    "claim templates in a configuration": k(
        "configurations: [c.yaml]\nlabels: [{pairs: {a: b}}]\n",
        STS,
        **{
            "c.yaml": "volumeClaimTemplateLabels: [{path: spec/volumeClaimTemplates[]/metadata/labels, create: true}]\n"
        },
    ),
    "an empty configuration": k("configurations: [c.yaml]\n", CM, **{"c.yaml": ""}),
    "a list as configuration is refused": k("configurations: [c.yaml]\n", CM, **{"c.yaml": "- a\n"}),
    "a configuration in any case": k(
        "configurations: [c.yaml]\nimages: [{name: q, newName: z}]\n",
        "apiVersion: x/v1\nkind: Foo\nmetadata: {name: f}\nspec: {i: q}\n",
        **{"c.yaml": "Images: [{Path: spec/i}]\n"},
    ),
    "a configuration that contradicts is refused": k(
        "configurations: [c.yaml]\n", CM, **{"c.yaml": "commonLabels: [{path: metadata/labels, create: false}]\n"}
    ),
    "an unknown order is refused": k("sortOptions: {order: zap}\n"),
    "an empty order is refused": k("sortOptions: {}\n"),
    "an order of both kinds is refused": k("sortOptions: {order: fifo, legacySortOptions: {orderFirst: [Pod]}}\n"),
    "the old order with nothing": k("sortOptions: {order: legacy, legacySortOptions: {}}\n", DEP + "---\n" + CM),
    "kinds called Namespace in order": k(
        "",
        "apiVersion: x/v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n---\napiVersion: a/v1\nkind: Namespace\nmetadata: {name: c}\n",
    ),
    "objects of one kind in order": k(
        "",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: z}\n---\napiVersion: x/v1\nkind: ConfigMap\nmetadata: {name: c}\n---\nkind: ConfigMap\nmetadata: {name: d}\n",
    ),
    "unknown build metadata": k("buildMetadata: [zap]\n"),
    "a folder that looks like an address": {K: "resources: [name@x.y/z]", "name@x.y/z": CM},
}


@pytest.mark.parametrize("case", CASES)
def test_reading(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
