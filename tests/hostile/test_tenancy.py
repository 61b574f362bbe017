# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""A tenant who may write Kustomizations and nothing else gains nothing by it, on no route (RFC-0001, CVE-2023-22736)."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from tests.hostile.city import City
from tests.kustomize_controller.world import KUSTOMIZATION, World, condition, config_map, said, tree
from weir import yaml
from weir.kube.errors import KubeError, NotFound
from weir.kube.kinds import CONFIG_MAP, NAMESPACE, SECRET

R1, R2 = "main@sha1:1", "main@sha1:2"
RBAC = "rbac.authorization.k8s.io"


@pytest.fixture
async def victim(locked: World) -> AsyncIterator[str]:
    """Another tenant's namespace, with a Secret and a ConfigMap in it."""
    name = f"{locked.namespace}-victim"
    await locked.kube.create(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}, "data": {"x": "theirs"}}
    await locked.kube.create(CONFIG_MAP, body, name)
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "theirs"},
        "stringData": {"password": "canary-victim"},
    }
    await locked.kube.create(SECRET, secret, name)
    yield name
    theirs = (await locked.kube.get(CONFIG_MAP, "theirs", name)).body()
    assert theirs["data"] == {"x": "theirs"}, "somebody else's object was touched"
    assert "labels" not in theirs["metadata"]
    names = {it.metadata.name for it in (await locked.kube.list(CONFIG_MAP, name)).objects}
    assert names <= {"theirs", "kube-root-ca.crt", "liar"}, names
    await locked.kube.delete(NAMESPACE, name)


def binding(kind: str, role: str, namespace: str) -> str:
    """A binding of a role to the tenant's own account."""
    subject = {"kind": "ServiceAccount", "name": "tenant", "namespace": namespace}
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}
    metadata = {"name": f"grab-{namespace}"} | ({"namespace": namespace} if kind == "RoleBinding" else {})
    return yaml.dump(
        {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "roleRef": reference, "subjects": [subject]}
    )


GRABS = {
    "an object in another namespace": config_map("evil", "OTHER"),
    "another's object": config_map("theirs", "OTHER", x="mine"),
    "all rights in the cluster": binding("ClusterRoleBinding", "cluster-admin", "OWN"),
    "all rights in its own namespace": binding("RoleBinding", "cluster-admin", "OWN"),
    "a role of its own making": (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: grab-OWN}\nrules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n"
    ),
    "a namespace": "apiVersion: v1\nkind: Namespace\nmetadata: {name: grab-OWN}\n",
    "CVE-2026-44938: labels of its own namespace": (
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: OWN, labels: {pod-security.kubernetes.io/enforce: privileged}}\n"
    ),
    "a definition": (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: xs.grab.example.org}\n"
        "spec: {group: grab.example.org, scope: Cluster, names: {plural: xs, singular: x, kind: X}, versions: []}\n"
    ),
}
"""Manifests; OWN and OTHER stand for the tenant's namespace and the victim's."""


