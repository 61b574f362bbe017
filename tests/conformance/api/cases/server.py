"""Paths, media types, broken bodies, discovery."""

from tests.conformance.api.steps import (
    AGGREGATED,
    Call,
    Case,
    body,
    case,
    config,
    delete,
    get,
    patch,
    post,
    put,
    widget,
)

_BIG = b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"%s"}}'
"""
"""

CASES: dict[str, Case] = {
    "paths that are not there": case(
        get("/nothing"),
        get("/api/v2"),
        get("/apis/none.example.com"),
        get("/apis/apps/v9"),
        get("/api/v1/things"),
        get("/apis/apps/v1/namespaces/{ns}/things/a"),
        get("/apis/none.example.com/v1/things"),
        get("configmaps/a/b"),
        get("configmaps/a/b/c"),
    ),
    "a scope that a kind does not have": case(
        get("/api/v1/namespaces/{ns}/nodes"),
        get("/api/v1/configmaps/a"),
        post("/api/v1/configmaps", config()),
        get("/apis/conformance.example.com/v1/widgets/a"),
        post("/apis/conformance.example.com/v1/widgets", widget(spec={"size": 1})),
        delete("/api/v1/configmaps"),
    ),
    "methods that are not allowed": case(
        put("configmaps", config()),
        patch("configmaps", {}),
        post("configmaps/a", config()),
        Call("DELETE", "/api/v1/namespaces"),
        Call("TRACE", "/api/v1/namespaces"),
        Call("PUT", "/api/v1/namespaces/{ns}/pods/a/log", {}),
        post("/version", {}),
    ),
    "a slash at the end": case(get("/api/v1/namespaces/{ns}/"), get("/api/"), get("/apis/apps/v1/"), get("/version/")),
    "bodies that are broken": case(
        post("configmaps", b"{"),
        post("configmaps", b""),
        post("configmaps", b"null"),
        post("configmaps", b"[]"),
        post("configmaps", b'"x"'),
        post("configmaps", b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}} trailing'),
        post("configmaps", b"\xff\xfe"),
    ),
    "bodies of custom resources that are broken": case(
        post("widgets", b"{"),
        post("widgets", b""),
        post("widgets", b"null"),
        post("widgets", b"[]"),
        post("widgets", b'{"kind":"Widget"'),
        put("widgets/a", b"{"),
    ),
    "bodies that are no object of the kind": case(
        post("configmaps", {"kind": "ConfigMap", "apiVersion": "v1", "metadata": []}),
        post("configmaps", {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": 5}}),
        post("configmaps", {"kind": 5}),
        post("deployments", body("apps/v1", "Deployment", "a", spec=[])),
        post("deployments", body("apps/v1", "Deployment", "a", spec={"replicas": 1.5})),
        post("deployments", body("apps/v1", "Deployment", "a", spec={"replicas": "1"})),
        post("secrets", body("v1", "Secret", "a", data={"a": "not base64!"})),
        post("services", body("v1", "Service", "a", spec={"ports": [{"port": "x"}]})),
        post("widgets", {"kind": "Widget", "apiVersion": "conformance.example.com/v1", "metadata": []}),
        post(
            "widgets",
            {
                "kind": "Widget",
                "apiVersion": "conformance.example.com/v1",
                "metadata": {"name": 5},
                "spec": {"size": 1},
            },
        ),
    ),
    "media types that are not known": case(
        post("configmaps", config(), "text/plain"),
        post("configmaps", config(), "application/xml"),
        put("configmaps/a", config(), "application/merge-patch+json"),
        post("widgets", widget(spec={"size": 1}), "text/plain"),
        post("configmaps", config(), "application/json; charset=utf-8"),
    ),
    "answers that cannot be": case(
        get("configmaps/kube-root-ca.crt", "text/html"),
        get("/api", "text/html"),
        get("configmaps", "*/*"),
    ),
    "a body that is too large": case(post("configmaps", _BIG % (b"x" * (3 << 20)))),
    "a config map that is too large": case(post("configmaps", _BIG % (b"x" * (1 << 20) + b"x"))),
    "a secret that is too large": case(
        post("secrets", body("v1", "Secret", "a", stringData={"a": "x" * ((1 << 20) + 1)}))
    ),
    "an object that is nested deep": case(
        post(
            "gadgets",
            b'{"kind":"Gadget","apiVersion":"conformance.example.com/v1","metadata":{"name":"a"},"spec":{"a":'
            + b"[" * 11000
            + b"]" * 11000
            + b"}}",
        )
    ),
    "numbers at their limits": case(
        post(
            "gadgets",
            body(
                "conformance.example.com/v1",
                "Gadget",
                "a",
                spec={
                    "a": 9223372036854775807,
                    "b": -9223372036854775808,
                    "c": 1.5,
                    "d": 1e10,
                    "e": 0.1,
                    "f": 1e-7,
                    "g": 1e21,
                },
            ),
        ),
        post(
            "gadgets",
            b'{"kind":"Gadget","apiVersion":"conformance.example.com/v1","metadata":{"name":"b"},"spec":{"b":1.0,"c":1e2,"d":-0.0}}',
        ),
    ),
    "text that is odd": case(
        post(
            "gadgets",
            body("conformance.example.com/v1", "Gadget", "a", spec={"a": "<>&\u2028\u0000\u00e9\ud83d\ude00"}),
        ),
        post("configmaps", config(data={"a": "tab\t\u00e4\n"})),
    ),
    "the roots": case(
        get("/apis/apps"),
        get("/apis/apps/v1"),
        get("/api/v1"),
        get("/apis/conformance.example.com"),
        get("/apis/conformance.example.com/v1"),
    ),
    "the list of groups": case(get("/apis"), get("/api")),
    "discovery of every group": case(
        *(
            get(f"/apis/{group}")
            for group in (
                "batch/v1",
                "rbac.authorization.k8s.io/v1",
                "networking.k8s.io/v1",
                "autoscaling/v2",
                "autoscaling/v1",
                "policy/v1",
                "coordination.k8s.io/v1",
                "events.k8s.io/v1",
                "storage.k8s.io/v1",
                "apiextensions.k8s.io/v1",
                "authentication.k8s.io/v1",
                "authorization.k8s.io/v1",
                "admissionregistration.k8s.io/v1",
                "discovery.k8s.io/v1",
                "certificates.k8s.io/v1",
                "node.k8s.io/v1",
                "scheduling.k8s.io/v1",
                "flowcontrol.apiserver.k8s.io/v1",
            )
        )
    ),
    "aggregated discovery": case(get("/apis", AGGREGATED), get("/api", AGGREGATED)),
    "aggregated discovery in a version that is none": case(
        get("/apis", "application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList"),
        get("/apis", "application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json"),
    ),
}
