"""Questions about rights and identities; tokens."""

from typing import Any

from tests.conformance.api.objects import POD_READER, RBAC, bind, role
from tests.conformance.api.steps import Call, Case, as_user, body, case, delete, get, post, widget

_AUTH = "/apis/authorization.k8s.io/v1"


def _review(kind: str, spec: dict[str, Any], group: str = "authorization") -> Call:
    plural = kind.lower() + "s"
    return post(f"/apis/{group}.k8s.io/v1/{plural}", {"kind": kind, "apiVersion": f"{group}.k8s.io/v1", "spec": spec})


_PODS = {"verb": "get", "resource": "pods", "namespace": "{ns}"}

CASES: dict[str, Case] = {
    "who am I": case(
        as_user("alice", _review("SelfSubjectReview", {}, "authentication")),
        as_user(
            "alice", _review("SelfSubjectReview", {}, "authentication"), Group="team", Uid="u1", **{"Extra-Scopes": "s"}
        ),
        as_user("system:serviceaccount:{ns}:default", _review("SelfSubjectReview", {}, "authentication")),
        as_user("system:anonymous", _review("SelfSubjectReview", {}, "authentication")),
        as_user("alice", _review("SelfSubjectReview", {}, "authentication"), Group="system:masters"),
    ),
    "may I": case(
        _review("SelfSubjectAccessReview", {"resourceAttributes": _PODS}),
        as_user("alice", _review("SelfSubjectAccessReview", {"resourceAttributes": _PODS})),
        as_user(
            "alice", _review("SelfSubjectAccessReview", {"nonResourceAttributes": {"path": "/api", "verb": "get"}})
        ),
        as_user(
            "alice", _review("SelfSubjectAccessReview", {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}})
        ),
        _review("SelfSubjectAccessReview", {}),
        _review(
            "SelfSubjectAccessReview",
            {"resourceAttributes": _PODS, "nonResourceAttributes": {"path": "/x", "verb": "get"}},
        ),
    ),
    "may I: by a role": case(
        role("reader", POD_READER),
        bind("alice", "reader", "alice"),
        as_user("alice", _review("SelfSubjectAccessReview", {"resourceAttributes": _PODS})),
        as_user("alice", _review("SelfSubjectAccessReview", {"resourceAttributes": {**_PODS, "verb": "delete"}})),
        as_user("alice", _review("SelfSubjectAccessReview", {"resourceAttributes": {**_PODS, "verb": "*"}})),
    ),
    "may they": case(
        role("reader", POD_READER),
        bind("alice", "reader", "alice"),
        _review("SubjectAccessReview", {"user": "alice", "resourceAttributes": _PODS}),
        _review("SubjectAccessReview", {"user": "bob", "groups": ["x"], "resourceAttributes": _PODS}),
        _review("SubjectAccessReview", {"resourceAttributes": _PODS}),
        _review("SubjectAccessReview", {"user": "bob"}),
        _review("SubjectAccessReview", {"user": "x", "groups": ["system:masters"], "resourceAttributes": _PODS}),
        post(
            f"{_AUTH}/namespaces/{{ns}}/localsubjectaccessreviews",
            {
                "kind": "LocalSubjectAccessReview",
                "apiVersion": "authorization.k8s.io/v1",
                "metadata": {"namespace": "{ns}"},
                "spec": {"user": "alice", "resourceAttributes": _PODS},
            },
        ),
        post(
            f"{_AUTH}/namespaces/{{ns}}/localsubjectaccessreviews",
            {
                "kind": "LocalSubjectAccessReview",
                "apiVersion": "authorization.k8s.io/v1",
                "metadata": {"namespace": "{ns}"},
                "spec": {"user": "alice", "resourceAttributes": {**_PODS, "namespace": "other"}},
            },
        ),
        get(f"{_AUTH}/subjectaccessreviews"),
    ),
    "which rules have I": case(
        role("reader", POD_READER),
        bind("alice", "reader", "alice-{ns}"),
        as_user("alice-{ns}", _review("SelfSubjectRulesReview", {"namespace": "{ns}"})),
        _review("SelfSubjectRulesReview", {"namespace": "{ns}"}),
        _review("SelfSubjectRulesReview", {}),
    ),
    "a token is asked for and reviewed": case(
        post("serviceaccounts", body("v1", "ServiceAccount", "robot")),
        post(
            "serviceaccounts/robot/token",
            {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {"expirationSeconds": 3600}},
        ),
        _review("TokenReview", {"token": "$1.status.token"}, "authentication"),
        _review("SelfSubjectReview", {}, "authentication")._replace(token="$1.status.token"),
        get("pods", token="$1.status.token"),
        delete("serviceaccounts/robot"),
    ),
    "a token of other audiences": case(
        post(
            "serviceaccounts/default/token",
            {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {"audiences": ["x", "y"]}},
        ),
        _review("TokenReview", {"token": "$0.status.token"}, "authentication"),
        _review("TokenReview", {"token": "$0.status.token", "audiences": ["y", "z"]}, "authentication"),
        get("pods", token="$0.status.token"),
    ),
    "a token that dies with a secret": case(
        post("secrets", body("v1", "Secret", "s")),
        post(
            "serviceaccounts/default/token",
            {
                "kind": "TokenRequest",
                "apiVersion": "authentication.k8s.io/v1",
                "spec": {"boundObjectRef": {"kind": "Secret", "apiVersion": "v1", "name": "s"}},
            },
        ),
        post(
            "serviceaccounts/default/token",
            {
                "kind": "TokenRequest",
                "apiVersion": "authentication.k8s.io/v1",
                "spec": {"boundObjectRef": {"kind": "Secret", "apiVersion": "v1", "name": "none"}},
            },
        ),
        post(
            "serviceaccounts/default/token",
            {
                "kind": "TokenRequest",
                "apiVersion": "authentication.k8s.io/v1",
                "spec": {"boundObjectRef": {"kind": "ConfigMap", "apiVersion": "v1", "name": "none"}},
            },
        ),
        post(
            "serviceaccounts/default/token",
            {
                "kind": "TokenRequest",
                "apiVersion": "authentication.k8s.io/v1",
                "spec": {"boundObjectRef": {"kind": "Secret", "apiVersion": "v1", "name": "s", "uid": "x"}},
            },
        ),
    ),
    "tokens that cannot be": case(
        post("serviceaccounts/none/token", {"spec": {}}),
        post("serviceaccounts/default/token", {"spec": {"expirationSeconds": 1}}),
        post("serviceaccounts/default/token", {"spec": {"expirationSeconds": 9999999999}}),
        post("serviceaccounts/default/token", {}),
        get("serviceaccounts/default/token"),
        _review("TokenReview", {"token": "nonsense"}, "authentication"),
        _review("TokenReview", {}, "authentication"),
    ),
    "a service account's rights": case(
        post("serviceaccounts", body("v1", "ServiceAccount", "robot")),
        role("reader", [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]),
        post(
            "rolebindings",
            body(
                f"{RBAC}/v1",
                "RoleBinding",
                "robot",
                roleRef={"apiGroup": RBAC, "kind": "Role", "name": "reader"},
                subjects=[{"kind": "ServiceAccount", "name": "robot", "namespace": "{ns}"}],
            ),
        ),
        as_user("system:serviceaccount:{ns}:robot", get("configmaps/none")),
        as_user("system:serviceaccount:{ns}:robot", get("secrets/none")),
        as_user("system:serviceaccount:{ns}:default", get("configmaps/none")),
        _review(
            "SubjectAccessReview",
            {
                "user": "system:serviceaccount:{ns}:robot",
                "resourceAttributes": {"verb": "get", "resource": "configmaps", "namespace": "{ns}"},
            },
        ),
    ),
    "rights to custom resources through the aggregated roles": case(
        bind("alice", "edit", "alice", "ClusterRole"),
        as_user("alice", get("configmaps/none")),
        as_user("alice", get("secrets/none")),
        as_user("alice", get("roles/none")),
        as_user("alice", get("widgets/none")),
        as_user("alice", post("widgets", widget(spec={"size": 1}))),
    ),
}
