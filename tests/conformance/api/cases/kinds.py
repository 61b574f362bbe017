"""Built-in kinds that fleets meet: what they refuse, and what they fill in."""

from typing import Any

from tests.conformance.api.steps import (
    JSON_PATCH,
    STRATEGIC,
    Case,
    apply,
    as_user,
    body,
    case,
    config,
    get,
    patch,
    post,
    put,
)

_DRY = "?dryRun=All"


def _pod(**spec: Any) -> dict:
    return {"containers": [{"name": "c", "image": "i:1"}], **spec}


def _container(**parts: Any) -> dict:
    return {"containers": [{"name": "c", "image": "i:1", **parts}]}


def _template(labels: dict | None = None, **spec: Any) -> dict:
    return {"metadata": {"labels": labels or {"app": "x"}}, "spec": _pod(**spec)}


def _workload(kind: str, **spec: Any) -> dict:
    return body("apps/v1", kind, "a", spec={"selector": {"matchLabels": {"app": "x"}}, "template": _template(), **spec})


def _deployment(**spec: Any) -> dict:
    return _workload("Deployment", **spec)


def _dry(path: str, *bodies: dict) -> Case:
    return case(*(post(path + _DRY, each) for each in bodies))


def _pods(*specs: dict) -> Case:
    return _dry("pods", *(body("v1", "Pod", "a", spec=each) for each in specs))


def _service(**spec: Any) -> dict:
    return body("v1", "Service", "a", spec=spec)


def _changed(path: str, obj: dict, *changes: Any) -> Case:
    return case(post(path, obj), *(patch(f"{path}/a", each) for each in changes))


def _job(**spec: Any) -> dict:
    return body(
        "batch/v1", "Job", "a", spec={"suspend": True, "template": {"spec": _pod(restartPolicy="Never")}, **spec}
    )


def _cron(**spec: Any) -> dict:
    return body(
        "batch/v1",
        "CronJob",
        "a",
        spec={
            "schedule": "0 0 1 1 *",
            "suspend": True,
            "jobTemplate": {"spec": {"template": {"spec": _pod(restartPolicy="Never")}}},
            **spec,
        },
    )


def _ingress(**spec: Any) -> dict:
    return body("networking.k8s.io/v1", "Ingress", "a", spec=spec)


def _path(**parts: Any) -> dict:
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}, **parts}
    return {"rules": [{"http": {"paths": [path]}}]}


def _secret(kind: str, **data: str) -> dict:
    return body("v1", "Secret", "a", type=kind, stringData=data)


def _policy(**spec: Any) -> dict:
    return body("networking.k8s.io/v1", "NetworkPolicy", "a", spec={"podSelector": {}, **spec})


