"""What the source-controller can be told: one Struct, its flags and variables made by `weir.settings`."""

import socket
from os import environ
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from source_controller.git.jobs import Limits
from source_controller.publish import advertised
from source_controller.store.retention import Retention
from weir.api.base import Struct
from weir.runtime.settings import Common, Events
from weir.settings import Gates, Seconds


class Features(Gates):
    """Feature gates."""

    FORMER: ClassVar = frozenset({"CacheSecretsAndConfigMaps", "OptimizedGitClones"})

    object_level_workload_identity: bool = False
    """Allow spec.serviceAccountName."""


class Storage(Struct):
    """Where artifacts are, and how long they stay."""

    ENVIRONMENT: ClassVar = {
        "storage_path": "STORAGE_PATH",
        "storage_addr": "STORAGE_ADDRESS",
        "storage_adv_addr": "STORAGE_ADV_ADDR",
    }

    storage_path: str = "/data"
    """Directory of the artifacts."""
    storage_url: str = ""
    """Bucket that replicas share, such as s3://bucket/prefix (gs, az); --storage-path is its cache then. Endpoint and
    credentials come from the environment as for the cloud's own tools (AWS_ENDPOINT, AWS_ACCESS_KEY_ID, ...)."""
    storage_addr: str = ":9090"
    """Address of the artifact server."""
    storage_adv_addr: str = ""
    """Address under which others reach the artifact server; derived from --storage-addr when empty."""
    artifact_retention_ttl: Seconds = 60.0
    """How long an artifact stays after a newer one took its place."""
    artifact_retention_records: Annotated[int, Meta(ge=1)] = 2
    """How many artifacts of an object stay at most."""
    artifact_digest_algo: Literal["sha256", "sha384", "sha512", "sha1"] = "sha256"
    """Algorithm of new digests."""

    def __post_init__(self) -> None:
        if self.storage_url and not self.storage_url.startswith(("s3://", "gs://", "az://")):
            raise ValueError("--storage-url must be the address of a bucket, such as s3://bucket/prefix")

    @property
    def root(self) -> Path:
        """The directory."""
        return Path(self.storage_path)

    @property
    def advertised(self) -> str:
        """What addresses of artifacts begin with."""
        return advertised(self.storage_adv_addr, self.storage_addr, environ.get("HOSTNAME") or socket.gethostname())

    @property
    def keep(self) -> Retention:
        """What stays."""
        return Retention(self.artifact_retention_ttl, self.artifact_retention_records)


class Git(Struct):
    """How Git repositories are fetched."""

    git_mirror_path: str = ""
    """Directory of the mirrors; below --storage-path when empty."""
    git_max_entries: Annotated[int, Meta(ge=1)] = 200_000
    """Files and directories that one tree may have."""
    git_max_tree_size: Annotated[int, Meta(ge=1)] = 2 << 30
    """Bytes that the files of one tree may have together."""
    git_max_file_size: Annotated[int, Meta(ge=1)] = 512 << 20
    """Bytes that one file may have."""
    git_max_pack_size: Annotated[int, Meta(ge=1)] = 4 << 30
    """Bytes that one fetch may bring."""
    ssh_kex_algos: str = ""
    """Key exchange algorithms for SSH, comma-separated, most preferred first."""
    ssh_hostkey_algos: str = ""
    """Host key algorithms for SSH, comma-separated, most preferred first."""

    @property
    def limits(self) -> Limits:
        """What one tree may cost."""
        return Limits(
            self.git_max_entries, self.git_max_tree_size, self.git_max_file_size, fetch_bytes=self.git_max_pack_size
        )


class Settings(Struct):
    """All of it."""

    common: Common = Common()
    """What every controller has."""
    events: Events = Events()
    """Where events go."""
    storage: Storage = Storage()
    """Artifacts."""
    git: Git = Git()
    """Git repositories."""
    requeue_dependency: Seconds = 30.0
    """How long to wait for an include that is not there, when nothing wakes its object."""
    default_service_account: str = ""
    """ServiceAccount of objects that name none; needs the gate ObjectLevelWorkloadIdentity."""
    feature_gates: Features = Features()
    """Feature gates."""

    def __post_init__(self) -> None:
        if self.default_service_account and not self.feature_gates.object_level_workload_identity:
            raise ValueError("--default-service-account needs --feature-gates=ObjectLevelWorkloadIdentity=true")

    @property
    def mirrors(self) -> Path:
        """The directory of the mirrors."""
        return Path(self.git.git_mirror_path) if self.git.git_mirror_path else self.storage.root / ".mirrors"
