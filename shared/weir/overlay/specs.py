"""Where the transformers act by default (`spec/overlays.md` 11 to 16)."""

from weir.overlay.fieldspec import FieldSpec, Specs

_APPS = (("StatefulSet", "apps"),)
_ANY = (("Deployment", ""), ("ReplicaSet", ""), ("DaemonSet", ""))


def _each(path: str, kinds: tuple[tuple[str, str], ...], *, create: bool = True) -> Specs:
    return tuple(FieldSpec(path, kind, group, create=create) for kind, group in kinds)


METADATA_LABELS = FieldSpec("metadata/labels", create=True)
TEMPLATE_LABELS: Specs = (
    FieldSpec("spec/template/metadata/labels", "ReplicationController", version="v1", create=True),
    *_each("spec/template/metadata/labels", (*_ANY, *_APPS, ("Job", "batch"))),
    FieldSpec("spec/jobTemplate/metadata/labels", "CronJob", "batch", create=True),
    FieldSpec("spec/jobTemplate/spec/template/metadata/labels", "CronJob", "batch", create=True),
    FieldSpec("spec/volumeClaimTemplates[]/metadata/labels", "StatefulSet", "apps", create=True),
)
_AFFINITY = tuple(
    f"spec/template/spec/affinity/{kind}/{path}"
    for kind in ("podAffinity", "podAntiAffinity")
    for path in (
        "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
        "requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    )
)
_SPREAD = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"
COMMON_LABELS: Specs = (
    METADATA_LABELS,
    *TEMPLATE_LABELS,
    FieldSpec("spec/selector", "Service", version="v1", create=True),
    FieldSpec("spec/selector", "ReplicationController", version="v1", create=True),
    *_each("spec/selector/matchLabels", (*_ANY, *_APPS)),
    FieldSpec("spec/selector/matchLabels", "Job", "batch"),
    FieldSpec("spec/selector/matchLabels", "PodDisruptionBudget", "policy"),
    FieldSpec("spec/jobTemplate/spec/selector/matchLabels", "CronJob", "batch"),
    *(
        FieldSpec(path, "NetworkPolicy", "networking.k8s.io")
        for path in (
            "spec/podSelector/matchLabels",
            "spec/ingress/from/podSelector/matchLabels",
            "spec/egress/to/podSelector/matchLabels",
        )
    ),
    *(FieldSpec(path, kind, "apps") for kind in ("Deployment", "StatefulSet") for path in (*_AFFINITY, _SPREAD)),
)
ANNOTATIONS: Specs = (
    FieldSpec("metadata/annotations", create=True),
    FieldSpec("spec/template/metadata/annotations", "ReplicationController", version="v1", create=True),
    *_each("spec/template/metadata/annotations", (*_ANY, ("StatefulSet", ""), ("Job", "batch"))),
    FieldSpec("spec/jobTemplate/metadata/annotations", "CronJob", "batch", create=True),
    FieldSpec("spec/jobTemplate/spec/template/metadata/annotations", "CronJob", "batch", create=True),
)
NAMES: Specs = (FieldSpec("metadata/name"),)
NAMESPACES: Specs = (
    FieldSpec("metadata/name", "Namespace", create=True),
    FieldSpec("spec/service/namespace", "APIService", "apiregistration.k8s.io", create=True),
    FieldSpec(
        "spec/conversion/webhook/clientConfig/service/namespace", "CustomResourceDefinition", "apiextensions.k8s.io"
    ),
)
IMAGES: Specs = tuple(
    FieldSpec(f"{path}/{field}", create=True)
    for path in ("spec", "spec/template/spec")
    for field in ("containers[]/image", "initContainers[]/image", "volumes[]/image/reference")
)
REPLICAS: Specs = tuple(
    FieldSpec("spec/replicas", kind, create=True)
    for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
)
