"""Server-side apply: objects, conflicts, force."""

from tests.conformance.api.objects import deployment
from tests.conformance.api.steps import (
    APPLY,
    Case,
    apply,
    body,
    case,
    config,
    get,
    patch,
    post,
    widget,
)

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
        apply("deployments/a", deployment(imagee="x")),
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
}
