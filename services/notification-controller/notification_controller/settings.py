"""What the notification-controller can be told: one Struct, its flags and variables made by `weir.settings`."""

from typing import ClassVar

from notification_controller.bus import Login
from notification_controller.streams import Bounds
from weir.api.base import Struct
from weir.runtime.settings import Common
from weir.settings import Gates, Seconds


class Features(Gates):
    """Feature gates."""

    FORMER: ClassVar = frozenset({"CacheSecretsAndConfigMaps"})

    disable_config_watchers: bool = False
    """Do not watch the Secrets of Receivers."""
    object_level_workload_identity: bool = False
    """Allow spec.serviceAccountName of Providers."""


class Rules(Struct):
    """What tenants may do."""

    no_cross_namespace_refs: bool = False
    """Refuse references of Alerts and Receivers to objects in other namespaces."""
    default_service_account: str = ""
    """ServiceAccount of Providers that name none; needs the gate ObjectLevelWorkloadIdentity."""


class Servers(Struct):
    """Where events and webhooks come in."""

    FLAGS: ClassVar = {"receiver_addr": "receiverAddr"}

    events_addr: str = ":9090"
    """Address of the event receiver."""
    receiver_addr: str = ":9292"
    """Address of the webhook receiver."""
    rate_limit_interval: Seconds = 300.0
    """Interval in which an event that equals an earlier one is refused; at least a second."""
    export_http_path_metrics: bool = False
    """Whether the HTTP metrics carry the whole path of requests; it is the secret of some Receivers."""


class Nats(Struct):
    """Where NATS is, and how much it keeps."""

    ENVIRONMENT: ClassVar = {"nats_url": "NATS_URL"}

    nats_url: str = "nats://nats:4222"
    """Address of NATS; several are parted by commas."""
    nats_credentials: str = ""
    """File with NATS credentials (JWT and seed), an NKey seed, or the password of --nats-user."""
    nats_user: str = "weir"
    """User name, when --nats-credentials holds a password."""
    nats_ca_file: str = ""
    """File with the certificate authorities that NATS is checked by."""
    nats_cert_file: str = ""
    """File with our certificate."""
    nats_key_file: str = ""
    """File with our certificate's key."""
    nats_replicas: int = 1
    """Servers of a NATS cluster that keep each stream."""
    events_max_age: Seconds = 86400.0
    """How long events are kept."""
    events_max_bytes: int = 512 * 1024 * 1024
    """Bytes of events that are kept."""
    deliveries_max_age: Seconds = 86400.0
    """How long a delivery is tried before it becomes a dead letter."""
    deliveries_max_bytes: int = 512 * 1024 * 1024
    """Bytes of deliveries that wait."""
    deliveries_per_provider: int = 10_000
    """Deliveries that wait for one Provider; the oldest go first."""

    def login(self) -> Login:
        """The same as the bus wants it."""
        return Login(
            url=self.nats_url,
            user=self.nats_user,
            credentials=self.nats_credentials,
            ca_file=self.nats_ca_file,
            cert_file=self.nats_cert_file,
            key_file=self.nats_key_file,
        )

    def bounds(self, window: float) -> Bounds:
        """The same as the bus wants it; `window` in seconds."""
        return Bounds(
            window=window,
            events_age=self.events_max_age,
            events_bytes=self.events_max_bytes,
            deliveries_age=self.deliveries_max_age,
            deliveries_bytes=self.deliveries_max_bytes,
            deliveries_per_provider=self.deliveries_per_provider,
            replicas=self.nats_replicas,
        )


class Settings(Struct):
    """The notification-controller's settings."""

    common: Common = Common()
    """What every controller has."""
    servers: Servers = Servers()
    """Where events and webhooks come in."""
    nats: Nats = Nats()
    """Where NATS is."""
    rules: Rules = Rules()
    """What tenants may do."""
    feature_gates: Features = Features()
    """Feature gates."""

    def __post_init__(self) -> None:
        if self.rules.default_service_account and not self.feature_gates.object_level_workload_identity:
            raise ValueError("--default-service-account needs --feature-gates=ObjectLevelWorkloadIdentity=true")

    @property
    def window(self) -> float:
        """Seconds in which the twin of an event is a duplicate."""
        return max(1.0, self.servers.rate_limit_interval)
