"""Helm, as a person would use it, and the values that are tried."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path

import yaml

from tests.binaries import need
from tests.charts.documented import Body, Found
from tests.charts.test_values import COMMUNITY

ROOT = Path(__file__).parents[3]
CHART = ROOT / "charts/weir"
NAMESPACE = "flux-system"
MONITORED = {
    "prometheus": {
        "podMonitor": {"create": True, "additionalLabels": {"release": "prometheus"}},
        "serviceMonitor": {"create": True, "interval": "15s"},
        "rules": {"create": True, "notReadyFor": "5m", "labels": {"team": "platform"}},
    },
    "grafana": {"dashboards": {"create": True, "annotations": {"grafana_folder": "Weir"}}},
}
HOST = {"host": "hooks.example", "paths": [{"path": "/hook/", "pathType": "Prefix"}]}

CASES: dict[str, Body] = {
    "as it comes": {},
    "open": {"multitenancy": {"enabled": False}},
    "acting as ServiceAccounts only": {"multitenancy": {"privileged": False}},
    "one namespace": {"watchAllNamespaces": False, "rbac": {"scope": "namespace"}},
    "one namespace, acting as ServiceAccounts only": {
        "watchAllNamespaces": False,
        "rbac": {"scope": "namespace"},
        "multitenancy": {"privileged": False},
    },
    "no definitions, no rights, no policies, no budgets": {
        "installCRDs": False,
        "rbac": {"create": False},
        "policies": {"create": False},
        "podDisruptionBudget": {"create": False},
    },
    "the source-controller alone": {
        "kustomizeController": {"create": False},
        "notificationController": {"create": False},
    },
    "without the notification-controller": {"notificationController": {"create": False}},
    "three servers of NATS with TLS": {
        "nats": {
            "replicas": 3,
            "tls": {"existingSecret": "nats-tls"},
            "persistence": {"size": "20Gi", "storageClass": "fast"},
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "kubernetes.io/hostname",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {"app": "nats"}},
                }
            ],
        },
    },
    "NATS without a volume": {"nats": {"persistence": {"enabled": False}}},
    "a NATS of one's own": {
        "nats": {
            "create": False,
            "url": "tls://nats.example:4222",
            "auth": {"existingSecret": "nats-login"},
            "tls": {"existingSecret": "nats-ca"},
        }
    },
    "replicas": {
        "sourceController": {"replicas": 2, "storage": {"url": "s3://artifacts/production"}},
        "kustomizeController": {"replicas": 2},
        "notificationController": {"replicas": 2},
    },
    "artifacts on a volume": {
        "sourceController": {"storage": {"persistence": {"enabled": True, "size": "20Gi", "storageClass": "fast"}}}
    },
    "artifacts in bounds": {"sourceController": {"storage": {"sizeLimit": "5Gi"}}},
    "images of a mirror by digest": {
        "image": {"registry": "mirror.example/"},
        "imagePullSecrets": [{"name": "pull"}],
        "sourceController": {"tag": f"v1.0.0@sha256:{'a' * 64}"},
        "kustomizeController": {"tag": f"sha256:{'b' * 64}"},
    },
    "OpenShift": {"distro": {"openshift": True}},
    "marked": {"commonLabels": {"team": "platform"}, "commonAnnotations": {"owner": "platform"}},
    "probes, and more in the pod": {
        "kustomizeController": {
            "livenessProbe": {"periodSeconds": 5, "failureThreshold": 10},
            "readinessProbe": {"httpGet": {"path": "/healthz"}},
            "container": {"additionalArgs": ["--concurrent=20", "--log-level=debug"]},
            "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"}],
            "volumes": [{"name": "ca", "configMap": {"name": "ca"}}],
            "volumeMounts": [{"name": "ca", "mountPath": "/etc/ssl/corp", "readOnly": True}],
            "initContainers": [{"name": "first", "image": "example/first:1", "command": ["true"]}],
            "tolerations": [{"key": "critical", "operator": "Exists", "effect": "NoSchedule"}],
            "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
            "serviceAccount": {"automount": False, "annotations": {"cloud.example/role": "reader"}},
        }
    },
    "monitored": MONITORED,
    "webhooks by a route": {
        "notificationController": {
            "webhookReceiver": {
                "httpRoute": {"create": True, "parentRefs": [{"name": "public"}], "hostnames": ["hooks.example"]},
                "ingress": {"create": True},
            }
        }
    },
    "narrow policies": {
        "policies": {
            "scraping": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}},
            "webhooks": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}},
        }
    },
    "more objects": {
        "extraObjects": [
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "more", "namespace": "{{ .Release.Namespace }}"},
                "data": {"a": "b"},
            }
        ]
    },
    "in another domain, with another log level": {"clusterDomain": "corp.example", "logLevel": "trace"},
    **{f"of the community's chart: {name}": values for name, values in COMMUNITY.items()},
}
CASES["of the community's chart: all"] = {**COMMUNITY["all"]}


def run(*arguments: str, values: Body | None = None, check: bool = True, **environment: str) -> str:
    """What Helm prints; with `check`, that it is content."""
    done = subprocess.run(
        [need("helm"), *arguments, *(("--values", "-") if values is not None else ())],
        input=json.dumps(values) if values is not None else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + ("" if check else done.stderr)


def render(values: Body, namespace: str = NAMESPACE) -> Found:
    """The objects of the chart by kind and name."""
    bodies = [body for body in yaml.load_all(_rendered(json.dumps(values), namespace), yaml.CSafeLoader) if body]
    found = {(body["kind"], body["metadata"]["name"]): body for body in bodies}
    assert len(found) == len(bodies), "two objects have one name"
    return found


@cache
def _rendered(values: str, namespace: str) -> str:
    return run("template", "weir", str(CHART), "--namespace", namespace, values=json.loads(values))
