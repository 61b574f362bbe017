"""Kinds of `notification.toolkit.fluxcd.io`.

Where messages go, which events go there, and webhooks that ask for reconciles.
"""
# size: one file holds every field of its API group, each with its text

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from weir.api.base import (
    AGE,
    READY,
    STATUS,
    Definition,
    GoDuration,
    Kind,
    LocalObjectReference,
    Resource,
    Rule,
    ShortGoDuration,
    Struct,
)
from weir.api.conditions import Condition

GROUP = "notification.toolkit.fluxcd.io"
CATEGORIES = ("all", "fluxcd", "fluxcd-notifications")

ReferenceKind = Literal[
    "Bucket",
    "GitRepository",
    "Kustomization",
    "HelmRelease",
    "HelmChart",
    "HelmRepository",
    "ImageRepository",
    "ImagePolicy",
    "ImageUpdateAutomation",
    "OCIRepository",
    "ArtifactGenerator",
    "ExternalArtifact",
]

COMMIT_STATUS_TYPES = ("github", "gitlab", "gitea", "bitbucketserver", "bitbucket", "azuredevops")
"""Providers that set the status of a commit."""


class EventSource(Struct):
    """The objects whose events are wanted."""

    kind: ReferenceKind
    """Kind of the referents."""
    name: Annotated[str, Meta(min_length=1, max_length=253)]
    """Name of the referent; * means all."""
    namespace: Annotated[str, Meta(min_length=1, max_length=253)] | None = None
    """Namespace of the referents; this object's when not set."""
    match_labels: dict[str, str] | None = None
    """Labels that the referents must have."""
    api_version: str = ""
    """API version of the referents."""


class AlertSpec(Struct):
    """The wanted state of an Alert."""

    provider_ref: LocalObjectReference
    """The Provider to send to, in this namespace."""
    event_sources: tuple[EventSource, ...]
    """The objects whose events are wanted."""
    event_severity: Literal["info", "error"] = "info"
    """info sends everything, error only failures."""
    inclusion_list: tuple[str, ...] = ()
    """Regular expressions (RE2); at least one must match the message."""
    exclusion_list: tuple[str, ...] = ()
    """Regular expressions (RE2); a message that matches one is dropped."""
    event_metadata: dict[str, str] = {}
    """Metadata added to each event."""
    summary: Annotated[str, Meta(max_length=255)] | None = None
    """Deprecated: short text about the events; use eventMetadata.summary."""
    suspend: bool = False
    """Stops this alert."""


class Alert(Resource):
    """Which events go to which Provider."""

    DEFINITION = Definition(
        kind=Kind(GROUP, "v1beta3", "Alert", "alerts"),
        singular="alert",
        categories=CATEGORIES,
        columns=(AGE,),
        status=False,
        status_default=False,
    )
    spec: AlertSpec | None = None


ProviderType = Literal[
    "slack",
    "discord",
    "msteams",
    "rocket",
    "generic",
    "generic-hmac",
    "github",
    "gitlab",
    "gitea",
    "giteapullrequestcomment",
    "bitbucketserver",
    "bitbucket",
    "azuredevops",
    "googlechat",
    "googlepubsub",
    "webex",
    "sentry",
    "azureeventhub",
    "telegram",
    "lark",
    "matrix",
    "opsgenie",
    "alertmanager",
    "grafana",
    "githubdispatch",
    "githubpullrequestcomment",
    "gitlabmergerequestcomment",
    "pagerduty",
    "datadog",
    "nats",
    "zulip",
    "otel",
    "zoom",
    "incident.io",
]


class ProviderSpec(Struct):
    """The wanted state of a Provider."""

    RULES: ClassVar = (
        Rule(
            "!has(self.commitStatusExpr) || self.type in ["
            + ", ".join(f"'{name}'" for name in COMMIT_STATUS_TYPES)
            + "]",
            "spec.commitStatusExpr is only supported for the types " + ", ".join(COMMIT_STATUS_TYPES),
        ),
    )

    type: ProviderType
    """What kind of service receives the messages."""
    address: Annotated[str, Meta(max_length=2048)] = ""
    """Endpoint of the service, or what stands for it (project id, hub name, DSN)."""
    channel: Annotated[str, Meta(max_length=2048)] = ""
    """Channel, room, topic, routing key or environment, by type."""
    username: Annotated[str, Meta(max_length=2048)] = ""
    """Name that messages are sent under."""
    secret_ref: LocalObjectReference | None = None
    """Secret with address, token, username, password, headers."""
    cert_secret_ref: LocalObjectReference | None = None
    """Secret with ca.crt, and tls.crt and tls.key."""
    proxy_secret_ref: LocalObjectReference | None = None
    """Secret with the proxy to use: address, and optionally username and password."""
    proxy: Annotated[str, Meta(max_length=2048, pattern=r"^(http|https)://.*$")] | None = None
    """Deprecated: address of an HTTP proxy; use proxySecretRef."""
    service_account_name: str = ""
    """ServiceAccount whose workload identity sends the messages."""
    timeout: ShortGoDuration | None = None
    """Bound on one delivery; 15s when not set."""
    interval: GoDuration | None = None
    """Deprecated and not used."""
    commit_status_expr: str = ""
    """CEL expression that names the commit status."""
    suspend: bool = False
    """Stops this provider; events are not kept."""


