"""Server-side apply and the ownership of fields."""

from tests.conformance.api.steps import (
    APPLY,
    JSON_PATCH,
    STRATEGIC,
    Case,
    apply,
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

_POD = body(
    "apps/v1",
    "Deployment",
    "a",
    spec={
        "replicas": 0,
        "selector": {"matchLabels": {"app": "x"}},
        "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}},
    },
)


def _deployment(**container):
    spec = {
        **_POD["spec"],
        "template": {
            "metadata": {"labels": {"app": "x"}},
            "spec": {"containers": [{"name": "c", "image": "i:1", **container}]},
        },
    }
    return {**_POD, "spec": spec}


def _ports(*ports: dict) -> dict:
    return widget(spec={"size": 1, "ports": list(ports)})


CASES: dict[str, Case] = {
    "an apply creates": case(apply("configmaps/a", config(data={"a": "1"})), get("configmaps/a")),
    "an apply creates a custom resource": case(apply("widgets/a", widget(spec={"size": 1}))),
    "an apply that changes nothing": case(
        apply("configmaps/a", config(data={"a": "1"})), apply("configmaps/a", config(data={"a": "1"}))
    ),
    "an apply adds, changes and removes fields": case(
        apply("configmaps/a", config(data={"a": "1", "b": "2"})),
        apply("configmaps/a", config(data={"a": "3", "c": "4"})),
    ),
    "an apply that removes all it owned": case(
        apply("configmaps/a", config(data={"a": "1"}, meta={"labels": {"x": "y"}})), apply("configmaps/a", config())
    ),
    "two appliers share a field": case(
        apply("configmaps/a", config(data={"a": "1"})),
        apply("configmaps/a", config(data={"a": "1", "b": "2"}), "two"),
        apply("configmaps/a", config(), "one"),
        apply("configmaps/a", config(), "two"),
    ),
    "a conflict names the manager and the fields": case(
        apply("configmaps/a", config(data={"a": "1", "b": "2"})),
        apply("configmaps/a", config(data={"a": "3", "b": "4"}), "two"),
        get("configmaps/a"),
    ),
    "a conflict with one field": case(
        apply("configmaps/a", config(data={"a": "1"})), apply("configmaps/a", config(data={"a": "2"}), "two")
    ),
    "a conflict with two managers": case(
        apply("configmaps/a", config(data={"a": "1"})),
        patch("configmaps/a?fieldManager=three", {"data": {"b": "1"}}),
        apply("configmaps/a", config(data={"a": "2", "b": "2"}), "two"),
    ),
    "a conflict with a writer that is no applier": case(
        post("configmaps?fieldManager=maker", config(data={"a": "1"})),
        apply("configmaps/a", config(data={"a": "2"}), "two"),
    ),
    "a conflict in status": case(
        apply("widgets/a", widget(spec={"size": 1})),
        patch("widgets/a/status?fieldManager=controller", {"status": {"phase": "x"}}),
        apply("widgets/a/status", widget(status={"phase": "y"}), "two"),
    ),
    "force takes fields over": case(
        apply("configmaps/a", config(data={"a": "1", "b": "2"})),
        apply("configmaps/a", config(data={"a": "3"}), "two", "&force=true"),
        apply("configmaps/a", config(data={"a": "1", "b": "2"})),
    ),
    "force takes the last field over": case(
        apply("configmaps/a", config(data={"a": "1"})),
        apply("configmaps/a", config(data={"a": "3"}), "two", "&force=true"),
    ),
    "a field of an updater stays when an applier drops it": case(
        post("configmaps?fieldManager=maker", config(data={"a": "1"})),
        apply("configmaps/a", config(data={"a": "1"}), "two"),
        apply("configmaps/a", config(), "two"),
    ),
    "an apply after an update by the same name": case(
        post("configmaps?fieldManager=one", config(data={"a": "1"})),
        apply("configmaps/a", config(data={"a": "2"})),
        apply("configmaps/a", config(data={"a": "2"}), "one", "&force=true"),
    ),
    "an apply without a manager": case(
        patch("configmaps/a", config(), APPLY), patch("configmaps/a?force=true", config(), APPLY)
    ),
    "force without an apply": case(post("configmaps", config()), patch("configmaps/a?force=true", {})),
    "an apply of another name": case(apply("configmaps/a", config("b")), apply("configmaps/a", config(""))),
    "an apply of another namespace": case(apply("configmaps/a", config(meta={"namespace": "x"}))),
    "an apply of another kind": case(
        apply("configmaps/a", body("v1", "Secret", "a")),
        apply("configmaps/a", body("v2", "ConfigMap", "a")),
        apply("configmaps/a", {"metadata": {"name": "a"}}),
    ),
    "an apply with managed fields": case(
        apply(
            "configmaps/a",
            config(
                meta={
                    "managedFields": [
                        {
                            "manager": "x",
                            "operation": "Apply",
                            "apiVersion": "v1",
                            "fieldsType": "FieldsV1",
                            "fieldsV1": {},
                        }
                    ]
                }
            ),
        )
    ),
    "an apply with a uid": case(apply("configmaps/a", config(meta={"uid": "00000000-0000-0000-0000-000000000000"}))),
    "an apply with an old resource version": case(
        apply("configmaps/a", config(data={"a": "1"})),
        apply("configmaps/a", config(data={"a": "2"})),
        apply("configmaps/a", config(data={"a": "3"}, meta={"resourceVersion": "$0.metadata.resourceVersion"})),
    ),
    "an apply with a resource version of nothing": case(apply("configmaps/a", config(meta={"resourceVersion": "1"}))),
    "an apply of an unknown field": case(
        apply("configmaps/a", config(dat={"a": "1"})),
        apply("deployments/a", _deployment(imagee="x")),
        apply("widgets/a", widget(spec={"size": 1, "unknown": 1})),
        apply("widgets/a", widget(spec={"size": 1, "unknown": 1}), query="&fieldValidation=Strict"),
    ),
    "an apply of a wrong type": case(
        apply("configmaps/a", config(data={"a": 1})),
        apply("configmaps/a", config(data=[])),
        apply("widgets/a", widget(spec={"size": "x"})),
        apply("deployments/a", body("apps/v1", "Deployment", "a", spec={"replicas": "x"})),
    ),
    "an apply of nulls": case(
        apply("configmaps/a", config(data={"a": None})),
        apply("widgets/a", widget(spec={"size": 1, "color": None, "maybe": None})),
    ),
    "an apply of what is no object": case(
        apply("configmaps/a", b"[]"),
        apply("configmaps/a", b"text"),
        apply("configmaps/a", b""),
        apply("configmaps/a", b"a: b: c"),
    ),
    "an apply as YAML": case(
        apply("configmaps/a", b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: 'yes'\n")
    ),
    "an apply that repeats a key": case(
        apply(
            "configmaps/a",
            b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1","a":"2"}}',
            query="&fieldValidation=Strict",
        ),
        apply(
            "configmaps/a", b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1","a":"2"}}'
        ),
    ),
    "a dry run of an apply": case(
        apply("configmaps/a", config(data={"a": "1"}), query="&dryRun=All"), get("configmaps/a")
    ),
    "an apply without a namespace that there is": case(apply("/api/v1/namespaces/none/configmaps/a", config())),
    "an apply in a list of keys: items of two managers": case(
        apply("widgets/a", _ports({"port": 80, "name": "a"}, {"port": 81})),
        apply("widgets/a", _ports({"port": 82}), "two"),
        apply("widgets/a", _ports({"port": 80, "name": "b"})),
        apply("widgets/a", _ports({"port": 80, "name": "c"}), "two"),
    ),
    "an apply in a list of keys: order": case(
        apply("widgets/a", _ports({"port": 1}, {"port": 2}, {"port": 3})),
        apply("widgets/a", _ports({"port": 3}, {"port": 4}, {"port": 1}), "two"),
        apply("widgets/a", _ports({"port": 3}, {"port": 2}, {"port": 1})),
    ),
    "an apply in a list of keys: a key twice": case(apply("widgets/a", _ports({"port": 1}, {"port": 1}))),
    "an apply in a list of keys: without the key": case(apply("widgets/a", _ports({"name": "x"}))),
    "an apply in a set": case(
        apply("widgets/a", widget(spec={"size": 1, "tags": ["a", "b"]})),
        apply("widgets/a", widget(spec={"size": 1, "tags": ["b", "c"]}), "two"),
        apply("widgets/a", widget(spec={"size": 1, "tags": ["a"]})),
        apply("widgets/a", widget(spec={"size": 1, "tags": ["a", "a"]})),
    ),
    "an apply in an atomic list": case(
        apply("widgets/a", widget(spec={"size": 1, "words": ["a", "b"]})),
        apply("widgets/a", widget(spec={"size": 1, "words": ["b", "c"]}), "two"),
        apply("widgets/a", widget(spec={"size": 1, "words": ["b", "c"]}), "two", "&force=true"),
    ),
    "an apply in an atomic map": case(
        apply("widgets/a", widget(spec={"size": 1, "atomic": {"a": "1"}})),
        apply("widgets/a", widget(spec={"size": 1, "atomic": {"b": "1"}}), "two"),
        apply("widgets/a", widget(spec={"size": 1, "atomic": {"b": "1"}}), "two", "&force=true"),
    ),
    "an apply in what the schema does not know": case(
        apply("widgets/a", widget(spec={"size": 1, "anything": {"a": {"b": [1, 2]}}})),
        apply("widgets/a", widget(spec={"size": 1, "anything": {"a": {"c": 1}}}), "two"),
        apply("widgets/a", widget(spec={"size": 1, "anything": {}})),
    ),
    "an apply of containers": case(
        apply("deployments/a", _deployment(env=[{"name": "A", "value": "1"}]), query="&dryRun=All"),
        apply(
            "deployments/a",
            _deployment(ports=[{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]),
            query="&dryRun=All",
        ),
    ),
    "an apply of a deployment without its required fields": case(
        apply("deployments/a", body("apps/v1", "Deployment", "a", spec={}), query="&dryRun=All")
    ),
    "an apply of finalizers and owners": case(
        apply(
            "configmaps/a",
            config(
                meta={
                    "finalizers": ["example.com/a"],
                    "ownerReferences": [{"apiVersion": "v1", "kind": "Namespace", "name": "n", "uid": "u1"}],
                }
            ),
            query="&dryRun=All",
        ),
        apply("configmaps/b", config("b", meta={"finalizers": ["example.com/a"]})),
        apply("configmaps/b", config("b", meta={"finalizers": ["example.com/b"]}), "two"),
        apply("configmaps/b", config("b")),
    ),
    "an apply to status leaves the rest": case(
        apply("widgets/a", widget(spec={"size": 1})),
        apply("widgets/a/status", widget(spec={"size": 9}, status={"phase": "x"}), "controller"),
        apply("widgets/a", widget(spec={"size": 1}, status={"phase": "y"})),
        apply("widgets/none/status", widget("none", status={"phase": "x"}), "controller"),
    ),
    "an apply of conditions by two managers": case(
        apply("widgets/a", widget(spec={"size": 1})),
        apply("widgets/a/status", widget(status={"conditions": [{"type": "A", "status": "True"}]}), "one"),
        apply("widgets/a/status", widget(status={"conditions": [{"type": "B", "status": "True"}]}), "two"),
        apply("widgets/a/status", widget(status={"conditions": [{"type": "A", "status": "False"}]}), "two"),
        apply("widgets/a/status", widget(status={}), "one"),
    ),
    "an apply of quantities as numbers and text": case(
        apply(
            "deployments/a",
            _deployment(resources={"limits": {"cpu": 1, "memory": "1024Mi"}, "requests": {"cpu": "0.5"}}),
            query="&dryRun=All",
        ),
        apply("widgets/a", widget(spec={"size": 1, "amount": 5})),
        apply("widgets/a", widget(spec={"size": 1, "amount": "5%"})),
    ),
    "a manager's name that is too long": case(
        apply("configmaps/a", config(), "x" * 129),
        post("configmaps?fieldManager=" + "x" * 129, config()),
        post("configmaps?fieldManager=a%01b", config()),
    ),
    "the manager of a write is the user agent": case(
        post("configmaps", config(data={"a": "1"})), patch("configmaps/a", {"data": {"b": "1"}})
    ),
    "an update takes fields from an applier": case(
        apply("configmaps/a", config(data={"a": "1", "b": "2"})),
        patch("configmaps/a?fieldManager=hand", {"data": {"a": "9"}}),
        put("configmaps/a?fieldManager=hand2", config(data={"a": "9"})),
        apply("configmaps/a", config(data={"a": "1", "b": "2"})),
    ),
    "managed fields of a status update": case(
        post("widgets?fieldManager=maker", widget(spec={"size": 1})),
        patch("widgets/a/status?fieldManager=maker", {"status": {"phase": "x"}}),
        patch(
            "widgets/a/status?fieldManager=maker",
            {"status": {"phase": None, "replicas": 1}, "metadata": {"labels": {"a": "b"}}},
        ),
    ),
    "managed fields of lists after an update": case(
        post(
            "widgets?fieldManager=maker",
            widget(spec={"size": 1, "ports": [{"port": 1}], "tags": ["a"], "words": ["x"]}),
        ),
        patch(
            "widgets/a?fieldManager=other",
            {"spec": {"ports": [{"port": 1, "name": "n"}, {"port": 2}], "tags": ["a", "b"], "words": ["y"]}},
        ),
    ),
    "managed fields can be reset": case(
        apply("configmaps/a", config(data={"a": "1"})),
        patch("configmaps/a?fieldManager=hand", {"metadata": {"managedFields": [{}]}}),
        patch("configmaps/a?fieldManager=hand", {"data": {"b": "1"}}),
        apply("configmaps/a", config(data={"c": "1"})),
    ),
    "managed fields that are no good": case(
        post("configmaps", config()),
        patch("configmaps/a", {"metadata": {"managedFields": [{"manager": "x", "operation": "Sometimes"}]}}),
        patch(
            "configmaps/a",
            {
                "metadata": {
                    "managedFields": [
                        {"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV2"}
                    ]
                }
            },
        ),
        patch("configmaps/a", {"metadata": {"managedFields": []}}),
    ),
    "managed fields with a client's own manager": case(
        apply("configmaps/a", config(data={"a": "1"})),
        patch(
            "configmaps/a?fieldManager=hand",
            [{"op": "replace", "path": "/metadata/managedFields/0/manager", "value": "two"}],
            JSON_PATCH,
        ),
        apply("configmaps/a", config(data={"a": "2"}), "two"),
    ),
    "a custom resource applied over an update of its list": case(
        post("widgets?fieldManager=maker", widget(spec={"size": 1, "ports": [{"port": 1, "name": "x"}]})),
        apply("widgets/a", widget(spec={"ports": [{"port": 1, "name": "y"}]})),
        apply("widgets/a", widget(spec={"ports": [{"port": 1, "name": "y"}]}), query="&force=true"),
        apply("widgets/a", widget(spec={})),
    ),
    "an apply that breaks a rule of the schema": case(
        apply("widgets/a", widget(spec={"size": 11})),
        apply("widgets/a", widget(spec={"size": 1})),
        apply("widgets/a", widget(spec={"size": 0})),
    ),
    "an apply that drops a required field": case(
        apply("widgets/a", widget(spec={"size": 1, "color": "green"})),
        apply("widgets/a", widget(spec={"color": "green"})),
    ),
    "an apply that drops a field with a default": case(
        apply("widgets/a", widget(spec={"size": 1, "color": "green"})), apply("widgets/a", widget(spec={"size": 1}))
    ),
    "an apply of an object that goes": case(
        apply("configmaps/a", config(meta={"finalizers": ["example.com/a"]})),
        delete("configmaps/a"),
        apply("configmaps/a", config(data={"a": "1"}, meta={"finalizers": ["example.com/a"]})),
        apply("configmaps/a", config()),
    ),
    "a service applied with two ports of a number": case(
        apply(
            "services/a",
            body(
                "v1",
                "Service",
                "a",
                spec={
                    "clusterIP": "None",
                    "ports": [
                        {"name": "t", "port": 53, "protocol": "TCP"},
                        {"name": "u", "port": 53, "protocol": "UDP"},
                    ],
                },
            ),
        ),
        apply(
            "services/a",
            body(
                "v1",
                "Service",
                "a",
                spec={"clusterIP": "None", "ports": [{"name": "u", "port": 53, "protocol": "UDP"}]},
            ),
        ),
    ),
    "an apply over a strategic patch": case(
        post(
            "services?fieldManager=maker",
            body("v1", "Service", "a", spec={"clusterIP": "None", "ports": [{"name": "t", "port": 53}]}),
        ),
        patch("services/a?fieldManager=hand", {"spec": {"ports": [{"port": 54, "name": "x"}]}}, STRATEGIC),
        apply("services/a", body("v1", "Service", "a", spec={"ports": [{"name": "z", "port": 54}]})),
    ),
    "a secret applied by stringData": case(
        apply("secrets/a", body("v1", "Secret", "a", stringData={"a": "1"})),
        apply("secrets/a", body("v1", "Secret", "a", stringData={"b": "1"})),
    ),
}
