"""Values of the three controllers."""

from typing import Annotated

from msgspec import Meta

from weir_chart.base import Count, Marked, Object, Objects, Quantity, Texts, Values, field
from weir_chart.workloads import CRITICAL, Controller, Persistence, resources


class Storage(Values):
    """Where artifacts are."""

    url: Annotated[str, Meta(pattern=r"^$|^(s3|gs|az)://.")] = ""
    """Bucket that replicas share, such as `s3://bucket/prefix`; needed from two replicas up.
    Credentials come from `extraEnv` or the ServiceAccount."""
    size_limit: Quantity = ""
    """Bound of the volume that goes with the Pod; empty: none."""
    persistence: Persistence = Persistence()
    """A volume that outlives the Pod."""


class Source(Controller):
    """The source-controller."""

    image: Annotated[str, Meta(min_length=1)] = "weir/source-controller"
    """Image without tag; `image.registry` goes before it."""
    resources: Object = field(default_factory=lambda: resources("50m", "128Mi", "1Gi"))
    """Requests and limits."""
    priority_class_name: str = CRITICAL
    """Priority class of the Pods; empty: the cluster's default."""
    service: Marked = Marked()
    """The Service of the artifact server."""
    storage: Storage = Storage()
    """Where artifacts are."""


class Build(Values):
    """The processes that unpack and build. All of them and the controller fit into the memory limit."""

    workers: Annotated[int, Meta(ge=1)] = 2
    """How many there are."""
    memory: Annotated[int, Meta(ge=256)] = 768
    """Memory that each may take, in MiB."""


class NamedSecret(Values):
    """A Secret that the chart may create."""

    create: bool = False
    """Whether it is created."""
    name: str = ""
    """Its name."""
    data: Texts = {}
    """Its keys and texts."""


class Name(Values):
    """A reference by name."""

    name: str = ""
    """Name; empty: none."""


class EnvFrom(Values):
    """Where more environment variables come from."""

    map: Name = Name()
    """A ConfigMap."""
    secret: Name = Name()
    """A Secret."""


class SecretMount(Values):
    """A Secret as files."""

    name: Annotated[str, Meta(min_length=1)]
    """Name of the volume."""
    mount_path: Annotated[str, Meta(min_length=1)]
    """Directory, or file with `subPath`."""
    secret_name: Annotated[str, Meta(min_length=1)]
    """Name of the Secret."""
    sub_path: str = ""
    """One key instead of all."""
    read_only: bool = True
    """Whether it cannot be written."""


class Kustomize(Controller):
    """The kustomize-controller."""

    image: Annotated[str, Meta(min_length=1)] = "weir/kustomize-controller"
    """Image without tag; `image.registry` goes before it."""
    resources: Object = field(default_factory=lambda: resources("100m", "192Mi", "2Gi"))
    """Requests and limits."""
    priority_class_name: str = CRITICAL
    """Priority class of the Pods; empty: the cluster's default."""
    termination_grace_period_seconds: Count = 60
    """How long Pods may take to end."""
    build: Build = Build()
    """The processes that unpack and build."""
    secret: NamedSecret = NamedSecret()
    """A Secret to mount with `extraSecretMounts`."""
    env_from: EnvFrom = EnvFrom()
    """Where more environment variables come from."""
    extra_secret_mounts: tuple[SecretMount, ...] = ()
    """Secrets as files."""


class Ingress(Values):
    """An Ingress for webhooks."""

    create: bool = False
    """Whether it is created."""
    ingress_class_name: str = ""
    """Ingress class; empty: the cluster's default."""
    labels: Texts = {}
    """Further labels."""
    annotations: Texts = {}
    """Annotations."""
    hosts: Objects = ()
    """Hosts, each as `{host, paths: [{path, pathType}]}`; no paths: `/hook/` and what is below it."""
    tls: Objects = ()
    """TLS, as in an Ingress."""


class HttpRoute(Values):
    """A route of the Gateway API for webhooks."""

    create: bool = False
    """Whether it is created."""
    labels: Texts = {}
    """Further labels."""
    annotations: Texts = {}
    """Annotations."""
    parent_refs: Objects = ()
    """Gateways, as in an HTTPRoute."""
    hostnames: tuple[str, ...] = ()
    """Host names."""


class WebhookReceiver(Values):
    """Where webhooks come in."""

    service: Marked = Marked()
    """Its Service."""
    ingress: Ingress = Ingress()
    """An Ingress for it."""
    http_route: HttpRoute = HttpRoute()
    """A route of the Gateway API for it."""


class Notification(Controller):
    """The notification-controller."""

    image: Annotated[str, Meta(min_length=1)] = "weir/notification-controller"
    """Image without tag; `image.registry` goes before it."""
    resources: Object = field(default_factory=lambda: resources("50m", "96Mi", "512Mi"))
    """Requests and limits."""
    service: Marked = Marked()
    """The Service of the event receiver."""
    webhook_receiver: WebhookReceiver = WebhookReceiver()
    """Where webhooks come in."""
