"""Services, configuration and secrets: what they refuse, and what is filled in."""

from typing import Any

from tests.conformance.api.steps import (
    Case,
    body,
    case,
    config,
    patch,
    post,
    put,
)

_DRY = "?dryRun=All"


def _dry(path: str, *bodies: dict[str, Any]) -> Case:
    return case(*(post(path + _DRY, each) for each in bodies))


def _service(**spec: Any) -> dict[str, Any]:
    return body("v1", "Service", "a", spec=spec)


def _changed(path: str, obj: dict[str, Any], *changes: Any) -> Case:
    return case(post(path, obj), *(patch(f"{path}/a", each) for each in changes))


def _secret(kind: str, **data: str) -> dict[str, Any]:
    return body("v1", "Secret", "a", type=kind, stringData=data)


CASES: dict[str, Case] = {
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
}
