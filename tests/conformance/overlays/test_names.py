"""Namespaces, prefixes, suffixes, and the names that follow (`spec/overlays.md` 11, 12, 13)."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
EVERY = """apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}
imagePullSecrets: [{name: s}]
secrets: [{name: s}]
---
apiVersion: v1
kind: Secret
metadata: {name: s}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
---
apiVersion: v1
kind: Service
metadata: {name: svc}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: pvc}
spec: {storageClassName: sc, volumeName: pv}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec: {storageClassName: sc, azureFile: {secretName: s}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: sc}
parameters: {secretName: s}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: pc}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: dep}
spec:
  template:
    spec:
      serviceAccountName: sa
      priorityClassName: pc
      imagePullSecrets: [{name: s}]
      containers:
      - {name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{configMapRef: {name: cm}}]}
      initContainers:
      - {name: i, envFrom: [{secretRef: {name: s}}]}
      ephemeralContainers:
      - {name: e, envFrom: [{secretRef: {name: s}}]}
      volumes: [{name: a, persistentVolumeClaim: {claimName: pvc}}, {name: b, secret: {secretName: s}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: sts}
spec:
  serviceName: svc
  volumeClaimTemplates: [{metadata: {name: q}, spec: {storageClassName: sc}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: cj}
spec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: sa, volumes: [{name: v, configMap: {name: cm}}]}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: hpa}
spec: {scaleTargetRef: {kind: Rollout, name: dep}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ing, annotations: {nginx.ingress.kubernetes.io/auth-secret: s}}
spec:
  ingressClassName: ic
  tls: [{secretName: s}]
  defaultBackend: {service: {name: svc}}
  rules: [{http: {paths: [{backend: {service: {name: svc}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: ic}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: role}
rules: [{resources: [configmaps], resourceNames: [cm, s, other]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: role}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: role}
subjects: [{kind: ServiceAccount, name: sa}, {kind: ServiceAccount, name: default}, {kind: User, name: sa}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: crb}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role}
subjects: [{kind: ServiceAccount, name: sa, namespace: other}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: vwc}
webhooks: [{name: a, clientConfig: {service: {name: svc, namespace: default}}}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.x}
spec: {service: {name: svc, namespace: x}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos.x.io}
spec: {conversion: {webhook: {clientConfig: {service: {name: svc, namespace: x}}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: vap}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: vapb}
spec: {policyName: vap}
"""
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"


def every(text: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{text}", "r.yaml": EVERY}


def one(text: str, body: str) -> dict[str, str]:
    return {K: f"resources: [r.yaml]\n{text}", "r.yaml": body}


def pod(name: str) -> str:
    return f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{volumes: [{{name: v, configMap: {{name: {name}}}}}]}}\n"


CASES = {
    "no change at all": every(""),
    "a namespace for everything": every("namespace: ns"),
    "a prefix for everything": every("namePrefix: p-"),
    "a suffix for everything": every("nameSuffix: -s"),
    "all three": every("namespace: ns\nnamePrefix: p-\nnameSuffix: -s"),
    "all three in two layers": {
        K: "resources: [b]\nnamespace: top\nnamePrefix: t-\nnameSuffix: -t",
        f"b/{K}": "resources: [r.yaml]\nnamespace: ns\nnamePrefix: p-\nnameSuffix: -s",
        "b/r.yaml": EVERY,
    },
    "a namespace object is renamed": one("namespace: new\nnamePrefix: p-", SPACE + "---\n" + CM),
    "two namespace objects are refused": one("namespace: new", SPACE + "---\n" + SPACE.replace("old", "other")),
    "a namespace that joins two is refused": one(
        "namespace: new", CM + "---\n" + CM.replace("name: cm", "name: cm, namespace: x")
    ),
    "a foreign Namespace kind": one(
        "namespace: new\nnamePrefix: p-", "apiVersion: x.io/v1\nkind: Namespace\nmetadata: {name: old}\n"
    ),
    "a namespace over another": one("namespace: new", CM.replace("name: cm", "name: cm, namespace: x")),
    "a namespace over a quoted one": one("namespace: '12'", CM.replace("name: cm", 'name: cm, namespace: "x"')),
    "a numeric namespace": one("namespace: '12'", CM),
    "a null namespace": one("namespace: new", CM.replace("name: cm", "name: cm, namespace: null")),
    "a numeric name with a prefix": one("namePrefix: '1'", CM.replace("name: cm", "name: 23")),
    "a quoted numeric name with a prefix": one("namePrefix: '1'", CM.replace("name: cm", "name: '23'")),
    "a numeric prefix": one("namePrefix: '1'", CM.replace("name: cm", "name: e3")),
    "an empty prefix": one("namePrefix: ''", CM),
    "definitions keep their names": one(
        "namePrefix: p-",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.x.io}\n",
    ),
    "a foreign APIService is prefixed": one(
        "namePrefix: p-", "apiVersion: x.io/v1\nkind: APIService\nmetadata: {name: a}\n"
    ),
    "a node is prefixed": one(
        "namePrefix: p-\nnamespace: x",
        "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {configSource: {configMap: {name: a, namespace: x}}}\n",
    ),
    "a custom kind has a namespace": one(
        "namespace: x", "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: a}\n"
    ),
    "the default account of any kind": one(
        "namespace: x",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\nsubjects: [{kind: User, name: default}, {kind: ServiceAccount, name: default, namespace: q}, {kind: ServiceAccount, name: other, namespace: q}]\n",
    ),
    "a reference by the first name": {
        K: "resources: [b, r.yaml]",
        "r.yaml": pod("cm"),
        f"b/{K}": "resources: [r.yaml]\nnamePrefix: b-",
        "b/r.yaml": CM,
    },
    "a reference by the later name": {
        K: "resources: [b, r.yaml]\nnamePrefix: t-",
        "r.yaml": pod("b-cm"),
        f"b/{K}": "resources: [r.yaml]\nnamePrefix: b-",
        "b/r.yaml": CM,
    },
    "a reference between two copies": {
        K: "resources: [b, c, r.yaml]",
        "r.yaml": pod("cm"),
        f"b/{K}": "resources: [../d]\nnamePrefix: b-",
        f"c/{K}": "resources: [../d]\nnamePrefix: c-",
        f"d/{K}": "resources: [r.yaml]",
        "d/r.yaml": CM,
    },
    "references inside two copies": {
        K: "resources: [b, c]",
        f"b/{K}": "resources: [../d]\nnamePrefix: b-",
        f"c/{K}": "resources: [../d]\nnamePrefix: c-",
        f"d/{K}": "resources: [r.yaml]",
        "d/r.yaml": CM + pod("cm"),
    },
    "references in two namespaces": {
        K: "resources: [b, c]\nnamePrefix: p-",
        f"b/{K}": "resources: [../d]\nnamespace: b",
        f"c/{K}": "resources: [../d]\nnamespace: c",
        f"d/{K}": "resources: [r.yaml]",
        "d/r.yaml": CM + pod("cm"),
    },
    "two copies by suffix": {
        K: "resources: [b, c]",
        f"b/{K}": "resources: [../d]\nnameSuffix: -b",
        f"c/{K}": "resources: [../d]\nnameSuffix: -c",
        f"d/{K}": "resources: [r.yaml]",
        "d/r.yaml": CM + pod("cm"),
    },
    "a subject in another namespace": {
        K: "resources: [b, r.yaml]\nnamePrefix: p-",
        "r.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb, namespace: y}\nsubjects: [{kind: ServiceAccount, name: sa, namespace: x}]\n",
        f"b/{K}": "resources: [r.yaml]\nnamespace: x",
        "b/r.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\n",
    },
    "a subject with a bad namespace is refused": one(
        "",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\nsubjects: [{kind: ServiceAccount, name: sa, namespace: null}]\n",
    ),
    "a webhook finds its service by namespace": {
        K: "resources: [b, c, r.yaml]\nnamePrefix: p-",
        "r.yaml": "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: m}\nwebhooks: [{name: a, clientConfig: {service: {name: s, namespace: x}}}, {name: b, clientConfig: {service: {name: s, namespace: y}}}]\n",
        f"b/{K}": "resources: [r.yaml]\nnamespace: x",
        "b/r.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
        f"c/{K}": "resources: [r.yaml]\nnamespace: y",
        "c/r.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
    },
    "a webhook's service in a namespace where something else was": {
        K: "resources: [r.yaml]\nnamePrefix: p-\nnamespace: x",
        "r.yaml": "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: m}\nwebhooks: [{name: a, clientConfig: {service: {name: s, namespace: x}}}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: x}\n",
    },
    "a webhook's service in no namespace": {
        K: "resources: [r.yaml]\nnamePrefix: p-",
        "r.yaml": "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: m}\nwebhooks: [{name: a, clientConfig: {service: {name: s, namespace: ''}}}, {name: b, clientConfig: {service: {name: s, namespace: null}}}, {name: c, clientConfig: {service: {name: s}}}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
    },
    "a webhook's service without a name is refused": one(
        "namePrefix: p-",
        "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: m}\nwebhooks: [{name: a, clientConfig: {service: {namespace: x}}}]\n",
    ),
    "names by configuration": {
        K: "resources: [r.yaml]\nnamePrefix: p-\nconfigurations: [c.yaml]",
        "r.yaml": CM
        + "---\napiVersion: x.io/v1\nkind: Foo\nmetadata: {name: foo}\nspec: {ref: {name: cm}, refs: [{name: cm}], list: [cm, other]}\n",
        "c.yaml": "nameReference:\n- kind: ConfigMap\n  fieldSpecs: [{path: spec/ref/name, kind: Foo}, {path: spec/refs/name, kind: Foo}, {path: spec/list, kind: Foo}]\n",
    },
    "prefix by configuration": {
        K: "resources: [r.yaml]\nnamePrefix: p-\nconfigurations: [c.yaml]",
        "r.yaml": "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: foo}\nspec: {n: x}\n",
        "c.yaml": "namePrefix: [{path: spec/n, kind: Foo}]\n",
    },
    "namespace by configuration": {
        K: "resources: [r.yaml]\nnamespace: q\nconfigurations: [c.yaml]",
        "r.yaml": "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: foo}\nspec: {n: x}\n",
        "c.yaml": "namespace: [{path: spec/n, kind: Foo}, {path: spec/m/o, kind: Foo, create: true}]\n",
    },
    "configuration of a base": {
        K: "resources: [b, r.yaml]\nnamePrefix: p-",
        "r.yaml": "apiVersion: x.io/v1\nkind: Foo\nmetadata: {name: foo}\nspec: {ref: {name: cm}}\n",
        f"b/{K}": "resources: [r.yaml]\nconfigurations: [c.yaml]",
        "b/r.yaml": CM,
        "b/c.yaml": "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs: [{path: spec/ref/name, kind: Foo}]\n",
    },
}


@pytest.mark.parametrize("case", CASES)
def test_names(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    same(CASES[case])
