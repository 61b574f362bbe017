"""What `weir install` applies is what the chart renders, whatever the options."""

from typing import Any

import pytest

from tests.charts.documented import Body, Found
from tests.e2e.charts.helm import CHART, render
from weir import yaml
from weir_chart.rendered import without_helm
from weir_cli.installation import render as installation
from weir_cli.installation.options import REQUIRED, Options
from weir_cli.installation.state import FLOOR

WORKLOADS = ("sourceController", "kustomizeController", "notificationController", "nats")
TOLERATED = [{"key": "critical", "operator": "Exists"}, {"key": "example.com/gitops", "operator": "Exists"}]
CASES: dict[str, tuple[dict[str, Any], Body]] = {
    "as it comes": ({}, {}),
    "in another namespace": ({"namespace": "gitops"}, {}),
    "in another domain": ({"cluster_domain": "corp.example"}, {"clusterDomain": "corp.example"}),
    "without notifications": ({"components": REQUIRED}, {"notificationController": {"create": False}}),
    "from a mirror": (
        {"registry": "mirror.example:5000/platform/", "image_pull_secret": "pull"},
        {"image": {"registry": "mirror.example:5000/platform/"}, "imagePullSecrets": [{"name": "pull"}]},
    ),
    "with another log level": ({"log_level": "debug"}, {"logLevel": "debug"}),
    "for one namespace": ({"watch_all_namespaces": False}, {"watchAllNamespaces": False}),
    "without network policies": ({"network_policy": False}, {"policies": {"create": False}}),
    "on tainted nodes": (
        {"toleration_keys": ("critical", "example.com/gitops")},
        {name: {"tolerations": TOLERATED} for name in WORKLOADS},
    ),
    "open to tenants": ({"locked": False}, {"multitenancy": {"enabled": False}}),
    "all at once": (
        {
            "namespace": "gitops",
            "components": REQUIRED,
            "registry": "mirror.example",
            "log_level": "error",
            "cluster_domain": "corp.example",
            "watch_all_namespaces": False,
            "locked": False,
        },
        {
            "notificationController": {"create": False},
            "image": {"registry": "mirror.example"},
            "logLevel": "error",
            "clusterDomain": "corp.example",
            "watchAllNamespaces": False,
            "multitenancy": {"enabled": False},
        },
    ),
}


def by_name(bodies: list[Body]) -> Found:
    return {(body["kind"], body["metadata"]["name"]): body for body in bodies}


@pytest.mark.parametrize("case", CASES)
def test_options_do_what_the_values_of_the_chart_do(case: str) -> None:
    given, values = CASES[case]
    values = {**values, "nats": {**values.get("nats", {}), "auth": {"existingSecret": "nats-auth"}}}
    options = Options(**given)
    rendered = render(values, options.namespace)
    expected = by_name([without_helm(body) for body in yaml.load_all(yaml.dump_all(rendered.values()))])
    found = by_name(installation.render(options))
    del found["Namespace", options.namespace]
    assert found == expected


def test_the_login_is_as_the_chart_makes_it() -> None:
    theirs, ours = render({})["Secret", "nats-auth"], installation.secrets_of(Options())[0]
    assert len(theirs["data"]["password"]) == len(ours["data"]["password"])
    assert theirs["type"] == ours["type"]


def test_it_asks_for_the_kubernetes_of_the_chart() -> None:
    needed = yaml.load((CHART / "Chart.yaml").read_text())["kubeVersion"]
    assert needed == f">={FLOOR}-0"
