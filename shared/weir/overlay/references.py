"""Which fields hold the names of other objects (`spec/overlays.md` 13.7)."""

import msgspec

from weir.overlay.fieldspec import FieldSpec

RBAC = "rbac.authorization.k8s.io"


class Row(msgspec.Struct, frozen=True, cache_hash=True):
    """Objects of a type are named at a field of others; empty parts of the type match anything."""

    group: str
    version: str
    kind: str
    field: FieldSpec


_TEMPLATED = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job")
_PODS: tuple[tuple[str, str, str], ...] = (
    ("Pod", "v1", "spec"),
    *((kind, "", "spec/template/spec") for kind in _TEMPLATED),
    ("PodTemplate", "", "template/spec"),
    ("CronJob", "", "spec/jobTemplate/spec/template/spec"),
)
_SEVEN: tuple[tuple[str, str], ...] = (
    ("Pod", "spec"),
    *((kind, "spec/template/spec") for kind in ("StatefulSet", "Deployment", "ReplicationController")),
    *((kind, "spec/template/spec") for kind in ("Job", "DaemonSet")),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
)


def _in_pods(*paths: str) -> list[FieldSpec]:
    return [FieldSpec(f"{root}/{path}", kind, version=version) for kind, version, root in _PODS for path in paths]


def _in_seven(path: str) -> list[FieldSpec]:
    return [FieldSpec(f"{root}/{path}", kind) for kind, root in _SEVEN]


def _containers(env: str, from_: str) -> list[str]:
    return [
        f"{kind}/{path}"
        for kind in ("containers", "initContainers")
        for path in (f"env/valueFrom/{env}/name", f"envFrom/{from_}/name")
    ]


def _ingress(annotation: str) -> FieldSpec:
    return FieldSpec("metadata/annotations/" + annotation.replace("/", "\\/"), "Ingress")


_RULES = [FieldSpec("rules/resourceNames", kind) for kind in ("Role", "ClusterRole")]
_CONFIG_MAP = [
    *_in_pods(
        "volumes/configMap/name",
        "volumes/projected/sources/configMap/name",
        *_containers("configMapKeyRef", "configMapRef"),
    ),
    FieldSpec("spec/configSource/configMap", "Node"),
    *_RULES,
    _ingress("nginx.ingress.kubernetes.io/fastcgi-params-configmap"),
]
_SECRET = [
    *_in_pods(
        "volumes/secret/secretName",
        "volumes/projected/sources/secret/name",
        "imagePullSecrets/name",
        *_containers("secretKeyRef", "secretRef"),
    ),
    FieldSpec("spec/tls/secretName", "Ingress"),
    _ingress("ingress.kubernetes.io/auth-secret"),
    _ingress("nginx.ingress.kubernetes.io/auth-secret"),
    _ingress("nginx.ingress.kubernetes.io/auth-tls-secret"),
    FieldSpec("imagePullSecrets/name", "ServiceAccount"),
    *(
        FieldSpec(f"parameters/{name}", "StorageClass")
        for name in ("secretName", "adminSecretName", "userSecretName", "secretRef")
    ),
    *_RULES,
    FieldSpec("spec/azureFile/secretName", "PersistentVolume"),
    FieldSpec("spec/template/spec/containers/env/valueFrom/secretKeyRef/name", "Service", "serving.knative.dev", "v1"),
]
_SERVICE = [
    FieldSpec("spec/serviceName", "StatefulSet", "apps"),
    *(
        FieldSpec(path, "Ingress")
        for path in (
            "spec/rules/http/paths/backend/serviceName",
            "spec/backend/serviceName",
            "spec/rules/http/paths/backend/service/name",
            "spec/defaultBackend/service/name",
        )
    ),
    FieldSpec("spec/service/name", "APIService", "apiregistration.k8s.io"),
    *(
        FieldSpec("webhooks/clientConfig/service", f"{kind}WebhookConfiguration", "admissionregistration.k8s.io")
        for kind in ("Validating", "Mutating")
    ),
]
_SUBJECTS = [FieldSpec("subjects", kind, RBAC) for kind in ("RoleBinding", "ClusterRoleBinding")]
_SCALED = [FieldSpec("spec/scaleTargetRef/name", "HorizontalPodAutoscaler")]
_STORAGE = [
    FieldSpec("spec/storageClassName", "PersistentVolume"),
    FieldSpec("spec/storageClassName", "PersistentVolumeClaim"),
    FieldSpec("spec/volumeClaimTemplates/spec/storageClassName", "StatefulSet"),
]
_TABLE: tuple[tuple[str, str, str, list[FieldSpec]], ...] = (
    ("", "", "Deployment", _SCALED),
    ("", "", "ReplicationController", _SCALED),
    ("", "", "ReplicaSet", _SCALED),
    ("", "", "StatefulSet", _SCALED),
    ("", "v1", "ConfigMap", _CONFIG_MAP),
    ("", "v1", "Secret", _SECRET),
    ("", "v1", "Service", _SERVICE),
    (RBAC, "", "Role", [FieldSpec("roleRef/name", "RoleBinding", RBAC)]),
    (
        RBAC,
        "",
        "ClusterRole",
        [FieldSpec("roleRef/name", kind, RBAC) for kind in ("RoleBinding", "ClusterRoleBinding")],
    ),
    ("", "v1", "ServiceAccount", [*_SUBJECTS, *_in_seven("serviceAccountName")]),
    ("", "v1", "PersistentVolumeClaim", _in_seven("volumes/persistentVolumeClaim/claimName")),
    (
        "",
        "v1",
        "PersistentVolume",
        [FieldSpec("spec/volumeName", "PersistentVolumeClaim"), FieldSpec("rules/resourceNames", "ClusterRole")],
    ),
    ("storage.k8s.io", "v1", "StorageClass", _STORAGE),
    ("scheduling.k8s.io", "v1", "PriorityClass", _in_seven("priorityClassName")),
    (
        "admissionregistration.k8s.io",
        "",
        "ValidatingAdmissionPolicy",
        [FieldSpec("spec/policyName", "ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io")],
    ),
)
DEFAULT: tuple[Row, ...] = tuple(
    Row(group, version, kind, spec) for group, version, kind, fields in _TABLE for spec in fields
)