class Provider(Resource):
    """Where messages go."""

    DEFINITION = Definition(
        kind=Kind(GROUP, "v1beta3", "Provider", "providers"),
        singular="provider",
        categories=CATEGORIES,
        columns=(AGE,),
        status=False,
        status_default=False,
    )
    spec: ProviderSpec | None = None


class ReceiverResource(Struct):
    """The objects that a webhook asks to reconcile."""

    kind: ReferenceKind
    """Kind of the referents."""
    name: Annotated[str, Meta(min_length=1, max_length=253)]
    """Name of the referent; * means all that matchLabels selects."""
    namespace: Annotated[str, Meta(min_length=1, max_length=253)] | None = None
    """Namespace of the referents; this object's when not set."""
    match_labels: dict[str, str] | None = None
    """Labels that the referents must have, with name *."""
    api_version: str = ""
    """API version of the referents."""
    filter: str = ""
    """CEL expression over res and req; the referent is left alone when it is false."""


class OIDCVariable(Struct):
    """A named CEL expression over the claims."""

    name: str
    """Name of the variable."""
    expression: str
    """CEL expression over claims and earlier vars."""


class OIDCValidation(Struct):
    """A CEL expression that the claims must satisfy."""

    expression: str
    """CEL expression over claims and vars."""
    message: str
    """What is wrong when it is false."""


class OIDCProvider(Struct):
    """An issuer whose tokens are accepted."""

    issuer_url: Annotated[str, Meta(pattern=r"^https?://")] = msgspec.field(name="issuerURL")
    """Address of the issuer."""
    validations: Annotated[tuple[OIDCValidation, ...], Meta(min_length=1)]
    """What the claims must satisfy."""
    audience: str = ""
    """Audience that tokens must have; notification-controller when not set."""
    variables: tuple[OIDCVariable, ...] = ()
    """Variables for the validations."""


class ReceiverSpec(Struct):
    """The wanted state of a Receiver."""

    LIST_KEYS: ClassVar = {"oidcProviders": ("issuerURL",)}
    RULES: ClassVar = (
        Rule(
            "self.type != 'generic-oidc' || (has(self.oidcProviders) && self.oidcProviders.size() > 0)",
            "spec.oidcProviders must have at least one entry when spec.type is 'generic-oidc'",
        ),
        Rule(
            "self.type == 'generic-oidc' || !has(self.oidcProviders) || self.oidcProviders.size() == 0",
            "spec.oidcProviders can only be set when spec.type is 'generic-oidc'",
        ),
        Rule(
            "self.type != 'generic-oidc' || !has(self.secretRef)",
            "spec.secretRef must not be set when spec.type is 'generic-oidc'",
        ),
        Rule(
            "self.type == 'generic-oidc' || has(self.secretRef)",
            "spec.secretRef is required when spec.type is not 'generic-oidc'",
        ),
    )

    type: Literal[
        "generic",
        "generic-hmac",
        "generic-oidc",
        "github",
        "gitlab",
        "bitbucket",
        "harbor",
        "dockerhub",
        "quay",
        "gcr",
        "nexus",
        "acr",
        "cdevents",
    ]
    """Who calls, and how the call is verified."""
    resources: tuple[ReceiverResource, ...]
    """The objects to reconcile."""
    interval: GoDuration = "10m"
    """How often the Secret is looked at."""
    events: tuple[str, ...] = ()
    """Event types that are taken; all when empty."""
    resource_filter: str = ""
    """CEL expression over res and req; an object is left alone when it is false."""
    secret_ref: LocalObjectReference | None = None
    """Secret with the token that calls are verified with."""
    oidc_providers: tuple[OIDCProvider, ...] = ()
    """Issuers whose tokens are accepted."""
    suspend: bool = False
    """Stops this receiver."""


class ReceiverStatus(Struct):
    """The observed state of a Receiver."""

    observed_generation: int = -1
    """The last generation that was dealt with."""
    conditions: tuple[Condition, ...] = ()
    """Conditions of the object."""
    webhook_path: str = ""
    """Path of the webhook on the receiver server."""
    last_handled_reconcile_at: str = ""
    """The last reconcile.fluxcd.io/requestedAt that was dealt with."""


class Receiver(Resource):
    """A webhook that asks for reconciles."""

    DEFINITION = Definition(
        kind=Kind(GROUP, "v1", "Receiver", "receivers"),
        singular="receiver",
        categories=CATEGORIES,
        columns=(AGE, READY, STATUS),
    )
    spec: ReceiverSpec
    status: ReceiverStatus = ReceiverStatus()
