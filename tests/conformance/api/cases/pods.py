"""Pods: what they refuse, and what is filled in."""

from typing import Any

from tests.conformance.api.steps import (
    STRATEGIC,
    Case,
    body,
    case,
    patch,
    post,
)

_DRY = "?dryRun=All"


def _pod(**spec: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": "i:1"}], **spec}


def _container(**parts: Any) -> dict[str, Any]:
    return {"containers": [{"name": "c", "image": "i:1", **parts}]}


def _dry(path: str, *bodies: dict[str, Any]) -> Case:
    return case(*(post(path + _DRY, each) for each in bodies))


def _pods(*specs: dict[str, Any]) -> Case:
    return _dry("pods", *(body("v1", "Pod", "a", spec=each) for each in specs))


CASES: dict[str, Case] = {
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
}
