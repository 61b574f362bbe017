"""Which lists merge by key in a strategic merge patch (`spec/overlays.md` 8.5, 8.9).

kustomize carries the schema of Kubernetes 1.21 and asks it only which lists are associative; the rest of a schema
changes nothing. So the table below holds those lists and the way to them. Newer Kubernetes versions have more of them,
which kustomize does not know: they are replaced whole.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Schema(NamedTuple):
    """What merging needs to know of a value. `keys` empty and `merges`: a list of plain values."""

    fields: Mapping[str, "Schema"] = {}
    element: "Schema | None" = None
    keys: tuple[str, ...] = ()
    merges: bool = False
    values: "Schema | None" = None
    """The schema of a map's values when its keys are free."""

    def child(self, name: str) -> "Schema | None":
        """The schema of a field, None when there is none."""
        return self.fields.get(name, self.values)


def _by(*keys: str, element: Schema | None = None) -> Schema:
    return Schema(element=element, keys=keys, merges=True)


def _of(**fields: Schema) -> Schema:
    return Schema(fields)


_SET = Schema(merges=True)
_META = _of(finalizers=_SET, ownerReferences=_by("uid"))
_OBJECT = _of(metadata=_META)
_CONTAINER = _of(
    env=_by("name"),
    ports=_by("containerPort", "protocol"),
    volumeMounts=_by("mountPath"),
    volumeDevices=_by("devicePath"),
)
_EPHEMERAL = _of(env=_by("name"), volumeMounts=_by("mountPath"), volumeDevices=_by("devicePath"))
_VOLUME = _of(ephemeral=_of(volumeClaimTemplate=_OBJECT))
_POD_SPEC = _of(
    containers=_by("name", element=_CONTAINER),
    initContainers=_by("name", element=_CONTAINER),
    ephemeralContainers=_by("name", element=_EPHEMERAL),
    volumes=_by("name", element=_VOLUME),
    imagePullSecrets=_by("name"),
    hostAliases=_by("ip"),
    topologySpreadConstraints=_by("topologyKey", "whenUnsatisfiable"),
)
_TEMPLATE = _of(metadata=_META, spec=_POD_SPEC)
_CONDITIONS = _of(conditions=_by("type"))


def _kind(spec: Schema | None = None, status: Schema | None = None, **fields: Schema) -> Schema:
    extra = {name: schema for name, schema in (("spec", spec), ("status", status)) if schema}
    return Schema({"metadata": _META, **extra, **fields})


_WORKLOAD = _kind(_of(template=_TEMPLATE), _CONDITIONS)
_CRON_JOB = _kind(_of(jobTemplate=_of(metadata=_META, spec=_of(template=_TEMPLATE))))
_WEBHOOKS = _kind(webhooks=_by("name"))
_BUDGET = _kind(status=_CONDITIONS)
_SPECIAL: dict[tuple[str, str], Schema] = {
    ("v1", "ComponentStatus"): _kind(conditions=_by("type")),
    ("v1", "Namespace"): _kind(status=_CONDITIONS),
    ("v1", "Node"): _kind(_of(podCIDRs=_SET), _of(conditions=_by("type"), addresses=_by("type"))),
    ("v1", "PersistentVolumeClaim"): _kind(status=_CONDITIONS),
    ("v1", "Pod"): _kind(_POD_SPEC, _of(conditions=_by("type"), podIPs=_by("ip"))),
    ("v1", "PodTemplate"): _kind(template=_TEMPLATE),
    ("v1", "ReplicationController"): _WORKLOAD,
    ("v1", "Service"): _kind(_of(ports=_by("port", "protocol")), _CONDITIONS),
    ("v1", "ServiceAccount"): _kind(secrets=_by("name")),
    **{("apps/v1", kind): _WORKLOAD for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")},
    ("batch/v1", "Job"): _WORKLOAD,
    ("batch/v1", "CronJob"): _CRON_JOB,
    ("batch/v1beta1", "CronJob"): _CRON_JOB,
    ("policy/v1", "PodDisruptionBudget"): _BUDGET,
    ("policy/v1beta1", "PodDisruptionBudget"): _BUDGET,
    **{
        (f"admissionregistration.k8s.io/{version}", f"{kind}WebhookConfiguration"): _WEBHOOKS
        for version in ("v1", "v1beta1")
        for kind in ("Mutating", "Validating")
    },
    **{(f"apiregistration.k8s.io/{version}", "APIService"): _kind(status=_CONDITIONS) for version in ("v1", "v1beta1")},
    ("storage.k8s.io/v1", "CSINode"): _kind(_of(drivers=_by("name"))),
    ("storage.k8s.io/v1beta1", "CSINode"): _kind(_of(drivers=_by("name"))),
}
_PLAIN = {
    "v1": "Binding ConfigMap Endpoints Event LimitRange PersistentVolume ResourceQuota Secret",
    "apps/v1": "ControllerRevision",
    "autoscaling/v1": "HorizontalPodAutoscaler Scale",
    "autoscaling/v2beta1": "HorizontalPodAutoscaler",
    "autoscaling/v2beta2": "HorizontalPodAutoscaler",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "networking.k8s.io/v1beta1": "Ingress IngressClass",
    "extensions/v1beta1": "Ingress",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "storage.k8s.io/v1": "CSIDriver StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSIStorageCapacity StorageClass VolumeAttachment",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "coordination.k8s.io/v1": "Lease",
    "coordination.k8s.io/v1beta1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "discovery.k8s.io/v1beta1": "EndpointSlice",
    "events.k8s.io/v1": "Event",
    "events.k8s.io/v1beta1": "Event",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
}
Schemas = Mapping[tuple[str, str], Schema]
"""(apiVersion, kind) -> schema."""
BUILT_IN: Schemas = {
    **{(version, kind): _OBJECT for version, kinds in _PLAIN.items() for kind in kinds.split()},
    **_SPECIAL,
}
