"""The nodes that pretend to run Pods. Pure."""

from datetime import datetime

from .reading import Body, time_text

_CAPACITY = {"cpu": "8", "memory": "32Gi", "pods": "500", "ephemeral-storage": "100Gi"}
_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def name(index: int) -> str:
    """The name of the node of this number, from 0."""
    return f"local-{index + 1}"


def node(index: int, now: datetime) -> Body:
    """The node of this number, ready."""
    times = {"lastHeartbeatTime": time_text(now), "lastTransitionTime": time_text(now)}
    labels = {
        "kubernetes.io/hostname": name(index),
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node-role.kubernetes.io/worker": "",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name(index), "labels": labels},
        "spec": {"podCIDR": f"10.244.{index}.0/24", "providerID": f"local://{name(index)}"},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": f"172.18.0.{index + 2}"},
                {"type": "Hostname", "address": name(index)},
            ],
            "capacity": _CAPACITY,
            "allocatable": _CAPACITY,
            "conditions": [
                {"type": kind, "status": status, "reason": reason, "message": message, **times}
                for kind, status, reason, message in _CONDITIONS
            ],
            "nodeInfo": {
                "architecture": "amd64",
                "containerRuntimeVersion": "local://0.1.0",
                "kubeletVersion": "v1.36.3",
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "osImage": "none",
                "kernelVersion": "none",
                "bootID": name(index),
                "machineID": name(index),
                "systemUUID": name(index),
            },
        },
    }
