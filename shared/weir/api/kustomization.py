"""The kind of `kustomize.toolkit.fluxcd.io/v1`: what to build from a source and apply, and how."""
# size: one file holds every field of its API group, each with its text

from typing import Annotated, ClassVar, Literal

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
    Struct,
    Timestamp,
)
from weir.api.conditions import Condition

GROUP = "kustomize.toolkit.fluxcd.io"

OWNER_NAME = f"{GROUP}/name"
"""Label on every applied object: the name of its Kustomization."""
OWNER_NAMESPACE = f"{GROUP}/namespace"
"""Label on every applied object: the namespace of its Kustomization."""
HISTORY_LIMIT = 5
"""Entries kept in status.history."""


class SourceReference(Struct):
    """The source of the manifests."""

    kind: Literal["OCIRepository", "GitRepository", "Bucket", "ExternalArtifact"]
    """Kind of the source."""
    name: str
    """Name of the source."""
    api_version: str = ""
    """API version of the source; not used to find it."""
    namespace: str = ""
    """Namespace of the source; this object's when not set."""


class Selector(Struct):
    """Which objects are meant: all set members have to match; the first five are anchored regular expressions."""

    group: str = ""
    """API group."""
    version: str = ""
    """API version."""
    kind: str = ""
    """Kind."""
    name: str = ""
    """Name."""
    namespace: str = ""
    """Namespace."""
    label_selector: str = ""
    """Label selector on the labels."""
    annotation_selector: str = ""
    """Label selector on the annotations."""


class SecretKeyReference(Struct):
    """A Secret and one of its keys."""

    name: str
    """Name of the Secret."""
    key: str = ""
    """Key in the Secret; value or value.yaml when not set."""


class KubeConfigReference(Struct):
    """Another cluster to apply to."""

    RULES: ClassVar = (
        Rule(
            "has(self.configMapRef) || has(self.secretRef)",
            "exactly one of spec.kubeConfig.configMapRef and spec.kubeConfig.secretRef must be given",
        ),
        Rule(
            "!has(self.configMapRef) || !has(self.secretRef)",
            "exactly one of spec.kubeConfig.configMapRef and spec.kubeConfig.secretRef must be given",
        ),
    )

    secret_ref: SecretKeyReference | None = None
    """Secret with a kubeconfig."""
    config_map_ref: LocalObjectReference | None = None
    """ConfigMap that says how to get credentials by workload identity."""


class DependencyReference(Struct):
    """A Kustomization that has to be ready first."""

    name: str
    """Name of the dependency."""
    namespace: str = ""
    """Namespace of the dependency; this object's when not set."""
    ready_expr: str = ""
    """CEL expression over self and dep that says whether the dependency is ready."""


class CommonMetadata(Struct):
    """Labels and annotations for every applied object."""

    annotations: dict[str, str] = {}
    """Annotations to set; they override those of the manifests."""
    labels: dict[str, str] = {}
    """Labels to set; they override those of the manifests."""


class Patch(Struct):
    """A patch of the built manifests."""

    patch: str
    """Inline strategic merge or JSON 6902 patch, as YAML."""
    target: Selector | None = None
    """The objects that the patch applies to."""


class Image(Struct):
    """New name, tag or digest for a container image."""

    name: str
    """The image to replace, without tag."""
    new_name: str = ""
    """The name to put in its place."""
    new_tag: str = ""
    """The tag to put in its place."""
    digest: str = ""
    """The digest to put in its place; wins over the tag."""


class SubstituteReference(Struct):
    """A ConfigMap or Secret with variables."""

    kind: Literal["Secret", "ConfigMap"]
    """Kind of the referent."""
    name: Annotated[str, Meta(min_length=1, max_length=253)]
    """Name of the referent, in this object's namespace."""
    optional: Annotated[bool, Meta(extra_json_schema={"default": False})] = False
    """Whether the referent may be missing."""


class PostBuild(Struct):
    """Variables to substitute in the built manifests."""

    substitute_strategy: Literal["WithVariables", "Always"] | None = None
    """WithVariables (the default) substitutes when there are variables; Always substitutes in any case."""
    substitute: dict[str, str] = {}
    """Variables by name; they win over those of substituteFrom."""
    substitute_from: tuple[SubstituteReference, ...] = ()
    """ConfigMaps and Secrets with variables; later ones win."""


class Decryption(Struct):
    """How encrypted manifests are decrypted."""

    provider: Literal["sops"]
    """The decryption tool."""
    secret_ref: LocalObjectReference | None = None
    """Secret with private keys or credentials."""
    service_account_name: str = ""
    """ServiceAccount whose workload identity reaches the key service."""


class HealthCheck(Struct):
    """An object whose health decides."""

    kind: str
    """Kind of the object."""
    name: str
    """Name of the object."""
    api_version: str = ""
    """API version of the object; apps/v1 when not set."""
    namespace: str = ""
    """Namespace of the object."""


class HealthCheckExpression(Struct):
    """CEL expressions that say how healthy objects of a kind are."""

    api_version: str
    """API version of the objects; only its group counts."""
    current: str
    """True when the object is healthy."""
    kind: str = ""
    """Kind of the objects; every kind of the group when not set."""
    in_progress: str = ""
    """True while the object is on its way."""
    failed: str = ""
    """True when the object has failed."""


