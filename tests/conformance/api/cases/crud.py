"""Create, read, replace: identity, names, versions, generations."""

from tests.conformance.api.steps import Case, body, case, config, delete, get, patch, post, put

_LABELS = {"labels": {"app": "x"}, "annotations": {"note": "y"}}

CASES: dict[str, Case] = {
    "an object is created, read, replaced and deleted": case(
        post("configmaps", config(data={"k": "v"}, meta=_LABELS)),
        get("configmaps/a"),
        put("configmaps/a", config(data={"k": "w"})),
        get("configmaps/a"),
        delete("configmaps/a"),
        get("configmaps/a"),
    ),
    "a name can be taken once": case(post("configmaps", config()), post("configmaps", config())),
    "an object that is not there": case(
        get("configmaps/none"),
        get("deployments/none"),
        put("configmaps/none", config("none")),
        patch("configmaps/none", {"data": {"a": "b"}}),
        delete("configmaps/none"),
        delete("widgets/none"),
    ),
    "an object without a name": case(
        post("configmaps", config("")), post("widgets", body("conformance.example.com/v1", "Widget", spec={"size": 1}))
    ),
    "a name with capital letters": case(
        post("configmaps", config("Big")),
        post("services", body("v1", "Service", "Big", spec={"ports": [{"port": 80}]})),
    ),
    "a name that is too long": case(
        post("configmaps", config("a" * 254)),
        post("services", body("v1", "Service", "a" * 64, spec={"ports": [{"port": 80}]})),
        post("/api/v1/namespaces", body("v1", "Namespace", "a" * 64)),
    ),
    "a name with a slash, a percent sign, a dot": case(
        post("configmaps", config("a/b")),
        post("configmaps", config("a%b")),
        post("configmaps", config(".")),
        post("roles", body("rbac.authorization.k8s.io/v1", "Role", "a/b")),
        post("roles", body("rbac.authorization.k8s.io/v1", "Role", "Any:Name")),
        post("roles", body("rbac.authorization.k8s.io/v1", "Role", "..")),
    ),
    "a namespace with a dot in its name": case(post("/api/v1/namespaces", body("v1", "Namespace", "a.b"))),
    "a service account with a capital": case(post("serviceaccounts", body("v1", "ServiceAccount", "Robot"))),
    "a name is generated": case(post("configmaps", config("", meta={"generateName": "generated-"}))),
    "a name is generated from a long base": case(
        post("configmaps?dryRun=All", config("", meta={"generateName": "Generated_"}))
    ),
    "a generated name loses against a name": case(
        post("configmaps", config("given", meta={"generateName": "generated-"}))
    ),
    "an object with a resource version cannot be created": case(
        post("configmaps", config(meta={"resourceVersion": "5"}))
    ),
    "an object with a uid is created with one of the server's": case(
        post(
            "configmaps",
            config(
                meta={
                    "uid": "00000000-0000-0000-0000-000000000000",
                    "generation": 7,
                    "creationTimestamp": "2001-01-01T00:00:00Z",
                    "selfLink": "/x",
                }
            ),
        )
    ),
    "an object of another namespace": case(post("configmaps", config(meta={"namespace": "other"}))),
    "an object of no namespace that there is": case(
        post("/api/v1/namespaces/none/configmaps", config()),
        get("/api/v1/namespaces/none/configmaps"),
        post(
            "/apis/conformance.example.com/v1/namespaces/none/widgets",
            body("conformance.example.com/v1", "Widget", "a", spec={"size": 1}),
        ),
    ),
    "a cluster-scoped object with a namespace": case(
        post("/api/v1/namespaces?dryRun=All", body("v1", "Namespace", "n-{ns}", meta={"namespace": "default"}))
    ),
    "another kind than the path's": case(
        post("configmaps", body("v1", "Secret", "a")),
        post("widgets", body("conformance.example.com/v1", "Gadget", "a")),
    ),
    "another version than the path's": case(
        post("configmaps", body("v2", "ConfigMap", "a")),
        post("deployments", body("apps/v1beta1", "Deployment", "a")),
        post("widgets", body("conformance.example.com/v2", "Widget", "a")),
    ),
    "no kind or version": case(
        post("configmaps", {"metadata": {"name": "a"}}),
        post("configmaps", {"kind": "ConfigMap", "metadata": {"name": "b"}}),
        post("widgets", {"metadata": {"name": "a"}, "spec": {"size": 1}}),
        post("widgets", {"kind": "Widget", "metadata": {"name": "a"}, "spec": {"size": 1}}),
    ),
    "a replace with the name of another": case(
        post("configmaps", config()), put("configmaps/a", config("b")), put("configmaps/a", config(""))
    ),
    "a replace with an old resource version": case(
        post("configmaps", config()),
        put("configmaps/a", config(data={"a": "1"}, meta={"resourceVersion": "$0.metadata.resourceVersion"})),
        put("configmaps/a", config(data={"a": "2"}, meta={"resourceVersion": "$0.metadata.resourceVersion"})),
        put("configmaps/a", config(meta={"resourceVersion": "abc"})),
    ),
    "a replace with another uid": case(
        post("configmaps", config()), put("configmaps/a", config(meta={"uid": "00000000-0000-0000-0000-000000000000"}))
    ),
    "a replace that changes nothing keeps the resource version": case(
        post("configmaps", config()), put("configmaps/a", config()), get("configmaps/a")
    ),
    "a replace of a custom resource needs the resource version": case(
        post("widgets", body("conformance.example.com/v1", "Widget", "a", spec={"size": 1})),
        put("widgets/a", body("conformance.example.com/v1", "Widget", "a", spec={"size": 2})),
        put(
            "widgets/a",
            body(
                "conformance.example.com/v1",
                "Widget",
                "a",
                spec={"size": 2},
                meta={"resourceVersion": "$0.metadata.resourceVersion"},
            ),
        ),
    ),
    "the generation counts changes of what is wanted": case(
        post("widgets", body("conformance.example.com/v1", "Widget", "a", spec={"size": 1})),
        patch("widgets/a", {"metadata": {"labels": {"a": "b"}}}),
        patch("widgets/a", {"spec": {"size": 2}}),
        patch("widgets/a/status", {"status": {"phase": "x"}}),
        patch("widgets/a", {"status": {"phase": "y"}}),
        get("widgets/a"),
    ),
    "the generation of a kind without a status": case(
        post("gadgets", body("conformance.example.com/v1", "Gadget", "a", spec={"a": 1}, status={"b": 1})),
        patch("gadgets/a", {"status": {"b": 2}}),
        patch("gadgets/a", {"metadata": {"labels": {"x": "y"}}}),
        get("gadgets/a/status"),
    ),
}
