"""Server-side apply in lists and maps, and the ownership of fields through other writes."""

from typing import Any

from tests.conformance.api.objects import deployment
from tests.conformance.api.steps import (
    JSON_PATCH,
    STRATEGIC,
    Case,
    apply,
    body,
    case,
    config,
    delete,
    patch,
    post,
    put,
    widget,
)


def _ports(*ports: dict[str, Any]) -> dict[str, Any]:
    return widget(spec={"size": 1, "ports": list(ports)})


CASES: dict[str, Case] = {
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
        apply("deployments/a", deployment(env=[{"name": "A", "value": "1"}]), query="&dryRun=All"),
        apply(
            "deployments/a",
            deployment(ports=[{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]),
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
            deployment(resources={"limits": {"cpu": 1, "memory": "1024Mi"}, "requests": {"cpu": "0.5"}}),
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
