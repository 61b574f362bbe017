"""Variables, components and validators: rows of `spec/overlays.md` 18, 19, 21."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
DEP = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: 'nginx:1@sha512:abc'}]}}}\n"
STS = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: d}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], template: {spec: {volumes: [{name: v, image: {reference: 'nginx:1'}}], containers: [{name: c, image: nginx}]}}}\n"


def k(fields: str, res: str = CM, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": res, **more}


POD = "spec: {template: {spec: {containers: [{name: c, image: '$(V)', args: ['$(V)', 'x$(V)y', '$$(V)', '$(NO)', '$(', '$x', '$(V)$(V)'], command: ['$(V)'], env: [{name: E, value: '$(V)'}], volumeMounts: [{mountPath: '/$(V)', name: v}]}], volumes: [{name: v, nfs: {server: '$(V)'}}]}, metadata: {annotations: {q: '$(V)'}}}}\n"


def o(version: str, kind: str, name: str, rest: str = "") -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}---\n"


def v(
    ref: str = "apiVersion: v1, kind: ConfigMap, name: a", path: str = "", res: str = CM, extra: str = ""
) -> dict[str, str]:
    field = f", fieldref: {{fieldPath: '{path}'}}" if path else ""
    kinds = (("apps/v1", "Deployment", "d"), ("apps/v1", "StatefulSet", "s"), ("batch/v1", "Job", "j"))
    return k(
        f"vars: [{{name: V, objref: {{{ref}}}{field}}}]\n{extra}",
        f"{res}---\n" + "".join(o(*kind, POD) for kind in kinds),
    )


C = "kind: Component\n"
CASES = {
    "a variable": v(),
    "a variable of what is renamed": v(extra="namePrefix: p-\n"),
    "a number": v(path="data.n", res=CM.replace("x: y", "n: 5")),
    "a boolean": v(path="data.n", res=CM.replace("x: y", "n: true")),
    "a quoted number": v(path="data.n", res=CM.replace("x: y", "n: '5'")),
    "a map is no value": v(path="data"),
    "an element by number": v(path="l[1]", res=CM + "l: [a, b]\n"),
    "an element by choice": v(path="l.[name=b].v", res=CM + "l: [{name: a, v: 1}, {name: b, v: 2}]\n"),
    "a missing field is refused": v(path="data.zz"),
    "a null is a text": v(path="data.n", res=CM.replace("x: y", "n: null")),
    "an empty text": v(path="data.n", res=CM.replace("x: y", "n: ''")),
    "a missing object is refused": v("apiVersion: v1, kind: ConfigMap, name: zz"),
    "an object by group and version": v("group: apps, version: v1, kind: Deployment, name: d"),
    "an object without a version is refused": v("kind: ConfigMap, name: a"),
    "an object of the default namespace": v("apiVersion: v1, kind: ConfigMap, name: a, namespace: default"),
    "an object of another namespace is refused": v("apiVersion: v1, kind: ConfigMap, name: a, namespace: q"),
    "two objects are refused": v(
        "apiVersion: v1, kind: ConfigMap, name: a",
        res=CM + "---\n" + CM.replace("{name: a}", "{name: a, namespace: q}"),
    ),
    "a variable that is not used": k("vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n"),
    "a variable twice is refused": k(
        "vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}, {name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n"
    ),
    "a variable in two layers is refused": {
        K: "resources: [b]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
        "b/" + K: "resources: [r.yaml]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
        "b/r.yaml": CM,
    },
    "a variable of a base": {
        K: "resources: [b]\nnamePrefix: o-\n",
        "b/"
        + K: "resources: [r.yaml]\nnamePrefix: p-\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
        "b/r.yaml": CM + "---\n" + o("apps/v1", "Deployment", "d", POD),
    },
    "a variable in a variable": k(
        "vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}, fieldref: {fieldPath: metadata.labels.w}}, {name: W, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
        CM.replace("{name: a}", "{name: a, labels: {w: $(W), v: $(V)}}"),
    ),
    "variables in other kinds": k(
        "vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
        CM
        + "---\n"
        + o(
            "networking.k8s.io/v1",
            "Ingress",
            "i",
            "spec: {rules: [{host: '$(V).x'}], tls: [{hosts: ['$(V)'], secretName: $(V)}]}\n",
        )
        + o("v1", "Service", "s", "spec: {ports: [{port: $(V), targetPort: $(V)}]}\n")
        + o("v1", "PersistentVolume", "pv", "spec: {nfs: {server: $(V)}}\n"),
    ),
    "a variable of a hashed name": {
        K: "configMapGenerator: [{name: g, literals: [a=b]}]\nresources: [r.yaml]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: g}}]\n",
        "r.yaml": o("apps/v1", "Deployment", "d", POD),
    },
    "a variable without a name": k("vars: [{objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n"),
    "a variable without an object is refused": k("vars: [{name: V}]\n"),
    "a number among arguments is refused": k(
        "vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
        CM + "---\n" + o("v1", "Pod", "p", "spec: {containers: [{name: c, args: [1]}]}\n"),
    ),
    "components in their order": {
        K: "resources: [r.yaml]\ncomponents: [c, d]\nnamePrefix: top-\nconfigMapGenerator: [{name: g, literals: [a=b]}]\n",
        "r.yaml": CM,
        "c/" + K: C + "namePrefix: c1-\nresources: [r.yaml]\n",
        "c/r.yaml": CM.replace("name: a", "name: z"),
        "d/" + K: C + "namePrefix: c2-\nconfigMapGenerator: [{name: g, behavior: merge, literals: [c=d]}]\n",
    },
    "a component's namespace": {
        K: "resources: [r.yaml]\ncomponents: [c]\nnamespace: q\n",
        "r.yaml": CM,
        "c/" + K: C + "namespace: z\nresources: [r.yaml]\n",
        "c/r.yaml": CM.replace("name: a", "name: z"),
    },
    "a component in a component": {
        K: "resources: [r.yaml]\ncomponents: [c]\n",
        "r.yaml": CM,
        "c/" + K: C + "components: [d]\nnameSuffix: -c\n",
        "c/d/" + K: C + "nameSuffix: -d\n",
    },
    "a component's object that exists is refused": {
        K: "resources: [r.yaml]\ncomponents: [c]\n",
        "r.yaml": CM,
        "c/" + K: C + "resources: [r.yaml]\n",
        "c/r.yaml": CM,
    },
    "a component's variable": {
        K: "resources: [r.yaml]\ncomponents: [c]\n",
        "r.yaml": CM + "---\n" + o("apps/v1", "Deployment", "d", POD),
        "c/" + K: C + "vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}}]\n",
    },
    "a component's configuration": {
        K: "resources: [r.yaml]\ncomponents: [c]\nnamePrefix: p-\n",
        "r.yaml": CM + "---\napiVersion: x/v1\nkind: Foo\nmetadata: {name: f}\nspec: {r: a}\n",
        "c/" + K: C + "configurations: [c.yaml]\n",
        "c/c.yaml": "nameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/r, kind: Foo}]}]\n",
    },
    "a component patches what a base made": {
        K: "resources: [b]\ncomponents: [c]\n",
        "b/" + K: "resources: [r.yaml]\nnamePrefix: b-\n",
        "b/r.yaml": CM,
        "c/" + K: C + "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {q: r}}'}]\n",
    },
    "a component's file above is refused": {
        K: "resources: [r.yaml]\ncomponents: [c]\n",
        "r.yaml": CM,
        "c/" + K: C + "resources: [../r.yaml]\n",
    },
    "a component's order does not count": {
        K: "resources: [r.yaml]\ncomponents: [c]\n",
        "r.yaml": CM + "---\n" + DEP,
        "c/" + K: C + "sortOptions: {order: fifo}\nbuildMetadata: [managedByLabel]\n",
    },
    "a component's schema": {
        K: "resources: [r.yaml]\ncomponents: [c]\npatches: [{path: p.yaml}]\n",
        "r.yaml": "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: f}\nspec: {l: [{name: a}]}\n",
        "p.yaml": "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: f}\nspec: {l: [{name: b}]}\n",
        "c/" + K: C + "openapi: {path: s.json}\n",
        "c/s.json": '{"definitions":{"f":{"x-kubernetes-group-version-kind":[{"group":"x.io","version":"v1","kind":"Foo"}],"properties":{"spec":{"properties":{"l":{"type":"array","items":{"type":"object"},"x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge"}}}}}}}',
    },
    "a second validator after a label is refused": k(
        "validators: [t.yaml]\n",
        CM,
        **{
            "t.yaml": "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: t}\nlabels: {validated-by: x}\nfieldSpecs: [{path: metadata/labels, create: true}]\n---\napiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: u}\nannotations: {a: b}\nfieldSpecs: []\n"
        },
    ),
    "a container is refused": k(
        "transformers: [t.yaml]\n",
        CM,
        **{
            "t.yaml": "apiVersion: x/v1\nkind: F\nmetadata: {name: t, annotations: {config.kubernetes.io/function: 'container: {image: x}'}}\n"
        },
    ),
    "a program is refused": k(
        "generators: [t.yaml]\n",
        CM,
        **{
            "t.yaml": "apiVersion: x/v1\nkind: F\nmetadata: {name: t, annotations: {config.kubernetes.io/function: 'exec: {path: ./x}'}}\n"
        },
    ),
    "a script is refused": k(
        "transformers: [t.yaml]\n",
        CM,
        **{
            "t.yaml": "apiVersion: x/v1\nkind: F\nmetadata: {name: t, annotations: {config.kubernetes.io/function: 'starlark: {path: x}'}}\n"
        },
    ),
    "annotations of functions on objects": k(
        "",
        CM.replace(
            "{name: a}",
            "{name: a, annotations: {kustomize.config.k8s.io/needs-hash: 'true', kustomize.config.k8s.io/behavior: merge}}",
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_variables(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