async def test_rfc_0001_the_default_account_bounds_what_a_tenant_applies(locked: World, victim: str) -> None:
    for number, text in enumerate(GRABS.values()):
        manifest = text.replace("OWN", locked.namespace).replace("OTHER", victim)
        files = {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": manifest}
        await locked.push(files, R1, f"g{number}")
        await locked.apply(f"g{number}", sourceRef={"kind": "GitRepository", "name": f"g{number}"})
    for number, case in enumerate(GRABS):
        message = await locked.failed("ReconciliationFailed", f"g{number}")
        assert f"system:serviceaccount:{locked.namespace}:tenant" in message, (case, message)


ACCOUNTS = (
    "other",
    "tenant\r\nImpersonate-Group: system:masters",
    "tenant,system:masters",
    "../kube-system/default",
    "tenant:x",
    "system:admin",
    "TENANT",
    "%74enant",
)


async def test_cve_2026_23990_no_spelling_of_an_account_leads_to_the_controllers_own_rights(locked: World) -> None:
    await locked.push(tree(locked.namespace, a={}), R1)
    made = []
    for number, account in enumerate(ACCOUNTS):
        with suppress(KubeError):
            await locked.apply(f"a{number}", serviceAccountName=account)
            made.append((f"a{number}", account))
    assert made
    for name, account in made:
        ks = await locked.until(lambda it: condition(it) in {"False", "True"}, name)
        assert condition(ks) == "False", account
        assert "system:masters" not in said(ks)[1].replace(account, "")
    with pytest.raises(NotFound):
        await locked.config("a")


async def test_rfc_0001_target_namespaces_checks_and_dependencies_read_as_the_tenant(
    locked: World, victim: str
) -> None:
    await locked.push(tree(locked.namespace, a={}), R1)
    await locked.apply("target", targetNamespace=victim)
    message = await locked.failed("ReconciliationFailed", "target")
    assert "cannot patch" in message
    checks = [
        {"apiVersion": "v1", "kind": kind, "name": "theirs", "namespace": victim} for kind in ("ConfigMap", "Secret")
    ]
    await locked.apply("checks", healthChecks=checks)
    await locked.until(lambda it: condition(it, "Healthy") == "Unknown", "checks")
    await asyncio.sleep(1)
    ks = await locked.get("checks")
    assert condition(ks) == "Unknown", "it learns nothing of what it may not read"
    assert "canary-victim" not in str(ks.status)


async def test_cve_2023_22736_no_reference_to_a_source_elsewhere_on_any_pass(locked: World, victim: str) -> None:
    foreign = {"kind": "GitRepository", "name": "repo", "namespace": victim}
    await locked.apply("first", sourceRef=foreign)
    await locked.failed("AccessDenied", "first")
    await locked.push(tree(locked.namespace, a={}), R1)
    await locked.apply("later")
    await locked.ready(R1, "later")
    await locked.apply("later", sourceRef=foreign)
    await locked.failed("AccessDenied", "later")
    await locked.request("later", "again")
    ks = await locked.get("later")
    assert condition(ks, "Stalled") == "True"
    assert await locked.config("a"), "what was applied stays"


async def test_rfc_0001_a_forged_inventory_prunes_nothing_of_others(locked: World, victim: str) -> None:
    await locked.push(tree(locked.namespace, a={}), R1)
    await locked.apply()
    await locked.ready(R1)
    forged = [
        {"id": f"{victim}_theirs__ConfigMap", "v": "v1"},
        {"id": f"{victim}_theirs__Secret", "v": "v1"},
        {"id": f"_{victim}__Namespace", "v": "v1"},
        {"id": "_cluster-admin_rbac.authorization.k8s.io_ClusterRole", "v": "v1"},
        {"id": "not an id", "v": "v1"},
        {"id": "____", "v": ""},
        {"id": f"{victim}/../_theirs__ConfigMap", "v": "../v1"},
    ]
    patch = {"status": {"inventory": {"entries": forged}}}
    await locked.kube.patch(KUSTOMIZATION, "apps", locked.namespace, patch, subresource="status")
    await locked.push(tree(locked.namespace, b={}), R2)
    await locked.until(lambda ks: ks.status.last_attempted_revision == R2 and condition(ks) in {"True", "False"})
    await locked.kube.patch(KUSTOMIZATION, "apps", locked.namespace, patch, subresource="status")
    await locked.kube.delete(KUSTOMIZATION, "apps", locked.namespace)
    await asyncio.sleep(1)
    assert await locked.kube.get(SECRET, "theirs", victim)
    await locked.kube.patch(KUSTOMIZATION, "apps", locked.namespace, {"metadata": {"finalizers": None}})


async def test_rfc_0001_drift_prune_and_finalizer_act_as_the_tenant_too(locked: World) -> None:
    await locked.push(tree(locked.namespace, a={}, b={}), R1)
    await locked.apply()
    await locked.ready(R1)
    role = await locked.kube.discovery.kind(f"{RBAC}/v1", "Role")
    await locked.kube.patch(role, "tenant", locked.namespace, {"rules": []})
    await locked.kube.delete(CONFIG_MAP, "a", locked.namespace)
    await locked.until(lambda ks: condition(ks) == "False" and "cannot" in said(ks)[1])
    with pytest.raises(NotFound):
        await locked.config("a")
    await locked.push(tree(locked.namespace, a={}), R2)
    await locked.until(lambda ks: condition(ks) == "False" and "cannot" in said(ks)[1])
    await locked.kube.delete(KUSTOMIZATION, "apps", locked.namespace)
    await asyncio.sleep(1)
    assert await locked.config("b"), "deleted with somebody else's rights"
    await locked.kube.patch(KUSTOMIZATION, "apps", locked.namespace, {"metadata": {"finalizers": None}})


async def test_rfc_0001_owner_labels_that_lie_turn_nobody_against_an_object(locked: World, victim: str) -> None:
    await locked.push(tree(locked.namespace, a={}), R1)
    await locked.apply()
    await locked.ready(R1)
    labels = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": locked.namespace}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "liar", "labels": labels}, "data": {"x": "y"}}
    await locked.kube.create(CONFIG_MAP, body, victim)
    await locked.request("apps", "after-the-lie")
    await locked.ready(R1)
    assert (await locked.kube.get(CONFIG_MAP, "liar", victim)).body()["data"] == {"x": "y"}


def kubeconfig(user: dict[str, Any], server: str = "https://127.0.0.1:1", **cluster: Any) -> str:
    return yaml.dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": user}],
        }
    )


