"""The chart's values: what is declared, what is written down, and what users bring along."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

import weir
from weir import yaml
from weir_chart.values import Chart

CHART = Path(__file__).parents[2] / "charts/weir"


def test_the_defaults_written_down_are_those_declared() -> None:
    assert msgspec.convert(yaml.load((CHART / "values.yaml").read_text()), Chart) == Chart()


def test_the_chart_is_for_the_release_of_its_sources() -> None:
    chart = yaml.load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (weir.__version__, weir.__version__)


COMMUNITY: dict[str, dict[str, Any]] = {
    "tenancy": {"multitenancy": {"enabled": True, "defaultServiceAccount": "default", "privileged": False}},
    "definitions": {"installCRDs": False, "crds": {"annotations": {"a": "b"}, "migration": {"enabled": True}}},
    "all": {"clusterDomain": "corp.local", "logLevel": "debug", "watchAllNamespaces": False},
    "a controller": {
        "sourceController": {
            "create": True,
            "image": "mirror/source-controller",
            "tag": f"sha256:{'0' * 64}",
            "resources": {"limits": {"cpu": "1"}},
            "priorityClassName": "system-cluster-critical",
            "annotations": {"a": "b"},
            "labels": {"a": "b"},
            "container": {"additionalArgs": ["--concurrent=10"]},
            "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"}],
            "serviceAccount": {"create": True, "automount": True, "annotations": {"a": "b"}},
            "imagePullPolicy": "Always",
            "nodeSelector": {"a": "b"},
            "affinity": {"nodeAffinity": {}},
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "replicas": 1,
            "securityContext": {},
            "podSecurityContext": {},
            "volumes": [{"name": "x", "emptyDir": {}}],
            "volumeMounts": [{"name": "x", "mountPath": "/x"}],
            "initContainers": [],
            "service": {"labels": {"a": "b"}, "annotations": {"a": "b"}},
        }
    },
    "keys of a cloud": {
        "kustomizeController": {
            "secret": {"create": True, "name": "kms", "data": {"key": "value"}},
            "envFrom": {"map": {"name": "a"}, "secret": {"name": "b"}},
            "extraSecretMounts": [
                {"name": "kms", "mountPath": "/kms", "subPath": "", "secretName": "kms", "readOnly": True}
            ],
        }
    },
    "webhooks": {
        "notificationController": {
            "webhookReceiver": {
                "service": {"labels": {}, "annotations": {}},
                "ingress": {
                    "create": True,
                    "ingressClassName": "nginx",
                    "annotations": {},
                    "labels": {},
                    "hosts": [{"host": "flux.example", "paths": [{"path": "/", "pathType": "Prefix"}]}],
                    "tls": [{"hosts": ["flux.example"], "secretName": "tls"}],
                },
            }
        }
    },
    "rights": {
        "policies": {"create": False},
        "rbac": {"create": True, "createAggregation": False, "annotations": {}, "roleRef": {"name": "admin"}},
    },
    "the rest": {
        "imagePullSecrets": [{"name": "pull"}],
        "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}],
        "distro": {"openshift": True},
        "prometheus": {
            "podMonitor": {
                "create": True,
                "additionalLabels": {"release": "prometheus"},
                "podMetricsEndpoints": [{"port": "http-prom"}],
            }
        },
        "cli": {"image": "x", "tag": "y"},
        "helmController": {"create": False, "image": "x", "resources": {}},
    },
}


@pytest.mark.parametrize("case", COMMUNITY)
def test_values_of_the_communitys_chart_are_taken(case: str) -> None:
    assert msgspec.convert(COMMUNITY[case], Chart) != Chart()


def test_a_controller_that_is_not_there_cannot_be_asked_for() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"Invalid enum value True - at `\$.helmController.create`"):
        msgspec.convert({"helmController": {"create": True}}, Chart)
