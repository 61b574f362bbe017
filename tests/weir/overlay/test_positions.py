"""Where an error says that it is: the line of the field at fault, wherever that was written."""
# ruff: noqa: E501  a case is one row

import pytest

from weir import overlay

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n"
POSITIONS: dict[str, tuple[dict[str, str], str]] = {
    "an inline patch, by line": (
        {
            K: "resources: [r.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: cm}\n    data:\n      b: c\n      a:\n      - x\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:10: patches[0].patch.data.a",
    ),
    "an inline operation": (
        {
            K: "resources: [r.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - {op: add, path: /data/x, value: y}\n    - op: remove\n      path: /data/zz\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:7: patches[0].patch[1].path",
    ),
    "an inline operation in quotes": (
        {
            K: "resources: [r.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: '[{op: remove, path: /data/zz}]'\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:4: patches[0].patch",
    ),
    "a patch with path and text": (
        {K: "resources: [r.yaml]\npatches:\n- path: a\n- path: p.yaml\n  patch: x\n", "r.yaml": CM, "a": CM},
        "kustomization.yaml:4: patches[1]",
    ),
    "a patch file that is missing": (
        {K: "resources: [r.yaml]\npatches:\n- target: {kind: X}\n  path: p.yaml\n", "r.yaml": CM},
        "kustomization.yaml:4: patches[0].path",
    ),
    "a target that is no selector": (
        {
            K: "resources: [r.yaml]\npatches:\n- patch: '- {op: add, path: /x}'\n  target:\n    kind: ConfigMap\n    labelSelector: a in b\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:6: patches[0].target.labelSelector",
    ),
    "an old merge patch": (
        {
            K: "resources: [r.yaml]\npatchesStrategicMerge:\n- |\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: cm}\n  data:\n    a: [x]\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:8: patchesStrategicMerge[0].data.a",
    ),
    "a replacement without a source": (
        {
            K: "resources: [r.yaml]\nreplacements:\n- sourceValue: a\n  targets: [{select: {kind: X}}]\n- source:\n    kind: ConfigMap\n    name: zz\n  targets: [{select: {kind: X}}]\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:5: replacements[1].source",
    ),
    "a replacement of a missing field": (
        {
            K: "resources: [r.yaml]\nreplacements:\n- source:\n    kind: ConfigMap\n    fieldPath: data.zz\n  targets: [{select: {kind: X}}]\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:5: replacements[0].source.fieldPath",
    ),
    "a replacement into nothing": (
        {
            K: "resources: [r.yaml]\nreplacements:\n- sourceValue: a\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths:\n    - data.a\n    - data.zz.y\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:8: replacements[0].targets[0].fieldPaths[1]",
    ),
    "a replacement in a file": (
        {
            K: "resources: [r.yaml]\nreplacements:\n- path: x.yaml\n",
            "r.yaml": CM,
            "x.yaml": "- sourceValue: a\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n- sourceValue: a\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths:\n    - data.zz\n",
        },
        "x.yaml:7: [1].targets[0].fieldPaths[0]",
    ),
    "a wrong type in a file of replacements": (
        {
            K: "resources: [r.yaml]\nreplacements:\n- path: x.yaml\n",
            "r.yaml": CM,
            "x.yaml": "sourceValue: a\ntargets:\n- select: {kind: ConfigMap}\n  zap: 1\n",
        },
        "x.yaml:4: targets[0].zap",
    ),
    "an image entry": (
        {K: "resources: [r.yaml]\nimages:\n- name: a\n  newTag: x\n- name: b\n  newTag: 1\n", "r.yaml": CM},
        "kustomization.yaml:6: images[1].newTag",
    ),
    "a generator's file": (
        {K: "configMapGenerator:\n- name: a\n  files:\n  - r.yaml\n  - nope\n", "r.yaml": CM},
        "kustomization.yaml:5: configMapGenerator[0].files[1]",
    ),
    "a generator that clashes": (
        {K: "resources: [r.yaml]\nconfigMapGenerator:\n- literals: [a=b]\n  name: cm\n", "r.yaml": CM},
        "kustomization.yaml:3: configMapGenerator[0].behavior",
    ),
    "a generator without a target": (
        {K: "configMapGenerator:\n- name: cm\n  literals: [a=b]\n  behavior: merge\n"},
        "kustomization.yaml:4: configMapGenerator[0].behavior",
    ),
    "an environment file": (
        {K: "configMapGenerator:\n- name: a\n  envs:\n  - e.env\n", "e.env": "a=b\na=c\n"},
        "kustomization.yaml:4: configMapGenerator[0].envs[0]",
    ),
    "a label field": (
        {K: "resources: [r.yaml]\nlabels:\n- pairs: {a: b}\n  fields:\n  - path: metadata/labels\n", "r.yaml": CM},
        "kustomization.yaml:4: labels[0].fields",
    ),
    "a resource of several": (
        {K: "resources:\n- r.yaml\n- nope\n", "r.yaml": CM},
        "kustomization.yaml:3: resources[1]",
    ),
    "a resource under the old name": ({K: "bases:\n- nope\n"}, "kustomization.yaml:2: bases[0]"),
    "a component": (
        {K: "components:\n- c\n- d\n", "c/" + K: "kind: Component\nresources: []\n", "d/" + K: "resources: []\n"},
        "kustomization.yaml:3: components[1]",
    ),
    "replicas": (
        {K: "resources: [r.yaml]\nreplicas:\n- name: zz\n  count: 1\n", "r.yaml": CM},
        "kustomization.yaml:3: replicas[0].name",
    ),
    "a variable of nothing": (
        {
            K: "resources: [r.yaml]\nvars:\n- name: A\n  objref: {apiVersion: v1, kind: ConfigMap, name: cm}\n- name: B\n  objref:\n    apiVersion: v1\n    kind: ConfigMap\n    name: zz\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:6: vars[1].objref",
    ),
    "a variable of a missing field": (
        {
            K: "resources: [r.yaml]\nvars:\n- name: A\n  objref: {apiVersion: v1, kind: ConfigMap, name: cm}\n  fieldref:\n    fieldPath: data.zz\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:6: vars[0].fieldref.fieldPath",
    ),
    "a variable twice": (
        {
            K: "resources: [r.yaml]\nvars:\n- name: A\n  objref: {apiVersion: v1, kind: ConfigMap, name: cm}\n- objref: {apiVersion: v1, kind: ConfigMap, name: cm}\n  name: A\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:6: vars[1].name",
    ),
    "a configuration of a plugin": (
        {
            K: "resources: [r.yaml]\ntransformers: [t.yaml]\n",
            "r.yaml": CM,
            "t.yaml": "apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: t}\nvalue: x\ntargets:\n- fieldPath: data/a\n- filePathPosition: 1\n  fieldPath: ''\n",
        },
        "t.yaml:8: targets[1].fieldPath",
    ),
    "the second configuration of a file": (
        {
            K: "resources: [r.yaml]\ntransformers: [t.yaml]\n",
            "r.yaml": CM,
            "t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: x\nfieldSpecs: []\n---\napiVersion: builtin\nkind: ReplacementTransformer\nmetadata: {name: u}\nreplacements:\n- sourceValue: a\n  targets:\n  - fieldPaths: [a]\n",
        },
        "t.yaml:13: replacements[0].targets[0].select",
    ),
    "an inline configuration": (
        {
            K: "resources: [r.yaml]\ntransformers:\n- |\n  apiVersion: builtin\n  kind: NamespaceTransformer\n  metadata: {name: t}\n  setRoleBindingSubjects: zap\n",
            "r.yaml": CM,
        },
        "kustomization.yaml:7: transformers[0].setRoleBindingSubjects",
    ),
    "an unknown builtin": (
        {
            K: "resources: [r.yaml]\ntransformers: [t.yaml]\n",
            "r.yaml": CM,
            "t.yaml": "apiVersion: builtin\nmetadata: {name: t}\nkind: Zap\n",
        },
        "t.yaml:3: kind",
    ),
    "a container": (
        {
            K: "resources: [r.yaml]\ntransformers: [t.yaml]\n",
            "r.yaml": CM,
            "t.yaml": "metadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: x}\nkind: Zap\napiVersion: x/v1\n",
        },
        "t.yaml:7: apiVersion",
    ),
    "an exec": (
        {
            K: "resources: [r.yaml]\ngenerators: [t.yaml]\n",
            "r.yaml": CM,
            "t.yaml": "metadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: x}\nkind: Zap\napiVersion: x/v1\n",
        },
        "t.yaml:7: apiVersion",
    ),
    "a value that cannot be printed": (
        {
            K: "resources: [r.yaml]\nnamePrefix: p-\n",
            "r.yaml": CM + "---\n" + CM.replace("cm", "cn") + "spec:\n  ok: 1\n  bad:\n  - .inf\n",
        },
        "r.yaml:13: spec.bad[0]",
    ),
    "a tag that does not fit": (
        {K: "resources: [r.yaml]\ncommonLabels: {a: b}\n", "r.yaml": CM + "spec:\n  n: !!int x\n"},
        "r.yaml:6: spec.n",
    ),
    "a control character": (
        {K: "resources: [r.yaml]\n", "r.yaml": CM.replace("{a: b}", '\n  z: 1\n  a: "x\\x7f"')},
        "r.yaml:6: data.a",
    ),
    "a container that is no map": (
        {K: "resources: [r.yaml]\nimages: [{name: a}]\n", "r.yaml": CM + "spec:\n  containers:\n  - x\n"},
        "r.yaml:1: ",
    ),
    "a schema version": (
        {K: "resources: [r.yaml]\nopenapi:\n  version: v1.30.0\n", "r.yaml": CM},
        "kustomization.yaml:3: openapi.version",
    ),
    "an order": (
        {K: "resources: [r.yaml]\nsortOptions:\n  order: zap\n", "r.yaml": CM},
        "kustomization.yaml:3: sortOptions.order",
    ),
    "a configuration file": (
        {
            K: "resources: [r.yaml]\nconfigurations: [c.yaml]\n",
            "r.yaml": CM,
            "c.yaml": "images:\n- path: a\n  kind: 1\n",
        },
        "c.yaml:3: images[0].kind",
    ),
    "a crd file": ({K: "resources: [r.yaml]\ncrds:\n- nope.yaml\n", "r.yaml": CM}, "kustomization.yaml:3: crds[0]"),
    "a base's field": (
        {K: "resources:\n- b\n", "b/" + K: "namePrefix: p-\nresources:\n- nope\n"},
        "b/kustomization.yaml:3: resources[0]",
    ),
    "a chart": ({K: "helmCharts:\n- version: '1'\n  repo: x\n"}, "kustomization.yaml:2: helmCharts[0]"),
    "a repeated key far below": (
        {K: "resources: [r.yaml]", "r.yaml": CM + "---\n" + CM.replace("cm", "cn") + "x:\n  y:\n    z: 1\n    z: 2\n"},
        "r.yaml:11: x.y",
    ),
}


@pytest.mark.parametrize("case", POSITIONS)
def test_errors_name_the_line_of_the_field(case: str) -> None:
    tree, place = POSITIONS[case]
    with pytest.raises(overlay.BuildError) as caught:
        overlay.build({name: text.encode() for name, text in tree.items()}, "")
    error = caught.value
    assert f"{error.file}:{error.line}: {error.field}" == place, str(error)
