"""Health, OpenAPI, subresources."""

from tests.conformance.api.steps import (
    JSON_PATCH,
    Case,
    body,
    case,
    delete,
    get,
    patch,
    post,
    put,
    widget,
)

_DEPLOYMENT = body(
    "apps/v1",
    "Deployment",
    "a",
    spec={
        "replicas": 0,
        "selector": {"matchLabels": {"app": "x"}},
        "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}},
    },
)
_SCALE = {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {"name": "a"}, "spec": {"replicas": 3}}
"""
"""

CASES: dict[str, Case] = {
    "health": case(
        get("/healthz"),
        get("/livez"),
        get("/readyz"),
        get("/healthz/ping"),
        get("/readyz?verbose=1")._replace(path="/livez/ping"),
    ),
    "the version": case(get("/version")),
    "OpenAPI paths that are not there": case(
        get("/openapi/v3/apis/none/v1"), get("/openapi/v3/api/v2"), get("/openapi/v9")
    ),
    "scale of a deployment": case(
        post("deployments", {**_DEPLOYMENT, "spec": {**_DEPLOYMENT["spec"], "paused": True}}),
        patch("deployments/a/scale", {"spec": {"replicas": -1}}),
        put("deployments/a/scale", {**_SCALE, "spec": {"replicas": "x"}}),
        put("deployments/a/scale", {**_SCALE, "kind": "Deployment"}),
        post("deployments/a/scale", _SCALE),
        delete("deployments/a/scale"),
        get("deployments/none/scale"),
    ),
    "scale of a custom resource": case(
        post("widgets", widget(spec={"size": 1, "replicas": 2})),
        patch("widgets/a/status", {"status": {"replicas": 1, "selector": "a=b"}}),
        get("widgets/a/scale"),
        patch("widgets/a/scale", {"spec": {"replicas": 5}}),
        put("widgets/a/scale", {**_SCALE, "metadata": {"name": "a", "namespace": "{ns}"}}),
        patch("widgets/a/scale", {"spec": {"replicas": -1}}),
        patch("widgets/a/scale", [{"op": "replace", "path": "/spec/replicas", "value": 4}], JSON_PATCH),
    ),
    "scale of a custom resource without a number": case(
        post("widgets", widget(spec={"size": 1})),
        get("widgets/a/scale"),
        patch("widgets/a/scale", {"spec": {"replicas": 5}}),
    ),
    "scale of a kind that has none": case(get("configmaps/a/scale"), get("gadgets/a/scale"), get("pods/a/scale")),
    "subresources that are not there": case(
        get("configmaps/kube-root-ca.crt/status"),
        get("pods/none/status"),
        get("deployments/none/status"),
        get("services/none/foo"),
    ),
    "logs of a pod that is not there": case(get("pods/none/log"), get("pods/none/log?tailLines=x")),
    "an eviction of a pod that is not there": case(post("pods/none/eviction", body("policy/v1", "Eviction", "none"))),
    "an eviction": case(
        post(
            "pods",
            body("v1", "Pod", "a", spec={"nodeSelector": {"no": "where"}, "containers": [{"name": "c", "image": "i"}]}),
        ),
        post("pods/a/eviction", body("policy/v1", "Eviction", "b")),
        post("pods/a/eviction", body("policy/v1", "Eviction", "a")),
    ),
    "a binding of a pod": case(
        post(
            "pods",
            body("v1", "Pod", "a", spec={"schedulerName": "nobody", "containers": [{"name": "c", "image": "i"}]}),
        ),
        post("pods/a/binding", body("v1", "Binding", "a", target={})),
        post("pods/none/binding", body("v1", "Binding", "none", target={"kind": "Node", "name": "n"})),
    ),
    "exec, attach, port forward and proxy": case(post("pods/none/exec", {}), missing="runs no containers"),
    "OpenAPI v2": case(get("/openapi/v2"), missing="404 page not found"),
    "metrics": case(get("/metrics"), missing="404 page not found"),
}
