"""Who is who, and who may what."""

import base64
from typing import Any

import pytest

from tests.servers.cluster import RunningCluster, soon

RBAC = "rbac.authorization.k8s.io"


def impersonate(user: str, *groups: str) -> dict[str, str]:
    return {"Impersonate-User": user} | ({"Impersonate-Group": groups[0]} if groups else {})


def token(cluster: RunningCluster, namespace: str, name: str = "default", **spec: Any) -> str:
    url = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    text: str = cluster.call("POST", url, {"spec": spec}).body["status"]["token"]
    return text


def grant(cluster: RunningCluster, namespace: str, rules: list[dict[str, Any]], *subjects: dict[str, str]) -> None:
    url = f"/apis/{RBAC}/v1/namespaces/{namespace}"
    role = {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": rules}
    assert cluster.call("POST", f"{url}/roles", role).code == 201
    bind(cluster, namespace, {"kind": "Role", "name": "r"}, *subjects)


def bind(cluster: RunningCluster, namespace: str, role: dict[str, str], *subjects: dict[str, str]) -> None:
    body = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "b"},
        "roleRef": {"apiGroup": RBAC, **role},
        "subjects": [_in(each, namespace) for each in subjects],
    }
    assert cluster.call("POST", f"/apis/{RBAC}/v1/namespaces/{namespace}/rolebindings", body).code == 201


def _in(subject: dict[str, str], namespace: str) -> dict[str, str]:
    return {**subject, "namespace": namespace} if subject["kind"] == "ServiceAccount" else subject


DEFAULT = {"kind": "ServiceAccount", "name": "default"}
READ_MAPS = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}


def maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


def test_a_wrong_token_and_none(cluster: RunningCluster, namespace: str) -> None:
    wrong = cluster.call("GET", maps(namespace), token="wrong")
    assert (wrong.code, wrong.body["message"], wrong.body["reason"]) == (401, "Unauthorized", "Unauthorized")
    nobody = cluster.call("GET", maps(namespace), token="")
    assert nobody.code == 403
    assert 'User "system:anonymous" cannot list resource "configmaps"' in nobody.body["message"]
    assert cluster.call("GET", "/healthz", token="").body == "ok"
    assert cluster.call("GET", "/api", token="").body["message"] == (
        'forbidden: User "system:anonymous" cannot get path "/api"'
    )


def test_a_service_account_may_what_its_role_allows(cluster: RunningCluster, namespace: str) -> None:
    account = token(cluster, namespace)
    refused = cluster.call("GET", maps(namespace), token=account)
    who = f"system:serviceaccount:{namespace}:default"
    assert (refused.code, refused.body) == (
        403,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": f'configmaps is forbidden: User "{who}" cannot list resource "configmaps" in API group "" '
            f'in the namespace "{namespace}"',
            "reason": "Forbidden",
            "details": {"kind": "configmaps"},
            "code": 403,
        },
    )
    grant(cluster, namespace, [READ_MAPS], DEFAULT)
    assert cluster.call("GET", maps(namespace), token=account).code == 200
    assert cluster.call("GET", maps("default"), token=account).code == 403
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert cluster.call("POST", maps(namespace), body, token=account).code == 403
    assert cluster.call("DELETE", f"/apis/{RBAC}/v1/namespaces/{namespace}/rolebindings/b").code == 200
    assert cluster.call("GET", maps(namespace), token=account).code == 403


def test_a_token_dies_with_its_account_and_its_pod(cluster: RunningCluster, namespace: str) -> None:
    url = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    cluster.call("POST", url, {"metadata": {"name": "short"}})
    secret = cluster.call("POST", f"/api/v1/namespaces/{namespace}/secrets", {"metadata": {"name": "s"}}).body
    reference = {"kind": "Secret", "apiVersion": "v1", "name": "s", "uid": secret["metadata"]["uid"]}
    bound = token(cluster, namespace, "short", boundObjectRef=reference)
    free = token(cluster, namespace, "short")
    who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    assert cluster.call("POST", who, {}, token=bound).code == 201
    cluster.call("DELETE", f"/api/v1/namespaces/{namespace}/secrets/s")
    assert cluster.call("POST", who, {}, token=bound).code == 401
    assert cluster.call("POST", who, {}, token=free).code == 201
    cluster.call("DELETE", f"{url}/short")
    cluster.call("POST", url, {"metadata": {"name": "short"}})
    assert cluster.call("POST", who, {}, token=free).code == 401


