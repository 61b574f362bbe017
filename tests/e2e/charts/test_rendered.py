"""What Helm makes of the chart: an API server takes it, users' patches find their places, nothing is too open."""

import json

import pytest

from tests.charts.documented import NAMES, container
from tests.e2e.charts.helm import CASES, CHART, NAMESPACE, render, run
from weir import manifests, rights
from weir.kube.client import Client

FOREIGN = {"monitoring.coreos.com/v1", "gateway.networking.k8s.io/v1"}
"""Groups that only come with other products."""
LABELS = {
    "app.kubernetes.io/name": "weir",
    "app.kubernetes.io/part-of": "flux",
    "app.kubernetes.io/version": "v0.1.0",
    "app.kubernetes.io/instance": NAMESPACE,
    "app.kubernetes.io/managed-by": "Helm",
}


@pytest.mark.parametrize("case", CASES)
def test_helm_has_no_complaint(case: str) -> None:
    run("lint", "--strict", str(CHART), values=CASES[case])


@pytest.mark.parametrize("case", CASES)
async def test_an_api_server_takes_every_object_by_strict_server_side_apply(
    case: str, kube: Client, namespace: str
) -> None:
    for name, body in render(CASES[case], namespace).items():
        if body["apiVersion"] in FOREIGN:
            continue
        kind = await kube.discovery.kind(body["apiVersion"], body["kind"])
        await kube.apply(
            kind,
            body,
            name=body["metadata"]["name"],
            namespace=body["metadata"].get("namespace", namespace),
            manager="helm",
            dry_run=True,
            field_validation="Strict",
        )
        assert ("namespace" in body["metadata"]) == kind.namespaced or name == ("ConfigMap", "x")


@pytest.mark.parametrize("case", CASES)
def test_every_object_says_whose_it_is(case: str) -> None:
    for name, body in render(CASES[case]).items():
        if name in {("ConfigMap", "more"), ("ConfigMap", "x")}:
            continue
        labels = body["metadata"]["labels"]
        assert {key: labels.get(key) for key in LABELS} == LABELS, name


@pytest.mark.parametrize("case", CASES)
def test_pods_are_confined(case: str) -> None:
    openshift = CASES[case].get("distro", {}).get("openshift", False)
    for (kind, name), body in render(CASES[case]).items():
        if (
            kind not in {"Deployment", "StatefulSet"}
            or CASES[case].get("sourceController", {}).get("securityContext") == {}
        ):
            continue
        pod = body["spec"]["template"]["spec"]
        users = {} if openshift else {"runAsUser": 65534, "fsGroup": 1337}
        assert pod["securityContext"] == {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            **users,
        }, name
        for each in pod["containers"]:
            assert each["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert each["resources"]["limits"]["memory"], name
            assert ":" in each["image"], name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod), name
        assert not any("hostPath" in volume for volume in pod["volumes"]), name


