"""Lists, pages, selectors, watches, tables, metadata alone."""

from tests.conformance.api.steps import (
    PARTIAL,
    PARTIAL_LIST,
    STRATEGIC,
    TABLE,
    Call,
    Case,
    Events,
    as_user,
    at,
    body,
    case,
    config,
    delete,
    get,
    patch,
    post,
    put,
    watch,
    widget,
)

_X = {"labels": {"x": "1"}}


def _three() -> tuple[Call, ...]:
    labels = ({"app": "a", "tier": "front"}, {"app": "b", "n": "5"}, {"app": "c", "tier": "back"})
    return tuple(
        post("configmaps", config(name, meta={"labels": {**each, "all": "yes"}}))
        for name, each in zip("abc", labels, strict=True)
    )


def _selected(selector: str) -> Case:
    return case(*_three(), get(f"configmaps?labelSelector={selector}"))


def _columns(path: str, obj: dict) -> Case:
    headers = {"Accept": TABLE, "Content-Type": "application/json"}
    return case(Call("POST", at(f"{path}?dryRun=All"), obj, headers))


_POD = body("v1", "Pod", "a", spec={"containers": [{"name": "c", "image": "i"}], "nodeSelector": {"no": "where"}})

CASES: dict[str, Case] = {
    "a list of what there is": case(*_three(), get("configmaps?labelSelector=all")),
    "a list of custom resources": case(post("widgets", widget(spec={"size": 1})), get("widgets")),
    "a list of nothing": case(get("widgets"), get("secrets"), get("deployments")),
    "a list in pages": case(
        *_three(),
        get("configmaps?labelSelector=all&limit=2"),
        get("configmaps?labelSelector=all&limit=2&continue=$3.metadata.continue"),
    ),
    "a list in pages without a selector": case(
        *(post("secrets", body("v1", "Secret", name)) for name in "abcde"),
        get("secrets?limit=2"),
        get("secrets?limit=2&continue=$5.metadata.continue"),
        get("secrets?limit=2&continue=$6.metadata.continue"),
    ),
    "a page that keeps its moment": case(
        *_three(),
        get("configmaps?labelSelector=all&limit=1"),
        delete("configmaps/b"),
        patch("configmaps/c", {"data": {"later": "x"}}),
        get("configmaps?labelSelector=all&continue=$3.metadata.continue"),
    ),
    "a continue token that is none": case(
        get("configmaps?continue=x"),
        get("configmaps?limit=1&continue=e30"),
        get("configmaps?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ"),
    ),
    "a continue token with a resource version": case(
        *_three(), get("configmaps?limit=1"), get("configmaps?limit=1&resourceVersion=1&continue=$3.metadata.continue")
    ),
    "a continue token that is expired": case(
        get("secrets?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhXHUwMDAwIn0")
    ),
    "a limit that is none": case(
        get("secrets?limit=x"),
        get("secrets?limit=-1"),
        get("secrets?timeoutSeconds=x"),
        get("secrets?watch=maybe&timeoutSeconds=1"),
    ),
    "a list at a resource version": case(
        *_three(),
        get("configmaps?labelSelector=all&resourceVersion=$1.metadata.resourceVersion"),
        get("configmaps?labelSelector=all&resourceVersion=0"),
    ),
    "a list at exactly a resource version": case(
        *_three(),
        get("configmaps?labelSelector=all&resourceVersion=$1.metadata.resourceVersion&resourceVersionMatch=Exact"),
    ),
    "a list not older than a resource version": case(
        *_three(),
        get(
            "configmaps?labelSelector=all&resourceVersion=$1.metadata.resourceVersion&resourceVersionMatch=NotOlderThan"
        ),
    ),
    "a match without a resource version": case(
        get("secrets?resourceVersionMatch=Exact"),
        get("secrets?resourceVersionMatch=Sometimes&resourceVersion=1"),
        get("secrets?resourceVersion=0&resourceVersionMatch=Exact"),
    ),
    "a match with a continue token": case(
        *_three(),
        get("configmaps?limit=1"),
        get("configmaps?limit=1&continue=$3.metadata.continue&resourceVersionMatch=Exact"),
    ),
    "a resource version that is none": case(
        get("secrets?resourceVersion=abc"), get("secrets?resourceVersion=-1"), get("secrets/x?resourceVersion=abc")
    ),
    "a resource version of the future": case(
        get("secrets?resourceVersion=999999999"), get("secrets?resourceVersion=999999999&resourceVersionMatch=Exact")
    ),
    "sendInitialEvents on a list": case(
        get("secrets?sendInitialEvents=true"), get("secrets?sendInitialEvents=true&resourceVersionMatch=NotOlderThan")
    ),
    "labels: equal": _selected("app%3Da"),
    "labels: double equal and unequal": _selected("all%3D%3Dyes,app!%3Da"),
    "labels: one of": _selected("app+in+(a,c)"),
    "labels: none of": _selected("all,app+notin+(a,c)"),
    "labels: there or not": _selected("tier,all"),
    "labels: not there": _selected("!tier,all"),
    "labels: more than": _selected("n>4"),
    "labels: less than": _selected("n<4"),
    "labels that cannot be read": case(
        get("secrets?labelSelector=a+b"),
        get("secrets?labelSelector=,"),
        get("secrets?labelSelector=a+in+b"),
        get("secrets?labelSelector=a+in+(b"),
        get("secrets?labelSelector=a%3D%3D%3Db"),
    ),
    "labels that are not allowed": case(
        get("secrets?labelSelector=a%3Db+c"),
        get("secrets?labelSelector=-a"),
        get("secrets?labelSelector=a%3D" + "x" * 64),
        get("secrets?labelSelector=a>b"),
    ),
    "fields: name and namespace": case(
        *_three(),
        get("configmaps?fieldSelector=metadata.name%3Db"),
        get("/api/v1/configmaps?fieldSelector=metadata.namespace%3D{ns},metadata.name%3Da"),
        get("configmaps?labelSelector=all&fieldSelector=metadata.name!%3Db"),
    ),
    "fields that cannot be selected": case(
        get("configmaps?fieldSelector=data.a%3Db"),
        get("pods?fieldSelector=spec.x%3Db"),
        get("widgets?fieldSelector=spec.on%3Dtrue"),
        get("deployments?fieldSelector=spec.replicas%3D1"),
    ),
    "fields that cannot be read": case(
        get("configmaps?fieldSelector=x"), get("configmaps?fieldSelector=metadata.name")
    ),
    "fields of a custom resource": case(
        post("widgets", widget(spec={"size": 1, "color": "green"})),
        post("widgets", widget("b", spec={"size": 2})),
        get("widgets?fieldSelector=spec.color%3Dgreen"),
        get("widgets?fieldSelector=spec.size%3D2"),
        get("widgets?fieldSelector=spec.color!%3Dgreen,spec.size%3D1"),
    ),
    "fields of a secret and a pod": case(
        post("secrets", body("v1", "Secret", "a", type="x/y")),
        get("secrets?fieldSelector=type%3Dx/y"),
        get("pods?fieldSelector=status.phase%3DPending,spec.nodeName%3D"),
        get("/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}"),
    ),
    "a watch from a list": case(
        get("configmaps?labelSelector=x"),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        post("configmaps", config(meta=_X)),
        patch("configmaps/a", {"data": {"k": "v"}}),
        delete("configmaps/a"),
        Events(1, 3),
    ),
    "a watch from an object's version": case(
        post("configmaps", config(meta=_X)),
        patch("configmaps/a", {"data": {"k": "v"}}),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        Events(2, 1),
    ),
    "a watch from the start": case(
        post("configmaps", config("b", meta=_X)),
        post("configmaps", config("a", meta=_X)),
        watch("configmaps", "&labelSelector=x"),
        post("configmaps", config("c", meta=_X)),
        Events(2, 3),
    ),
    "a watch from revision 0": case(
        post("configmaps", config("a", meta=_X)),
        watch("configmaps", "&labelSelector=x&resourceVersion=0"),
        post("configmaps", config("c", meta=_X)),
        Events(1, 2),
    ),
    "a watch: objects join and leave a selector": case(
        post("configmaps", config()),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        patch("configmaps/a", {"metadata": {"labels": {"x": "1"}}}),
        patch("configmaps/a", {"metadata": {"labels": {"x": "2"}}}),
        patch("configmaps/a", {"metadata": {"labels": {"x": None}}}),
        Events(1, 3),
    ),
    "a watch of one name": case(
        post("configmaps", config()),
        watch("configmaps/a", "&resourceVersion=$0.metadata.resourceVersion"),
        post("configmaps", config("b")),
        patch("configmaps/a", {"data": {"k": "v"}}),
        Events(1, 1),
    ),
    "a watch by field": case(
        post("configmaps", config()),
        watch("configmaps", "&fieldSelector=metadata.name%3Db&resourceVersion=$0.metadata.resourceVersion"),
        patch("configmaps/a", {"data": {"k": "v"}}),
        post("configmaps", config("b")),
        Events(1, 1),
    ),
    "a watch of custom resources": case(
        post("widgets", widget(spec={"size": 1})),
        watch("widgets", "&resourceVersion=$0.metadata.resourceVersion"),
        patch("widgets/a/status", {"status": {"phase": "x"}}),
        delete("widgets/a"),
        Events(1, 2),
    ),
    "a watch of a finalized object": case(
        post("configmaps", config(meta={**_X, "finalizers": ["example.com/a"]})),
        watch("configmaps", "&labelSelector=x&resourceVersion=$0.metadata.resourceVersion"),
        delete("configmaps/a"),
        patch("configmaps/a", {"metadata": {"finalizers": None}}),
        Events(1, 2),
    ),
    "a watch with initial events and a bookmark at their end": case(
        post("configmaps", config(meta=_X)),
        watch(
            "configmaps",
            "&labelSelector=x&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan",
        ),
        Events(1, 2),
        post("configmaps", config("b", meta=_X)),
        Events(1, 1),
    ),
    "a watch with initial events of custom resources": case(
        post("widgets", widget(spec={"size": 1})),
        watch(
            "widgets",
            "&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=$0.metadata.resourceVersion",
        ),
        Events(1, 2),
    ),
    "a watch that wants no initial events": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x&sendInitialEvents=false&resourceVersionMatch=NotOlderThan"),
        post("configmaps", config("b", meta=_X)),
        Events(1, 1),
    ),
    "a watch with wrong options": case(
        get("configmaps?watch=1&sendInitialEvents=true"),
        get("configmaps?watch=1&resourceVersionMatch=NotOlderThan"),
        get("configmaps?watch=1&sendInitialEvents=true&resourceVersionMatch=Exact"),
        get("configmaps?watch=1&resourceVersion=abc"),
        get("configmaps?watch=1&sendInitialEvents=maybe"),
    ),
    "a watch that sends initial events without bookmarks": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"),
        Events(1, 1),
    ),
    "a watch from the future": case(get("configmaps?watch=1&timeoutSeconds=1&resourceVersion=999999999")),
    "a watch that ends": case(watch("configmaps", "&labelSelector=none&timeoutSeconds=1"), Events(0, 1)),
    "a watch of tables": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x", TABLE),
        patch("configmaps/a", {"data": {"k": "v"}}),
        Events(1, 2),
    ),
    "a watch of metadata alone": case(
        post("configmaps", config(meta=_X)),
        watch("configmaps", "&labelSelector=x", PARTIAL),
        patch("configmaps/a", {"data": {"k": "v"}}),
        delete("configmaps/a"),
        Events(1, 3),
    ),
    "a watch of metadata with bookmarks": case(
        post("widgets", widget(spec={"size": 1})),
        watch("widgets", "&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan", PARTIAL),
        Events(1, 2),
    ),
    "metadata alone": case(
        post("configmaps", config(data={"k": "v"}, meta=_X)),
        get("configmaps/a", PARTIAL),
        get("configmaps?labelSelector=x", PARTIAL_LIST),
        get("configmaps?labelSelector=x", PARTIAL),
        get("configmaps/a", PARTIAL_LIST),
    ),
    "metadata of custom resources": case(
        post("widgets", widget(spec={"size": 1})), get("widgets/a", PARTIAL), get("widgets?limit=1", PARTIAL_LIST)
    ),
    "metadata of a write": case(
        Call(
            "POST",
            "/api/v1/namespaces/{ns}/configmaps",
            config(),
            {"Accept": PARTIAL, "Content-Type": "application/json"},
        ),
        Call(
            "PATCH",
            "/api/v1/namespaces/{ns}/configmaps/a",
            {"data": {"a": "b"}},
            {"Accept": PARTIAL, "Content-Type": "application/merge-patch+json"},
        ),
        Call("DELETE", "/api/v1/namespaces/{ns}/configmaps/a", None, {"Accept": PARTIAL}),
    ),
    "a table that cannot be": case(
        get("configmaps/kube-root-ca.crt", "application/json;as=Chart;v=v1;g=meta.k8s.io"),
        get("configmaps/kube-root-ca.crt", "application/json;as=Table;v=v9;g=meta.k8s.io"),
        get("configmaps/kube-root-ca.crt", "text/html"),
        get("configmaps/kube-root-ca.crt", "application/json;as=Chart;v=v1;g=meta.k8s.io, application/json"),
        get("configmaps/none", TABLE),
    ),
    "tables carry what is asked": case(
        post("configmaps", config(data={"k": "v"}, meta=_X)),
        get("configmaps?labelSelector=x&includeObject=Object", TABLE),
        get("configmaps?labelSelector=x&includeObject=None", TABLE),
        get("configmaps?labelSelector=x&includeObject=Some", TABLE),
        get("configmaps?labelSelector=x&limit=1", TABLE),
    ),
    "columns of a config map": _columns("configmaps", config(data={"a": "1", "b": "2"})),
    "columns of a secret": _columns("secrets", body("v1", "Secret", "a", stringData={"a": "1"})),
    "columns of a service": _columns(
        "services",
        body(
            "v1",
            "Service",
            "a",
            spec={
                "clusterIP": "None",
                "selector": {"b": "c", "a": "b"},
                "ports": [{"port": 80, "name": "x"}, {"port": 53, "protocol": "UDP", "name": "y"}],
            },
        ),
    ),
    "columns of an external service": _columns(
        "services", body("v1", "Service", "a", spec={"type": "ExternalName", "externalName": "x.y"})
    ),
    "columns of a service account": _columns("serviceaccounts", body("v1", "ServiceAccount", "a")),
    "columns of a pod": _columns("pods", _POD),
    "columns of an ingress": _columns(
        "ingresses",
        body(
            "networking.k8s.io/v1",
            "Ingress",
            "a",
            spec={
                "ingressClassName": "nginx",
                "tls": [{"hosts": ["x.y"], "secretName": "s"}],
                "rules": [
                    {
                        "host": "x.y",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "s", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ],
            },
        ),
    ),
    "columns of a network policy": _columns(
        "networkpolicies",
        body("networking.k8s.io/v1", "NetworkPolicy", "a", spec={"podSelector": {"matchLabels": {"a": "b"}}}),
    ),
    "columns of a role": _columns(
        "roles",
        body(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "a",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
        ),
    ),
    "columns of a role binding": _columns(
        "rolebindings",
        body(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "a",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            subjects=[
                {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "u"},
                {"kind": "ServiceAccount", "name": "s", "namespace": "n"},
            ],
        ),
    ),
    "columns of a volume claim": _columns(
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
    ),
    "columns of a cron job": _columns(
        "cronjobs",
        body(
            "batch/v1",
            "CronJob",
            "a",
            spec={
                "schedule": "0 0 1 1 *",
                "suspend": True,
                "jobTemplate": {
                    "spec": {
                        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
                    }
                },
            },
        ),
    ),
    "columns of an autoscaler": _columns(
        "horizontalpodautoscalers",
        body(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "a",
            spec={"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}},
        ),
    ),
    "columns of a disruption budget": _columns(
        "poddisruptionbudgets",
        body(
            "policy/v1", "PodDisruptionBudget", "a", spec={"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}
        ),
    ),
    "columns of a lease": _columns(
        "leases", body("coordination.k8s.io/v1", "Lease", "a", spec={"holderIdentity": "x"})
    ),
    "columns of a quota and a limit": case(
        post("limitranges", body("v1", "LimitRange", "a", spec={"limits": [{"type": "Pod", "max": {"cpu": "1"}}]})),
        get("limitranges/a", TABLE),
    ),
    "columns of endpoint slices": _columns(
        "endpointslices",
        body(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "a",
            addressType="IPv4",
            ports=[{"port": 80, "name": "x"}],
            endpoints=[{"addresses": ["1.2.3.4"]}],
        ),
    ),
    "columns of an event": _columns(
        "events",
        body(
            "v1",
            "Event",
            "a",
            involvedObject={"kind": "Pod", "namespace": "{ns}", "name": "p"},
            reason="Because",
            message="It is so",
            type="Normal",
            source={"component": "c"},
            firstTimestamp="2026-01-01T00:00:00Z",
            lastTimestamp="2026-01-01T00:00:00Z",
            count=2,
        ),
    ),
    "columns of a custom resource": case(
        post(
            "widgets",
            widget(spec={"size": 1, "on": True, "when": "2026-01-01T00:00:00Z", "ports": [{"port": 1}, {"port": 2}]}),
        ),
        post("widgets", widget("b", spec={"size": 2})),
        patch("widgets/a/status", {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        get("widgets", TABLE),
    ),
    "columns of a custom resource without any": case(
        post("gadgets", body("conformance.example.com/v1", "Gadget", "a")), get("gadgets", TABLE)
    ),
    "columns of a namespace and a definition": case(
        get("/api/v1/namespaces/{ns}", TABLE),
        get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.conformance.example.com", TABLE),
    ),
    "columns of what answers to a review": case(
        Call(
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            {
                "kind": "SelfSubjectAccessReview",
                "apiVersion": "authorization.k8s.io/v1",
                "spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}},
            },
            {"Accept": TABLE, "Content-Type": "application/json"},
        )
    ),
    "YAML is spoken": case(
        post(
            "configmaps",
            b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {k: 'yes'}\n",
            "application/yaml",
        ),
        get("configmaps/a", "application/yaml"),
        post("configmaps", b"a: [", "application/yaml"),
        post(
            "configmaps?fieldValidation=Strict",
            b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: b}\ndata: {k: v, k: w}\n",
            "application/yaml",
        ),
    ),
    "a list for someone who may not": case(
        as_user("nobody", get("configmaps")),
        as_user("nobody", get("configmaps?watch=1")),
        as_user("nobody", get("/api/v1/configmaps")),
        as_user("nobody", get("configmaps/a")),
    ),
}