def test_a_token_for_others_is_not_taken(cluster: RunningCluster, namespace: str) -> None:
    foreign = token(cluster, namespace, audiences=["elsewhere"])
    assert cluster.call("GET", maps(namespace), token=foreign).code == 401
    review = "/apis/authentication.k8s.io/v1/tokenreviews"
    asked = {"spec": {"token": foreign, "audiences": ["elsewhere"]}}
    status = cluster.call("POST", review, asked).body["status"]
    assert (status["authenticated"], status["audiences"]) == (True, ["elsewhere"])
    assert "authenticated" not in cluster.call("POST", review, {"spec": {"token": foreign}}).body["status"]


def test_impersonation(cluster: RunningCluster, namespace: str) -> None:
    who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    jane = cluster.call("POST", who, {}, headers=impersonate("jane", "devs")).body["status"]["userInfo"]
    assert jane == {"username": "jane", "groups": ["devs", "system:authenticated"]}
    name = f"system:serviceaccount:{namespace}:default"
    account = cluster.call("POST", who, {}, headers=impersonate(name)).body["status"]["userInfo"]
    assert account["groups"] == [
        "system:serviceaccounts",
        f"system:serviceaccounts:{namespace}",
        "system:authenticated",
    ]
    refused = cluster.call("POST", who, {}, token=token(cluster, namespace), headers=impersonate("jane"))
    assert refused.code == 403
    assert refused.body["message"] == (
        f'selfsubjectreviews.authentication.k8s.io is forbidden: User "{name}" cannot impersonate-on:user-info:create '
        'resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope'
    )
    assert cluster.call("POST", who, {}, headers={"Impersonate-Group": "devs"}).code == 400


def test_a_tenant_cannot_grant_what_it_lacks(cluster: RunningCluster, namespace: str) -> None:
    rules = [READ_MAPS, {"apiGroups": [RBAC], "resources": ["roles", "rolebindings"], "verbs": ["create", "update"]}]
    grant(cluster, namespace, rules, DEFAULT)
    account = token(cluster, namespace)
    url = f"/apis/{RBAC}/v1/namespaces/{namespace}"

    def role(name: str, *verbs: str) -> dict[str, Any]:
        rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": list(verbs)}
        return {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": {"name": name}, "rules": [rule]}

    assert cluster.call("POST", f"{url}/roles", role("same", "get"), token=account).code == 201
    refused = cluster.call("POST", f"{url}/roles", role("more", "get", "delete"), token=account)
    assert refused.code == 403
    assert "is attempting to grant RBAC permissions not currently held:\n" in refused.body["message"]
    assert refused.body["message"].endswith('{APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}')
    binding = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "admin"},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [DEFAULT | {"namespace": namespace}],
    }
    assert cluster.call("POST", f"{url}/rolebindings", binding, token=account).code == 403


def test_the_everyday_roles(cluster: RunningCluster, namespace: str) -> None:
    bind(
        cluster, namespace, {"kind": "ClusterRole", "name": "edit"}, {"kind": "User", "name": "jane", "apiGroup": RBAC}
    )
    jane = impersonate("jane")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert cluster.call("POST", maps(namespace), body, headers=jane).code == 201
    assert cluster.call("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments", headers=jane).code == 200
    assert cluster.call("GET", f"/apis/{RBAC}/v1/namespaces/{namespace}/roles", headers=jane).code == 403
    assert cluster.call("GET", "/api/v1/nodes", headers=jane).code == 403


