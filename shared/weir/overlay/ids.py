"""Who an object is (`spec/overlays.md` 5)."""

from functools import lru_cache

import msgspec

CLUSTER = "_non_namespaceable_"
"""The namespace of what has none."""
DEFAULT = "default"

_CLUSTER_SCOPED: dict[str, str] = {
    "v1": "ComponentStatus Namespace Node NodeProxyOptions PersistentVolume",
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "admissionregistration.k8s.io/v1beta1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "apiregistration.k8s.io/v1beta1": "APIService",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1": "IngressClass",
    "networking.k8s.io/v1beta1": "IngressClass",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode StorageClass VolumeAttachment",
}
CLUSTER_SCOPED = frozenset(
    (api_version, kind) for api_version, kinds in _CLUSTER_SCOPED.items() for kind in kinds.split()
)
"""(apiVersion, kind) without a namespace; all others are namespaced."""


class Type(msgspec.Struct, frozen=True, cache_hash=True):
    """Group, version and kind."""

    group: str
    version: str
    kind: str

    cluster_scoped: bool
    """Whether objects of the type have no namespace."""

    def selected_by(self, group: str, version: str, kind: str) -> bool:
        """Whether the given parts are equal; an empty one matches anything."""
        return (
            (not kind or kind == self.kind)
            and (not group or group == self.group)
            and (not version or version == self.version)
        )

    def __str__(self) -> str:
        return ".".join((self.kind or "[noKind]", self.version or "[noVer]", self.group or "[noGrp]"))


@lru_cache(maxsize=4096)
def type_of(api_version: str, kind: str) -> Type:
    """The type that `apiVersion` and `kind` name."""
    group, slash, version = api_version.partition("/")
    cluster = (api_version, kind) in CLUSTER_SCOPED
    return Type(group, version, kind, cluster) if slash else Type("", api_version, kind, cluster)


def of_parts(group: str, version: str, kind: str) -> Type:
    """The type with these parts."""
    return type_of(f"{group}/{version}" if group else version, kind)


class Id(msgspec.Struct, frozen=True, gc=False):
    """What two objects of one build may not share; the namespace is the effective one."""

    type: Type
    name: str
    namespace: str

    def __str__(self) -> str:
        namespace = "" if self.namespace in {CLUSTER, DEFAULT} else self.namespace
        return f"{self.type}/{self.name or '[noName]'}.{namespace or '[noNs]'}"


class Former(msgspec.Struct, frozen=True, gc=False):
    """What an object was called before a transformer; the namespace is the effective one."""

    namespace: str
    name: str
    kind: str
