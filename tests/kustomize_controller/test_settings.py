import inspect

import pytest

from kustomize_controller import errors
from kustomize_controller.fetch import address
from kustomize_controller.settings import Settings
from kustomize_controller.timing import retry, timeout
from weir.api.kustomization import Kustomization, KustomizationSpec, SourceReference
from weir.runtime.outcome import Ending, Failed, Stalled, Waiting
from weir.settings import SettingsError, flags, parse


def test_every_flag_of_the_field_is_there() -> None:
    known = {flag.name for flag in flags(Settings())}
    assert {
        "concurrent",
        "concurrent-ssa",
        "custom-apply-stage-kinds",
        "default-decryption-service-account",
        "default-kubeconfig-service-account",
        "default-service-account",
        "events-addr",
        "feature-gates",
        "http-retry",
        "insecure-kubeconfig-exec",
        "insecure-kubeconfig-tls",
        "no-cross-namespace-refs",
        "no-remote-bases",
        "override-manager",
        "requeue-dependency",
        "watch-configs-label-selector",
        "watch-label-selector",
    } <= known


BAD = {
    "--feature-gates=Nope=true": "'Nope' is no feature gate of ours",
    "--custom-apply-stage-kinds=a/b/C": "'a/b/C' is no group/Kind",
    "--default-decryption-service-account=x": "need the feature gate ObjectLevelWorkloadIdentity",
    "--interval-jitter-percentage=100": "interval-jitter-percentage",
}


@pytest.mark.parametrize("flag", BAD)
def test_a_flag_that_cannot_be_used_is_named(flag: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(Settings, [flag], {})
    assert BAD[flag] in str(caught.value)


def test_gates_and_lists_are_read() -> None:
    given = [
        "--feature-gates=ExternalArtifact=true,MigrateAPIVersion=true",
        "--override-manager=a",
        "--override-manager=b",
    ]
    settings = parse(Settings, given, {})
    assert settings.features.external_artifact
    assert settings.features.migrate_api_version
    assert settings.overrides == ("a", "b")


def test_addresses_are_redirected_on_demand() -> None:
    settings = parse(
        Settings, [], {"SOURCE_CONTROLLER_LOCALHOST": "localhost:1", "SOURCE_WATCHER_LOCALHOST": "localhost:2"}
    )
    assert address("http://source-controller.x.svc./a/b.tar.gz", settings) == "http://localhost:1/a/b.tar.gz"
    assert address("http://source-watcher.x.svc./a/b.tar.gz", settings) == "http://localhost:2/a/b.tar.gz"
    assert address("http://sc/a", Settings()) == "http://sc/a"


def spec(**more: str) -> Kustomization:
    return Kustomization(spec=KustomizationSpec(prune=True, source_ref=SourceReference("Bucket", "b"), **more))  # type: ignore[arg-type]


TIMES = {
    "the timeout as given": (spec(timeout="2m"), 120, 300),
    "the interval less half a minute": (spec(interval="10m"), 570, 600),
    "at least half a minute": (spec(timeout="1s", retry_interval="7s"), 30, 7),
    "at least half a minute of a short interval": (spec(interval="10s"), 30, 10),
}


@pytest.mark.parametrize("name", TIMES)
def test_times_are_derived(name: str) -> None:
    ks, limit, again = TIMES[name]
    assert (timeout(ks), retry(ks)) == (limit, again)


ENDINGS = [ending for _, ending in inspect.getmembers(errors, inspect.isclass) if ending.__module__ == errors.__name__]
REASONS = {
    "Progressing",
    "ArtifactFailed",
    "BuildFailed",
    "DependencyNotReady",
    "ReconciliationFailed",
    "PruneFailed",
    "HealthCheckFailed",
    "AccessDenied",
    "InvalidCELExpression",
    "FeatureGateDisabled",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_has_a_reason_that_tools_know_and_stands_in_the_tree(ending: type[Ending]) -> None:
    assert issubclass(ending, Waiting | Failed | Stalled)
    assert ending.reason in REASONS
    assert ending.__name__ in str(errors.__doc__)
    assert ending("text").message == "text"
