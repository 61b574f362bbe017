"""Pods: what they refuse, and what is filled in."""

from typing import Any

from tests.conformance.api.objects import dry, pod, pod_of
from tests.conformance.api.steps import STRATEGIC, Case, body, case, get, patch, post, until


def _pods(*specs: dict[str, Any]) -> Case:
    return dry("pods", *(body("v1", "Pod", "a", spec=each) for each in specs))


CASES: dict[str, Case] = {
    "a pod's defaults": _pods(pod()),
    "a pod without containers": _pods({}, {"containers": []}),
    "a pod with a container without name and image": _pods({"containers": [{}]}),
    "a pod with two containers of a name": _pods(
        {"containers": [{"name": "c", "image": "i"}, {"name": "c", "image": "j"}]}
    ),
    "a pod with a bad container name": _pods({"containers": [{"name": "C_1", "image": "i"}]}),
    "a pod with bad policies": _pods(
        pod(restartPolicy="Sometimes"),
        pod(dnsPolicy="X"),
        pod_of(imagePullPolicy="X"),
        pod_of(terminationMessagePolicy="X"),
    ),
    "a pod with wrong ports": _pods(
        pod_of(ports=[{"containerPort": 0}]),
        pod_of(ports=[{"containerPort": 70000}]),
        pod_of(ports=[{"containerPort": 80, "protocol": "X"}]),
        pod_of(ports=[{"containerPort": 80, "name": "Much_Too_Long_A_Name"}]),
        pod_of(ports=[{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
    ),
    "a pod with wrong variables": _pods(
        pod_of(env=[{"name": ""}]),
        pod_of(env=[{"name": "a=b"}]),
        pod_of(env=[{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]),
        pod_of(env=[{"name": "A", "valueFrom": {}}]),
        pod_of(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.x"}}}]),
        pod_of(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s"}}}]),
        pod_of(envFrom=[{}]),
    ),
    "a pod with wrong resources": _pods(
        pod_of(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        pod_of(resources={"requests": {"cpu": "-1"}}),
        pod_of(resources={"limits": {"gpu": "1"}}),
        pod_of(resources={"limits": {"example.com/gpu": "1.5"}}),
    ),
    "a pod with a quantity that is none": _pods(
        pod_of(resources={"limits": {"cpu": "x"}}), pod_of(resources={"limits": {"memory": "1 Gi"}})
    ),
    "a pod with quantities in many forms": _pods(
        pod_of(
            resources={
                "limits": {"cpu": 1.5, "memory": "1073741824", "ephemeral-storage": "1e3"},
                "requests": {"cpu": "0.1", "memory": "1048576Ki"},
            }
        )
    ),
    "a pod with wrong volumes": _pods(
        pod(volumes=[{"name": "v"}, {"name": "v"}]),
        pod(volumes=[{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]),
        pod(volumes=[{"name": "v", "configMap": {}}]),
        pod(volumes=[{"name": "V_", "emptyDir": {}}]),
        pod(volumes=[{"emptyDir": {}}]),
        pod(volumes=[{"name": "v", "hostPath": {"path": ""}}]),
    ),
    "a pod with wrong mounts": _pods(
        pod_of(volumeMounts=[{"name": "v", "mountPath": "/x"}]),
        {
            **pod_of(volumeMounts=[{"name": "v", "mountPath": "/x"}, {"name": "v", "mountPath": "/x"}]),
            "volumes": [{"name": "v", "emptyDir": {}}],
        },
        {
            **pod_of(volumeMounts=[{"name": "v", "mountPath": "/x", "subPath": "../x"}]),
            "volumes": [{"name": "v", "emptyDir": {}}],
        },
        {**pod_of(volumeMounts=[{"name": "v"}]), "volumes": [{"name": "v", "emptyDir": {}}]},
    ),
    "a pod with probes": _pods(
        pod_of(livenessProbe={"httpGet": {"path": "/", "port": 80}}, readinessProbe={"tcpSocket": {"port": "x"}}),
        pod_of(livenessProbe={}),
        pod_of(livenessProbe={"httpGet": {"port": 0}}),
        pod_of(livenessProbe={"exec": {"command": []}}),
        pod_of(livenessProbe={"tcpSocket": {"port": 80}, "periodSeconds": -1, "successThreshold": 2}),
    ),
    "a pod with a wrong security context": _pods(
        pod_of(securityContext={"runAsUser": -1}),
        pod(securityContext={"seccompProfile": {"type": "X"}}),
        pod(hostNetwork=True),
    ),
    "a pod with wrong placement": _pods(
        pod(tolerations=[{"operator": "Exists", "value": "x"}]),
        pod(tolerations=[{"key": "a", "operator": "X"}]),
        pod(nodeSelector={"a b": "c"}),
        pod(affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}),
        pod(topologySpreadConstraints=[{}]),
        pod(terminationGracePeriodSeconds=-1),
    ),
    "a pod with a service account that is not there": _pods(pod(serviceAccountName="none")),
    "a pod with a priority class that is not there": _pods(pod(priorityClassName="none")),
    "a pod cannot change": case(
        post("pods", body("v1", "Pod", "a", spec=pod(nodeSelector={"no": "where"}))),
        until("Unschedulable", get("pods/a")),
        patch("pods/a", {"spec": {"restartPolicy": "Never"}}),
        patch("pods/a", {"spec": {"containers": [{"name": "c", "image": "i:2"}]}}, STRATEGIC),
        patch("pods/a", {"spec": {"containers": [{"name": "c", "command": ["x"]}]}}, STRATEGIC),
        patch("pods/a", {"spec": {"containers": [{"name": "d", "image": "i"}]}}, STRATEGIC),
    ),
}