def _scaler(**spec: Any) -> dict:
    return body(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "a",
        spec={"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, **spec},
    )


CASES: dict[str, Case] = {
    "a deployment's defaults": _dry("deployments", _deployment()),
    "a deployment without selector and template": _dry(
        "deployments", body("apps/v1", "Deployment", "a"), body("apps/v1", "Deployment", "a", spec={})
    ),
    "a deployment whose selector does not match": _dry(
        "deployments", _deployment(selector={"matchLabels": {"app": "y"}})
    ),
    "a deployment with an empty selector": _dry("deployments", _deployment(selector={})),
    "a deployment with a bad selector": _dry(
        "deployments",
        _deployment(selector={"matchExpressions": [{"key": "a", "operator": "Perhaps"}]}),
        _deployment(selector={"matchExpressions": [{"key": "app", "operator": "In"}]}),
        _deployment(selector={"matchLabels": {"a b": "c"}}),
    ),
    "a deployment with negative replicas": _dry("deployments", _deployment(replicas=-1)),
    "a deployment with a wrong strategy": _dry(
        "deployments",
        _deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
        _deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
        _deployment(strategy={"rollingUpdate": {"maxSurge": "x%"}}),
        _deployment(strategy={"rollingUpdate": {"maxUnavailable": "101%"}}),
    ),
    "a deployment with a deadline before it can be ready": _dry(
        "deployments", _deployment(minReadySeconds=10, progressDeadlineSeconds=5)
    ),
    "a deployment that restarts never": _dry("deployments", _deployment(template=_template(restartPolicy="Never"))),
    "a deployment keeps its selector": case(
        post("deployments", _deployment(replicas=0, paused=True)),
        patch(
            "deployments/a?dryRun=All",
            {"spec": {"selector": {"matchLabels": {"app": "y"}}, "template": {"metadata": {"labels": {"app": "y"}}}}},
        ),
    ),
    "a deployment with a name that is too long for labels": _dry(
        "deployments", {**_deployment(), "metadata": {"name": "a" * 250}}
    ),
    "a stateful set's defaults": _dry("statefulsets", _workload("StatefulSet", serviceName="s")),
    "a stateful set that changes": case(
        post("statefulsets", _workload("StatefulSet", serviceName="s", replicas=0)),
        patch("statefulsets/a?dryRun=All", {"spec": {"serviceName": "t"}}),
    ),
    "a stateful set with claims": _dry(
        "statefulsets",
        _workload(
            "StatefulSet",
            serviceName="s",
            volumeClaimTemplates=[
                {
                    "metadata": {"name": "d"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            ],
        ),
    ),
    "a stateful set with wrong policies": _dry("statefulsets", _workload("StatefulSet", podManagementPolicy="X")),
    "a daemon set's defaults": _dry("daemonsets", _workload("DaemonSet")),
    "a daemon set with a wrong strategy": _dry(
        "daemonsets",
        _workload("DaemonSet", updateStrategy={"rollingUpdate": {"maxUnavailable": 0}}),
    ),
    "a replica set's defaults": _dry("replicasets", _workload("ReplicaSet")),
    "a pod's defaults": _pods(_pod()),
    "a pod without containers": _pods({}, {"containers": []}),
    "a pod with a container without name and image": _pods({"containers": [{}]}),
    "a pod with two containers of a name": _pods(
        {"containers": [{"name": "c", "image": "i"}, {"name": "c", "image": "j"}]}
    ),
    "a pod with a bad container name": _pods({"containers": [{"name": "C_1", "image": "i"}]}),
    "a pod with bad policies": _pods(
        _pod(restartPolicy="Sometimes"),
        _pod(dnsPolicy="X"),
        _container(imagePullPolicy="X"),
        _container(terminationMessagePolicy="X"),
    ),
    "a pod with wrong ports": _pods(
        _container(ports=[{"containerPort": 0}]),
        _container(ports=[{"containerPort": 70000}]),
        _container(ports=[{"containerPort": 80, "protocol": "X"}]),
        _container(ports=[{"containerPort": 80, "name": "Much_Too_Long_A_Name"}]),
        _container(ports=[{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
    ),
    "a pod with wrong variables": _pods(
        _container(env=[{"name": ""}]),
        _container(env=[{"name": "a=b"}]),
        _container(env=[{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]),
        _container(env=[{"name": "A", "valueFrom": {}}]),
        _container(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.x"}}}]),
        _container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s"}}}]),
        _container(envFrom=[{}]),
    ),
    "a pod with wrong resources": _pods(
        _container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        _container(resources={"requests": {"cpu": "-1"}}),
        _container(resources={"limits": {"gpu": "1"}}),
        _container(resources={"limits": {"example.com/gpu": "1.5"}}),
    ),
    "a pod with a quantity that is none": _pods(
        _container(resources={"limits": {"cpu": "x"}}), _container(resources={"limits": {"memory": "1 Gi"}})
    ),
    "a pod with quantities in many forms": _pods(
        _container(
            resources={
                "limits": {"cpu": 1.5, "memory": "1073741824", "ephemeral-storage": "1e3"},
                "requests": {"cpu": "0.1", "memory": "1048576Ki"},
            }
        )
    ),
    "a pod with wrong volumes": _pods(
        _pod(volumes=[{"name": "v"}, {"name": "v"}]),
        _pod(volumes=[{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]),
        _pod(volumes=[{"name": "v", "configMap": {}}]),
        _pod(volumes=[{"name": "V_", "emptyDir": {}}]),
        _pod(volumes=[{"emptyDir": {}}]),
        _pod(volumes=[{"name": "v", "hostPath": {"path": ""}}]),
    ),
    "a pod with wrong mounts": _pods(
        _container(volumeMounts=[{"name": "v", "mountPath": "/x"}]),
        {
            **_container(volumeMounts=[{"name": "v", "mountPath": "/x"}, {"name": "v", "mountPath": "/x"}]),
            "volumes": [{"name": "v", "emptyDir": {}}],
        },
        {
            **_container(volumeMounts=[{"name": "v", "mountPath": "/x", "subPath": "../x"}]),
            "volumes": [{"name": "v", "emptyDir": {}}],
        },
        {**_container(volumeMounts=[{"name": "v"}]), "volumes": [{"name": "v", "emptyDir": {}}]},
    ),
    "a pod with probes": _pods(
        _container(livenessProbe={"httpGet": {"path": "/", "port": 80}}, readinessProbe={"tcpSocket": {"port": "x"}}),
        _container(livenessProbe={}),
        _container(livenessProbe={"httpGet": {"port": 0}}),
        _container(livenessProbe={"exec": {"command": []}}),
        _container(livenessProbe={"tcpSocket": {"port": 80}, "periodSeconds": -1, "successThreshold": 2}),
    ),
    "a pod with a wrong security context": _pods(
        _container(securityContext={"runAsUser": -1}),
        _pod(securityContext={"seccompProfile": {"type": "X"}}),
        _pod(hostNetwork=True),
    ),
    "a pod with wrong placement": _pods(
        _pod(tolerations=[{"operator": "Exists", "value": "x"}]),
        _pod(tolerations=[{"key": "a", "operator": "X"}]),
        _pod(nodeSelector={"a b": "c"}),
        _pod(affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}),
        _pod(topologySpreadConstraints=[{}]),
        _pod(terminationGracePeriodSeconds=-1),
    ),
    "a pod with a service account that is not there": _pods(_pod(serviceAccountName="none")),
    "a pod with a priority class that is not there": _pods(_pod(priorityClassName="none")),
    "a pod cannot change": case(
        post("pods", body("v1", "Pod", "a", spec=_pod(nodeSelector={"no": "where"}))),
        patch("pods/a", {"spec": {"restartPolicy": "Never"}}),
        patch("pods/a", {"spec": {"containers": [{"name": "c", "image": "i:2"}]}}, STRATEGIC),
        patch("pods/a", {"spec": {"containers": [{"name": "c", "command": ["x"]}]}}, STRATEGIC),
        patch("pods/a", {"spec": {"containers": [{"name": "d", "image": "i"}]}}, STRATEGIC),
    ),
    "a service's defaults": _dry(
        "services",
        _service(ports=[{"port": 80}]),
        _service(clusterIP="None", ports=[{"port": 80}]),
        _service(type="NodePort", ports=[{"port": 80}]),
        _service(type="LoadBalancer", ports=[{"port": 80}]),
        _service(type="ExternalName", externalName="x.y"),
    ),
    "a service without ports": _dry("services", _service(), _service(ports=[])),
    "a service with wrong ports": _dry(
        "services",
        _service(ports=[{"port": 0}]),
        _service(ports=[{"port": 70000}]),
        _service(ports=[{"port": 80}, {"port": 81}]),
        _service(ports=[{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]),
        _service(ports=[{"port": 80, "name": "A_"}]),
        _service(ports=[{"port": 80, "protocol": "X"}]),
        _service(ports=[{"port": 80, "targetPort": "Not Good"}]),
        _service(ports=[{"port": 80, "nodePort": 30000}]),
    ),
    "a service of an unknown type": _dry(
        "services",
        _service(type="X", ports=[{"port": 80}]),
        _service(type="ExternalName"),
        _service(sessionAffinity="X", ports=[{"port": 80}]),
        _service(clusterIP="1.2.3", ports=[{"port": 80}]),
        _service(selector={"a b": "c"}, ports=[{"port": 80}]),
    ),
    "a service of a name that begins with a digit": case(
        post("services" + _DRY, {**_service(ports=[{"port": 80}]), "metadata": {"name": "1a"}})
    ),
    "a service keeps its address": case(
        post("services", _service(ports=[{"port": 80}])),
        put("services/a", _service(ports=[{"port": 81}])),
        patch("services/a", {"spec": {"clusterIP": "10.96.7.7"}}),
        patch("services/a", {"spec": {"clusterIP": None}}),
        patch("services/a", {"spec": {"type": "ExternalName", "externalName": "x.y"}}),
    ),
    "an immutable config map": _changed(
        "configmaps",
        config(data={"a": "b"}, immutable=True),
        {"data": {"a": "c"}},
        {"immutable": False},
        {"binaryData": {"x": "aGk="}},
        {"metadata": {"labels": {"a": "b"}}},
    ),
    "an immutable secret": _changed(
        "secrets", {**_secret("Opaque", a="b"), "immutable": True}, {"stringData": {"a": "c"}}, {"immutable": None}
    ),
    "a config map with bad keys": _dry(
        "configmaps",
        config(data={"a b": "c"}),
        config(data={"..": "c"}),
        config(data={"a": "b"}, binaryData={"a": "aGk="}),
        config(binaryData={"a": "***"}),
    ),
    "a secret of a type": _dry(
        "secrets",
        _secret("kubernetes.io/tls"),
        _secret("kubernetes.io/dockerconfigjson"),
        _secret("kubernetes.io/dockerconfigjson", **{".dockerconfigjson": "{"}),
        _secret("kubernetes.io/basic-auth"),
        _secret("kubernetes.io/ssh-auth"),
        _secret("kubernetes.io/service-account-token"),
        _secret("any/thing"),
    ),
    "a secret keeps its type": _changed("secrets", _secret("Opaque", a="b"), {"type": "kubernetes.io/tls"}),
    "a secret's stringData joins its data": case(
        post("secrets", body("v1", "Secret", "a", data={"a": "aGk=", "b": "aGk="}, stringData={"b": "x"})),
        patch("secrets/a", {"stringData": {"c": "d"}}),
        patch("secrets/a", {"data": {"a": None}}),
    ),
    "a job's defaults": _dry("jobs", _job(), _job(suspend=False, completions=3, parallelism=2)),
    "a job that restarts always": _dry(
        "jobs", _job(template={"spec": _pod()}), _job(template={"spec": _pod(restartPolicy="Always")})
    ),
    "a job with wrong numbers": _dry(
        "jobs",
        _job(completions=-1, parallelism=-1, backoffLimit=-1, activeDeadlineSeconds=-1, ttlSecondsAfterFinished=-1),
    ),
    "a job with a selector of its own": _dry(
        "jobs", _job(selector={"matchLabels": {"a": "b"}}), _job(completionMode="X"), _job(completionMode="Indexed")
    ),
    "a job cannot change its template": case(
        post("jobs", _job()),
        patch("jobs/a", {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 5}}}}),
        patch("jobs/a", {"spec": {"completions": 5}}),
        patch("jobs/a", {"spec": {"parallelism": 5}}),
    ),
    "a cron job's defaults": _dry("cronjobs", _cron()),
    "a cron job with a schedule that is none": _dry(
        "cronjobs",
        _cron(schedule="often"),
        _cron(schedule=""),
        _cron(schedule="@daily"),
        _cron(timeZone="Mars/Base"),
        _cron(schedule="TZ=UTC 0 0 * * *"),
    ),
    "a cron job with a wrong policy": _dry(
        "cronjobs", _cron(concurrencyPolicy="X"), _cron(successfulJobsHistoryLimit=-1, startingDeadlineSeconds=-1)
    ),
    "a cron job with a long name": case(post("cronjobs" + _DRY, {**_cron(), "metadata": {"name": "a" * 53}})),
    "an ingress's defaults": _dry("ingresses", _ingress(**_path())),
    "an ingress without rules": _dry("ingresses", _ingress()),
    "an ingress with wrong paths": _dry(
        "ingresses",
        _ingress(**_path(pathType=None)),
        _ingress(**_path(path="x")),
        _ingress(**_path(pathType="X")),
        _ingress(**_path(path="/a//b")),
        _ingress(**_path(backend={})),
        _ingress(**_path(backend={"service": {"name": "s"}})),
        _ingress(**_path(backend={"service": {"name": "S_", "port": {"number": 80, "name": "x"}}})),
        _ingress(rules=[{"http": {"paths": []}}]),
    ),
    "an ingress with wrong hosts": _dry(
        "ingresses",
        _ingress(rules=[{"host": "A_B"}]),
        _ingress(rules=[{"host": "1.2.3.4"}]),
        _ingress(rules=[{"host": "*.x.y"}]),
        _ingress(rules=[{"host": "*"}]),
        _ingress(**_path(), tls=[{"hosts": ["A_"]}]),
        _ingress(**_path(), ingressClassName="A_"),
    ),
    "a network policy's defaults": _dry(
        "networkpolicies",
        _policy(),
        _policy(egress=[{}]),
        _policy(
            ingress=[
                {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": 80}]}
            ]
        ),
    ),
    "a network policy that is wrong": _dry(
        "networkpolicies",
        _policy(policyTypes=["X"]),
        _policy(ingress=[{"from": [{}]}]),
        _policy(ingress=[{"from": [{"ipBlock": {"cidr": "x"}}]}]),
        _policy(ingress=[{"ports": [{"port": 0}]}]),
        _policy(ingress=[{"ports": [{"protocol": "X"}]}]),
        _policy(podSelector={"matchLabels": {"a b": "c"}}),
    ),
    "an autoscaler's defaults": _dry(
        "horizontalpodautoscalers",
        _scaler(),
        _scaler(
            metrics=[
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
                }
            ]
        ),
    ),
    "an autoscaler that is wrong": _dry(
        "horizontalpodautoscalers",
        _scaler(maxReplicas=0),
        _scaler(minReplicas=5),
        _scaler(minReplicas=0),
        _scaler(metrics=[{"type": "X"}]),
        _scaler(scaleTargetRef={}),
        _scaler(metrics=[{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}]),
    ),
    "a disruption budget that is wrong": _dry(
        "poddisruptionbudgets",
        *(
            body("policy/v1", "PodDisruptionBudget", "a", spec=each)
            for each in (
                {"minAvailable": 1, "maxUnavailable": 1},
                {"minAvailable": -1},
                {"minAvailable": "x"},
                {"maxUnavailable": "150%"},
                {},
                {"unhealthyPodEvictionPolicy": "X"},
            )
        ),
    ),
    "a volume claim that is wrong": _dry(
        "persistentvolumeclaims",
        *(
            body("v1", "PersistentVolumeClaim", "a", spec=each)
            for each in (
                {},
                {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "0"}}},
                {"accessModes": ["ReadWriteOnce"], "volumeMode": "X", "resources": {"requests": {"storage": "1Gi"}}},
            )
        ),
    ),
    "a volume claim cannot change": _changed(
        "persistentvolumeclaims",
        body(
            "v1",
            "PersistentVolumeClaim",
            "a",
            spec={
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "none",
                "resources": {"requests": {"storage": "1Gi"}},
            },
        ),
        {"spec": {"accessModes": ["ReadOnlyMany"]}},
        {"spec": {"resources": {"requests": {"storage": "500Mi"}}}},
        {"spec": {"storageClassName": "other"}},
    ),
    "a service account with secrets": case(
        post(
            "serviceaccounts",
            body(
                "v1",
                "ServiceAccount",
                "a",
                secrets=[{"name": "s"}],
                imagePullSecrets=[{"name": "p"}],
                automountServiceAccountToken=False,
            ),
        )
    ),
    "a lease that is wrong": _dry(
        "leases",
        *(
            body("coordination.k8s.io/v1", "Lease", "a", spec=each)
            for each in (
                {"leaseDurationSeconds": 0},
                {"leaseTransitions": -1},
                {"acquireTime": "yesterday"},
                {"renewTime": "2026-01-01T00:00:00Z"},
                {"holderIdentity": "x", "leaseDurationSeconds": 15},
            )
        ),
    ),
    "a lease changes hands": _changed(
        "leases",
        body(
            "coordination.k8s.io/v1",
            "Lease",
            "a",
            spec={"holderIdentity": "x", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.123456Z"},
        ),
        {"spec": {"holderIdentity": "y", "leaseTransitions": 1}},
    ),
    "an event of another namespace": case(
        post("events", body("v1", "Event", "a", involvedObject={"kind": "Pod", "namespace": "other", "name": "p"})),
        post(
            "events",
            body(
                "v1",
                "Event",
                "b",
                involvedObject={"kind": "Pod", "namespace": "{ns}", "name": "p"},
                reason="R",
                message="m",
                type="Normal",
            ),
        ),
    ),
    "an event of the new group": case(
        post(
            "/apis/events.k8s.io/v1/namespaces/{ns}/events",
            body(
                "events.k8s.io/v1",
                "Event",
                "a",
                eventTime="2026-01-01T00:00:00.000000Z",
                reportingController="example.com/c",
                reportingInstance="i",
                action="A",
                reason="R",
                type="Normal",
                regarding={"kind": "Pod", "namespace": "{ns}", "name": "p"},
            ),
        ),
        get("events/a"),
        post("/apis/events.k8s.io/v1/namespaces/{ns}/events", body("events.k8s.io/v1", "Event", "b")),
    ),
    "a namespace with labels that are wrong": case(
        post("/api/v1/namespaces" + _DRY, body("v1", "Namespace", "{ns}-x", meta={"labels": {"a b": "c"}})),
        post("/api/v1/namespaces" + _DRY, body("v1", "Namespace", "{ns}-x")),
    ),
    "a cluster role that aggregates": case(
        post(
            "/apis/rbac.authorization.k8s.io/v1/clusterroles" + _DRY,
            body(
                "rbac.authorization.k8s.io/v1",
                "ClusterRole",
                "{ns}",
                aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]},
            ),
        ),
        get("/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin"),
    ),
    "a priority class": case(
        post(
            "/apis/scheduling.k8s.io/v1/priorityclasses" + _DRY,
            body("scheduling.k8s.io/v1", "PriorityClass", "system-x", value=5),
        ),
        post(
            "/apis/scheduling.k8s.io/v1/priorityclasses" + _DRY,
            body("scheduling.k8s.io/v1", "PriorityClass", "x-{ns}", value=5),
        ),
    ),
    "a storage class": case(
        post("/apis/storage.k8s.io/v1/storageclasses" + _DRY, body("storage.k8s.io/v1", "StorageClass", "x-{ns}")),
        post(
            "/apis/storage.k8s.io/v1/storageclasses" + _DRY,
            body("storage.k8s.io/v1", "StorageClass", "x-{ns}", provisioner="example.com/p"),
        ),
    ),
    "warnings of what is deprecated": case(
        post("services" + _DRY, _service(ports=[{"port": 80}], externalIPs=["1.2.3.4"])),
        post(
            "ingresses" + _DRY,
            {**_ingress(**_path()), "metadata": {"name": "a", "annotations": {"kubernetes.io/ingress.class": "x"}}},
        ),
        post("pods" + _DRY, body("v1", "Pod", "a", spec=_pod(nodeSelector={"beta.kubernetes.io/os": "linux"}))),
        post(
            "pods" + _DRY,
            body("v1", "Pod", "a", spec=_container(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])),
        ),
        get("/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers"),
        get("endpoints"),
    ),
    "zero values are not written": case(
        post(
            "services",
            _service(clusterIP="None", ports=[{"port": 80, "name": ""}], selector={}, publishNotReadyAddresses=False),
        ),
        post("configmaps", config(data={})),
    ),
    "a quota": _dry(
        "resourcequotas",
        body("v1", "ResourceQuota", "a", spec={"hard": {"pods": "1", "cpu": "x"}}),
        body("v1", "ResourceQuota", "a", spec={"hard": {"pods": "1", "requests.cpu": 2}}),
        body("v1", "ResourceQuota", "a", spec={"hard": {"pods": "-1"}}),
    ),
    "a limit range": _dry(
        "limitranges",
        body("v1", "LimitRange", "a", spec={"limits": [{"type": "Container", "default": {"cpu": "1"}}]}),
        body("v1", "LimitRange", "a", spec={"limits": [{"type": "X"}]}),
    ),
    "a controller revision and a pod template": _dry(
        "controllerrevisions",
        body("apps/v1", "ControllerRevision", "a", revision=1, data={"a": 1}),
        body("apps/v1", "ControllerRevision", "a", revision=-1),
    ),
    "an endpoint slice": _dry(
        "endpointslices",
        body("discovery.k8s.io/v1", "EndpointSlice", "a", addressType="X", endpoints=[]),
        body("discovery.k8s.io/v1", "EndpointSlice", "a", addressType="IPv4", endpoints=[{"addresses": []}]),
        body(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "a",
            addressType="IPv4",
            endpoints=[{"addresses": ["x"]}],
            ports=[{"port": 80}],
        ),
    ),
}
