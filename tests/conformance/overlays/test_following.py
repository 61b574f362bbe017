"""Names that follow and merges: more rows of `spec/overlays.md` 8 and 13."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: y}\n"
DEP = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: 'nginx:1@sha512:abc'}]}}}\n"


def k(fields: str, res: str = CM, **more: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{fields}", "r.yaml": res, **more}


POD = "spec: {volumes: [{name: v, configMap: {name: cm}}]}\n"
CMD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n---\n"


def o(version: str, kind: str, name: str, rest: str = "") -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}---\n"


P = o("v1", "Pod", "p", POD)
CASES = {
    "two copies of what is named": {
        K: "resources: [a, b, r.yaml]\n",
        "r.yaml": P,
        **{f"{d}/{K}": f"namePrefix: {d}-\nresources: [r.yaml]\n" for d in "ab"},
        **{f"{d}/r.yaml": CMD for d in "ab"},
    },
    "each copy names its own": {
        K: "resources: [a, b]\nnamePrefix: o-\n",
        **{f"{d}/{K}": f"namePrefix: {d}-\nresources: [r.yaml]\n" for d in "ab"},
        **{f"{d}/r.yaml": CMD + P for d in "ab"},
    },
    "copies by suffix": {
        K: "resources: [a, b]\n",
        **{f"{d}/{K}": f"nameSuffix: -{d}\nresources: [r.yaml]\n" for d in "ab"},
        **{f"{d}/r.yaml": CMD + P for d in "ab"},
    },
    "copies by namespace": {
        K: "resources: [a, b]\nnamePrefix: p-\n",
        **{f"{d}/{K}": f"namespace: {d}\nresources: [r.yaml]\n" for d in "ab"},
        **{f"{d}/r.yaml": CMD + P for d in "ab"},
    },
    "a name from between": {
        K: "resources: [b, r.yaml]\nnamePrefix: y-\n",
        "r.yaml": P.replace("name: cm", "name: x-cm"),
        "b/" + K: "namePrefix: x-\nresources: [r.yaml]\n",
        "b/r.yaml": CMD,
    },
    "a name in another namespace": k("namePrefix: p-\n", CMD.replace("{name: cm}", "{name: cm, namespace: z}") + P),
    "a name in the default namespace": k(
        "namePrefix: p-\n", CMD.replace("{name: cm}", "{name: cm, namespace: default}") + P
    ),
    "a name of two": {
        K: "resources: [a, b, r.yaml]\nnamePrefix: t-\n",
        "r.yaml": P,
        **{f"{d}/{K}": f"nameSuffix: -{d}\nresources: [r.yaml]\n" for d in "ab"},
        **{f"{d}/r.yaml": CMD for d in "ab"},
    },
    "the kind that is named does not count": k(
        "namePrefix: p-\n",
        o("apps/v1", "Deployment", "d")
        + o("autoscaling/v2", "HorizontalPodAutoscaler", "h", "spec: {scaleTargetRef: {kind: Rollout, name: d}}\n"),
    ),
    "subjects of a cluster's binding": k(
        "namespace: q\nnamePrefix: p-\n",
        o("v1", "ServiceAccount", "sa")
        + o(
            "rbac.authorization.k8s.io/v1",
            "ClusterRoleBinding",
            "b",
            "subjects: [{kind: ServiceAccount, name: sa, namespace: default}, {kind: ServiceAccount, name: sa, namespace: other}, {kind: ServiceAccount, name: sa}]\nroleRef: {kind: ClusterRole, name: r, apiGroup: rbac.authorization.k8s.io}\n",
        )
        + o("rbac.authorization.k8s.io/v1", "ClusterRole", "r"),
    ),
    "a subject without a name is refused": k(
        "namePrefix: p-\n",
        o("v1", "ServiceAccount", "sa")
        + o("rbac.authorization.k8s.io/v1", "RoleBinding", "b", "subjects: [{kind: ServiceAccount}]\n"),
    ),
    "quoted numbers as names": k(
        "namePrefix: '1'\n", CMD.replace("name: cm", "name: '2'") + P.replace("name: cm", "name: '2'")
    ),
    "numbers as names": k(
        "namePrefix: '1'\n",
        CMD.replace("name: cm", "name: 2") + P.replace("configMap: {name: cm}", "configMap: {name: 2}"),
    ),
    "a name beside what a patch added": {
        K: "resources: [r.yaml]\nconfigMapGenerator: [{name: cm, literals: [a=b]}]\npatches: [{target: {kind: Pod}, patch: '- {op: add, path: /spec/volumes/0/configMap/optional, value: true}'}]\n",
        "r.yaml": P,
    },
    "a policy's binding": k(
        "namePrefix: p-\n",
        o("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "v")
        + o("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", "b", "spec: {policyName: v}\n"),
    ),
    "names by types": k(
        "crds: [c.json]\nnamePrefix: p-\n",
        CMD + o("x.io/v1", "Foo", "f", "spec: {r: {n: cm}, q: [{n: cm}]}\n"),
        **{
            "c.json": '{"x.Foo":{"Schema":{"properties":{"kind":{},"apiVersion":{},"metadata":{},"spec":{"$ref":"x.Spec"}}}},"x.Spec":{"Schema":{"properties":{"r":{"x-kubernetes-object-ref-api-version":"v1","x-kubernetes-object-ref-kind":"ConfigMap","x-kubernetes-object-ref-name-key":"n"}}}}}'
        },
    ),
    "names in lists by types": k(
        "crds: [c.json]\nnamePrefix: p-\n",
        CMD + o("x.io/v1", "Foo", "f", "spec: {q: [{name: cm}]}\n"),
        **{
            "c.json": '{"x.Foo":{"Schema":{"properties":{"kind":{},"apiVersion":{},"metadata":{},"spec":{"properties":{"q":{"type":"array","items":{"x-kubernetes-object-ref-api-version":"v1","x-kubernetes-object-ref-kind":"ConfigMap"}}}}}}}}'
        },
    ),
    "names by configuration and group": k(
        "configurations: [c.yaml]\nnamePrefix: p-\n",
        CMD + o("x.io/v1", "Foo", "f", "spec: {r: cm}\n") + o("y.io/v1", "Foo", "f", "spec: {r: cm}\n"),
        **{"c.yaml": "nameReference: [{kind: ConfigMap, fieldSpecs: [{path: spec/r, kind: Foo, group: x.io}]}]\n"},
    ),
    "ports of a service": k(
        "patches: [{path: p.yaml}]\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80, protocol: TCP, name: a}, {port: 53, name: t}, {port: 53, protocol: UDP, name: u}]}\n",
        **{
            "p.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80, name: b}, {port: 53, protocol: UDP, nodePort: 3}, {port: 1}]}\n"
        },
    ),
    "ports of a container": k(
        "patches: [{path: p.yaml}]\n",
        DEP.replace("image:", "ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP}], image:"),
        **{
            "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, ports: [{containerPort: 81, name: x}, {containerPort: 80, protocol: TCP}]}]}}}\n"
        },
    ),
    "a container is deleted": k(
        "patches: [{path: p.yaml}]\n",
        DEP,
        **{
            "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{$patch: delete, name: c}, {name: n, image: x}]}}}\n"
        },
    ),
    "containers are replaced": k(
        "patches: [{path: p.yaml}]\n",
        DEP,
        **{
            "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{$patch: replace}, {name: n, image: x}]}}}\n"
        },
    ),
    "finalizers and owners": k(
        "patches: [{path: p.yaml}]\n",
        CM.replace("{name: a}", "{name: a, finalizers: [x, y], ownerReferences: [{uid: a, n: 1}, {uid: b}]}"),
        **{
            "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, finalizers: [z, x], ownerReferences: [{uid: b, n: 2}, {uid: c}]}\n"
        },
    ),
    "a container without a name": k(
        "patches: [{path: p.yaml}]\n",
        DEP,
        **{
            "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{image: q}]}}}\n"
        },
    ),
    "nulls here and there": k(
        "patches: [{path: p.yaml}]\n",
        CM + "e: ~\nf:\ng: null\nh: {i: null, j: {}}\n",
        **{
            "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nnew: {a: null, b: {c: null}, d: [null, {e: null}]}\n"
        },
    ),
    "a list over a map is refused": k(
        "patches: [{path: p.yaml}]\n",
        CM,
        **{"p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: [x]\n"},
    ),
    "a list of patches": k(
        "patches: [{path: p.yaml}]\n",
        CM,
        **{
            "p.yaml": "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {q: r}}]\n"
        },
    ),
    "a patch by the first name": {
        K: "resources: [b]\npatches: [{path: p.yaml}]\n",
        "p.yaml": CM.replace("x: y", "z: w"),
        "b/" + K: "namePrefix: p-\nnamespace: n\nresources: [r.yaml]\n",
        "b/r.yaml": CM,
    },
    "path and text are refused": k("patches: [{path: p.yaml, patch: x}]\n", CM, **{"p.yaml": CM}),
    "neither path nor text is refused": k("patches: [{target: {kind: X}}]\n"),
    "a sentence as patch is refused": k("patches: [{patch: hello}]\n"),
    "a number as patch is refused": k("patches: [{patch: '5', target: {kind: X}}]\n"),
    "two documents with a target are refused": k(
        "patches: [{path: p.yaml, target: {kind: ConfigMap}}]\n", CM, **{"p.yaml": CM + "---\n" + CM}
    ),
    "an empty target selects everything": k(
        'patches: [{target: {}, patch: \'[{"op":"add","path":"/x","value":1}]\'}]\n', CM + "---\n" + DEP
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_following(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
