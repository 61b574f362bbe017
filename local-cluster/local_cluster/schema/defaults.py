"""What the API server fills in for built-in kinds, as Kubernetes 1.36 does (`pkg/apis/*/v1/defaults.go`).

Plain values stand in `VALUES`, by type; what depends on the object is a function in `RULES`. Both apply wherever the
type occurs: a container's defaults are the same in a Pod and in a template.
"""

import copy
from typing import Any

from .defaults_core import CORE_RULES
from .defaults_rest import REST_RULES
from .defaults_workloads import WORKLOAD_RULES
from .node import Node
from .quantities import canonical
from .structural import drop_nulls

_MODE = {"defaultMode": 0o644}
_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_WEBHOOK = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}

VALUES: dict[str, dict[str, Any]] = {
    "core.v1.Container": {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"},
    "core.v1.EphemeralContainer": {
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    },
    "core.v1.PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "schedulerName": "default-scheduler",
        "securityContext": {},
    },
    "core.v1.Probe": _PROBE,
    "core.v1.HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core.v1.GRPCAction": {"service": ""},
    "core.v1.ObjectFieldSelector": {"apiVersion": "v1"},
    "core.v1.ConfigMapVolumeSource": _MODE,
    "core.v1.SecretVolumeSource": _MODE,
    "core.v1.ProjectedVolumeSource": _MODE,
    "core.v1.DownwardAPIVolumeSource": _MODE,
    "core.v1.ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "core.v1.HostPathVolumeSource": {"type": ""},
    "core.v1.PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core.v1.PersistentVolumeSpec": {"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"},
    "core.v1.ServiceSpec": {"sessionAffinity": "None", "type": "ClusterIP"},
    "core.v1.Secret": {"type": "Opaque"},
    "core.v1.PodCondition": {"lastProbeTime": None},
    "events.v1.Event": {"deprecatedFirstTimestamp": None, "deprecatedLastTimestamp": None},
    "core.v1.Event": {"eventTime": None, "firstTimestamp": None, "lastTimestamp": None},
    "apps.v1.DeploymentSpec": {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
    "apps.v1.DeploymentStrategy": {"type": "RollingUpdate"},
    "apps.v1.StatefulSetSpec": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "podManagementPolicy": "OrderedReady",
        "persistentVolumeClaimRetentionPolicy": {},
    },
    "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    "apps.v1.StatefulSetUpdateStrategy": {"type": "RollingUpdate"},
    "apps.v1.RollingUpdateStatefulSetStrategy": {"partition": 0},
    "apps.v1.DaemonSetSpec": {"revisionHistoryLimit": 10},
    "apps.v1.DaemonSetUpdateStrategy": {"type": "RollingUpdate"},
    "apps.v1.ReplicaSetSpec": {"replicas": 1},
    "batch.v1.CronJobSpec": {
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    "networking.v1.NetworkPolicyPort": {"protocol": "TCP"},
    "networking.v1.IngressClassParametersReference": {"scope": "Cluster"},
    "discovery.v1.EndpointPort": {"name": "", "protocol": "TCP"},
    "autoscaling.v2.HorizontalPodAutoscalerSpec": {"minReplicas": 1},
    "autoscaling.v2.HorizontalPodAutoscalerStatus": {"currentMetrics": None},
    "storage.v1.StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "scheduling.v1.PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
    "admissionregistration.v1.ValidatingWebhook": _WEBHOOK,
    "admissionregistration.v1.MutatingWebhook": {**_WEBHOOK, "reinvocationPolicy": "Never"},
    "admissionregistration.v1.RuleWithOperations": {"scope": "*"},
    "admissionregistration.v1.NamedRuleWithOperations": {"scope": "*"},
    "admissionregistration.v1.ServiceReference": {"port": 443},
    "admissionregistration.v1.ValidatingAdmissionPolicySpec": {"failurePolicy": "Fail"},
    "admissionregistration.v1.MatchResources": {
        "matchPolicy": "Equivalent",
        "namespaceSelector": {},
        "objectSelector": {},
    },
    "apiregistration.v1.ServiceReference": {"port": 443},
    "apiextensions.v1.ServiceReference": {"port": 443},
    "apiextensions.v1.CustomResourceDefinitionSpec": {"conversion": {"strategy": "None"}},
    "apiextensions.v1.CustomResourceDefinitionStatus": {"conditions": None},
}

NULLS: dict[str, tuple[str, ...]] = {
    "rbac.v1.Role": ("rules",),
    "rbac.v1.ClusterRole": ("rules",),
    "core.v1.LimitRangeSpec": ("limits",),
}
"""Lists that are null when nothing is in them."""

RULES = {**CORE_RULES, **WORKLOAD_RULES, **REST_RULES}


def default(value: Any, node: Node) -> None:
    """Set in place what a create or update of a built-in kind would; nulls go first, as typed decoding drops them."""
    drop_nulls(value, node)
    _fill(value, node)


def _fill(value: Any, node: Node) -> None:
    if isinstance(value, dict):
        _fill_object(value, node)
        for name, part in value.items():
            place = node.field(name)
            if place.type == "quantity":
                value[name] = canonical(part) or part
            else:
                _fill(part, place)
    elif isinstance(value, list):
        for item in value:
            _fill(item, node.items)


def _fill_object(value: dict[str, Any], node: Node) -> None:
    if node.component == "core.v1.PodSpec" and (value.get("terminationGracePeriodSeconds") or 0) < 0:
        value["terminationGracePeriodSeconds"] = 1
    for name, plain in VALUES.get(node.component, {}).items():
        if not value.get(name) and (plain or name not in value):
            value[name] = copy.deepcopy(plain) if name not in value or value[name] in ("", None) else value[name]
    for name in NULLS.get(node.component, ()):
        value[name] = value.get(name) or None
    rule = RULES.get(node.component)
    if rule:
        rule(value)
    for name, default_value in node.zeroes.items():
        if name not in value:
            value[name] = copy.deepcopy(default_value)
