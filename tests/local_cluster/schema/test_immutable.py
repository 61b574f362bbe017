"""What an update of a built-in kind may not change."""

from typing import Any

import pytest

from tests.local_cluster.schema.bodies import CONTAINER, binding, config, deployment, faults, job, obj, pod, service

FROZEN = "field is immutable when `immutable` is set"
UPDATE: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "data of an immutable ConfigMap": (
        config(data={"a": "1"}, immutable=True),
        config(data={"a": "2"}, immutable=True),
        [f"data: Forbidden: {FROZEN}"],
    ),
    "an immutable Secret made mutable": (
        obj("v1", "Secret", immutable=True),
        obj("v1", "Secret"),
        [f"immutable: Forbidden: {FROZEN}"],
    ),
    "the type of a Secret": (
        obj("v1", "Secret"),
        obj("v1", "Secret", type="a/b"),
        ['type: Invalid value: "a/b": field is immutable'],
    ),
    "the selector of a Deployment": (
        deployment(),
        deployment(selector={"matchLabels": {"app": "y"}}, labels={"app": "y"}),
        ['spec.selector: Invalid value: {"matchLabels":{"app":"y"}}: field is immutable'],
    ),
    "the scale of a Deployment": (deployment(), deployment(replicas=3), []),
    "the cluster IP of a Service": (
        service(clusterIP="10.96.0.7"),
        service(clusterIP="10.96.0.8"),
        ['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'],
    ),
    "the role of a binding": (
        binding("a"),
        binding("b"),
        [
            (
                'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: '
                "cannot change roleRef"
            )
        ],
    ),
    "the command of a Pod": (
        pod(),
        pod(containers=[{**CONTAINER, "command": ["sh"]}]),
        [
            (
                "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                "previously negative)"
            )
        ],
    ),
    "the image of a Pod": (pod(), pod(containers=[{**CONTAINER, "image": "i:2"}]), []),
    "the size of a claim": (
        obj(
            "v1",
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        ),
        obj(
            "v1",
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
            status={"phase": "Bound"},
        ),
        [],
    ),
    "a smaller claim than was granted": (
        obj(
            "v1",
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
            status={"phase": "Bound", "capacity": {"storage": "2Gi"}},
        ),
        obj(
            "v1",
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            status={"phase": "Bound", "capacity": {"storage": "2Gi"}},
        ),
        ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"],
    ),
    "the access of a claim": (
        obj(
            "v1",
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        ),
        obj(
            "v1",
            "PersistentVolumeClaim",
            spec={"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}},
        ),
        [
            (
                "spec: Forbidden: spec is immutable after creation except resources.requests and "
                "volumeAttributesClassName for bound claims"
            )
        ],
    ),
    "the service of a StatefulSet": (
        deployment() | {"kind": "StatefulSet"},
        deployment(serviceName="y") | {"kind": "StatefulSet"},
        [
            (
                "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                "'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                "'minReadySeconds' are forbidden"
            )
        ],
    ),
}


@pytest.mark.parametrize("case", UPDATE)
def test_update(case: str) -> None:
    old, new, expected = UPDATE[case]
    assert faults(new, old) == expected


def test_the_template_of_a_job_is_immutable() -> None:
    assert [fault.split(":")[0] for fault in faults(job("i:2"), job("i:1"))] == ["spec.template"]
    assert faults(job("i:2"), job("i:1"))[0].endswith(": field is immutable")
    suspended = faults(job("i:2", suspend=True), job("i:1", suspend=True))
    assert [fault.split(":")[0] for fault in suspended] == ["spec.template.spec"]
    old, new = job("i:1", suspend=True), job("i:1", suspend=True)
    new["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "ssd"}
    assert faults(new, old) == []
