"""The commands of kubectl that people use."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.binaries import need
from tests.servers.cluster import RunningCluster, soon

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - {{name: c, image: "example.org/web:{version}", ports: [{{containerPort: 80}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec:
  selector: {{app: web}}
  ports: [{{name: http, port: 80}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings}}
data: {{version: "{version}"}}
"""


class Kubectl:
    """kubectl in a namespace."""

    def __init__(self, cluster: RunningCluster, namespace: str) -> None:
        self.cluster, self.namespace = cluster, namespace

    def __call__(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        return self.cluster.kubectl(*arguments, "-n", self.namespace, stdin=stdin, check=check)


@pytest.fixture
def kubectl(cluster: RunningCluster, namespace: str) -> Kubectl:
    return Kubectl(cluster, namespace)


@pytest.fixture
def running(kubectl: Kubectl) -> Kubectl:
    kubectl("apply", "-f", "-", stdin=MANIFEST.format(version="1"))
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    return kubectl


def table(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line]


def test_apply_on_the_client(kubectl: Kubectl) -> None:
    assert kubectl("apply", "-f", "-", stdin=MANIFEST.format(version="1")) == (
        "deployment.apps/web created\nservice/web created\nconfigmap/settings created\n"
    )
    assert kubectl("apply", "-f", "-", stdin=MANIFEST.format(version="1")).count("unchanged") == 3
    assert kubectl("apply", "-f", "-", stdin=MANIFEST.format(version="2")) == (
        "deployment.apps/web configured\nservice/web unchanged\nconfigmap/settings configured\n"
    )
    assert kubectl("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[*].image}") == (
        "example.org/web:2"
    )


def test_apply_on_the_server(kubectl: Kubectl) -> None:
    kinds = ("deployment.apps/web", "service/web", "configmap/settings")
    applied = "".join(f"{kind} serverside-applied\n" for kind in kinds)
    assert kubectl("apply", "--server-side", "-f", "-", stdin=MANIFEST.format(version="1")) == applied
    other = ("apply", "--server-side", "--field-manager=other", "-f", "-")
    refused = kubectl(*other, stdin=MANIFEST.format(version="2"), check=False)
    assert 'conflict with "kubectl": .data.version' in refused
    assert kubectl(*other, "--force-conflicts", stdin=MANIFEST.format(version="2")) == applied


def test_a_typing_error_is_refused(kubectl: Kubectl) -> None:
    wrong = MANIFEST.format(version="1").replace("replicas:", "replica:")
    assert 'strict decoding error: unknown field "spec.replica"' in kubectl(
        "apply", "-f", "-", stdin=wrong, check=False
    )


def test_diff(running: Kubectl) -> None:
    changed = running("diff", "-f", "-", stdin=MANIFEST.format(version="2"), check=False)
    lines = {line for line in changed.splitlines() if line[:1] in "+-" and "example.org" in line}
    assert lines == {"-      - image: example.org/web:1", "+      - image: example.org/web:2"}
    assert running("diff", "-f", "-", stdin=MANIFEST.format(version="1")) == ""
    forced = ("diff", "--server-side", "--force-conflicts", "-f", "-")
    assert '+  version: "3"' in running(*forced, stdin=MANIFEST.format(version="3"), check=False)


def test_get(running: Kubectl) -> None:
    assert table(running("get", "deployments"))[:1] == [["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]]
    assert table(running("get", "deployments"))[1][:4] == ["web", "2/2", "2", "2"]
    pods = table(running("get", "pods"))
    assert pods[0] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [row[1:4] for row in pods[1:]] == [["1/1", "Running", "0"]] * 2
    services = table(running("get", "services"))
    assert services[0] == ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"]
    assert [services[1][index] for index in (0, 1, 3, 4)] == ["web", "ClusterIP", "<none>", "80/TCP"]
    assert table(running("get", "configmaps"))[0] == ["NAME", "DATA", "AGE"]
    assert "deployment.apps/web" in running("get", "all")
    assert table(running("get", "nodes"))[1][1] == "Ready"
    assert running("get", "configmap", "settings", "-o", "name") == "configmap/settings\n"
    assert "No resources found in" in running("get", "jobs")
    wide = table(running("get", "replicasets", "-o", "wide"))[0]
    assert wide == ["NAME", "DESIRED", "CURRENT", "READY", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"]


def test_describe(running: Kubectl) -> None:
    text = running("describe", "deployment", "web")
    assert "Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in text
    assert "ScalingReplicaSet" in text
    assert "QoS Class:" in running("describe", "pods")
    assert "Endpoints:" in running("describe", "service", "web")


def test_patch_edit_label_and_scale(running: Kubectl, tmp_path: Path) -> None:
    change = '{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"b"}]}]}}}}'
    assert running("patch", "deployment", "web", "-p", change) == "deployment.apps/web patched\n"
    images = running("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0]['image','env']}")
    assert images == 'example.org/web:1 [{"name":"A","value":"b"}]'
    operation = '[{"op":"replace","path":"/data/version","value":"9"}]'
    running("patch", "configmap", "settings", "--type", "json", "-p", operation)
    running("patch", "configmap", "settings", "--type", "merge", "-p", '{"data":{"more":"x"}}')
    assert running("get", "configmap", "settings", "-o", "jsonpath={.data}") == '{"more":"x","version":"9"}'
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/more: x/more: edited/' \"$1\"\n")
    editor.chmod(0o755)
    environment = {**os.environ, "KUBECONFIG": str(running.cluster.kubeconfig), "KUBE_EDITOR": str(editor)}
    command = [need("kubectl"), "edit", "configmap", "settings", "-n", running.namespace]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "configmap/settings edited\n"
    assert running("label", "configmap", "settings", "a=b") == "configmap/settings labeled\n"
    assert running("annotate", "configmap", "settings", "a=b") == "configmap/settings annotated\n"
    running("scale", "deployment", "web", "--replicas=3")
    running("wait", "deployment/web", "--for=jsonpath={.status.readyReplicas}=3", "--timeout=20s")


def test_wait_logs_and_delete(running: Kubectl) -> None:
    assert "condition met" in running("wait", "deployment/web", "--for=condition=Available", "--timeout=20s")
    assert "starting example.org/web:1" in running("logs", "deployment/web")
    assert running("logs", "deployment/web", "--tail=1").startswith("listening on :80\nFound 2 pods")
    assert running("logs", "deployment/web", "--timestamps").startswith(time.strftime("%Y-"))
    assert "deployment.apps" in running("delete", "deployment", "web")
    soon(lambda: "No resources found" in running("get", "pods"))
    assert "not found" in running("delete", "deployment", "web", check=False)


def test_watching(running: Kubectl) -> None:
    command = [need("kubectl"), "get", "configmap", "settings", "-n", running.namespace, "-w"]
    environment = {**os.environ, "KUBECONFIG": str(running.cluster.kubeconfig)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split() == ["NAME", "DATA", "AGE"]
        assert process.stdout.readline().split()[:2] == ["settings", "1"]
        running("patch", "configmap", "settings", "--type", "merge", "-p", '{"data":{"more":"x"}}')
        assert process.stdout.readline().split()[:2] == ["settings", "2"]
        process.terminate()


def test_explain_and_api_resources(kubectl: Kubectl) -> None:
    assert "replicas\t<integer>" in kubectl("explain", "deployment.spec")
    assert "FIELD: strategy <DeploymentStrategy>" in kubectl("explain", "deployment.spec.strategy")
    rows = {row[0]: row for row in table(kubectl("api-resources"))}
    assert rows["deployments"] == ["deployments", "deploy", "apps/v1", "true", "Deployment"]
    assert "apps/v1" in kubectl("api-versions")
    assert "Server Version: v1.36" in kubectl("version")


CREATED = {
    "a configmap": ("configmap", "x", "--from-literal=a=b"),
    "a secret": ("secret", "generic", "x", "--from-literal=a=b"),
    "a service account": ("serviceaccount", "x"),
    "a role": ("role", "x", "--verb=get", "--resource=pods"),
    "a binding": ("rolebinding", "x", "--clusterrole=view", "--user=jane"),
    "a deployment": ("deployment", "x", "--image=i", "--replicas=0"),
    "a job": ("job", "x", "--image=i"),
    "a cron job": ("cronjob", "x", "--image=i", "--schedule=0 0 1 1 *"),
    "a service": ("service", "clusterip", "x", "--tcp=80:8080"),
    "an ingress": ("ingress", "x", "--rule=example.org/a=web:80"),
    "a quota": ("quota", "x", "--hard=pods=1"),
    "a disruption budget": ("poddisruptionbudget", "x", "--selector=a=b", "--min-available=1"),
}


@pytest.mark.parametrize("case", CREATED)
def test_create(case: str, kubectl: Kubectl) -> None:
    assert kubectl("create", *CREATED[case]).endswith(" created\n")
    kind = {"generic": "secret"}.get(CREATED[case][1], CREATED[case][0])
    assert kubectl("get", kind, "x", "-o", "jsonpath={.metadata.name}") == "x"


def test_rights(kubectl: Kubectl) -> None:
    kubectl("create", "serviceaccount", "bob")
    kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods")
    kubectl("create", "rolebinding", "reader", "--role=reader", f"--serviceaccount={kubectl.namespace}:bob")
    bob = f"--as=system:serviceaccount:{kubectl.namespace}:bob"
    assert kubectl("auth", "can-i", "list", "pods", bob) == "yes\n"
    assert kubectl("auth", "can-i", "create", "pods", bob, check=False) == "no\n"
    assert "pods" in kubectl("auth", "can-i", "--list", bob)
    assert "kubernetes-admin" in kubectl("auth", "whoami")
    assert kubectl("create", "token", "bob").count(".") == 2
    assert "cannot create resource" in kubectl("create", "configmap", "x", bob, check=False)


def test_custom_resources(kubectl: Kubectl) -> None:
    group = f"{kubectl.namespace}.example.org"
    schema = (
        "{type: object, properties: {spec: {type: object, properties: {size: {type: integer, description: How big.}}}}}"
    )
    definition = f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: boxes.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: Box, plural: boxes}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {schema}}}
    additionalPrinterColumns: [{{name: Size, type: integer, jsonPath: .spec.size}}]
"""
    kubectl("apply", "-f", "-", stdin=definition)
    kubectl("wait", f"crd/boxes.{group}", "--for=condition=Established", "--timeout=10s")
    box = f"apiVersion: {group}/v1\nkind: Box\nmetadata: {{name: a}}\nspec: {{size: 3}}\n"
    assert kubectl("apply", "-f", "-", stdin=box) == f"box.{group}/a created\n"
    assert table(kubectl("get", f"boxes.{group}")) == [["NAME", "SIZE"], ["a", "3"]]
    assert "How big." in kubectl("explain", "boxes.spec.size", "--api-version", f"{group}/v1")
    wrong = kubectl("apply", "-f", "-", stdin=box.replace("size: 3", "size: big"), check=False)
    assert 'spec.size in body must be of type integer: "string"' in wrong
    assert "deleted" in kubectl("delete", f"crd/boxes.{group}")
