"""The job under the narrowest roles that the chart has: acting as ServiceAccounts only; in one namespace."""

import json
from pathlib import Path
from typing import Any

import pytest

from local_cluster.demo.look import gone
from local_cluster.demo.world import NotHeld, World, stage
from tests.charts.documented import NAMES, Body
from tests.e2e.charts.helm import NAMESPACE
from tests.e2e.charts.installed import denied, install
from tests.servers.clusters import Existing
from weir import yaml
from weir.api.base import Kind
from weir.kube import kinds
from weir.kube.errors import NotFound

pytestmark = pytest.mark.timeout(300)
KUSTOMIZATION = Kind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations")
SERVED = "kustomizations,gitrepositories"
"""What is deleted in the end: finalizers need rights too."""
POLLING = {"container": {"additionalArgs": ["--drift-poll=1s"]}}
"""Where the controller may not watch what it applied, it looks."""
WATCHING = {"container": {"additionalArgs": ["--drift-poll=1h"]}}
"""Where it may, it does not need to."""


def objects(world: World, namespace: str, repository: str, **spec: Any) -> list[Body]:
    """A source with its credentials, and a Kustomization of it."""
    metadata = {"name": repository, "namespace": namespace}
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata,
            "stringData": {"username": "git", "password": world.secrets["password"]},
        },
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": metadata,
            "spec": {
                "interval": "1s",
                "url": f"{world.addresses['http_address']}/{repository}.git",
                "ref": {"branch": "main"},
                "secretRef": {"name": repository},
            },
        },
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": metadata,
            "spec": {
                "interval": "1m",
                "retryInterval": "1s",
                "path": "./",
                "prune": True,
                "wait": True,
                "targetNamespace": namespace,
                "sourceRef": {"kind": "GitRepository", "name": repository},
                **spec,
            },
        },
    ]


def config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{key: wanted}}\n"


async def apply(world: World, *bodies: Body) -> None:
    await world.run("kubectl", "apply", "-f", "-", stdin=yaml.dump_all(bodies))


async def ready(world: World, namespace: str, name: str, status: str = "True") -> str:
    """Wait until a Kustomization is ready, or failed; its message."""

    async def looked() -> str:
        body = json.loads((await world.kube.get(KUSTOMIZATION, name, namespace)).raw)
        found = [it for it in body.get("status", {}).get("conditions", ()) if it["type"] == "Ready"]
        if not found or found[0]["status"] != status:
            raise NotHeld(str(found))
        message: str = found[0]["message"]
        return message

    said: str = await world.until(f"{name} Ready={status}", looked)
    return said


async def job(world: World, namespace: str, repository: str) -> None:
    """Drift is undone, and what leaves Git is pruned."""
    await world.run("kubectl", "-n", namespace, "delete", "configmap", "one")

    async def back() -> bool:
        try:
            return bool(await world.kube.get(kinds.CONFIG_MAP, "one", namespace))
        except NotFound:
            return False

    await world.until("the drift is undone", back)
    await world.push(repository, "Remove two", {"two.yaml": None})
    await gone(world, kinds.CONFIG_MAP, "two", namespace)


def content(folder: Path) -> Path:
    """What a repository begins with."""
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(config_map(name))
    return folder


async def test_a_controller_that_may_only_act_as_accounts_does_the_job(existing: Existing, tmp_path: Path) -> None:
    namespace = "confined"
    async with stage(print, existing and existing.kubeconfig) as world:
        await install(world, {"multitenancy": {"enabled": True, "privileged": False}, "kustomizeController": POLLING})
        await world.make("confined", content(tmp_path))
        account = {"name": "deployer", "namespace": namespace}
        await apply(
            world,
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account},
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "RoleBinding",
                "metadata": account,
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
                "subjects": [{"kind": "ServiceAccount", **account}],
            },
            *objects(world, namespace, "confined", serviceAccountName="deployer"),
        )
        await ready(world, namespace, "confined")
        await job(world, namespace, "confined")
        for name in NAMES:
            assert denied(world, name) == [], name

        nameless = objects(world, namespace, "confined")[-1]
        nameless["metadata"] = {"name": "nameless", "namespace": namespace}
        await apply(world, nameless)
        said = await ready(world, namespace, "nameless", "False")
        assert f'User "system:serviceaccount:{namespace}:default" cannot' in said
        await world.run("kubectl", "-n", namespace, "delete", SERVED, "--all", "--timeout=30s")


async def test_in_one_namespace_the_job_needs_no_right_outside_it(existing: Existing, tmp_path: Path) -> None:
    scope = {"watchAllNamespaces": False, "rbac": {"scope": "namespace"}, "multitenancy": {"enabled": False}}
    async with stage(print, existing and existing.kubeconfig) as world:
        await install(world, {**scope, "kustomizeController": WATCHING})
        await world.make("alone", content(tmp_path))
        await apply(world, *objects(world, NAMESPACE, "alone"))
        await ready(world, NAMESPACE, "alone")
        await job(world, NAMESPACE, "alone")
        for name in NAMES:
            assert denied(world, name) == [], name
        await world.run("kubectl", "-n", NAMESPACE, "delete", SERVED, "alone", "--timeout=30s")