def test_access_reviews(cluster: RunningCluster, namespace: str) -> None:
    grant(
        cluster, namespace, [{**READ_MAPS, "resourceNames": ["a"]}], {"kind": "Group", "name": "devs", "apiGroup": RBAC}
    )
    ask = {"verb": "get", "resource": "configmaps", "namespace": namespace, "name": "a"}
    url = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    yes = cluster.call("POST", url, {"spec": {"user": "jane", "groups": ["devs"], "resourceAttributes": ask}})
    assert yes.code == 201
    assert yes.body["status"] == {
        "allowed": True,
        "reason": f'RBAC: allowed by RoleBinding "b/{namespace}" of Role "r" to Group "devs"',
    }
    no = {"spec": {"user": "jane", "groups": ["devs"], "resourceAttributes": {**ask, "name": "b"}}}
    assert cluster.call("POST", url, no).body["status"] == {"allowed": False}
    assert cluster.call("POST", url, {"spec": {"resourceAttributes": ask}}).code == 422


def test_an_apply_that_creates_needs_the_right_to_create(cluster: RunningCluster, namespace: str) -> None:
    grant(cluster, namespace, [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch", "get"]}], DEFAULT)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    headers = {"Content-Type": "application/apply-patch+yaml"}
    url = f"{maps(namespace)}/a?fieldManager=m"
    refused = cluster.call("PATCH", url, body, token=token(cluster, namespace), headers=headers)
    assert refused.code == 403
    assert 'cannot create resource "configmaps"' in refused.body["message"]


def test_a_binding_to_a_role_that_is_not_there_says_so(cluster: RunningCluster, namespace: str) -> None:
    bind(cluster, namespace, {"kind": "Role", "name": "gone"}, DEFAULT)
    refused = cluster.call("GET", maps(namespace), token=token(cluster, namespace))
    assert refused.body["message"].endswith(f': RBAC: role.{RBAC} "gone" not found')


@pytest.mark.parametrize("seconds", [60, 599])
def test_a_token_lives_ten_minutes_at_least(seconds: int, cluster: RunningCluster, namespace: str) -> None:
    url = f"/api/v1/namespaces/{namespace}/serviceaccounts/default/token"
    answer = cluster.call("POST", url, {"spec": {"expirationSeconds": seconds}})
    assert answer.code == 422
    assert "may not specify a duration less than 10 minutes" in answer.body["message"]


def test_aggregated_roles_follow_their_parts(cluster: RunningCluster, namespace: str) -> None:
    name = f"{namespace}-extra"
    rule = {"apiGroups": ["x.example.org"], "resources": ["things"], "verbs": ["get"]}
    labels = {f"{RBAC}/aggregate-to-view": "true"}
    body = {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": name, "labels": labels}}
    cluster.call("POST", f"/apis/{RBAC}/v1/clusterroles", {**body, "rules": [rule]})
    for role in ("view", "edit", "admin"):
        assert rule in cluster.call("GET", f"/apis/{RBAC}/v1/clusterroles/{role}").body["rules"]
    cluster.call("DELETE", f"/apis/{RBAC}/v1/clusterroles/{name}")


def test_a_token_secret_is_filled_and_goes_with_its_account(cluster: RunningCluster, namespace: str) -> None:
    notes = {"kubernetes.io/service-account.name": "bot"}
    cluster.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": "bot"}})
    secret = {"type": "kubernetes.io/service-account-token", "metadata": {"name": "bot-token", "annotations": notes}}
    url = f"/api/v1/namespaces/{namespace}/secrets"
    cluster.call("POST", url, secret)
    soon(lambda: "data" in cluster.call("GET", f"{url}/bot-token").body)
    data = cluster.call("GET", f"{url}/bot-token").body["data"]
    assert set(data) == {"token", "ca.crt", "namespace"}
    who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = cluster.call("POST", who, {}, token=base64.b64decode(data["token"]).decode())
    assert answer.body["status"]["userInfo"]["username"] == f"system:serviceaccount:{namespace}:bot"
    cluster.call("DELETE", f"/api/v1/namespaces/{namespace}/serviceaccounts/bot")
    soon(lambda: cluster.call("GET", f"{url}/bot-token").code == 404)