ARGUMENTS = {
    "source-controller": [
        "--events-addr=http://notification-controller.flux-system.svc.cluster.local./",
        "--watch-all-namespaces=true",
        "--log-level=info",
        "--log-encoding=json",
        "--enable-leader-election",
        "--storage-path=/data",
        "--storage-adv-addr=source-controller.$(RUNTIME_NAMESPACE).svc.cluster.local.",
    ],
    "kustomize-controller": [
        "--events-addr=http://notification-controller.flux-system.svc.cluster.local./",
        "--watch-all-namespaces=true",
        "--log-level=info",
        "--log-encoding=json",
        "--enable-leader-election",
        "--build-workers=2",
        "--build-memory=768",
        "--no-cross-namespace-refs=true",
        "--no-remote-bases=true",
        "--default-service-account=default",
    ],
    "notification-controller": [
        "--watch-all-namespaces=true",
        "--log-level=info",
        "--log-encoding=json",
        "--enable-leader-election",
        "--nats-url=nats://nats.flux-system.svc.cluster.local:4222",
        "--nats-credentials=/etc/nats/login/password",
        "--nats-replicas=1",
        "--no-cross-namespace-refs=true",
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_arguments_stand_where_patches_look_for_them(name: str) -> None:
    assert container(render({}), name)["args"] == ARGUMENTS[name]


def test_the_places_of_arguments_do_not_depend_on_what_else_is_installed() -> None:
    alone = container(render({"notificationController": {"create": False}}), "source-controller")["args"]
    assert alone == ["--events-addr=", *ARGUMENTS["source-controller"][1:]]


def test_an_open_installation_has_none_of_the_locks() -> None:
    found = render({"multitenancy": {"enabled": False}})
    for name in NAMES:
        assert container(found, name)["args"] == [
            it for it in ARGUMENTS[name] if not it.startswith(("--no-", "--default-service-account"))
        ]


@pytest.mark.parametrize("name", NAMES)
def test_environment_and_volumes_stand_where_patches_look_for_them(name: str) -> None:
    found = render({})
    first, second = container(found, name)["env"][:2]
    assert (first["name"], first["valueFrom"]["fieldRef"]["fieldPath"]) == ("RUNTIME_NAMESPACE", "metadata.namespace")
    assert second["name"] == "GOMEMLIMIT"
    pod = found["Deployment", name]["spec"]["template"]["spec"]
    volumes = [volume["name"] for volume in pod["volumes"]]
    mounts = [mount["mountPath"] for mount in container(found, name)["volumeMounts"]]
    assert (volumes, mounts) == {
        "source-controller": (["data", "tmp"], ["/data", "/tmp"]),
        "kustomize-controller": (["temp"], ["/tmp"]),
        "notification-controller": (["temp", "nats-login"], ["/tmp", "/etc/nats/login"]),
    }[name]


PORTS = {
    "source-controller": {"http": 9090, "http-prom": 8080, "healthz": 9440},
    "kustomize-controller": {"http-prom": 8080, "healthz": 9440},
    "notification-controller": {"http": 9090, "http-webhook": 9292, "http-prom": 8080, "healthz": 9440},
}


@pytest.mark.parametrize("name", NAMES)
def test_what_tools_look_for_in_a_deployment(name: str) -> None:
    found = render({})
    body, manager = found["Deployment", name], container(found, name)
    assert manager["name"] == "manager"
    assert manager["image"] == f"weir/{name}:v0.1.0"
    assert {port["name"]: port["containerPort"] for port in manager["ports"]} == PORTS[name]
    assert body["spec"]["selector"] == {"matchLabels": {"app": name}}
    assert body["spec"]["template"]["metadata"]["labels"]["app"] == name
    assert body["metadata"]["labels"]["control-plane"] == "controller"
    ready = {"path": "/", "port": "http"} if name == "source-controller" else {"path": "/readyz", "port": "healthz"}
    assert manager["readinessProbe"]["httpGet"] == ready
    assert manager["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "healthz"}


def test_services_are_where_controllers_and_people_look() -> None:
    services = {
        name: (body["spec"]["selector"], {port["port"]: port["targetPort"] for port in body["spec"]["ports"]})
        for (kind, name), body in render({}).items()
        if kind == "Service"
    }
    assert services == {
        "source-controller": ({"app": "source-controller"}, {80: "http"}),
        "notification-controller": ({"app": "notification-controller"}, {80: "http"}),
        "webhook-receiver": ({"app": "notification-controller"}, {80: "http-webhook"}),
        "nats": ({"app": "nats"}, {4222: "client"}),
        "nats-headless": ({"app": "nats"}, {4222: "client", 6222: "cluster"}),
    }


def test_definitions_are_those_of_the_api_types_and_stay_on_uninstall() -> None:
    found = render({"crds": {"annotations": {"a": "b"}}})
    for definition in manifests.crds():
        body = found["CustomResourceDefinition", definition["metadata"]["name"]]
        assert body["spec"] == definition["spec"]
        assert body["metadata"]["annotations"] == {
            "helm.sh/resource-policy": "keep",
            "kustomize.toolkit.fluxcd.io/substitute": "disabled",
            "a": "b",
        }


def test_rights_are_those_declared() -> None:
    found = render({})
    bodies = {name: body for name, body in found.items() if body["apiVersion"].startswith(rights.RBAC)}
    declared = {(body["kind"], body["metadata"]["name"]): body for body in rights.roles(NAMES, NAMESPACE)}
    assert bodies.keys() == declared.keys()
    for name, body in declared.items():
        assert {key: bodies[name][key] for key in body if key != "metadata"} == {
            key: value for key, value in body.items() if key != "metadata"
        }, name
        assert body["metadata"]["labels"].items() <= bodies[name]["metadata"]["labels"].items()


def test_in_one_namespace_nothing_is_granted_outside_it() -> None:
    found = render({"watchAllNamespaces": False, "rbac": {"scope": "namespace"}})
    assert not [name for name in found if name[0] in {"ClusterRole", "ClusterRoleBinding"}]
    assert found["RoleBinding", "cluster-reconciler-flux-system"]["roleRef"]["name"] == "cluster-admin"


def test_a_controller_that_is_not_privileged_may_only_act_as_accounts() -> None:
    found = render({"multitenancy": {"privileged": False}})
    name = "cluster-reconciler-impersonator-flux-system"
    assert found["ClusterRole", name]["rules"] == list(rights.IMPERSONATE)
    assert found["ClusterRoleBinding", name]["roleRef"]["name"] == name
    assert not [body for body in found.values() if body.get("roleRef", {}).get("name") == "cluster-admin"]


def test_only_the_notification_controller_reaches_nats() -> None:
    found = render({})
    policies = {name: body["spec"] for (kind, name), body in found.items() if kind == "NetworkPolicy"}
    assert list(policies) == ["allow-egress", "allow-scraping", "allow-webhooks", "nats"]
    assert policies["allow-egress"]["podSelector"] == {
        "matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["nats"]}]
    }
    client, _cluster = policies["nats"]["ingress"]
    assert client["from"] == [{"podSelector": {"matchLabels": {"app": "notification-controller"}}}]
    mounted = [
        name
        for (kind, name), body in found.items()
        if kind in {"Deployment", "StatefulSet"} and "nats-auth" in str(body)
    ]
    assert mounted == ["notification-controller", "nats"]


IMAGES = {
    "source-controller": f"mirror.example/weir/source-controller:v1.0.0@sha256:{'a' * 64}",
    "kustomize-controller": f"mirror.example/weir/kustomize-controller@sha256:{'b' * 64}",
    "notification-controller": "mirror.example/weir/notification-controller:v0.1.0",
}


@pytest.mark.parametrize("name", NAMES)
def test_images_come_from_the_registry_by_tag_or_digest(name: str) -> None:
    assert container(render(CASES["images of a mirror by digest"]), name)["image"] == IMAGES[name]


def test_what_the_prometheus_operator_is_asked_for() -> None:
    found = render(
        {
            "prometheus": {
                "podMonitor": {"create": True, "additionalLabels": {"release": "prometheus"}},
                "serviceMonitor": {"create": True, "interval": "15s"},
            }
        }
    )
    pods, services = found["PodMonitor", "flux-system"], found["ServiceMonitor", "controller-metrics"]
    assert pods["metadata"]["labels"]["release"] == "prometheus"
    assert pods["spec"]["namespaceSelector"] == {"matchNames": ["flux-system"]}
    (which,) = pods["spec"]["selector"]["matchExpressions"]
    assert set(NAMES) < set(which["values"])
    running = {"sourceLabels": ["__meta_kubernetes_pod_phase"], "action": "keep", "regex": "Running"}
    assert pods["spec"]["podMetricsEndpoints"] == [{"port": "http-prom", "relabelings": [running]}]
    assert services["spec"]["endpoints"] == [{"port": "http-prom", "interval": "15s"}]
    service = found["Service", "controller-metrics"]
    assert services["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    for name in NAMES:
        pod = found["Deployment", name]["spec"]["template"]["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= pod.items()


def test_dashboards_are_found_by_grafana_and_left_alone_by_substitution() -> None:
    found = render({"grafana": {"dashboards": {"create": True, "annotations": {"grafana_folder": "Weir"}}}})
    boards = {name: body for (kind, name), body in found.items() if kind == "ConfigMap" and "dashboard" in name}
    assert sorted(boards) == ["weir-dashboard-cluster", "weir-dashboard-control-plane"]
    for body in boards.values():
        assert body["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert body["metadata"]["annotations"] == {
            "grafana_folder": "Weir",
            "kustomize.toolkit.fluxcd.io/substitute": "disabled",
        }
        (text,) = body["data"].values()
        assert json.loads(text)["uid"] in {"weir-cluster", "weir-control-plane"}