async def test_cve_2022_24817_kubeconfigs_of_tenants_run_and_read_nothing(
    city: City, tmp_path: Any, marker: Any
) -> None:
    run = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "touch",
        "args": [str(marker)],
        "interactiveMode": "Never",
    }
    configs = {
        "exec": kubeconfig({"exec": run}),
        "auth-provider": kubeconfig({"auth-provider": {"name": "gcp", "config": {"cmd-path": "touch", "cmd-args": str(marker)}}}),
        "token-file": kubeconfig({"tokenFile": "/var/run/secrets/kubernetes.io/serviceaccount/token"}),
        "key-file": kubeconfig({"client-certificate-data": base64.b64encode(b"x").decode(), "client-key": "/etc/shadow"}),
        "no-server": kubeconfig({"token": "t"}, server=""),
        "a-file": kubeconfig({"token": "t"}, server="file:///etc/passwd"),
        "no-tls": kubeconfig({"token": "t"}, **{"insecure-skip-tls-verify": True}),
        "laughs": "a: &a [x]\n" + "".join(f"{n}: &{n} [*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p}]\n" for p, n in zip("abcdefghij", "bcdefghijk", strict=True)),
        "rubbish": "\x00\x01",
        "deep": "[" * 50_000,
    }  # fmt: skip
    for name, config in configs.items():
        await city.secret(name, {"value": config})
        await city.tree(
            name,
            {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"},
            kubeConfig={"secretRef": {"name": name}},
        )
    for name in configs:
        message = await city.failed("Kustomization", name)
        assert "kubeconfig Secret" in message, (name, message)
        assert "/etc/shadow" not in message or "not allowed" in message
    assert not await city.has_config("a")


async def test_fleet_cve_2026_44935_variables_come_from_the_tenants_own_namespace_only(
    locked: World, victim: str
) -> None:
    names = ("theirs", f"{victim}/theirs", f"../{victim}/secrets/theirs", f"../../{victim}/configmaps/theirs")
    files = {
        "kustomization.yaml": "resources: [a.yaml]\n",
        "a.yaml": config_map("a", locked.namespace, x="${password:-none}"),
    }
    await locked.push(files, R1)
    for number, name in enumerate(names):
        with suppress(KubeError):
            await locked.apply(f"v{number}", postBuild={"substituteFrom": [{"kind": "Secret", "name": name}]})
    ks = await locked.until(lambda it: condition(it) == "False", "v0")
    assert "not found" in said(ks)[1]
    for number in range(1, len(names)):
        with suppress(NotFound):
            ks = await locked.until(lambda it: condition(it) == "False", f"v{number}")
            assert "canary-victim" not in said(ks)[1]
    with pytest.raises(NotFound):
        await locked.config("a")
