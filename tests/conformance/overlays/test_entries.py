"""Schemas, images and replacements with odd contents: more rows of `spec/overlays.md` 2, 15, 17, 20."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
DEP = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: 'nginx:1@sha512:abc'}]}}}\n"


def k(fields: str, res: str = CM, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": res, **more}


CASES = {
    "a broken schema that nobody needs": k("openapi: {path: s.json}\n", CM, **{"s.json": "{bad"}),
    "a broken schema is refused once it is needed": k(
        "openapi: {path: s.json}\npatches: [{path: p.yaml}]\n", CM, **{"s.json": "{bad", "p.yaml": CM}
    ),
    "a list as schema that nobody needs": k("openapi: {path: s.json}\n", CM, **{"s.json": "[]"}),
    "a schema without definitions": k(
        "openapi: {path: s.json}\npatches: [{path: p.yaml}]\n", CM, **{"s.json": "{}", "p.yaml": CM}
    ),
    "a schema in YAML": k("openapi: {path: s.yaml}\n", CM, **{"s.yaml": "definitions:\n  a: {properties: {}}\n"}),
    "an unknown field of openapi": k("openapi: {foo: bar}\n"),
    "no schema": k("openapi: {}\n"),
    "a missing schema of a base is refused": {
        K: "resources: [b]\n",
        "b/" + K: "resources: [r.yaml]\nopenapi: {path: nope}\n",
        "b/r.yaml": CM,
    },
    "the schema of the top wins": {
        K: "resources: [b]\nopenapi: {version: v1.21.2}\npatches: [{path: p.yaml}]\n",
        "p.yaml": DEP.replace("c, image", "n, image"),
        "b/" + K: "resources: [r.yaml]\nopenapi: {path: s.json}\n",
        "b/s.json": '{"definitions":{}}',
        "b/r.yaml": DEP,
    },
    "the schema of a base": {
        K: "resources: [b]\npatches: [{path: p.yaml}]\n",
        "p.yaml": DEP.replace("c, image", "n, image"),
        "b/" + K: "resources: [r.yaml]\nopenapi: {path: s.json}\n",
        "b/s.json": '{"definitions":{}}',
        "b/r.yaml": DEP,
    },
    "a definition as types": k(
        "crds: [c.yaml]\n",
        CM,
        **{
            "c.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {}\n"
        },
    ),
    "fields by their old names": {
        K: "bases: [b]\nimageTags: [{name: nginx, newTag: '3'}]\nconfigMapGenerator: [{name: g, env: e, envs: [f]}]\n",
        "b/" + K: "resources: [r.yaml]\n",
        "b/r.yaml": DEP,
        "e": "A=1\n",
        "f": "B=2\n",
    },
    "bases come after resources": {
        K: "resources: [r.yaml]\nbases: [b]\nsortOptions: {order: fifo}\n",
        "r.yaml": CM,
        "b/" + K: "resources: [r.yaml]\n",
        "b/r.yaml": DEP,
    },
    "old image tags come after images": k(
        "images: [{name: nginx, newName: q}]\nimageTags: [{name: q, newTag: '3'}]\n", DEP
    ),
    "a tag's suffix, twice and once": k(
        "images: [{name: nginx, tagSuffix: -a}]\n",
        DEP
        + "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: 'nginx:1'}], ephemeralContainers: [{image: nginx}]}}}}}\n",
    ),
    "a tag's suffix and a name": k("images: [{name: nginx, newName: q, tagSuffix: -a}]\n", DEP),
    "a null image": k("images: [{name: nginx, newName: q}]\n", DEP.replace("'nginx:1@sha512:abc'", "null")),
    "null containers": k(
        "images: [{name: nginx, newName: q}]\n", DEP.replace("containers:", "initContainers: null, containers:")
    ),
    "a container that is no map is refused": k(
        "images: [{name: nginx, newName: q}]\n",
        "apiVersion: x/v1\nkind: F\nmetadata: {name: f}\nspec: {deep: {containers: [a]}}\n",
    ),
    "images of definitions stay": k(
        "images: [{name: nginx, newName: q}]\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: f}\nspec: {containers: [{image: nginx}]}\n",
    ),
    "a port is no tag": k(
        "images: [{name: 'reg:5000/nginx', newTag: '2'}]\n", DEP.replace("nginx:1@sha512:abc", "reg:5000/nginx")
    ),
    "digest and tag": k("images: [{name: nginx, newTag: '2', digest: 'sha256:q'}]\n", DEP),
    "a missing file of replacements is refused": k("replacements: [{path: nope}]\n"),
    "a target without a selector is refused": k("replacements: [{sourceValue: x, targets: [{fieldPaths: [a]}]}]\n"),
    "no targets are refused": k("replacements: [{sourceValue: x}]\n"),
    "empty targets are refused": k("replacements: [{sourceValue: x, targets: []}]\n"),
    "an empty selector selects everything": k(
        "replacements: [{sourceValue: x, targets: [{select: {}, fieldPaths: [data.x]}]}]\n"
    ),
    "an empty rejection rejects nothing": k(
        "replacements: [{sourceValue: x, targets: [{select: {kind: ConfigMap}, reject: [{}], fieldPaths: [data.x]}]}]\n"
    ),
    "the name when no field is named": k("replacements: [{sourceValue: x, targets: [{select: {kind: ConfigMap}}]}]\n"),
    "a value and a source are refused": k(
        "replacements: [{sourceValue: x, source: {kind: ConfigMap}, targets: [{select: {kind: ConfigMap}}]}]\n"
    ),
    "a source is no expression": k(
        "replacements: [{source: {kind: 'Conf.*'}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}]\n"
    ),
    "a target is an expression": k(
        "replacements: [{sourceValue: q, targets: [{select: {kind: 'Conf.*', version: 'v.'}, fieldPaths: [data.x]}]}]\n"
    ),
    "a null replacement is refused": k("replacements: [null]\n"),
    "an empty file of replacements": k("replacements: [{path: x.yaml}]\n", CM, **{"x.yaml": ""}),
    "a null source is refused": k(
        "replacements: [{source: {kind: ConfigMap, fieldPath: data.z}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}]\n",
        CM.replace("x: y", "x: y, z: null"),
    ),
    "an empty text as source": k(
        "replacements: [{source: {kind: ConfigMap, fieldPath: data.z}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}]\n",
        CM.replace("x: y", "x: y, z: ''"),
    ),
    "a star in a source is refused": k(
        "replacements: [{source: {kind: ConfigMap, fieldPath: 'data.*'}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}]\n"
    ),
    "pieces of a map are refused": k(
        "replacements: [{source: {kind: ConfigMap, fieldPath: data, options: {delimiter: a}}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}]\n"
    ),
    "a piece that is not there is refused": k(
        "replacements: [{source: {kind: ConfigMap, fieldPath: data.x, options: {delimiter: a, index: 4}}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]}]\n"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_entries(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
