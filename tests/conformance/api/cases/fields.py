"""Unknown, repeated and null fields; what a status takes."""

from typing import Any

from tests.conformance.api.steps import (
    APPLY,
    JSON_PATCH,
    STRATEGIC,
    Case,
    apply,
    body,
    case,
    config,
    get,
    patch,
    post,
    put,
    widget,
)

_REPEATED = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1","a":"2"}}'
_ODD = config(dat={"a": "b"}, meta={"lables": {}})
_DEPLOYMENT = body(
    "apps/v1",
    "Deployment",
    "a",
    spec={
        "selector": {"matchLabels": {"app": "x"}},
        "template": {
            "metadata": {"labels": {"app": "x"}},
            "spec": {"containers": [{"name": "c", "image": "i:1", "imag": 1}], "containerz": []},
        },
    },
)


def _json(*operations: tuple[Any, ...]) -> list[dict[str, Any]]:
    names = ("op", "path", "value")
    return [dict(zip(names, each, strict=False)) for each in operations]


CASES: dict[str, Case] = {
    "unknown fields are warned of": case(
        post("configmaps", _ODD), post("configmaps?fieldValidation=Warn", config("b", dat={}))
    ),
    "unknown fields are refused": case(post("configmaps?fieldValidation=Strict", _ODD)),
    "unknown fields are ignored": case(post("configmaps?fieldValidation=Ignore", _ODD)),
    "unknown fields deep inside": case(
        post("deployments?dryRun=All", _DEPLOYMENT), post("deployments?dryRun=All&fieldValidation=Strict", _DEPLOYMENT)
    ),
    "unknown fields of a replace": case(
        post("configmaps", config()), put("configmaps/a?fieldValidation=Strict", _ODD), put("configmaps/a", _ODD)
    ),
    "unknown fields of a merge patch": case(
        post("configmaps", config()),
        patch("configmaps/a?fieldValidation=Strict", {"dat": {"a": "b"}}),
        patch("configmaps/a", {"dat": {"a": "b"}}),
        patch("configmaps/a?fieldValidation=Ignore", {"dat": {"a": "b"}}),
    ),
    "unknown fields of a JSON patch": case(
        post("configmaps", config()),
        patch("configmaps/a?fieldValidation=Strict", _json(("add", "/dat", {"a": "b"})), JSON_PATCH),
        patch("configmaps/a", _json(("add", "/dat", {"a": "b"})), JSON_PATCH),
        patch(
            "configmaps/a?fieldValidation=Strict",
            b'[{"op":"add","op":"add","path":"/data","value":{"a":"b"}}]',
            JSON_PATCH,
        ),
        patch(
            "configmaps/a?fieldValidation=Strict",
            b'[{"op":"add","foo":1,"path":"/data","value":{"a":"b"}}]',
            JSON_PATCH,
        ),
    ),
    "repeated fields": case(
        post("configmaps?fieldValidation=Strict", _REPEATED),
        post("configmaps?fieldValidation=Ignore&dryRun=All", _REPEATED),
        post("configmaps", _REPEATED),
    ),
    "repeated fields of a merge patch": case(
        post("configmaps", config()),
        patch("configmaps/a?fieldValidation=Strict", b'{"data":{"a":"1","a":"2"}}'),
        patch("configmaps/a", b'{"data":{"a":"1","a":"2"}}'),
    ),
    "unknown and repeated fields of a custom resource": case(
        post(
            "widgets?fieldValidation=Strict",
            b'{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a","foo":1},"spec":{"size":1,"size":2,"bar":1},"baz":1}',
        ),
        post(
            "widgets",
            b'{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a","foo":1},"spec":{"size":1,"size":2,"bar":1},"baz":1}',
        ),
        patch("widgets/a?fieldValidation=Strict", {"spec": {"bar": 1}}),
        patch("widgets/a", {"spec": {"bar": 1}}),
    ),
    "unknown fields of an embedded object": case(
        post(
            "widgets?fieldValidation=Strict",
            widget(
                spec={
                    "size": 1,
                    "embedded": {"apiVersion": "v1", "kind": "X", "metadata": {"name": "n", "foo": 1}, "free": 1},
                }
            ),
        ),
        post(
            "widgets",
            widget(
                spec={
                    "size": 1,
                    "embedded": {"apiVersion": "v1", "kind": "X", "metadata": {"name": "n", "foo": 1}, "free": 1},
                }
            ),
        ),
    ),
    "another field validation": case(
        post("configmaps?fieldValidation=Sometimes", config()), patch("configmaps/a?fieldValidation=strict", {})
    ),
    "the case of a field's name": case(
        post("configmaps", config(Data={"a": "b"})),
        post("configmaps?fieldValidation=Strict", config("b", Data={"a": "b"})),
        post("deployments?dryRun=All&fieldValidation=Strict", body("apps/v1", "deployment", "a")),
    ),
    "nulls": case(
        post("configmaps", config(data=None, binaryData=None, meta={"labels": None})),
        post("widgets", widget(spec={"size": 1, "color": None, "maybe": None, "maybeDefault": None, "tags": None})),
        post(
            "services",
            body(
                "v1",
                "Service",
                "a",
                spec={"clusterIP": "None", "ports": [{"port": 80, "name": None}], "selector": None},
            ),
        ),
    ),
    "a patch of status by every type": case(
        post("widgets", widget(spec={"size": 1})),
        patch("widgets/a/status", {"status": {"phase": "a"}, "spec": {"size": 5}}),
        patch("widgets/a/status", _json(("replace", "/status/phase", "b")), JSON_PATCH),
        put(
            "widgets/a/status",
            widget(
                spec={"size": 7},
                status={"phase": "c"},
                meta={"resourceVersion": "$2.metadata.resourceVersion", "labels": {"not": "kept"}},
            ),
        ),
        put(
            "widgets/a/status",
            widget(spec={"size": 7}, status={"phase": 1}, meta={"resourceVersion": "$3.metadata.resourceVersion"}),
        ),
        get("widgets/a"),
    ),
    "a status where there is none": case(
        post("gadgets", body("conformance.example.com/v1", "Gadget", "a")),
        get("gadgets/a/status"),
        patch("gadgets/a/status", {}),
        get("configmaps/kube-root-ca.crt/status"),
        post("widgets/a/status", {}),
    ),
    "a patch of a namespace": case(
        patch("/api/v1/namespaces/{ns}", {"metadata": {"labels": {"a": "b"}}}),
        patch("/api/v1/namespaces/{ns}", {"spec": {"finalizers": []}}, STRATEGIC),
        patch("/api/v1/namespaces/{ns}/status", {"status": {"phase": "Terminating"}}),
    ),
    "an apply with a content type of JSON": case(
        patch("configmaps/a?fieldManager=x", config(data={"a": "b"}), "application/apply-patch+json"),
        apply("configmaps/b", config("b")),
    ),
    "too many operations": case(
        post("configmaps", config(data={"a": "1"})),
        patch("configmaps/a", [{"op": "test", "path": "/data/a", "value": "1"}] * 10001, JSON_PATCH),
    ),
    "an apply to a path of a collection": case(patch("configmaps", config(), APPLY)),
}
