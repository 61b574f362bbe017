"""Strategic merge, JSON 6902, targets (`spec/overlays.md` 8, 9, 10)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
DEPLOY = """apiVersion: apps/v1
kind: Deployment
metadata:
  {name: web, labels: {app: web, tier: "1"}}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: a
        image: nginx:1
        args: [x, y]
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
        ports: [{containerPort: 80, protocol: TCP}, {containerPort: 443}]
        volumeMounts: [{name: v, mountPath: /v}]
      - name: b
        image: busybox
      volumes:
      - name: v
        emptyDir: {}
      tolerations: [{key: a}]
"""
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b, n: '5', m: plain}\n"
CR = "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: foo, finalizers: [a, b]}\nspec: {items: [{name: a, v: 1}, {name: b}], map: {a: 1}}\n"
ALL = f"{DEPLOY}---\n{CM}---\n{CR}"


def head(kind: str) -> str:
    return {
        "d": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
        "c": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n",
        "f": "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: foo}\n",
    }[kind]


def merge(kind: str, text: str) -> dict[str, str]:
    return {K: "resources: [r.yaml]\npatches: [{path: p.yaml}]", "r.yaml": ALL, "p.yaml": head(kind) + text}


def pod(text: str) -> dict[str, str]:
    return merge("d", "spec:\n  template:\n    spec:\n" + "".join(f"      {line}\n" for line in text.splitlines()))


def operations(text: str, target: str = "{kind: Deployment}") -> dict[str, str]:
    return {K: f"resources: [r.yaml]\npatches: [{{path: p.yaml, target: {target}}}]", "r.yaml": ALL, "p.yaml": text}


def targeted(target: str) -> dict[str, str]:
    return operations("- {op: add, path: /metadata/hit, value: 'yes'}", target)


def entry(text: str, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{text}", "r.yaml": ALL, **more}


CASES = {
    "a field is added": merge("d", "spec: {paused: true}"),
    "a field is changed": merge("d", "spec: {replicas: 5}"),
    "a field is removed by null": merge("d", "spec: {replicas: null}"),
    "a missing field is removed by null": merge("d", "spec: {zap: null}"),
    "labels merge": merge("d", "").copy()
    | {
        "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: null, x: q}, annotations: {a: b}}\n"
    },
    "a container by name": pod("containers: [{name: a, image: nginx:2}]"),
    "a container is added in front": pod("containers: [{name: z, image: z}]"),
    "containers in the patch's order": pod("containers: [{name: b, tty: true}, {name: a, tty: true}]"),
    "a container is deleted": pod("containers: [{name: a, $patch: delete}]"),
    "a container that is not there is deleted": pod("containers: [{name: zz, $patch: delete}]"),
    "a container's replace does nothing": pod("containers: [{name: a, $patch: replace, image: q}]"),
    "containers are replaced": pod("containers: [{$patch: replace}, {name: q, image: q}]"),
    "containers are deleted": pod("containers: [{$patch: delete}]"),
    "containers are merged by wish": pod("containers: [{$patch: merge}, {name: a, image: q}]"),
    "no containers in the patch": pod("containers: []"),
    "containers are null": pod("containers: null"),
    "an unknown wish is refused": pod("containers: [{name: a, $patch: zap}]"),
    "environment by name": pod("containers: [{name: a, env: [{name: B, value: q}, {name: C, value: w}]}]"),
    "an environment entry is deleted": pod("containers: [{name: a, env: [{name: B, $patch: delete}]}]"),
    "ports by number and protocol": pod(
        "containers: [{name: a, ports: [{containerPort: 80, protocol: TCP, name: x}]}]"
    ),
    "another protocol of a port": pod("containers: [{name: a, ports: [{containerPort: 80, protocol: UDP, name: x}]}]"),
    "a port without protocol": pod("containers: [{name: a, ports: [{containerPort: 80, name: x}]}]"),
    "a port with a protocol over one without": pod(
        "containers: [{name: a, ports: [{containerPort: 443, protocol: TCP, name: x}]}]"
    ),
    "a new port": pod("containers: [{name: a, ports: [{containerPort: 8080}]}]"),
    "arguments are replaced": pod("containers: [{name: a, args: [z]}]"),
    "arguments are emptied": pod("containers: [{name: a, args: []}]"),
    "mounts by path": pod(
        "containers: [{name: a, volumeMounts: [{mountPath: /v, readOnly: true}, {mountPath: /w, name: w}]}]"
    ),
    "a volume keeps both sources": pod("volumes: [{name: v, configMap: {name: c}}]"),
    "a volume's source is nulled": pod("volumes: [{name: v, emptyDir: null, configMap: {name: c}}]"),
    "tolerations are replaced": pod("tolerations: [{key: b}]"),
    "retainKeys appears": pod("volumes: [{name: v, $retainKeys: [name], configMap: {name: c}}]"),
    "setElementOrder appears": pod("$setElementOrder/containers: [{name: b}]\ncontainers: [{name: b}]"),
    "an element without its key": pod("containers: [{image: q}]"),
    "a new container's nulls vanish": pod(
        "containers: [{name: n, image: null, resources: {limits: null, requests: {cpu: null}}}]"
    ),
    "nulls in a plain list stay": pod("containers: [{name: a, args: [null, b]}]"),
    "a map where a list is is refused": pod("containers: {name: a}"),
    "a scalar where a map is is refused": merge("d", "spec: 5"),
    "a list where a scalar is is refused": merge("d", "spec: {replicas: [1]}"),
    "a map is deleted": merge("d", "spec: {template: {$patch: delete}}"),
    "a map is replaced": merge("d", "spec: {template: {$patch: replace, metadata: {a: b}}}"),
    "an object is deleted": merge("d", "$patch: delete"),
    "an object's replace does nothing": merge("d", "$patch: replace\nspec: {a: b}"),
    "an object's merge": merge("d", "$patch: merge\nspec: {a: b}"),
    "a custom object's lists are replaced": merge("f", "spec: {items: [{name: b, v: 2}]}"),
    "a custom object's maps merge": merge("f", "spec: {map: {b: 2}}"),
    "a custom object's finalizers are replaced": {
        **merge("f", ""),
        "p.yaml": "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: foo, finalizers: [c]}\n",
    },
    "finalizers of a known kind merge": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, finalizers: [a, b]}\n",
        "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, finalizers: [c, b]}\n",
    },
    "a known kind inside a custom one": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": CR.replace(
            "map: {a: 1}", "t: {apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: a}, {name: b}]}}"
        ),
        "p.yaml": head("f") + "spec: {t: {spec: {containers: [{name: b, image: q}]}}}",
    },
    "quotes of the old value stay": merge("c", "data: {n: 7, a: 8, m: 9}"),
    "quotes of the new value go": merge("c", 'data: {n: "7", a: "8", m: "true"}'),
    "octal over a quoted value": merge("c", "data: {n: 0777, a: 0777}"),
    "new values keep their style": merge("c", 'data: {x: 7, y2: "8", z: |\n    text\n  }')
    | {"p.yaml": head("c") + 'data:\n  x: 7\n  y2: "8"\n  z: |\n    text\n'},
    "patches see one another": entry(
        "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {q: \"1\"}}'}, {patch: '- {op: move, from: /data/q, path: /data/w}', target: {kind: ConfigMap}}]"
    ),
    "several documents in a patch": {
        **merge("d", ""),
        "p.yaml": head("d") + "spec: {replicas: 3}\n---\n" + head("c") + "data: {q: z}\n",
    },
    "several documents with a target are refused": {**operations(""), "p.yaml": head("d") + "---\n" + head("c")},
    "a patch for nobody is refused": entry(
        "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: nope}}'}]"
    ),
    "a patch of another version is refused": entry(
        "patches: [{patch: '{apiVersion: apps/v2, kind: Deployment, metadata: {name: web}}'}]"
    ),
    "a merge patch with a target": operations(
        "apiVersion: v1\nkind: Any\nmetadata: {name: any}\nspec: {x: 1}", "{kind: Deployment|Foo}"
    ),
    "a merge patch for a target that is not there": operations(
        "apiVersion: v1\nkind: Any\nmetadata: {name: any}\nspec: {x: 1}", "{kind: Nope}"
    ),
    "a merge patch may not rename": operations(
        "apiVersion: v1\nkind: Any\nmetadata: {name: any, namespace: q}\nspec: {x: 1}", "{kind: Foo}"
    ),
    "a merge patch may rename when allowed": entry(
        "patches: [{path: p.yaml, target: {kind: Foo}, options: {allowNameChange: true}}]",
        **{"p.yaml": "apiVersion: v1\nkind: Any\nmetadata: {name: any}\n"},
    ),
    "a merge patch may change the kind when allowed": entry(
        "patches: [{path: p.yaml, target: {kind: Foo}, options: {allowKindChange: true}}]",
        **{"p.yaml": "apiVersion: v1\nkind: Any\nmetadata: {name: any}\n"},
    ),
    "an inline merge patch with a target": entry(
        "patches:\n- target: {name: web}\n  patch: |-\n    apiVersion: v1\n    kind: x\n    metadata: {name: x}\n    spec: {replicas: 9}"
    ),
    "path and patch are refused": entry("patches: [{path: p.yaml, patch: x}]", **{"p.yaml": CM}),
    "neither path nor patch is refused": entry("patches: [{target: {kind: Foo}}]"),
    "a missing patch file is refused": entry("patches: [{path: nope.yaml}]"),
    "no patch at all is refused": entry("patches: [{patch: hello}]"),
    "an empty patch file": entry("patches: [{path: p.yaml}]", **{"p.yaml": ""}),
    "a commented patch file": entry("patches: [{path: p.yaml}]", **{"p.yaml": "# nothing\n"}),
    "an empty list as patch": entry("patches: [{path: p.yaml, target: {kind: Foo}}]", **{"p.yaml": "[]"}),
    "the old strategic field, a file": entry(
        "patchesStrategicMerge: [p.yaml]", **{"p.yaml": head("d") + "spec: {replicas: 3}"}
    ),
    "the old strategic field, inline": entry(
        "patchesStrategicMerge:\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec: {replicas: 3}"
    ),
    "the old strategic field deletes": entry(
        "patchesStrategicMerge: [p.yaml]", **{"p.yaml": head("d") + "$patch: delete"}
    ),
    "the old JSON field": entry(
        'patchesJson6902: [{target: {version: v1, kind: ConfigMap, name: cm}, patch: \'[{"op": "remove", "path": "/data/a"}]\'}]'
    ),
    "the old JSON field, a file": entry(
        "patchesJson6902: [{target: {kind: ConfigMap, name: cm}, path: p.json}]",
        **{"p.json": '[{"op": "replace", "path": "/data/a", "value": "q"}]'},
    ),
    "the old JSON field without a name is refused": entry(
        "patchesJson6902: [{target: {kind: ConfigMap}, patch: '[]'}]"
    ),
    "add a field": operations("- {op: add, path: /spec/x, value: {a: [1, 2]}}"),
    "add over a field": operations("- {op: add, path: /spec/replicas, value: 7}"),
    "add to a list": operations("- {op: add, path: /spec/template/spec/containers/1, value: {name: n}}"),
    "append to a list": operations("- {op: add, path: /spec/template/spec/containers/-, value: {name: n}}"),
    "add at the end by number": operations("- {op: add, path: /spec/template/spec/containers/2, value: {name: n}}"),
    "add from the end": operations("- {op: add, path: /spec/template/spec/containers/-1, value: {name: n}}"),
    "add beyond the end is refused": operations(
        "- {op: add, path: /spec/template/spec/containers/4, value: {name: n}}"
    ),
    "add below nothing is refused": operations("- {op: add, path: /spec/q/z, value: 1}"),
    "replace a missing field": operations("- {op: replace, path: /spec/q, value: 1}"),
    "replace a missing element is refused": operations(
        "- {op: replace, path: /spec/template/spec/containers/9, value: 1}"
    ),
    "replace the end is refused": operations("- {op: replace, path: /spec/template/spec/containers/-, value: 1}"),
    "remove a field": operations("- {op: remove, path: /spec/replicas}"),
    "remove the last": operations("- {op: remove, path: /spec/template/spec/containers/-1}"),
    "remove a missing field is refused": operations("- {op: remove, path: /spec/zz}"),
    "move": operations("- {op: move, from: /spec/replicas, path: /metadata/n}"),
    "copy": operations("- {op: copy, from: /spec/template, path: /spec/t2}"),
    "copy of nothing is refused": operations("- {op: copy, from: /spec/zz, path: /spec/t2}"),
    "test passes": operations("- {op: test, path: /spec/replicas, value: 1}\n- {op: add, path: /spec/x, value: 1}"),
    "test fails": operations("- {op: test, path: /spec/replicas, value: 2}"),
    "test of null on nothing": operations("- {op: test, path: /spec/zz, value: null}"),
    "an unknown operation is refused": operations("- {op: zap, path: /spec/zz}"),
    "no value is null": operations("- {op: add, path: /spec/x}"),
    "escapes in a path": operations("- {op: add, path: /metadata/labels/a~1b~0c, value: d}"),
    "no leading slash": operations("- {op: add, path: zz/q, value: d}"),
    "yes in a patch": operations(
        "- {op: add, path: /spec/x, value: yes}\n- {op: add, path: /spec/y, value: 0777}\n- {op: add, path: /spec/z, value: '08'}"
    ),
    "big numbers become doubles": operations(
        "- {op: add, path: /spec/x, value: 12345678901234567}\n- {op: add, path: /spec/y, value: 1.5}\n- {op: add, path: /spec/z, value: 1.0}"
    ),
    "a JSON patch without a target is refused": entry(
        "patches: [{path: p.yaml}]", **{"p.yaml": "[{op: add, path: /a, value: b}]"}
    ),
    "a JSON patch in JSON": operations('[{"op": "add", "path": "/spec/x", "value": {"a": null}}]'),
    "a flow list is no JSON patch": operations("[{op: add, path: /spec/x, value: 1}]"),
    "copy of an element that is not there is refused": operations(
        "- {op: copy, from: /spec/template/spec/containers/7, path: /spec/t2}"
    ),
    "test of an element that is not there is refused": operations(
        "- {op: test, path: /spec/template/spec/containers/7, value: null}"
    ),
    "test below nothing is refused": operations("- {op: test, path: /spec/q/z, value: null}"),
    "move of nothing is refused": operations("- {op: move, from: /spec/q, path: /spec/z}"),
    "replace the whole": operations('- {op: replace, path: "", value: {apiVersion: v1, kind: X, metadata: {name: y}}}'),
    "remove the whole is refused": operations('- {op: remove, path: ""}'),
    "a path that is missing is refused": operations("- {op: add, value: x}"),
    "removing the kind is refused": operations("- {op: remove, path: /kind}"),
    "replacing annotations": operations("- {op: add, path: /metadata/annotations, value: {a: 1}}"),
    "removing the name is refused": operations("- {op: remove, path: /metadata/name}"),
    "a JSON patch may rename": operations("- {op: replace, path: /metadata/name, value: other}"),
    "target by name": targeted("{name: web}"),
    "target by expression": targeted("{name: 'w.*|foo'}"),
    "target is anchored": targeted("{name: we}"),
    "target by group": targeted("{group: apps}"),
    "target by version": targeted("{version: v1}"),
    "target by label": targeted("{labelSelector: app=web}"),
    "target by labels": targeted("{labelSelector: 'app in (web, x), tier, !zap'}"),
    "target by no label": targeted("{labelSelector: 'app!=web'}"),
    "target by greater": targeted("{labelSelector: 'tier>0'}"),
    "target by annotation": targeted("{annotationSelector: a=b}"),
    "target of everything": targeted("{}"),
    "target by default namespace": targeted("{namespace: default}"),
    "target case-insensitively": targeted("{kind: '(?i)deployment'}"),
    "a bad expression is refused": targeted("{name: '['}"),
    "look-ahead is refused": targeted("{name: '(?=w)web'}"),
    "a bad selector is refused": targeted("{labelSelector: 'a in b'}"),
    "another bad selector is refused": targeted("{labelSelector: 'a,,b'}"),
    "a bad value in a selector is refused": targeted("{labelSelector: 'x=*'}"),
    "patches come after prefixes of a base": {
        K: "resources: [b]\nnamePrefix: top-\npatches: [{path: p.yaml}]",
        "p.yaml": head("c") + "data: {q: z}",
        "b/" + K: "namePrefix: b-\nresources: [r.yaml]",
        "b/r.yaml": CM,
    },
    "a patch by the prefixed name": {
        K: "resources: [b]\npatches: [{path: p.yaml}]",
        "p.yaml": head("c").replace("cm", "b-cm") + "data: {q: z}",
        "b/" + K: "namePrefix: b-\nresources: [r.yaml]",
        "b/r.yaml": CM,
    },
    "a service's ports": {
        K: "resources: [r.yaml]\npatches: [{path: p.yaml}]",
        "r.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80, name: a}, {port: 53, protocol: UDP}]}",
        "p.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80, targetPort: 8080}, {port: 53, protocol: TCP}]}",
    },
    "empty nulls vanish from what is patched": {
        **merge("d", "spec: {a: b}"),
        "r.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  e:\n  n: null\n  t: ~\n  m: {q: , w: null}\n  l: [null]\n",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_patches(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
