"""Built-in kinds: what may not be, in the API server's words."""

from typing import Any

import pytest

from local_cluster.schema import builtin, crd
from local_cluster.schema.decode import repeated_keys, strict_errors
from local_cluster.schema.go import go, quoted
from tests.local_cluster.schema.bodies import CONTAINER, LABELS, binding, config, deployment, faults, obj, pod, service
from weir.api.base import Kind

NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
LABEL_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
DNS_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
CONFIG_KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def claiming(claim: str, mounts: list[str]) -> dict[str, Any]:
    body = deployment(
        serviceName="x",
        volumeClaimTemplates=[
            {
                "metadata": {"name": claim},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }
        ],
    )
    container = {**CONTAINER, "volumeMounts": [{"name": name, "mountPath": f"/{name}"} for name in mounts]}
    body["spec"]["template"]["spec"]["containers"] = [container]
    return body | {"kind": "StatefulSet"}


CREATE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a Deployment that is right": (deployment(), []),
    "labels that the selector does not match": (
        deployment(labels={"app": "y"}),
        ['spec.template.metadata.labels: Invalid value: {"app":"y"}: `selector` does not match template `labels`'],
    ),
    "no selector": (
        obj(
            "apps/v1",
            "Deployment",
            spec={"template": {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}}},
        ),
        ["spec.selector: Required value"],
    ),
    "no containers": (pod(containers=[]), ["spec.containers: Required value"]),
    "a container without image": (pod(containers=[{"name": "c"}]), ["spec.containers[0].image: Required value"]),
    "a container without name": (pod(containers=[{"image": "i"}]), ["spec.containers[0].name: Required value"]),
    "two containers of one name": (
        pod(containers=[CONTAINER, CONTAINER]),
        ['spec.containers[1].name: Duplicate value: "c"'],
    ),
    "a container name with a capital": (
        pod(containers=[{"name": "C", "image": "i"}]),
        [f'spec.containers[0].name: Invalid value: "C": {DNS_LABEL}'],
    ),
    "a mount without volume": (
        pod(containers=[{**CONTAINER, "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]),
        ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ),
    "a mount of a StatefulSet's claim, and one of nothing": (
        claiming("v", mounts=["v", "w"]),
        ['spec.template.spec.containers[0].volumeMounts[1].name: Not found: "w"'],
    ),
    "an unknown policy": (
        pod(restartPolicy="Sometimes"),
        ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ),
    "a quantity that is none": (
        pod(containers=[{**CONTAINER, "resources": {"limits": {"cpu": "much"}}}]),
        [
            (
                'spec.containers[0].resources.limits[cpu]: Invalid value: "much": quantities must match the regular '
                "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            ),
            (
                'spec.containers[0].resources.requests[cpu]: Invalid value: "much": quantities must match the regular '
                "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            ),
        ],
    ),
    "a request above its limit": (
        pod(containers=[{**CONTAINER, "resources": {"limits": {"cpu": "500m"}, "requests": {"cpu": "1"}}}]),
        ['spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m'],
    ),
    "a Deployment that must not restart": (
        deployment(pod={"restartPolicy": "Never"}),
        ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ),
    "a Job that restarts for ever": (
        obj("batch/v1", "Job", spec={"template": {"spec": {"containers": [CONTAINER]}}}),
        ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ),
    "fewer than no replicas": (
        deployment(replicas=-1),
        ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "a Service without ports": (obj("v1", "Service", spec={}), ["spec.ports: Required value"]),
    "a port out of range": (
        service(ports=[{"port": 70000, "targetPort": 80}]),
        ["spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ),
    "a label key and value": (
        config() | {"metadata": {"name": "x", "labels": {"a b": "c d"}}},
        [
            f'metadata.labels: Invalid value: "a b": {NAME_PART}',
            f'metadata.labels: Invalid value: "c d": {LABEL_VALUE}',
        ],
    ),
    "a key of a ConfigMap": (config(data={"a/b": "c"}), [f'data[a/b]: Invalid value: "a/b": {CONFIG_KEY}']),
    "a claim that wants nothing": (
        obj("v1", "PersistentVolumeClaim", spec={}),
        [
            "spec.accessModes: Required value: at least 1 access mode is required",
            "spec.resources[storage]: Required value",
        ],
    ),
    "an Ingress path without type": (
        obj(
            "networking.k8s.io/v1",
            "Ingress",
            spec={
                "rules": [
                    {"http": {"paths": [{"path": "/", "backend": {"service": {"name": "x", "port": {"number": 80}}}}]}}
                ]
            },
        ),
        ["spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"],
    ),
    "a subject without namespace": (
        binding("r") | {"kind": "ClusterRoleBinding", "subjects": [{"kind": "ServiceAccount", "name": "x"}]},
        ["subjects[0].namespace: Required value"],
    ),
    "a rule without verbs": (
        obj("rbac.authorization.k8s.io/v1", "Role", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": []}]),
        ["rules[0].verbs: Required value: verbs must contain at least one value"],
    ),
    "a CRD under another name": (
        obj(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            spec={
                "group": "e.org",
                "scope": "Namespaced",
                "names": {"kind": "Thing", "plural": "things"},
                "versions": [{"name": "v1", "served": True, "storage": True}],
            },
        ),
        [
            'metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group',
            "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required",
        ],
    ),
}


@pytest.mark.parametrize("case", CREATE)
def test_create(case: str) -> None:
    new, expected = CREATE[case]
    assert faults(new) == expected


UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "text for a number": (
        deployment(replicas="three"),
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ),
    "a list for an object": (
        deployment(strategy=[]),
        "json: cannot unmarshal array into Go struct field DeploymentSpec.spec.strategy of type v1.DeploymentStrategy",
    ),
    "a number for text": (
        config(data={"a": 1}),
        "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
    ),
    "a Secret that is not base64": (obj("v1", "Secret", data={"a": "***"}), "illegal base64 data at input byte 0"),
    "nothing": (deployment(), ""),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_decoded(case: str) -> None:
    body, expected = UNREADABLE[case]
    group, _, version = body["apiVersion"].rpartition("/")
    assert builtin(Kind(group, version, body["kind"], "")).undecodable(body) == expected


def test_the_metadata_of_a_custom_resource_has_types() -> None:
    thing = obj("e.org/v1", "Thing", spec={"free": 1})
    schema = crd({"type": "object", "properties": {"spec": {"type": "object"}}})
    assert schema.undecodable(thing) == ""
    thing["metadata"]["labels"] = {"a": 1}
    expected = "json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string"
    assert schema.undecodable(thing) == expected


REPEATED = b'{"a": 1, "spec": {"x": [{"y": 1, "y": 2}], "z": 1, "z": 2, "u": {"w": 1,\n"w": 2}, "u": 1}, "a": 2}'


def test_what_strict_decoding_says_of_a_builtin_kind() -> None:
    expected = [
        'duplicate field "spec.x[0].y"',
        'duplicate field "spec.z"',
        'unknown field "spec.u"',
        'duplicate field "a"',
    ]
    assert strict_errors(REPEATED, ["spec.u"], typed=True) == expected
    assert strict_errors(b'{"a": 1}', ["b", "a"], typed=True) == ['unknown field "b"', 'unknown field "a"']
    assert strict_errors(b"", ["b"], typed=True) == ['unknown field "b"']


def test_what_strict_decoding_says_of_a_custom_resource() -> None:
    texts = strict_errors(REPEATED, ["spec.u"], typed=False)
    repeated = ["spec.x[0].y", "spec.z", "spec.u.w", "spec.u", "a"]
    assert texts == [*(f'duplicate field "{path}"' for path in repeated), 'unknown field "spec.u"']


def test_repeated_keys_have_lines() -> None:
    assert repeated_keys(REPEATED) == [(1, "y"), (1, "z"), (2, "w"), (2, "u"), (2, "a")]
    assert repeated_keys(b'{"a:{\\"": ":", "b": "a:{\\""}') == []
    assert repeated_keys(b"a: 1\na: 2\n") == [(2, "a")]
    assert repeated_keys(b"a: [") == repeated_keys(b"[" * 100_000) == []


def test_go_prints_values() -> None:
    value = {"b": [1, "x", None, True], "a": {"c": 0.5}}
    assert go(value) == "map[a:map[c:0.5] b:[1 x <nil> true]]"
    assert quoted('say "x"') == r'"say \"x\""'
