"""The values of the chart, from which `values.yaml`, `values.schema.json` and the README are written.

Keys are those of the community's chart for Flux where that has one (`spec/cli-and-ui.md` 5.5).
"""

from typing import Literal

import msgspec

from weir_chart.base import Created, Duration, Object, Objects, Texts, Values, field
from weir_chart.controllers import Kustomize, Name, Notification, Source
from weir_chart.nats import Nats

GRAFANA = {"grafana_dashboard": "1"}
RUNNING_PODS = {
    "port": "http-prom",
    "relabelings": [{"sourceLabels": ["__meta_kubernetes_pod_phase"], "action": "keep", "regex": "Running"}],
}


class Crds(Values):
    """The CustomResourceDefinitions."""

    annotations: Texts = {}
    """Further annotations; that Helm keeps them on uninstall is always among them."""
    migration: Object = {}
    """Accepted from values of the community's chart; each kind has one version, there is nothing to migrate."""


class Multitenancy(Values):
    """What tenants may do."""

    enabled: bool | Literal["auto"] = "auto"
    """Lock down: no references across namespaces, no remote bases, a default ServiceAccount.
    `auto`: yes, unless an installation is found that is open."""
    default_service_account: str = "default"
    """ServiceAccount of Kustomizations that name none, when locked down."""
    privileged: bool = True
    """Whether the kustomize-controller is a cluster administrator; else it may only act as ServiceAccounts."""


class Image(Values):
    """All images."""

    registry: str = ""
    """Registry that goes before the name of every image."""


class Absent(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A controller of the community's chart that this one lacks: its other keys are accepted, without effect."""

    create: Literal[False] = False
    """Can only be false."""


class Scraping(Values):
    """Who may read metrics."""

    namespace_selector: Object = {}
    """Namespaces whose Pods may; empty: all."""


class Webhooks(Values):
    """Who may send webhooks."""

    namespace_selector: Object = {}
    """Namespaces whose Pods may, such as the ingress controller's; empty: all."""


class Policies(Created):
    """NetworkPolicies: nothing comes in but metrics' readers, webhooks, and what is in the same namespace."""

    scraping: Scraping = Scraping()
    """Who may read metrics."""
    webhooks: Webhooks = Webhooks()
    """Who may send webhooks."""


class Rbac(Created):
    """Roles and bindings."""

    create_aggregation: bool = True
    """Whether the roles `view` and `edit` of the cluster get the kinds of this chart."""
    annotations: Texts = {}
    """Annotations."""
    role_ref: Name = Name(name="cluster-admin")
    """ClusterRole of the kustomize-controller when privileged; to change it later, delete the binding first."""
    scope: Literal["cluster", "namespace"] = "cluster"
    """`namespace`: only roles of the release's namespace; needs `watchAllNamespaces: false`."""


class Monitor(Values):
    """What an object for the Prometheus Operator has."""

    create: bool = False
    """Whether it is created."""
    additional_labels: Texts = {}
    """Further labels, by which Prometheus finds it."""


class PodMonitor(Monitor):
    """A PodMonitor of the controllers."""

    pod_metrics_endpoints: Objects = field(default_factory=lambda: (RUNNING_PODS,))
    """Endpoints."""


class ServiceMonitor(Monitor):
    """A ServiceMonitor of the controllers, with a Service of their metrics."""

    interval: Duration = "30s"
    """How often they are read."""


class Rules(Monitor):
    """A PrometheusRule with alerts."""

    not_ready_for: Duration = "10m"
    """How long an object may be not ready."""
    suspended_for: Duration = "24h"
    """How long an object may be suspended."""
    overdue_for: Duration = "10m"
    """How late an object may be."""
    labels: Texts = {}
    """Further labels of every alert."""


class Prometheus(Values):
    """Monitoring by the Prometheus Operator."""

    pod_monitor: PodMonitor = PodMonitor()
    """A PodMonitor."""
    service_monitor: ServiceMonitor = ServiceMonitor()
    """A ServiceMonitor; one of the two is enough."""
    rules: Rules = Rules()
    """A PrometheusRule."""


class Dashboards(Values):
    """Dashboards for Grafana, as ConfigMaps that its sidecar finds."""

    create: bool = False
    """Whether they are created."""
    labels: Texts = field(default_factory=lambda: dict(GRAFANA))
    """Labels by which the sidecar finds them."""
    annotations: Texts = {}
    """Annotations, such as the folder."""


class Grafana(Values):
    """Grafana."""

    dashboards: Dashboards = Dashboards()
    """Dashboards."""


class Distro(Values):
    """The distribution of Kubernetes."""

    openshift: bool = False
    """OpenShift: it chooses users and groups."""


class Chart(Values):
    """All of it."""

    installCRDs: bool = True  # noqa: N815  the community's key
    """Whether the CustomResourceDefinitions are installed and upgraded. They stay on uninstall."""
    crds: Crds = Crds()
    """The CustomResourceDefinitions."""
    multitenancy: Multitenancy = Multitenancy()
    """What tenants may do."""
    cluster_domain: str = "cluster.local"
    """Domain of the cluster's Services."""
    log_level: Literal["trace", "debug", "info", "error"] = "info"
    """Verbosity of the controllers."""
    watch_all_namespaces: bool = True
    """Whether objects of all namespaces are reconciled; else those of the release's namespace."""
    image: Image = Image()
    """All images."""
    image_pull_secrets: tuple[Name, ...] = ()
    """Secrets to pull images with, as `{name}`."""
    common_labels: Texts = {}
    """Labels of every object."""
    common_annotations: Texts = {}
    """Annotations of every object."""
    source_controller: Source = Source()
    """The source-controller."""
    kustomize_controller: Kustomize = Kustomize()
    """The kustomize-controller."""
    notification_controller: Notification = Notification()
    """The notification-controller."""
    nats: Nats = Nats()
    """NATS."""
    helm_controller: Absent = Absent()
    """Not part of this chart."""
    image_automation_controller: Absent = Absent()
    """Not part of this chart."""
    image_reflection_controller: Absent = Absent()
    """Not part of this chart."""
    source_watcher: Absent = Absent()
    """Not part of this chart."""
    cli: Object = {}
    """Accepted from values of the community's chart, without effect: there is no Job before the installation."""
    policies: Policies = Policies()
    """NetworkPolicies."""
    rbac: Rbac = Rbac()
    """Roles and bindings."""
    pod_disruption_budget: Created = Created()
    """PodDisruptionBudgets: a node that is drained takes one Pod of a workload at a time."""
    prometheus: Prometheus = Prometheus()
    """Monitoring by the Prometheus Operator."""
    grafana: Grafana = Grafana()
    """Grafana."""
    extra_objects: Objects = ()
    """Further objects, whose texts may hold templates. Objects of the chart's own kinds belong into another release."""
    distro: Distro = Distro()
    """The distribution of Kubernetes."""
    global_: Object = field(default_factory=dict, name="global")
    """Where a parent chart puts its own; without effect here."""
