"""Kinds of `source.toolkit.fluxcd.io/v1`: where content comes from, and the artifacts made of it."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from weir.api.base import (
    AGE,
    READY,
    STATUS,
    Column,
    Definition,
    GoDuration,
    Kind,
    LocalObjectReference,
    Resource,
    Rule,
    ShortGoDuration,
    Struct,
    Timestamp,
)
from weir.api.conditions import Condition

GROUP = "source.toolkit.fluxcd.io"
CATEGORIES = ("all", "fluxcd", "fluxcd-sources")

ARTIFACT_IN_STORAGE = "ArtifactInStorage"
ARTIFACT_OUTDATED = "ArtifactOutdated"
FETCH_FAILED = "FetchFailed"
STORAGE_OPERATION_FAILED = "StorageOperationFailed"
INCLUDE_UNAVAILABLE = "IncludeUnavailable"
SOURCE_VERIFIED = "SourceVerified"


class Artifact(Struct):
    """The packed content of a source at one revision, with digest and address."""

    path: str
    """Path of the artifact relative to the storage root, without a leading slash."""
    url: str
    """HTTP address of the artifact on the artifact server."""
    revision: str
    """Traceable upstream revision, such as main@sha1:e3b0c442."""
    digest: Annotated[str, Meta(pattern=r"^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$")]
    """Digest of the stored file, as algorithm:hex."""
    last_update_time: Timestamp
    """When the file was written, RFC 3339."""
    size: int | None = None
    """Size of the stored file in bytes."""
    metadata: dict[str, str] = {}
    """Upstream annotations, such as those of an OCI manifest."""


class GitRepositoryRef(Struct):
    """What to check out. Precedence: commit, name, semver, tag, branch; default branch master."""

    branch: str = ""
    """Branch to check out; master when nothing else is given."""
    tag: str = ""
    """Tag to check out; takes precedence over branch."""
    semver: str = ""
    """Range of semantic versions; the highest matching tag is checked out. Takes precedence over tag."""
    name: str = ""
    """Full name of the reference to check out, such as refs/heads/main or refs/pull/420/head. Takes precedence over
    branch, tag and semver."""
    commit: str = ""
    """Commit to check out; takes precedence over all other fields. With branch, that branch is searched for it."""


class GitRepositoryVerification(Struct):
    """Whose signatures are trusted, and on what."""

    secret_ref: LocalObjectReference
    """Secret with the public keys of trusted authors."""
    mode: Literal["head", "HEAD", "Tag", "TagAndHEAD"] = "HEAD"
    """What has to be signed: the commit (HEAD), the tag object (Tag), or both (TagAndHEAD)."""


class GitRepositoryInclude(Struct):
    """Another repository whose artifact is copied into this one."""

    repository: LocalObjectReference
    """The GitRepository to include."""
    from_path: str = ""
    """Path to copy from, inside the included artifact; defaults to its root."""
    to_path: str = ""
    """Path to copy to; defaults to the name of the included repository."""


class GitRepositorySpec(Struct):
    """The wanted state of a GitRepository."""

    RULES: ClassVar = (
        Rule(
            "!has(self.serviceAccountName) || (has(self.provider) && self.provider in ['azure', 'aws'])",
            "serviceAccountName can only be set when provider is 'azure' or 'aws'",
        ),
    )

    url: Annotated[str, Meta(pattern=r"^(http|https|ssh)://.*$")]
    """Address of the repository; http, https or ssh."""
    interval: GoDuration
    """How often the repository is checked for a new revision."""
    secret_ref: LocalObjectReference | None = None
    """Secret with the credentials: username and password or bearerToken (and ca.crt, tls.crt, tls.key) for HTTPS;
    identity, known_hosts and optionally password for SSH."""
    provider: Literal["generic", "aws", "azure", "github"] | None = None
    """Where credentials come from; generic when not set."""
    service_account_name: str = ""
    """ServiceAccount whose workload identity fetches the repository."""
    timeout: ShortGoDuration = "60s"
    """Bound on one remote operation."""
    ref: GitRepositoryRef | None = None
    """Reference to resolve and watch; the master branch when not set."""
    verify: GitRepositoryVerification | None = None
    """Signature verification of commits and tags."""
    proxy_secret_ref: LocalObjectReference | None = None
    """Secret with the proxy to use: address, and optionally username and password."""
    ignore: str | None = None
    """Paths left out of the artifact, in the format of .sourceignore (gitignore). Absent means the defaults."""
    suspend: bool = False
    """Stops the reconciliation of this object."""
    recurse_submodules: bool = False
    """Whether submodules are fetched too."""
    include: tuple[GitRepositoryInclude, ...] = ()
    """Repositories whose artifacts are copied into this one's."""
    sparse_checkout: tuple[str, ...] = ()
    """Directories to keep; everything when empty."""


class GitRepositoryStatus(Struct):
    """The observed state of a GitRepository."""

    observed_generation: int = -1
    """The last generation that was dealt with."""
    conditions: tuple[Condition, ...] = ()
    """Conditions of the object."""
    artifact: Artifact | None = None
    """Artifact of the last successful pass."""
    included_artifacts: tuple[Artifact, ...] = ()
    """Artifacts that were included in the artifact."""
    observed_ignore: str | None = None
    """The spec.ignore that the artifact was made with."""
    observed_recurse_submodules: bool = False
    """The spec.recurseSubmodules that the artifact was made with."""
    observed_include: tuple[GitRepositoryInclude, ...] = ()
    """The spec.include that the artifact was made with."""
    observed_sparse_checkout: tuple[str, ...] = ()
    """The spec.sparseCheckout that the artifact was made with."""
    source_verification_mode: str = ""
    """The verification that the artifact went through."""
    last_handled_reconcile_at: str = ""
    """The last reconcile.fluxcd.io/requestedAt that was dealt with."""


class GitRepository(Resource):
    """A Git repository and the reference of it that is wanted."""

    DEFINITION = Definition(
        kind=Kind(GROUP, "v1", "GitRepository", "gitrepositories"),
        singular="gitrepository",
        short_names=("gitrepo",),
        categories=CATEGORIES,
        columns=(Column("URL", ".spec.url"), AGE, READY, STATUS),
    )
    spec: GitRepositorySpec
    status: GitRepositoryStatus = GitRepositoryStatus()


class ExternalArtifactReference(Struct):
    """The object that a third party's controller made an artifact from."""

    kind: str
    """Kind of the referent."""
    name: str
    """Name of the referent."""
    api_version: str = ""
    """API version of the referent."""
    namespace: str = ""
    """Namespace of the referent; this object's when not set."""


class ExternalArtifactSpec(Struct):
    """The wanted state of an ExternalArtifact."""

    source_ref: ExternalArtifactReference | None = None
    """Where the artifact comes from."""


class ExternalArtifactStatus(Struct):
    """The observed state of an ExternalArtifact, written by a third party's controller."""

    artifact: Artifact | None = None
    """The artifact."""
    conditions: tuple[Condition, ...] = ()
    """Conditions of the object."""


class ExternalArtifact(Resource):
    """An artifact that a third party's controller produces and serves."""

    DEFINITION = Definition(
        kind=Kind(GROUP, "v1", "ExternalArtifact", "externalartifacts"),
        singular="externalartifact",
        short_names=("ea",),
        categories=CATEGORIES,
        columns=(AGE, READY, STATUS, Column("Source", ".spec.sourceRef.name")),
        status_default=False,
    )
    spec: ExternalArtifactSpec = ExternalArtifactSpec()
    status: ExternalArtifactStatus = ExternalArtifactStatus()
