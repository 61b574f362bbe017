"""What can be set, and nothing else: flags, environment and feature gates of the kustomize-controller."""

from typing import Annotated, ClassVar

from msgspec import Meta

from kustomize_controller.tasks import Limits
from weir.api.base import Struct
from weir.apply import stages
from weir.runtime.settings import Common, Events
from weir.settings import Gates, Seconds


class Features(Gates):
    """Feature gates by upstream's names. Those marked as having no effect are accepted for compatibility."""

    NAMES: ClassVar = {
        "additive_cel_dependency_check": "AdditiveCELDependencyCheck",
        "migrate_api_version": "MigrateAPIVersion",
    }

    strict_post_build_substitutions: bool = True
    """A variable that is not set is an error."""
    additive_cel_dependency_check: bool = False
    """The usual checks of a dependency follow its readyExpr."""
    disable_fail_fast_behavior: bool = False
    """One failed object does not end the health check."""
    disable_config_watchers: bool = False
    """Changes of ConfigMaps and Secrets are not acted on."""
    group_change_log: bool = False
    """The log lists subjects by action."""
    direct_source_fetch: bool = False
    """Sources are read from the API server each time."""
    external_artifact: bool = False
    """Sources may be of kind ExternalArtifact."""
    migrate_api_version: bool = False
    """Managed fields of live objects are moved to the manifest's API version."""
    object_level_workload_identity: bool = False
    """Objects may name the ServiceAccount whose workload identity is used."""
    cancel_health_check_on_new_revision: bool = True
    """No effect: a newer revision always ends the health check of the one before."""
    disable_status_poller_cache: bool = True
    """No effect: health is read object by object when a watch says that it changed."""
    cache_secrets_and_config_maps: bool = False
    """No effect: they are read when they are used."""


class Settings(Struct):
    """Settings of the kustomize-controller."""

    FLAGS: ClassVar = {
        "custom_stage_kinds": "custom-apply-stage-kinds",
        "overrides": "override-manager",
        "features": "feature-gates",
    }
    ENVIRONMENT: ClassVar = {
        "source_controller_localhost": "SOURCE_CONTROLLER_LOCALHOST",
        "source_watcher_localhost": "SOURCE_WATCHER_LOCALHOST",
    }

    common: Common = Common()
    """What every controller has."""
    events: Events = Events()
    """Where events go."""
    concurrent_ssa: int = 4
    """Objects of one Kustomization that are applied at a time; below 1 counts as 1."""
    requeue_dependency: Seconds = 30.0
    """How soon an object is looked at again whose dependency or artifact is not there, if nothing wakes it."""
    http_retry: Annotated[int, Meta(ge=0)] = 9
    """Further tries of a download that failed."""
    custom_stage_kinds: str = ""
    """Kinds applied in a stage of their own before the rest, as group/Kind, comma separated."""
    default_service_account: str = ""
    """ServiceAccount to impersonate when an object names none."""
    default_decryption_service_account: str = ""
    """ServiceAccount whose workload identity decrypts when an object names none."""
    default_kubeconfig_service_account: str = ""
    """ServiceAccount whose workload identity reaches other clusters when an object names none."""
    no_cross_namespace_refs: bool = False
    """Refuse sources of other namespaces."""
    no_remote_bases: bool = False
    """Refuse bases, components and patches from elsewhere than the artifact."""
    overrides: tuple[str, ...] = ()
    """Field managers whose fields are taken over, beside kubectl's."""
    insecure_kubeconfig_exec: bool = False
    """Allow kubeconfigs of tenants to run a program."""
    insecure_kubeconfig_tls: bool = False
    """Allow kubeconfigs of tenants to switch off certificate checks."""
    features: Features = Features()
    """Feature gates, as Name=true,Other=false."""
    build_workers: Annotated[int, Meta(ge=1)] = 2
    """Processes that unpack, build and evaluate."""
    build_memory: Annotated[int, Meta(ge=256)] = 2048
    """Memory that one of these processes may take, in MiB."""
    build_timeout: Seconds = 120.0
    """How long one build may take."""
    build_cpu: Seconds = 60.0
    """Processor time that one build may take."""
    artifact_max_size: Annotated[int, Meta(ge=1)] = 512
    """Largest artifact, packed or unpacked, in MiB."""
    artifact_cache: Annotated[int, Meta(ge=1)] = 256
    """Packed artifacts kept in memory, in MiB."""
    drift_memory: Annotated[int, Meta(ge=1)] = 64
    """Memory for wanted objects, so that drift is undone without a new build, in MiB."""
    drift_poll: Seconds = 30.0
    """How often applied objects are looked at whose kinds the controller must not watch."""
    source_controller_localhost: str = ""
    """Host and port that take the place of those in artifact addresses."""
    source_watcher_localhost: str = ""
    """The same for addresses of the source-watcher."""

    def __post_init__(self) -> None:
        stages.custom_kinds(self.custom_stage_kinds)
        accounts = self.default_decryption_service_account or self.default_kubeconfig_service_account
        if accounts and not self.features.object_level_workload_identity:
            raise ValueError(
                "--default-decryption-service-account and --default-kubeconfig-service-account need the feature gate "
                "ObjectLevelWorkloadIdentity"
            )

    @property
    def limits(self) -> Limits:
        """What a worker process may use."""
        mebi = 1 << 20
        size = self.artifact_max_size * mebi
        return Limits(self.build_memory * mebi, self.build_cpu, self.build_timeout, size, size)
