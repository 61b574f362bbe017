"""Each controller takes the arguments that the chart gives it, without a word about any of them."""

import logging
from typing import Any

import pytest

from kustomize_controller.settings import Settings as Kustomize
from notification_controller.settings import Settings as Notification
from source_controller.settings import Settings as Source
from tests.charts.documented import container
from tests.e2e.charts.helm import CASES, NAMESPACE, render
from weir.settings import parse

SETTINGS: dict[str, Any] = {
    "source-controller": Source,
    "kustomize-controller": Kustomize,
    "notification-controller": Notification,
}


@pytest.mark.parametrize("case", CASES)
def test_every_argument_is_known(case: str, caplog: pytest.LogCaptureFixture) -> None:
    found = render(CASES[case])
    environment = {"RUNTIME_NAMESPACE": NAMESPACE, "GOMEMLIMIT": "1"}
    with caplog.at_level(logging.WARNING):
        for name, settings in SETTINGS.items():
            if ("Deployment", name) in found:
                arguments = [it.replace("$(RUNTIME_NAMESPACE)", NAMESPACE) for it in container(found, name)["args"]]
                parse(settings, arguments, environment)
    assert caplog.messages == []


def test_they_mean_what_the_values_say() -> None:
    found = render(
        {
            "logLevel": "debug",
            "watchAllNamespaces": False,
            "clusterDomain": "corp.example",
            "nats": {"replicas": 3},
            "sourceController": {"storage": {"url": "s3://artifacts/production"}},
            "kustomizeController": {
                "build": {"workers": 5, "memory": 1024},
                "container": {"additionalArgs": ["--concurrent=9"]},
            },
        }
    )

    def settings(name: str) -> Any:
        return parse(SETTINGS[name], container(found, name)["args"], {"RUNTIME_NAMESPACE": NAMESPACE})

    source, kustomize, notification = (settings(name) for name in SETTINGS)
    for each in (source, kustomize, notification):
        assert each.common.logging.log_level == "debug"
        assert each.common.watching.namespace == NAMESPACE
        assert each.common.election.enable_leader_election
    assert source.events.events_addr == "http://notification-controller.flux-system.svc.corp.example./"
    assert source.storage.storage_url == "s3://artifacts/production"
    assert (kustomize.build_workers, kustomize.build_memory, kustomize.common.concurrent) == (5, 1024, 9)
    assert (kustomize.no_cross_namespace_refs, kustomize.no_remote_bases) == (True, True)
    assert kustomize.default_service_account == "default"
    assert notification.nats.nats_url == "nats://nats.flux-system.svc.corp.example:4222"
    assert notification.nats.nats_replicas == 3
    assert notification.rules.no_cross_namespace_refs
