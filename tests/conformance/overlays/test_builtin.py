"""Builtin plugins, each with its odd inputs, and what buildMetadata tells of them (`spec/overlays.md` 21, 22.4)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
RES = """apiVersion: apps/v1
kind: Deployment
metadata: {name: dep}
spec: {replicas: 1, template: {spec: {containers: [{name: a, image: 'nginx:1', envFrom: [{configMapRef: {name: cm}}]}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: here}
data: {a: b, p: /x/y}
"""
G = "configMapGenerator: [{name: g, literals: [a=b]}]\n"
M = "buildMetadata: [originAnnotations, transformerAnnotations]\n"
TRANSFORMER = "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t, annotations: {x: y}}\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n"
GENERATOR = "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g2, namespace: q}\nliterals: [a=b]\n"


def run(kind: str, text: str, what: str = "transformers", res: str = RES, **files: str) -> dict[str, str]:
    config = f"apiVersion: builtin\nkind: {kind}\nmetadata: {{name: t}}\n{text}\n"
    return {K: f"resources: [r.yaml]\n{what}: [t.yaml]", "r.yaml": res, "t.yaml": config, **files}


def told(fields: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": RES, "t.yaml": TRANSFORMER, "g.yaml": GENERATOR}


CASES = {
    "hashes of nothing generated": run("HashTransformer", ""),
    "a hash twice": run("HashTransformer", "") | {K: "resources: [r.yaml]\ntransformers: [t.yaml]\n" + G},
    "a hash behind a prefix, twice": run("HashTransformer", "")
    | {K: "resources: [r.yaml]\nnamePrefix: p-\ntransformers: [t.yaml]\n" + G},
    "one configuration twice is refused": run("HashTransformer", "")
    | {K: "resources: [r.yaml]\ntransformers: [t.yaml, t.yaml]\n" + G},
    "a hash in a base": {
        K: "resources: [b]\nnamePrefix: o-\n",
        "b/" + K: "resources: [r.yaml]\ntransformers: [t.yaml]\n" + G,
        "b/r.yaml": RES.replace("name: cm}}", "name: g}}"),
        "b/t.yaml": "apiVersion: builtin\nkind: HashTransformer\nmetadata: {name: t}\n",
    },
    "a hash in a base, merged later": {
        K: "resources: [b]\nconfigMapGenerator: [{name: g, behavior: merge, literals: [c=d]}]\n",
        "b/" + K: "resources: [r.yaml]\ntransformers: [t.yaml]\n" + G,
        "b/r.yaml": RES,
        "b/t.yaml": "apiVersion: builtin\nkind: HashTransformer\nmetadata: {name: t}\n",
    },
    "a hash ignores other fields": run("HashTransformer", "foo: bar")
    | {K: "resources: [r.yaml]\ntransformers: [t.yaml]\n" + G},
    "a hash is no generator": run("HashTransformer", "", "generators"),
    "a hash is no validator": run("HashTransformer", "", "validators")
    | {K: "resources: [r.yaml]\nvalidators: [t.yaml]\n" + G},
    "an account": run(
        "IAMPolicyGenerator",
        "cloud: gke\nkubernetesService: {namespace: ns, name: ksa}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
    ),
    "an account without a namespace": run(
        "IAMPolicyGenerator",
        "cloud: gke\nkubernetesService: {name: ksa}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
    ),
    "another cloud is refused": run(
        "IAMPolicyGenerator",
        "cloud: aws\nkubernetesService: {namespace: ns, name: ksa}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
    ),
    "no cloud is refused": run(
        "IAMPolicyGenerator",
        "kubernetesService: {namespace: ns, name: ksa}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
    ),
    "an empty account is refused": run("IAMPolicyGenerator", "", "generators"),
    "an account without a name is refused": run(
        "IAMPolicyGenerator",
        "cloud: gke\nkubernetesService: {namespace: ns}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
    ),
    "an account is no transformer": run("IAMPolicyGenerator", "cloud: gke", "transformers"),
    "the origin of an account": run(
        "IAMPolicyGenerator",
        "cloud: gke\nkubernetesService: {namespace: ns, name: ksa}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
    )
    | {K: "resources: [r.yaml]\ngenerators: [t.yaml]\nbuildMetadata: [originAnnotations]\n"},
    "an account that exists is refused": run(
        "IAMPolicyGenerator",
        "cloud: gke\nkubernetesService: {namespace: ns, name: ksa}\nserviceAccount: {name: gsa, projectId: proj}",
        "generators",
        RES + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ksa, namespace: ns}\n",
    ),
    "no order as a plugin": run("SortOrderTransformer", "sortOptions: {order: fifo}"),
    "no old order as a plugin": run("LegacyOrderTransformer", ""),
    "nothing as a plugin": run("NoOpTransformer", ""),
    "what a configured transformer did": told(
        "transformers: [t.yaml]\nbuildMetadata: [transformerAnnotations, originAnnotations]\n"
    ),
    "what an inline transformer did": told(
        "transformers:\n- |\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: {name: t}\n  prefix: p-\n  fieldSpecs: [{path: metadata/name}]\nbuildMetadata: [transformerAnnotations, originAnnotations]\n"
    ),
    "what a configured generator made": told(
        "generators: [g.yaml]\nbuildMetadata: [transformerAnnotations, originAnnotations]\n"
    ),
    "what an inline generator made": told(
        "generators:\n- |\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: t}\n  literals: [a=b]\nbuildMetadata: [transformerAnnotations, originAnnotations]\n"
    ),
    "what a directory of plugins did": {
        K: "resources: [r.yaml]\ntransformers: [d]\ngenerators: [e]\nbuildMetadata: [transformerAnnotations, originAnnotations]\n",
        "r.yaml": RES,
        "d/" + K: "resources: [t.yaml]",
        "d/t.yaml": TRANSFORMER,
        "e/" + K: "resources: [g.yaml]",
        "e/g.yaml": GENERATOR,
    },
    "validators are not told": {
        K: "resources: [r.yaml]\nvalidators: [t.yaml]\nbuildMetadata: [transformerAnnotations, originAnnotations]\n",
        "r.yaml": RES,
        "t.yaml": "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: t}\nlabels: {validated-by: x}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
    },
    "what plugins of a base did": {
        K: "resources: [b]\nnamePrefix: p-\nbuildMetadata: [transformerAnnotations, originAnnotations]\n",
        "b/" + K: "resources: [r.yaml]\ntransformers: [t.yaml]\ngenerators: [g.yaml]\nlabels: [{pairs: {a: b}}]\n",
        "b/r.yaml": RES,
        "b/t.yaml": TRANSFORMER,
        "b/g.yaml": GENERATOR,
    },
    "all that a kustomization did": {
        K: "resources: [r.yaml]\nnamespace: n1\nnamePrefix: p-\nnameSuffix: -s\nlabels: [{pairs: {a: b}}, {pairs: {c: d}}]\ncommonLabels: {e: f}\ncommonAnnotations: {g: h}\nimages: [{name: nginx, newTag: '2'}]\nreplicas: [{name: dep, count: 2}]\nreplacements: [{source: {kind: Deployment, fieldPath: metadata.name}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]}]\npatches: [{patch: '- {op: add, path: /x, value: 1}', target: {kind: ConfigMap}}]\npatchesStrategicMerge: [\"apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: cm, namespace: here}\\ndata: {z: z}\\n\"]\npatchesJson6902: [{patch: '[{op: add, path: /z, value: 1}]', target: {version: v1, kind: ConfigMap, name: cm}}]\nbuildMetadata: [transformerAnnotations, originAnnotations, managedByLabel, zap]\n",
        "r.yaml": RES,
    },
    "what was merged comes from the base": {
        K: "resources: [b]\nconfigMapGenerator: [{name: g, behavior: merge, literals: [c=d]}]\nbuildMetadata: [originAnnotations, transformerAnnotations]\n",
        "b/" + K: "configMapGenerator: [{name: g, literals: [a=b]}]\nnamePrefix: p-\n",
    },
    "what was replaced comes from the last": {
        K: "resources: [b]\nconfigMapGenerator: [{name: g, behavior: replace, literals: [c=d]}]\n" + M,
        "b/" + K: "configMapGenerator: [{name: g, literals: [a=b]}]\nnamePrefix: p-\n",
    },
    "what was merged into comes from its file": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, namespace: here, behavior: merge, literals: [c=d]}]\n"
        + M,
        "r.yaml": RES,
    },
    "what replaces an object is new": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, namespace: here, behavior: replace, literals: [c=d]}]\n"
        + M,
        "r.yaml": RES,
    },
    "a word of another type as prefix": run("PrefixTransformer", "prefix: true\nfieldSpecs: [{path: metadata/name}]"),
    "values of other types as annotations": run(
        "AnnotationsTransformer",
        "annotations: {a: 1.5, b: true, c: 1e3, d: 0x10, e: 2001-01-01, f: yes, g: null, h: 12345678901234567890, i: 0.1e-8}\nfieldSpecs: [{path: metadata/annotations, create: true}]",
    ),
    "a string for a boolean": run(
        "AnnotationsTransformer", "annotations: {a: b}\nfieldSpecs: [{path: metadata/annotations, create: 'true'}]"
    ),
    "a string for a number": run(
        "ReplicaCountTransformer",
        "replica: {name: dep, count: '4'}\nfieldSpecs: [{path: spec/replicas, kind: Deployment, create: true}]",
    ),
    "a float for a number": run(
        "ReplicaCountTransformer",
        "replica: {name: dep, count: 4.0}\nfieldSpecs: [{path: spec/replicas, kind: Deployment, create: true}]",
    ),
    "a number as tag": run("ImageTagTransformer", "imageTag: {name: nginx, newTag: 2}"),
    "a float as tag": run("ImageTagTransformer", "imageTag: {name: nginx, newTag: 2.10}"),
    "a number as literal is refused": run("ConfigMapGenerator", "literals: [a=b, 5]", "generators"),
    "a number as name is refused": run("ConfigMapGenerator", "name: 5\nliterals: [a=b]", "generators"),
    "a list for a string is refused": run("PrefixTransformer", "prefix: [a]\nfieldSpecs: [{path: metadata/name}]"),
    "a string for a list is refused": run("ConfigMapGenerator", "literals: a=b", "generators"),
    "keys are written exactly": run("PrefixTransformer", "PREFIX: a-\nFieldSpecs: [{Path: metadata/name}]"),
    "a number as label is refused": run(
        "ConfigMapGenerator",
        "literals: [a=b]\noptions: {labels: {a: 1}, disableNameSuffixHash: true, immutable: true}",
        "generators",
    ),
    "a configured generator merges": {
        K: "resources: [r.yaml]\ngenerators: [g.yaml]\n",
        "r.yaml": RES,
        "g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: cm, namespace: here}\nbehavior: merge\nliterals: [z=y]\n",
    },
    "labels of a configuration are its own": run("ConfigMapGenerator", "literals: [a=b]", "generators")
    | {
        "t.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: t, labels: {a: b}, annotations: {c: d}}\nliterals: [z=y]\n"
    },
    "files of a configured generator": run(
        "ConfigMapGenerator", "files: [x.txt]\nenvs: [e.env]", "generators", **{"x.txt": "hi", "e.env": "A=B"}
    ),
    "files are looked for beside the kustomization": {
        K: "resources: [r.yaml]\ngenerators: [d/g.yaml]",
        "r.yaml": RES,
        "d/g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: t}\nfiles: [x.txt]\n",
        "x.txt": "root",
    },
    "no hash by annotation of a builtin": {
        K: "resources: [r.yaml]\ngenerators: [g.yaml]\n",
        "r.yaml": RES,
        "g.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: t, annotations: {kustomize.config.k8s.io/needs-hash: 'false'}}\nliterals: [z=y]\n",
    },
    "a builtin is no function": run("PrefixTransformer", "prefix: p-\nfieldSpecs: [{path: metadata/name}]")
    | {
        "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t, annotations: {config.kubernetes.io/function: 'container: {image: x}'}}\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n"
    },
    "replacements in a file": run(
        "ReplacementTransformer",
        "replacements: [{path: x.yaml}]",
        **{
            "x.yaml": "source: {kind: Deployment, fieldPath: metadata.name}\ntargets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n"
        },
    ),
    "a patch in a file": run(
        "PatchTransformer",
        "path: x.yaml\ntarget: {kind: ConfigMap}",
        **{"x.yaml": "- {op: add, path: /data/q, value: '1'}\n"},
    ),
    "merge patches in files": run(
        "PatchStrategicMergeTransformer",
        "paths: [x.yaml]",
        **{"x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, namespace: here}\ndata: {q: '1'}\n"},
    ),
    "no merge patch is refused": run("PatchStrategicMergeTransformer", ""),
    "no operations are refused": run("PatchJson6902Transformer", "target: {kind: ConfigMap, name: cm}"),
    "operations in a file": run(
        "PatchJson6902Transformer",
        "target: {version: v1, kind: ConfigMap, name: cm, namespace: here}\npath: x.json",
        **{"x.json": '[{"op":"add","path":"/data/q","value":"1"}]'},
    ),
    "operations twice are refused": run(
        "PatchJson6902Transformer",
        "target: {kind: ConfigMap, name: cm}\npath: x.json\njsonOp: '[]'",
        **{"x.json": '[{"op":"add","path":"/data/q","value":"1"}]'},
    ),
    "operations without a target": run(
        "PatchJson6902Transformer", 'jsonOp: \'[{"op":"add","path":"/data/q","value":"1"}]\''
    ),
    "operations for nobody": run(
        "PatchJson6902Transformer",
        'target: {kind: ConfigMap, name: zz}\njsonOp: \'[{"op":"add","path":"/data/q","value":"1"}]\'',
    ),
    "a namespace in other fields": run("NamespaceTransformer", "fieldSpecs: [{path: data/a, kind: ConfigMap}]")
    | {
        "t.yaml": "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: n}\nfieldSpecs: [{path: data/a, kind: ConfigMap}, {path: spec/z, create: true}]\n"
    },
    "no namespace": run("NamespaceTransformer", ""),
    "no suffix": run("SuffixTransformer", "fieldSpecs: [{path: metadata/name}]"),
    "a configuration without a name is refused": {
        K: "resources: [r.yaml]\ntransformers: [t.yaml]",
        "r.yaml": RES,
        "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n",
    },
    "two configurations in a file": {
        K: "resources: [r.yaml]\ntransformers: [t.yaml]",
        "r.yaml": RES,
        "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: a}\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n---\napiVersion: builtin\nkind: SuffixTransformer\nmetadata: {name: b}\nsuffix: -s\nfieldSpecs: [{path: metadata/name}]\n",
    },
    "a file without configurations": {
        K: "resources: [r.yaml]\ntransformers: [t.yaml]",
        "r.yaml": RES,
        "t.yaml": "# nothing\n",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_builtin(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
