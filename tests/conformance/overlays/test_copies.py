"""Replacements and variables (`spec/overlays.md` 17, 18)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
RES = """apiVersion: v1
kind: ConfigMap
metadata: {name: src, annotations: {a.b/c: note, url: 'http://host:80/path'}}
data: {text: hello, number: '80', word: 'yes', dotted.key: dot, empty: '', json: '{"a": {"b": 1}}', yaml: "a:\\n  b: 1\\n"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: dep, labels: {app: web}}
spec:
  replicas: 1
  paused: null
  template:
    spec:
      containers:
      - {name: c1, image: 'nginx:1', args: [one, two], env: [{name: A, value: old}]}
      - {name: c2, image: 'redis:2'}
---
apiVersion: v1
kind: Service
metadata: {name: svc, labels: {app: web}}
spec: {ports: [{port: 80, name: http}], selector: {app: web}}
"""
SRC = "{kind: ConfigMap, name: src, fieldPath: data.text}"


def replace(source: str, targets: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\nreplacements:\n- source: {source}\n  targets: {targets}\n", "r.yaml": RES}


def target(path: str, options: str = "{}") -> dict[str, str]:
    return replace(SRC, f"[{{select: {{kind: Deployment}}, fieldPaths: ['{path}'], options: {options}}}]")


def source(text: str, path: str = "metadata.labels.app") -> dict[str, str]:
    return replace(text, f"[{{select: {{kind: Deployment}}, fieldPaths: ['{path}']}}]")


def select(text: str) -> dict[str, str]:
    return replace(SRC, f"[{{{text}, fieldPaths: [metadata.labels.app]}}]")


def variable(
    entry: str,
    field: str = "spec: {template: {spec: {containers: [{name: c, args: ['$(X)', 'a-$(X)-b', '$$(X)', '$(Y)', '$(X', '$x'], command: ['$(X)'], image: '$(X)', env: [{name: E, value: '$(X)'}]}]}}}",
) -> dict[str, str]:
    return {
        K: f"resources: [r.yaml]\nnamePrefix: p-\nvars: [{entry}]\n",
        "r.yaml": f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, annotations: {{q: '$(X)'}}, labels: {{l: '$(X)'}}}}\n{field}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: cm}}\ndata: {{a: b, n: 5, l: [x, y]}}\n",
    }


CASES = {
    "the name by default": replace("{kind: ConfigMap, name: src}", "[{select: {kind: Deployment}}]"),
    "a field": target("metadata.labels.app"),
    "a missing field is refused": target("metadata.labels.zap"),
    "a missing field is created": target("metadata.labels.zap", "{create: true}"),
    "missing maps are created": target("spec.x.y.z", "{create: true}"),
    "a list element by index": target("spec.template.spec.containers.0.image"),
    "a list element by a field": target("spec.template.spec.containers.[name=c2].image"),
    "list elements by an expression": target("spec.template.spec.containers.[name=c].image"),
    "every list element": target("spec.template.spec.containers.*.image"),
    "an index too large is refused": target("spec.template.spec.containers.5.image"),
    "an index appended": target("spec.template.spec.containers.0.args.2", "{create: true}"),
    "a list element that is made": target("spec.template.spec.containers.[name=c9].image", "{create: true}"),
    "a list element that is not there is refused": target("spec.template.spec.containers.[name=c9].image"),
    "a list that is made": target("spec.list.[name=q].v", "{create: true}"),
    "a value in a list of values": target("spec.template.spec.containers.0.args.[=one]"),
    "a piece of a text": target("spec.template.spec.containers.0.image", "{delimiter: ':', index: 1}"),
    "the first piece": target("spec.template.spec.containers.*.image", "{delimiter: ':'}"),
    "a piece in front": target("spec.template.spec.containers.0.image", "{delimiter: ':', index: -1}"),
    "a piece behind": target("spec.template.spec.containers.0.image", "{delimiter: ':', index: 9}"),
    "below a plain value is refused": target("metadata.name.x"),
    "text into a number is refused": target("spec.replicas"),
    "text into null": target("spec.paused"),
    "a dash is not special": target("spec.template.spec.containers.-.image"),
    "a dotted annotation": source("{kind: ConfigMap, name: src, fieldPath: 'metadata.annotations.[a.b/c]'}"),
    "an escaped dot": source("{kind: ConfigMap, name: src, fieldPath: 'data.dotted\\.key'}"),
    "an escaped annotation made": target("metadata.annotations.x\\.y/z", "{create: true}"),
    "a number as text into a number": source("{kind: ConfigMap, name: src, fieldPath: data.number}", "spec.replicas"),
    "a number as text into a text": source("{kind: ConfigMap, name: src, fieldPath: data.number}"),
    "a number into a text": source("{kind: Service, name: svc, fieldPath: spec.ports.0.port}"),
    "the last of a list": source("{kind: Service, name: svc, fieldPath: spec.ports.-.name}"),
    "a piece of the source": source(
        "{kind: ConfigMap, name: src, fieldPath: metadata.annotations.url, options: {delimiter: '/', index: 2}}"
    ),
    "a piece beyond the source is refused": source(
        "{kind: ConfigMap, name: src, fieldPath: metadata.annotations.url, options: {delimiter: '/', index: 9}}"
    ),
    "a map": source("{kind: Service, name: svc, fieldPath: spec.selector}", "metadata.labels"),
    "a map into a text": source("{kind: Service, name: svc, fieldPath: spec.selector}"),
    "a list into a list": source(
        "{kind: Service, name: svc, fieldPath: spec.ports}", "spec.template.spec.containers.0.args"
    ),
    "an empty source is refused": source("{kind: ConfigMap, name: src, fieldPath: data.zap}"),
    "an empty text as source": source("{kind: ConfigMap, name: src, fieldPath: data.empty}"),
    "no source object is refused": source("{kind: ConfigMap, name: zap}"),
    "two source objects are refused": source("{version: v1}"),
    "a wildcard in the source is refused": source("{kind: Service, name: svc, fieldPath: 'spec.ports.*.port'}"),
    "no select is refused": replace(SRC, "[{fieldPaths: [metadata.name]}]"),
    "no targets is refused": replace(SRC, "[]"),
    "targets by expression": select("select: {kind: 'Dep.*|Service'}"),
    "targets by label": select("select: {labelSelector: app=web}"),
    "targets by label and kind": select("select: {labelSelector: app=web, kind: Service}"),
    "a target that is not there": select("select: {kind: Nope}"),
    "rejected by name": select("select: {labelSelector: app=web}, reject: [{name: svc}]"),
    "rejected by kind and name": select("select: {labelSelector: app=web}, reject: [{kind: Service, name: dep}]"),
    "rejected by label": select("select: {labelSelector: app=web}, reject: [{labelSelector: app=web}]"),
    "an empty rejection": select("select: {labelSelector: app=web}, reject: [{}]"),
    "from a file": {
        K: "resources: [r.yaml]\nreplacements: [{path: x.yaml}]",
        "r.yaml": RES,
        "x.yaml": f"source: {SRC}\ntargets: [{{select: {{kind: Deployment}}, fieldPaths: [metadata.labels.app]}}]\n",
    },
    "from a file with several": {
        K: "resources: [r.yaml]\nreplacements: [{path: x.yaml}]",
        "r.yaml": RES,
        "x.yaml": f"- source: {SRC}\n  targets: [{{select: {{kind: Deployment}}, fieldPaths: [metadata.labels.app]}}]\n- source: {SRC}\n  targets: [{{select: {{kind: Service}}, fieldPaths: [metadata.labels.app]}}]\n",
    },
    "path and source are refused": {
        K: "resources: [r.yaml]\nreplacements: [{path: x.yaml, source: {kind: ConfigMap}}]",
        "r.yaml": RES,
        "x.yaml": "[]",
    },
    "prefixed names are seen": {
        **replace("{kind: Deployment, name: dep}", "[{select: {kind: ConfigMap}, fieldPaths: [data.text]}]"),
        K: "resources: [r.yaml]\nnamePrefix: p-\nreplacements:\n- source: {kind: Deployment, name: dep}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.text]}]\n",
    },
    "into the text of a field": target("data.json.a.b"),
    "into JSON text": replace(SRC, "[{select: {kind: ConfigMap}, fieldPaths: [data.json.a.b]}]"),
    "a value of its own": {
        K: "resources: [r.yaml]\nreplacements: [{sourceValue: hi, targets: [{select: {kind: Deployment}, fieldPaths: [metadata.labels.app]}]}]",
        "r.yaml": RES,
    },
    "a variable of a name": variable("{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}"),
    "a variable of a field": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}, fieldref: {fieldPath: data.a}}"
    ),
    "a variable of a number": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}, fieldref: {fieldPath: data.n}}"
    ),
    "a variable of a list element": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}, fieldref: {fieldPath: 'data.l[1]'}}"
    ),
    "a variable of a missing field is refused": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}, fieldref: {fieldPath: data.zz}}"
    ),
    "a variable of a missing object is refused": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: zz}}"
    ),
    "a variable without a version is refused": variable("{name: X, objref: {kind: ConfigMap, name: cm}}"),
    "a variable twice is refused": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}, {name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}"
    ),
    "a variable that is not used": variable("{name: Z, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}"),
    "numbers in arguments": variable(
        "{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}",
        "spec: {template: {spec: {containers: [{name: c, args: [1, a]}]}}}",
    ),
    "variables by configuration": {
        **variable("{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}"),
        K: "resources: [r.yaml]\nconfigurations: [c.yaml]\nvars: [{name: X, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}]\n",
        "c.yaml": "varReference: [{path: spec/template/spec/containers/image, kind: Deployment}]\n",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_copies(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
