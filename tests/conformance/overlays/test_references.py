"""Every row of the table of name references (`spec/overlays.md` 13.7), and some that are not in it."""
# ruff: noqa: E501  a case is one row

from collections.abc import Callable, Mapping

import pytest

K = "kustomization.yaml"
RBAC = "rbac.authorization.k8s.io/v1"
TARGETS = {
    "ConfigMap": ("v1", ""),
    "Secret": ("v1", ""),
    "Service": ("v1", ""),
    "ServiceAccount": ("v1", ""),
    "PersistentVolumeClaim": ("v1", ""),
    "PersistentVolume": ("v1", ""),
    "PriorityClass": ("scheduling.k8s.io/v1", ""),
    "Deployment": ("apps/v1", ""),
    "StatefulSet": ("apps/v1", ""),
    "ReplicaSet": ("apps/v1", ""),
    "ReplicationController": ("v1", ""),
    "Role": (RBAC, ""),
    "ClusterRole": (RBAC, ""),
    "StorageClass": ("storage.k8s.io/v1", ""),
    "IngressClass": ("networking.k8s.io/v1", ""),
    "ValidatingAdmissionPolicy": ("admissionregistration.k8s.io/v1", ""),
}
VOLUMES = "volumes: [{name: a, configMap: {name: t}}, {name: b, secret: {secretName: t}}, {name: c, persistentVolumeClaim: {claimName: t}}, {name: d, projected: {sources: [{configMap: {name: t}}, {secret: {name: t}}]}}]"
CONTAINER = "{name: c, env: [{name: a, valueFrom: {configMapKeyRef: {name: t, key: k}}}, {name: b, valueFrom: {secretKeyRef: {name: t, key: k}}}], envFrom: [{configMapRef: {name: t}}, {secretRef: {name: t}}]}"
POD = f"{{serviceAccountName: t, priorityClassName: t, imagePullSecrets: [{{name: t}}], {VOLUMES}, containers: [{CONTAINER}], initContainers: [{CONTAINER}], ephemeralContainers: [{CONTAINER}]}}"
TEMPLATED = f"spec: {{template: {{spec: {POD}}}}}"
REFERRERS = {
    "Pod": ("v1", f"spec: {POD}"),
    "PodTemplate": ("v1", f"template: {{spec: {POD}}}"),
    "Deployment": ("apps/v1", TEMPLATED),
    "ReplicaSet": ("apps/v1", TEMPLATED),
    "DaemonSet": ("apps/v1", TEMPLATED),
    "StatefulSet": ("apps/v1", TEMPLATED),
    "Job": ("batch/v1", TEMPLATED),
    "ReplicationController": ("v1", TEMPLATED),
    "CronJob": ("batch/v1", f"spec: {{jobTemplate: {{spec: {{template: {{spec: {POD}}}}}}}}}"),
}
ROWS = {
    "a node's configuration": (
        "ConfigMap",
        "v1",
        "Node",
        "spec: {configSource: {configMap: {name: t, namespace: default}}}",
    ),
    "a role names config maps": ("ConfigMap", RBAC, "Role", "rules: [{resources: [secrets], resourceNames: [t, u]}]"),
    "a cluster role names config maps": ("ConfigMap", RBAC, "ClusterRole", "rules: [{resourceNames: [t]}]"),
    "a role names secrets": ("Secret", RBAC, "Role", "rules: [{resourceNames: [t]}]"),
    "a cluster role names volumes": ("PersistentVolume", RBAC, "ClusterRole", "rules: [{resourceNames: [t]}]"),
    "a role names no volumes": ("PersistentVolume", RBAC, "Role", "rules: [{resourceNames: [t]}]"),
    "an ingress's certificates": (
        "Secret",
        "networking.k8s.io/v1",
        "Ingress",
        "spec: {tls: [{secretName: t}, {hosts: [t]}]}",
    ),
    "an account's pull secrets, not its secrets": (
        "Secret",
        "v1",
        "ServiceAccount",
        "imagePullSecrets: [{name: t}]\nsecrets: [{name: t}]",
    ),
    "a storage class's secrets": (
        "Secret",
        "storage.k8s.io/v1",
        "StorageClass",
        "parameters: {secretName: t, adminSecretName: t, userSecretName: t, secretRef: t, other: t}",
    ),
    "a volume's secret": ("Secret", "v1", "PersistentVolume", "spec: {azureFile: {secretName: t}}"),
    "a service of another program": (
        "Secret",
        "serving.knative.dev/v1",
        "Service",
        "spec: {template: {spec: {containers: [{env: [{valueFrom: {secretKeyRef: {name: t}}}]}]}}}",
    ),
    "a set's service": ("Service", "apps/v1", "StatefulSet", "spec: {serviceName: t}"),
    "an old ingress's services": (
        "Service",
        "networking.k8s.io/v1beta1",
        "Ingress",
        "spec: {backend: {serviceName: t}, rules: [{http: {paths: [{backend: {serviceName: t}}]}}]}",
    ),
    "an ingress's services": (
        "Service",
        "networking.k8s.io/v1",
        "Ingress",
        "spec: {defaultBackend: {service: {name: t}}, rules: [{http: {paths: [{backend: {service: {name: t}}}]}}]}",
    ),
    "an API service's service": (
        "Service",
        "apiregistration.k8s.io/v1",
        "APIService",
        "spec: {service: {name: t, namespace: default}}",
    ),
    "a validating hook's service": (
        "Service",
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        "webhooks: [{name: a, clientConfig: {service: {name: t}}}]",
    ),
    "a mutating hook's service": (
        "Service",
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
        "webhooks: [{name: a, clientConfig: {service: {name: t}}}]",
    ),
    "a binding's subjects": (
        "ServiceAccount",
        RBAC,
        "RoleBinding",
        "subjects: [{kind: ServiceAccount, name: t, namespace: default}, {kind: User, name: t}]",
    ),
    "a cluster binding's subjects": (
        "ServiceAccount",
        RBAC,
        "ClusterRoleBinding",
        "subjects: [{kind: ServiceAccount, name: t, namespace: default}]",
    ),
    "a binding's role": (
        "Role",
        RBAC,
        "RoleBinding",
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: t}",
    ),
    "a binding's cluster role": (
        "ClusterRole",
        RBAC,
        "RoleBinding",
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: t}",
    ),
    "a cluster binding's cluster role": (
        "ClusterRole",
        RBAC,
        "ClusterRoleBinding",
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: t}",
    ),
    "a binding's role of another kind": (
        "ClusterRole",
        RBAC,
        "RoleBinding",
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: t}",
    ),
    "a binding's role of another group": (
        "Role",
        RBAC,
        "RoleBinding",
        "roleRef: {apiGroup: x.io, kind: Role, name: t}",
    ),
    "a claim's volume": ("PersistentVolume", "v1", "PersistentVolumeClaim", "spec: {volumeName: t}"),
    "a claim's class": ("StorageClass", "v1", "PersistentVolumeClaim", "spec: {storageClassName: t}"),
    "a volume's class": ("StorageClass", "v1", "PersistentVolume", "spec: {storageClassName: t}"),
    "the class of a set's claims": (
        "StorageClass",
        "apps/v1",
        "StatefulSet",
        "spec: {volumeClaimTemplates: [{spec: {storageClassName: t}}]}",
    ),
    "a policy's binding": (
        "ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        "spec: {policyName: t}",
    ),
    "an ingress's class is left": ("IngressClass", "networking.k8s.io/v1", "Ingress", "spec: {ingressClassName: t}"),
    "a custom kind names nothing": ("ConfigMap", "x.io/v1", "Foo", "spec: {configMapRef: {name: t}}"),
    **{
        f"an autoscaler's {kind}": (
            kind,
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "spec: {scaleTargetRef: {kind: Rollout, name: t}}",
        )
        for kind in ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Service")
    },
    **{
        f"an ingress's annotation {name}": (
            "ConfigMap" if "params" in name else "Secret",
            "networking.k8s.io/v1",
            "Ingress",
            f"spec: {{}}\nmetadata: {{name: r, annotations: {{{name}: t}}}}",
        )
        for name in (
            "ingress.kubernetes.io/auth-secret",
            "nginx.ingress.kubernetes.io/auth-secret",
            "nginx.ingress.kubernetes.io/auth-tls-secret",
            "nginx.ingress.kubernetes.io/fastcgi-params-configmap",
            "example.com/auth-secret",
        )
    },
    **{
        f"{kind} in a {referrer}": (kind, *(REFERRERS[referrer][0], referrer, REFERRERS[referrer][1]))
        for referrer in REFERRERS
        for kind in ("ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim", "PriorityClass")
    },
}


@pytest.mark.parametrize("case", ROWS)
def test_references(case: str, same: Callable[[Mapping[str, str]], None]) -> None:
    kind, version, referrer, body = ROWS[case]
    target = f"apiVersion: {TARGETS[kind][0]}\nkind: {kind}\nmetadata: {{name: t}}\n"
    own = "" if "metadata:" in body else "metadata: {name: r}\n"
    same(
        {
            K: "resources: [r.yaml]\nnamePrefix: p-\nnamespace: z\n",
            "r.yaml": f"{target}---\napiVersion: {version}\nkind: {referrer}\n{own}{body}\n",
        }
    )
