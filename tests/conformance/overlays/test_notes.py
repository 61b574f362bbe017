"""Schemas of lists in comments (`spec/overlays.md` 8.5)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
LIST = '{"type":"array","x-kubernetes-patch-merge-key":"id","x-kubernetes-patch-strategy":"merge"}'
NESTED = '{"type":"array","items":{"type":"object","properties":{"l":{"type":"array","x-kubernetes-patch-merge-key":"n","x-kubernetes-patch-strategy":"merge"}}},"x-kubernetes-patch-merge-key":"id","x-kubernetes-patch-strategy":"merge"}'
MAP = '{"type":"object","properties":{"l":' + LIST + "}}"
OBJECT = "spec:\n  items: %s\n  - id: a\n    v: 1\n  - id: b\n    v: 2\n"
PATCH = "spec:\n  items: %s\n  - id: b\n    w: 3\n"


def case(res: str, patch: str, more: str = "") -> dict[str, str]:
    head = "apiVersion: x/v1\nkind: Foo\nmetadata: {name: f}\n"
    return {
        K: f"resources: [r.yaml]\npatches: [{{path: p.yaml}}]\n{more}",
        "r.yaml": head + res,
        "p.yaml": head + patch,
    }


CASES = {
    "a schema behind the key of an object": case(OBJECT % ("# " + LIST), PATCH % ""),
    "a schema in the patch": case(OBJECT % "", PATCH % ("# " + LIST)),
    "a schema behind a flow list": case("spec:\n  items: [{id: a, v: 1}, {id: b, v: 2}] # " + LIST + "\n", PATCH % ""),
    "a schema behind a flow list of the patch": case(OBJECT % "", "spec:\n  items: [{id: b, w: 3}] # " + LIST + "\n"),
    "a schema above the key": case(
        "spec:\n  # " + LIST + "\n  items:\n  - id: a\n    v: 1\n  - id: b\n    v: 2\n", PATCH % ""
    ),
    "a schema above the first element is none": case(
        "spec:\n  items:\n  # " + LIST + "\n  - id: a\n    v: 1\n  - id: b\n    v: 2\n", PATCH % ""
    ),
    "the schema of a map": case(
        "spec: # " + MAP + "\n  l:\n  - id: a\n    v: 1\n  - id: b\n    v: 2\n", "spec:\n  l:\n  - id: b\n    w: 3\n"
    ),
    "a schema within a schema": case(
        "spec:\n  items: # " + NESTED + "\n  - id: a\n    l:\n    - n: 1\n    - n: 2\n  - id: b\n",
        "spec:\n  items:\n  - id: a\n    l:\n    - n: 2\n      z: 1\n",
    ),
    "a schema without a blank": case(OBJECT % ("#" + LIST), PATCH % ""),
    "malformed JSON is no schema": case(OBJECT % ("# " + LIST[:-1]), PATCH % ""),
    "a schema without a type": case(
        OBJECT % ('# {"x-kubernetes-patch-merge-key":"id","x-kubernetes-patch-strategy":"merge"}'), PATCH % ""
    ),
    "plain values merge": case(
        'spec:\n  items: # {"type":"array","x-kubernetes-patch-strategy":"merge"}\n  - a\n  - b\n',
        "spec:\n  items:\n  - c\n",
    ),
    "an element is deleted": case(OBJECT % ("# " + LIST), "spec:\n  items:\n  - id: a\n    $patch: delete\n"),
    "a prefix comes later": case(OBJECT % ("# " + LIST), PATCH % "", "namePrefix: p-\n"),
    "the second patch merges as well": case(OBJECT % ("# " + LIST), PATCH % "", "")
    | {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}, {path: q.yaml}]",
        "q.yaml": "apiVersion: x/v1\nkind: Foo\nmetadata: {name: f}\nspec:\n  items:\n  - id: a\n    z: 9\n",
    },
    "the schema of a patch is not kept": case(OBJECT % "", PATCH % ("# " + LIST), "")
    | {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}, {path: q.yaml}]",
        "q.yaml": "apiVersion: x/v1\nkind: Foo\nmetadata: {name: f}\nspec:\n  items:\n  - id: a\n    z: 9\n",
    },
    "a JSON patch loses the schema": case(OBJECT % ("# " + LIST), PATCH % "", "")
    | {
        K: "resources: [r.yaml]\npatches: [{patch: '- {op: add, path: /x, value: 1}', target: {kind: Foo}}, {path: p.yaml}]"
    },
    "the schema of a base": {
        K: "resources: [b]\npatches: [{path: p.yaml}]",
        "p.yaml": case("", PATCH % "")["p.yaml"],
        "b/" + K: "resources: [r.yaml]\nnamePrefix: p-\n",
        "b/r.yaml": case(OBJECT % ("# " + LIST), "")["r.yaml"],
    },
    "a schema in a known type": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n  template:\n    spec:\n      tolerations: # "
        + LIST.replace("id", "key")
        + "\n      - key: a\n        v: 1\n      - key: b\n",
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n  template:\n    spec:\n      tolerations:\n      - key: b\n        w: 1\n",
    },
    "a schema that replaces what is known": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n  template:\n    spec:\n      containers: # {"type":"array"}\n      - name: a\n        v: 1\n      - name: b\n',
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n  template:\n    spec:\n      containers:\n      - name: b\n        w: 1\n",
    },
    "a schema and the old patch field": case(OBJECT % ("# " + LIST), PATCH % "")
    | {K: "resources: [r.yaml]\npatchesStrategicMerge: [p.yaml]"},
    "a schema and an inline patch": case(OBJECT % ("# " + LIST), PATCH % "")
    | {
        K: "resources: [r.yaml]\npatches:\n- patch: |\n    apiVersion: x/v1\n    kind: Foo\n    metadata: {name: f}\n    spec:\n      items:\n      - id: b\n        w: 3\n"
    },
    "a schema in a list that does not merge": case(
        "spec:\n  q:\n  - items: # " + LIST + "\n    - id: a\n    - id: b\n",
        "spec:\n  q:\n  - items:\n    - id: b\n      w: 1\n",
    ),
    "a schema in an element that merges": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        args: # {"type":"array","x-kubernetes-patch-strategy":"merge"}\n        - x\n        - y\n',
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        args: [z]\n",
    },
    "a short reference is no schema": case(OBJECT % ('# {"$openapi":"q"}'), PATCH % "")
    | {
        K: "resources: [r.yaml]\nopenapi: {path: s.json}\npatches: [{path: p.yaml}]",
        "s.json": '{"definitions":{"q":' + LIST + "}}",
    },
    "a schema with several keys": case(
        OBJECT
        % (
            '# {"type":"array","x-kubernetes-list-map-keys":["id","v"],"x-kubernetes-list-type":"map","x-kubernetes-patch-strategy":"merge","x-kubernetes-patch-merge-key":"id"}'
        ),
        PATCH % "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_notes(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
