"""Builtin transformers and generators by objects, crds, openapi (`spec/overlays.md` 20, 21)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
RES = """apiVersion: apps/v1
kind: Deployment
metadata: {name: dep}
spec: {replicas: 1, template: {spec: {containers: [{name: a, image: 'nginx:1'}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: here}
data: {a: b, p: /x/y}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb}
subjects: [{kind: ServiceAccount, name: default, namespace: q}, {kind: ServiceAccount, name: other, namespace: q}]
---
apiVersion: x.io/v1
kind: Foo
metadata: {name: foo}
spec: {list: [{name: a, v: 1}, {name: b, v: 2}], ref: {name: cm}, labels: {}, path: a/b/c}
"""


def run(kind: str, text: str, what: str = "transformers") -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\n{what}: [t.yaml]",
        "r.yaml": RES,
        "t.yaml": f"apiVersion: builtin\nkind: {kind}\nmetadata: {{name: t}}\n{text}\n",
    }


def schema(text: str, patch: str = "spec: {list: [{name: b, v: 9}]}") -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\nopenapi: {text}\npatches: [{{path: p.yaml}}]",
        "r.yaml": RES,
        "p.yaml": f"apiVersion: x.io/v1\nkind: Foo\nmetadata: {{name: foo}}\n{patch}\n",
        "s.json": SCHEMA,
    }


SCHEMA = """{"definitions": {"io.x.v1.Foo": {"properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": "#/definitions/meta"},
 "spec": {"properties": {"list": {"type": "array", "items": {"$ref": "#/definitions/item"}, "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}, "type": "object"}}, "type": "object",
 "x-kubernetes-group-version-kind": [{"group": "x.io", "kind": "Foo", "version": "v1"}]}, "item": {"type": "object", "properties": {"name": {"type": "string"}}}, "meta": {"type": "object"}}}"""
CRD = """{"x.io.v1.Foo": {"Schema": {"properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": "meta"}, "spec": {"$ref": "x.io.v1.FooSpec"}}}},
 "x.io.v1.FooSpec": {"Schema": {"properties": {"ref": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "ConfigMap", "$ref": "x"},
 "labels": {"x-kubernetes-label-selector": ""}, "notes": {"x-kubernetes-annotation": ""}, "path": {"x-kubernetes-identity": ""}}}}}"""
CASES = {
    "an unknown field of a configuration is refused": {
        K: "resources: [r.yaml]\nconfigurations: [c.yaml]",
        "r.yaml": RES,
        "c.yaml": "foo: []\n",
    },
    "a missing configuration is refused": {K: "resources: [r.yaml]\nconfigurations: [c.yaml]", "r.yaml": RES},
    "annotations": run(
        "AnnotationsTransformer",
        "annotations: {a: b}\nfieldSpecs: [{path: metadata/annotations, create: true}, {path: spec/n, kind: Foo, create: true}]",
    ),
    "annotations nowhere": run("AnnotationsTransformer", "annotations: {a: b}"),
    "labels": run("LabelTransformer", "labels: {a: b}\nfieldSpecs: [{path: metadata/labels, create: true}]"),
    "a namespace": run("NamespaceTransformer", "").copy()
    | {"t.yaml": "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: n}\n"},
    "a namespace where there is none": run("NamespaceTransformer", "").copy()
    | {
        "t.yaml": "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: n}\nunsetOnly: true\n"
    },
    "all accounts": run("NamespaceTransformer", "").copy()
    | {
        "t.yaml": "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: n}\nsetRoleBindingSubjects: allServiceAccounts\n"
    },
    "no accounts": run("NamespaceTransformer", "").copy()
    | {
        "t.yaml": "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: n}\nsetRoleBindingSubjects: none\n"
    },
    "bad accounts are refused": run("NamespaceTransformer", "").copy()
    | {
        "t.yaml": "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: n}\nsetRoleBindingSubjects: zap\n"
    },
    "a prefix": run("PrefixTransformer", "prefix: p-\nfieldSpecs: [{path: metadata/name}]"),
    "a prefix nowhere is refused": run("PrefixTransformer", "prefix: p-"),
    "a suffix": run("SuffixTransformer", "suffix: -s\nfieldSpecs: [{path: metadata/name}]"),
    "both": run("PrefixSuffixTransformer", "prefix: p-\nsuffix: -s\nfieldSpecs: [{path: metadata/name, kind: Foo}]"),
    "an image": run("ImageTagTransformer", "imageTag: {name: nginx, newTag: '2'}"),
    "replicas": run(
        "ReplicaCountTransformer",
        "replica: {name: dep, count: 4}\nfieldSpecs: [{path: spec/replicas, kind: Deployment, create: true}]",
    ),
    "a patch": run("PatchTransformer", "target: {kind: Foo}\npatch: '- {op: add, path: /spec/x, value: 1}'"),
    "a merge patch": run(
        "PatchStrategicMergeTransformer",
        "patches: |-\n  apiVersion: x.io/v1\n  kind: Foo\n  metadata: {name: foo}\n  spec: {y: 1}",
    ),
    "a JSON patch": run(
        "PatchJson6902Transformer",
        'target: {kind: Foo, name: foo, version: v1, group: x.io}\njsonOp: \'[{"op": "add", "path": "/spec/x", "value": 1}]\'',
    ),
    "a replacement": run(
        "ReplacementTransformer",
        "replacements: [{source: {kind: Foo}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]}]",
    ),
    "a value": run(
        "ValueAddTransformer",
        "value: v\ntargets: [{selector: {kind: ConfigMap}, fieldPath: data/a}, {selector: {kind: Foo}, fieldPath: spec/path, filePathPosition: 2}, {selector: {kind: ConfigMap}, fieldPath: data/p, filePathPosition: 9}]",
    ),
    "a config map": run("ConfigMapGenerator", "literals: [a=b]", "generators"),
    "a secret": run("SecretGenerator", "name: n\nnamespace: m\ntype: x\nliterals: [a=b]", "generators"),
    "a generator among transformers is refused": run("ConfigMapGenerator", "literals: [a=b]"),
    "an unknown one is refused": run("Zap", ""),
    "an external one is refused": run("Zap", "") | {"t.yaml": "apiVersion: x.io/v1\nkind: Zap\nmetadata: {name: t}\n"},
    "inline": {
        K: "resources: [r.yaml]\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: {name: t}\n  prefix: p-\n  fieldSpecs: [{path: metadata/name}]\n",
        "r.yaml": RES,
    },
    "a directory": {
        K: "resources: [r.yaml]\ntransformers: [d]",
        "r.yaml": RES,
        f"d/{K}": "resources: [t.yaml]\npatches: [{target: {kind: PrefixTransformer}, patch: '- {op: replace, path: /prefix, value: q-}'}]",
        "d/t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n",
    },
    "a missing file is refused": {K: "resources: [r.yaml]\ntransformers: [nope.yaml]", "r.yaml": RES},
    "a validator that changes nothing": run(
        "LabelTransformer",
        "labels: {validated-by: me}\nfieldSpecs: [{path: metadata/labels, create: true}]",
        "validators",
    ),
    "a validator that changes something is refused": run(
        "LabelTransformer", "labels: {other: me}\nfieldSpecs: [{path: metadata/labels, create: true}]", "validators"
    ),
    "helm charts are refused": {
        K: "resources: [r.yaml]\nhelmCharts: [{name: x, version: '1', repo: 'https://example.com'}]",
        "r.yaml": RES,
    },
    "helm globals alone": {K: "resources: [r.yaml]\nhelmGlobals: {chartHome: x}", "r.yaml": RES},
    "the built-in schema": schema("{version: v1.21.2}"),
    "an unknown schema version is refused": schema("{version: v1.30.0}"),
    "a schema of one's own": schema("{path: s.json}"),
    "both schemas are refused": schema("{path: s.json, version: v1.21.2}"),
    "a schema of one's own replaces the built-in": {
        **schema("{path: s.json}"),
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: dep}\nspec: {template: {spec: {containers: [{name: b, image: q}]}}}\n",
    },
    "a missing schema is refused": {
        K: "resources: [r.yaml]\nopenapi: {path: nope.json}\npatches: [{path: p.yaml}]",
        "r.yaml": RES,
        "p.yaml": "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: foo}\n",
    },
    "the schema of a base": {
        K: "resources: [b]\npatches: [{path: p.yaml}]",
        "p.yaml": schema("")["p.yaml"],
        f"b/{K}": "resources: [r.yaml]\nopenapi: {path: s.json}",
        "b/s.json": SCHEMA,
        "b/r.yaml": RES,
    },
    "types": {
        K: "resources: [r.yaml]\ncrds: [c.json]\nnamePrefix: p-\ncommonLabels: {l: m}\ncommonAnnotations: {n: o}",
        "r.yaml": RES.replace("ref: {name: cm}", "ref: {name: foo}")
        .replace("kind: ConfigMap\nmetadata: {name: cm, namespace: here}", "kind: ConfigMap\nmetadata: {name: foo}")
        .replace("labels: {}", "labels: {}, notes: {}"),
        "c.json": CRD,
    },
    "a definition as types": {
        K: "resources: [r.yaml]\ncrds: [c.yaml]\nnamePrefix: p-",
        "r.yaml": RES,
        "c.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n",
    },
    "missing types are refused": {K: "resources: [r.yaml]\ncrds: [nope.yaml]", "r.yaml": RES},
}


@pytest.mark.parametrize("case", CASES)
def test_plugins(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
