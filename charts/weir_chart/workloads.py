"""Values that every workload has."""

from typing import Annotated

from msgspec import Meta

from weir_chart.base import Count, Created, Object, Objects, Policy, Quantity, Tag, Texts, Values, field

RUNNING_AS = {
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "fsGroup": 1337,
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONFINED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
SCRAPED = {"prometheus.io/port": "8080", "prometheus.io/scrape": "true"}
CRITICAL = "system-cluster-critical"


def resources(cpu: str, memory: str, limit: str) -> Object:
    """What is asked for, and the most memory that is given."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": limit}}


class Container(Values):
    """The container of the controller."""

    additional_args: tuple[str, ...] = ()
    """Further flags; they come last, and of a flag given twice the last one counts."""


class Account(Created):
    """The ServiceAccount."""

    automount: bool = True
    """Whether Pods get its token."""
    annotations: Texts = {}
    """Annotations."""


class Workload(Created):
    """What any workload has."""

    image: Annotated[str, Meta(min_length=1)] = "weir"
    """Image without tag; `image.registry` goes before it."""
    tag: Tag = ""
    """Tag, digest (`sha256:...`), or `tag@digest`; empty: the release that the chart is for."""
    image_pull_policy: Policy = "IfNotPresent"
    """When the image is pulled."""
    resources: Object = {}
    """Requests and limits."""
    priority_class_name: str = ""
    """Priority class of the Pods; empty: the cluster's default."""
    annotations: Texts = {}
    """Annotations of the Pods."""
    labels: Texts = {}
    """Further labels of the Pods."""
    node_selector: Texts = field(default_factory=lambda: {"kubernetes.io/os": "linux"})
    """Nodes that Pods may run on."""
    affinity: Object = {}
    """Affinity of the Pods."""
    tolerations: Objects = ()
    """Taints that the Pods tolerate."""
    topology_spread_constraints: Objects = ()
    """How the Pods spread; useful from two replicas up."""
    pod_security_context: Object = field(default_factory=lambda: dict(RUNNING_AS))
    """Security context of the Pods. On OpenShift users and groups are left to the cluster."""
    security_context: Object = field(default_factory=lambda: dict(CONFINED))
    """Security context of the container."""
    extra_env: Objects = ()
    """Further environment variables."""
    volumes: Objects = ()
    """Further volumes."""
    volume_mounts: Objects = ()
    """Further mounts of the container."""
    init_containers: Objects = ()
    """Containers that run before."""
    termination_grace_period_seconds: Count = 20
    """How long Pods may take to end."""


class Controller(Workload):
    """A controller."""

    replicas: Count = 1
    """Pods. One acts, the others stand by."""
    container: Container = Container()
    """The container."""
    service_account: Account = Account()
    """The ServiceAccount, named as the controller. Not created: it has to be there."""
    liveness_probe: Object = {}
    """Changes to the liveness probe, such as `periodSeconds`."""
    readiness_probe: Object = {}
    """Changes to the readiness probe."""
    annotations: Texts = field(default_factory=lambda: dict(SCRAPED))
    """Annotations of the Pods."""


class Persistence(Values):
    """A volume that outlives the Pod."""

    enabled: bool = False
    """Whether there is one; else what is stored goes with the Pod and is made anew."""
    size: Quantity = "10Gi"
    """Size."""
    storage_class: str = ""
    """Storage class; empty: the cluster's default."""
