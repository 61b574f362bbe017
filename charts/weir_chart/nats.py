"""Values of NATS."""

from typing import Annotated, Literal

from msgspec import Meta

from weir_chart.base import Object, Tag, Values, field
from weir_chart.workloads import Persistence, Workload, resources


class Login(Values):
    """How the notification-controller logs in to NATS."""

    existing_secret: str = ""
    """Secret whose key `password` holds letters and digits, a letter first; empty: the chart makes one."""


class NatsTls(Values):
    """TLS between the notification-controller and NATS, and among the servers of NATS."""

    existing_secret: str = ""
    """Secret with `tls.crt` (for servers and clients, for `nats` and `*.nats-headless` with namespace and domain),
    `tls.key` and `ca.crt`; empty: plain connections inside the namespace."""


class Nats(Workload):
    """NATS, which carries events; only the notification-controller may log in."""

    image: Annotated[str, Meta(min_length=1)] = "nats"
    """Image without tag; `image.registry` goes before it."""
    tag: Tag = "2.15.1-alpine"
    """Tag, digest, or `tag@digest`."""
    resources: Object = field(default_factory=lambda: resources("20m", "64Mi", "512Mi"))
    """Requests and limits."""
    replicas: Literal[1, 3] = 1
    """One server, or a cluster of three that keeps each message three times."""
    persistence: Persistence = Persistence(enabled=True, size="2Gi")
    """Volumes of JetStream; the streams take up to 1152 MiB."""
    auth: Login = Login()
    """The login."""
    tls: NatsTls = NatsTls()
    """TLS."""
    url: str = ""
    """Address of a NATS of your own, with `create: false`."""