class IgnoreRule(Struct):
    """Fields that are not corrected when they drift."""

    paths: tuple[str, ...]
    """JSON pointers of the fields."""
    target: Selector | None = None
    """The objects that the rule is for; all when not set."""


class KustomizationSpec(Struct):
    """The wanted state of a Kustomization."""

    prune: bool
    """Whether objects that left the source are deleted."""
    source_ref: SourceReference
    """Where the manifests come from."""
    interval: GoDuration = "5m"
    """How often the cluster is compared with the source."""
    retry_interval: GoDuration | None = None
    """How soon a failed pass is tried again; the interval when not set."""
    timeout: GoDuration | None = None
    """Bound on health checks and on each phase; the interval less 30s when not set, at least 30s."""
    path: str = ""
    """Directory inside the artifact; its root when not set."""
    suspend: bool = False
    """Stops the reconciliation of this object."""
    force: Annotated[bool, Meta(extra_json_schema={"default": False})] = False
    """Whether objects are recreated when an immutable field changes."""
    wait: bool = False
    """Whether everything applied has to become healthy; healthChecks are then not looked at."""
    deletion_policy: Literal["MirrorPrune", "Delete", "WaitForTermination", "Orphan"] | None = None
    """What happens to the applied objects when this object is deleted; MirrorPrune does as spec.prune says."""
    target_namespace: Annotated[str, Meta(min_length=1, max_length=63)] | None = None
    """Namespace set on every object."""
    name_prefix: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """Prefix of every object's name."""
    name_suffix: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """Suffix of every object's name."""
    service_account_name: str = ""
    """ServiceAccount to impersonate, in this object's namespace."""
    kube_config: KubeConfigReference | None = None
    """Another cluster to apply to."""
    depends_on: tuple[DependencyReference, ...] = ()
    """Kustomizations that have to be ready first."""
    common_metadata: CommonMetadata | None = None
    """Labels and annotations for every applied object."""
    patches: tuple[Patch, ...] = ()
    """Patches of the built manifests."""
    images: tuple[Image, ...] = ()
    """Container images to replace."""
    components: tuple[str, ...] = ()
    """Kustomize components to include, as paths relative to spec.path."""
    ignore_missing_components: bool = False
    """Whether components that are not there are left out."""
    build_metadata: tuple[Literal["originAnnotations", "transformerAnnotations"], ...] = ()
    """Annotations that tell where built objects come from."""
    post_build: PostBuild | None = None
    """Variables to substitute in the built manifests."""
    decryption: Decryption | None = None
    """How encrypted manifests are decrypted."""
    health_checks: tuple[HealthCheck, ...] = ()
    """Objects that have to become healthy."""
    health_check_exprs: tuple[HealthCheckExpression, ...] = ()
    """How healthy objects of custom kinds are."""
    ignore: tuple[IgnoreRule, ...] = ()
    """Fields that are not corrected when they drift."""


class InventoryEntry(Struct):
    """An applied object."""

    id: str
    """Namespace, name, group and kind, joined by underscores."""
    v: str
    """API version without the group."""


class Inventory(Struct):
    """What this object has applied."""

    entries: tuple[InventoryEntry, ...] = ()
    """One entry per applied object."""


class Snapshot(Struct):
    """What became of one build."""

    digest: str
    """Digest of the built manifests."""
    first_reconciled: Timestamp
    """When the build was first applied, RFC 3339."""
    last_reconciled: Timestamp
    """When the build was last applied, RFC 3339."""
    last_reconciled_duration: str
    """How long the last pass took."""
    last_reconciled_status: str
    """Reason that the last pass ended with."""
    total_reconciliations: int
    """How often the build was applied."""
    metadata: dict[str, str] = {}
    """Revision and origin revision of the source."""


class KustomizationStatus(Struct):
    """The observed state of a Kustomization."""

    observed_generation: int = -1
    """The last generation that was dealt with."""
    conditions: tuple[Condition, ...] = ()
    """Conditions of the object."""
    last_applied_revision: str = ""
    """Revision of the last successful pass."""
    last_applied_origin_revision: str = ""
    """Origin revision of the last successful pass."""
    last_attempted_revision: str = ""
    """Revision of the last attempt."""
    inventory: Inventory | None = None
    """What was applied."""
    history: tuple[Snapshot, ...] = ()
    """What became of the last builds, newest first."""
    last_handled_reconcile_at: str = ""
    """The last reconcile.fluxcd.io/requestedAt that was dealt with."""


class Kustomization(Resource):
    """A path in a source that is built and applied."""

    DEFINITION = Definition(
        kind=Kind(GROUP, "v1", "Kustomization", "kustomizations"),
        singular="kustomization",
        short_names=("ks",),
        categories=("all", "fluxcd", "fluxcd-appliers"),
        columns=(AGE, READY, STATUS),
    )
    spec: KustomizationSpec
    status: KustomizationStatus = KustomizationStatus()
