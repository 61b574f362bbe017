"""Who may do what: denials, roles, impersonation."""

from tests.conformance.api.objects import POD_READER, RBAC, bind, role
from tests.conformance.api.steps import Call, Case, as_user, body, case, config, delete, get, patch, post, put, until

CASES: dict[str, Case] = {
    "a wrong token": case(get("configmaps", token="wrong"), get("/version", token="wrong")),
    "no token": case(
        get("configmaps", token=""),
        get("/api", token=""),
        get("/version", token=""),
        get("/healthz", token=""),
        get("/openapi/v3", token=""),
    ),
    "denied: every verb": case(
        as_user("alice", get("configmaps/a")),
        as_user("alice", get("configmaps")),
        as_user("alice", post("configmaps", config())),
        as_user("alice", put("configmaps/a", config())),
        as_user("alice", patch("configmaps/a", {})),
        as_user("alice", delete("configmaps/a")),
        as_user("alice", delete("configmaps")),
    ),
    "denied: other groups, subresources, cluster scope": case(
        as_user("alice", get("deployments/a")),
        as_user("alice", get("deployments/a/scale")),
        as_user("alice", patch("widgets/a/status", {})),
        as_user("alice", get("/api/v1/nodes")),
        as_user("alice", get("/api/v1/nodes/n")),
        as_user("alice", get("/api/v1/namespaces/{ns}")),
        as_user("alice", get("/apis/none.example.com/v1/things")),
        as_user("alice", get("/api/v1/pods")),
        as_user("alice", post("serviceaccounts/default/token", {})),
        as_user("alice", get("pods/p/log")),
    ),
    "denied: paths that are no resources": case(
        as_user("alice", get("/metrics")),
        as_user("alice", get("/logs")),
        as_user("alice", post("/version", {})),
        as_user("alice", get("/version")),
        as_user("alice", get("/apis")),
    ),
    "denied: an apply that would create": case(
        role("patcher", [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]}]),
        bind("alice", "patcher", "alice"),
        until(
            "cannot create",
            as_user("alice", patch("configmaps/a?fieldManager=x", config(), "application/apply-patch+yaml")),
        ),
    ),
    "denied: a binding to a role that is missing": case(
        bind("alice", "missing", "alice"), as_user("alice", get("pods"))
    ),
    "allowed by a role": case(
        role("reader", POD_READER),
        bind("alice", "reader", "alice"),
        until("200", as_user("alice", get("pods"))),
        as_user("alice", get("pods/none")),
        as_user("alice", delete("pods/none")),
    ),
    "allowed for one name": case(
        role(
            "one",
            [
                {
                    "apiGroups": [""],
                    "resources": ["configmaps"],
                    "resourceNames": ["a"],
                    "verbs": ["get", "list", "watch", "create"],
                }
            ],
        ),
        bind("alice", "one", "alice"),
        until("404", as_user("alice", get("configmaps/a"))),
        as_user("alice", get("configmaps/b")),
        as_user("alice", get("configmaps?fieldSelector=metadata.name%3Da")),
        as_user("alice", get("configmaps")),
        as_user("alice", post("configmaps", config())),
    ),
    "allowed for a group": case(
        role("reader", POD_READER),
        post(
            "rolebindings",
            body(
                f"{RBAC}/v1",
                "RoleBinding",
                "team",
                roleRef={"apiGroup": RBAC, "kind": "Role", "name": "reader"},
                subjects=[{"kind": "Group", "apiGroup": RBAC, "name": "team-{ns}"}],
            ),
        ),
        until("200", as_user("alice", get("pods"), Group="team-{ns}")),
        as_user("alice", get("pods"), Group="other"),
    ),
    "rights cannot be handed on that one does not have": case(
        role("maker", [{"apiGroups": [RBAC], "resources": ["roles", "rolebindings"], "verbs": ["*"]}]),
        bind("alice", "maker", "alice"),
        as_user("alice", role("more", POD_READER)),
        as_user("alice", bind("self", "admin", "alice", "ClusterRole")),
        as_user("alice", patch("roles/maker", {"rules": POD_READER})),
        as_user("alice", bind("gone", "missing", "alice")),
    ),
    "roles that are wrong": case(
        role("a", [{"apiGroups": [""], "resources": ["pods"], "verbs": []}]),
        role("a", [{"apiGroups": [], "resources": ["pods"], "verbs": ["get"]}]),
        role("a", [{"apiGroups": [""], "verbs": ["get"]}]),
        role("a", [{"nonResourceURLs": ["/x"], "verbs": ["get"]}]),
        post(
            f"/apis/{RBAC}/v1/clusterroles?dryRun=All",
            body(
                f"{RBAC}/v1",
                "ClusterRole",
                "{ns}",
                rules=[{"nonResourceURLs": ["/x"], "resources": ["pods"], "apiGroups": [""], "verbs": ["get"]}],
            ),
        ),
    ),
    "bindings that are wrong": case(
        post(
            "rolebindings",
            body(f"{RBAC}/v1", "RoleBinding", "a", roleRef={"apiGroup": RBAC, "kind": "Secret", "name": "x"}),
        ),
        post("rolebindings", body(f"{RBAC}/v1", "RoleBinding", "a", roleRef={"kind": "Role", "name": ""})),
        post(
            "rolebindings",
            body(f"{RBAC}/v1", "RoleBinding", "a", roleRef={"apiGroup": "x", "kind": "Role", "name": "x"}),
        ),
        post(
            "rolebindings",
            body(
                f"{RBAC}/v1",
                "RoleBinding",
                "a",
                roleRef={"apiGroup": RBAC, "kind": "Role", "name": "x"},
                subjects=[
                    {"kind": "Robot", "name": "x"},
                    {"kind": "ServiceAccount", "name": "x"},
                    {"kind": "User", "name": ""},
                ],
            ),
        ),
        bind("b", "x", "alice"),
        patch("rolebindings/b", {"roleRef": {"name": "y"}}),
    ),
    "impersonation that is not allowed": case(
        as_user("alice", get("pods"), **{"Extra-a": "b"}),
        Call("GET", "/api/v1/pods", None, {"Impersonate-Group": "x"}),
        Call("GET", "/api/v1/pods", None, {"Impersonate-Uid": "x"}),
    ),
    "impersonation by one who may not": case(
        post("serviceaccounts", body("v1", "ServiceAccount", "robot")),
        post(
            "serviceaccounts/robot/token",
            {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {}},
        ),
        as_user("bob", get("pods", token="$1.status.token")),
        as_user("system:serviceaccount:{ns}:default", get("pods", token="$1.status.token")),
        as_user("bob", get("pods", token="$1.status.token"), Group="x"),
    ),
    "impersonation for some requests alone": case(
        post("serviceaccounts", body("v1", "ServiceAccount", "robot")),
        post(
            "serviceaccounts/robot/token",
            {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {}},
        ),
        role(
            "as",
            [
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["impersonate-on:serviceaccount:list"]},
                {
                    "apiGroups": ["authentication.k8s.io"],
                    "resources": ["serviceaccounts"],
                    "verbs": ["impersonate:serviceaccount"],
                },
            ],
        ),
        role("reader", POD_READER),
        bind("as", "as", "system:serviceaccount:{ns}:robot"),
        bind("reader", "reader", "system:serviceaccount:{ns}:default"),
        until("200", as_user("system:serviceaccount:{ns}:default", get("pods", token="$1.status.token"))),
        as_user("system:serviceaccount:{ns}:default", get("pods/none", token="$1.status.token")),
        as_user("system:serviceaccount:{ns}:robot", get("pods", token="$1.status.token")),
        as_user("system:serviceaccount:{ns}:default", get("pods", token="$1.status.token"), Group="x"),
        as_user("system:node:x", get("pods", token="$1.status.token")),
    ),
}
