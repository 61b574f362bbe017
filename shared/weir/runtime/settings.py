"""Settings that every controller has, in groups. A service's own Struct takes the groups that apply as fields."""

import hashlib
from typing import Annotated, ClassVar

from msgspec import Meta

from weir.api.base import Struct
from weir.runtime.logs import Encoding, Level
from weir.runtime.schedule import Delays
from weir.settings import Seconds


class Endpoints(Struct):
    """Where the process listens and sends."""

    ENVIRONMENT: ClassVar = {"metrics_addr": "METRICS_ADDR"}

    metrics_addr: str = ":8080"
    """Address of the metrics endpoint."""
    health_addr: str = ":9440"
    """Address of the health endpoints."""
    export_resource_info: bool = True
    """Whether /metrics has gotk_resource_info, one series per object."""


class Events(Struct):
    """Where events go: for every controller but the one that receives them."""

    ENVIRONMENT: ClassVar = {"events_addr": "EVENTS_ADDR"}

    events_addr: str = ""
    """Address of the event receiver; empty: events go to Kubernetes only."""
    outbox_path: str = "/tmp/weir-outbox.sqlite"  # noqa: S108  the writable volume of the pod
    """File that keeps events until the event receiver has them."""
    outbox_capacity: Annotated[int, Meta(ge=1)] = 10_000
    """Events that the outbox keeps at most; the oldest go first."""


class Logging(Struct):
    """What is logged, and how."""

    log_level: Level = "info"
    """Verbosity: trace, debug, info or error."""
    log_encoding: Encoding = "json"
    """Encoding: json or console."""


class Election(Struct):
    """Which of several replicas acts."""

    enable_leader_election: bool = False
    """Whether only one replica acts at a time."""
    leader_election_release_on_cancel: bool = True
    """Whether the leader gives its lease up when it ends."""
    leader_election_lease_duration: Seconds = 35.0
    """How long the others wait before they take over a lease that is not renewed."""
    leader_election_renew_deadline: Seconds = 30.0
    """How long the leader tries to renew its lease before it stops acting."""
    leader_election_retry_period: Seconds = 5.0
    """How long to wait between two tries."""

    def __post_init__(self) -> None:
        lease, renew, retry = (
            self.leader_election_lease_duration,
            self.leader_election_renew_deadline,
            self.leader_election_retry_period,
        )
        if not lease > renew > retry > 0:
            raise ValueError(
                "--leader-election-lease-duration has to exceed --leader-election-renew-deadline, and that "
                "--leader-election-retry-period"
            )


class Watching(Struct):
    """Which objects this instance is for."""

    ENVIRONMENT: ClassVar = {"runtime_namespace": "RUNTIME_NAMESPACE"}

    watch_all_namespaces: bool = True
    """Whether objects of all namespaces are reconciled; else those of the runtime namespace."""
    watch_label_selector: str = ""
    """Label selector of the objects that this instance reconciles."""
    watch_configs_label_selector: str = "reconcile.fluxcd.io/watch=Enabled"
    """Label selector of the ConfigMaps and Secrets whose changes are acted on at once."""
    runtime_namespace: str = "flux-system"
    """Namespace that the controller runs in."""

    @property
    def namespace(self) -> str:
        """The only namespace to look at; empty: all."""
        return "" if self.watch_all_namespaces else self.runtime_namespace


class Retrying(Struct):
    """How long to wait."""

    min_retry_delay: Seconds = 0.75
    """Wait after the first failure; doubled with each further one."""
    max_retry_delay: Seconds = 900.0
    """Longest wait after failures."""
    interval_jitter_percentage: Annotated[int, Meta(ge=0, le=99)] = 5
    """Share of the interval by which it is shortened or drawn out at random, in percent."""

    @property
    def delays(self) -> Delays:
        """The same as the loop wants it."""
        return Delays(self.min_retry_delay, self.max_retry_delay, self.interval_jitter_percentage / 100)


class Cluster(Struct):
    """The API server."""

    ENVIRONMENT: ClassVar = {"kubeconfig": "KUBECONFIG"}

    kubeconfig: str = ""
    """Kubeconfig file; empty: the pod's own service account."""
    kube_api_qps: float = 0.0
    """Accepted for compatibility; requests are bounded by the API server's own priority and fairness."""
    kube_api_burst: int = 0
    """Accepted for compatibility."""


class Common(Struct):
    """The groups that every controller has."""

    endpoints: Endpoints = Endpoints()
    """Where the process listens."""
    logging: Logging = Logging()
    """What is logged."""
    election: Election = Election()
    """Which replica acts."""
    watching: Watching = Watching()
    """Which objects are looked at."""
    retrying: Retrying = Retrying()
    """How long to wait."""
    cluster: Cluster = Cluster()
    """The API server."""
    concurrent: Annotated[int, Meta(ge=1)] = 4
    """Attempts at a time, per kind."""
    shutdown_grace: Seconds = 8.0
    """How long attempts under way may take to end after SIGTERM."""


def lease_name(part: str, watching: Watching) -> str:
    """Upstream's name of the lease, so that its controller and ours never both act; one per shard."""
    selector = watching.watch_label_selector
    shard = f"-{hashlib.sha256(selector.encode()).hexdigest()[:8]}" if selector else ""
    return f"{part}-leader-election{shard}"
