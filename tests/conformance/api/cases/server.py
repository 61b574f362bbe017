"""Paths, media types, broken bodies, discovery, OpenAPI, subresources, kubectl."""

from tests.conformance.api.steps import (
    AGGREGATED,
    APPLY,
    JSON_PATCH,
    MERGE,
    PARTIAL,
    Call,
    Case,
    Kubectl,
    as_user,
    body,
    case,
    config,
    delete,
    get,
    patch,
    post,
    put,
    text,
    widget,
)

_BIG = b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"%s"}}'
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
_FILE = """apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {k: v}
---
apiVersion: conformance.example.com/v1
kind: Widget
metadata: {name: a}
spec: {size: 1}
"""
_WRONG = """apiVersion: v1
kind: ConfigMap
metadata: {name: a}
dat: {k: v}
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
        get("deployments/a/scale"),
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
        get("widgets/a"),
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
    "OpenAPI v2": case(get("/openapi/v2"), missing="404"),
    "metrics": case(get("/metrics"), missing="404"),
    "kubectl apply, diff, get and delete": case(
        Kubectl("apply --server-side -f {file}", _FILE),
        Kubectl("apply --server-side -f {file}", _FILE),
        Kubectl("get -f {file} -o name", _FILE),
        Kubectl("delete -f {file}", _FILE),
    ),
    "kubectl apply on the client's side": case(
        Kubectl("apply -f {file}", _FILE),
        Kubectl("apply -f {file}", _FILE.replace("k: v", "k: w")),
        Kubectl("apply --prune -l none=x -f {file}", _FILE),
        get("configmaps/a"),
    ),
    "kubectl apply of an unknown field": case(
        Kubectl("apply --server-side -f {file}", _WRONG),
        Kubectl("apply -f {file}", _WRONG),
        Kubectl("apply --validate=false -f {file}", _WRONG),
        Kubectl("create --validate=warn -f {file}", _WRONG.replace("name: a", "name: b")),
    ),
    "kubectl apply in conflict": case(
        apply_one := Kubectl("apply --server-side --field-manager=one -f {file}", _FILE),
        Kubectl("apply --server-side --field-manager=two -f {file}", _FILE.replace("k: v", "k: w")),
    ),
    "kubectl diff": case(
        Kubectl("apply --server-side -f {file}", _FILE), Kubectl("diff --server-side -f {file}", _FILE)
    ),
    "kubectl explain a custom resource": case(
        Kubectl("explain widgets.spec.ports"),
        Kubectl("explain widgets.spec.size"),
        Kubectl("explain widgets.spec.nested --recursive"),
        Kubectl("explain widgets.none"),
    ),
    "kubectl edit by hand": case(
        Kubectl("create configmap a --from-literal=k=v"),
        Kubectl("label configmap a x=y"),
        Kubectl("annotate configmap a x=y"),
        Kubectl('patch configmap a --type=json -p [{"op":"remove","path":"/data/k"}]'),
        Kubectl("get configmap a -o jsonpath={.metadata.labels}"),
        Kubectl("delete configmap a"),
    ),
    "kubectl asks who may": case(
        Kubectl("auth can-i get pods"),
        Kubectl("auth can-i get pods --as=alice"),
        Kubectl("auth can-i --list --as=alice-{ns}"),
    ),
    "kubectl errors": case(
        Kubectl("get nothings"),
        Kubectl("get configmap none"),
        Kubectl("delete configmap none"),
        Kubectl("get configmap --as=alice"),
        Kubectl("scale deployment none --replicas=1"),
        Kubectl("logs none"),
        Kubectl("get widget none"),
        Kubectl("rollout status deployment/none"),
    ),
    "kubectl waits": case(
        Kubectl("create configmap a"),
        Kubectl("wait --for=delete configmap/b --timeout=1s"),
        Kubectl("wait --for=jsonpath={.metadata.name}=a configmap/a --timeout=2s"),
        Kubectl("wait --for=condition=Ready configmap/a --timeout=1s"),
    ),
    "kubectl lists kinds": case(
        Kubectl("api-resources --api-group=apps"),
        Kubectl("api-resources --api-group=conformance.example.com -o wide"),
        Kubectl("api-resources --namespaced=false -o name"),
    ),
    "kubectl get in columns": case(
        Kubectl("create configmap a"),
        Kubectl("apply --server-side -f {file}", _FILE.partition("---")[2]),
        Kubectl("get configmap a --no-headers"),
        Kubectl("get widgets -o wide"),
        Kubectl("get widgets -o custom-columns=N:.metadata.name,S:.spec.size"),
        Kubectl("get configmaps,widgets -l none=x"),
    ),
}
