"""What a platform team brings to a cluster by hand: namespaces, credentials, and the root of the fleet."""

from typing import Any

from local_cluster.demo.look import GIT_REPOSITORY, KUSTOMIZATION, Body
from local_cluster.demo.world import World


def by_hand(world: World) -> list[Body]:
    """The objects that are not in Git."""
    secrets = world.secrets
    fleet = {
        "interval": "10m",
        "url": f"{world.addresses['http_address']}/fleet.git",
        "ref": {"branch": "main"},
        "secretRef": {"name": "git-http"},
    }
    root = {
        "interval": "10m",
        "path": "./clusters/production",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": "fleet"},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "cluster-settings"}]},
    }
    http = {"username": "git", "password": secrets["password"]}
    ssh = {"identity": secrets["identity"], "known_hosts": secrets["known_hosts"]}
    return [
        _named("v1", "Namespace", "team-a"),
        _named("v1", "Namespace", "team-b"),
        _named("v1", "ConfigMap", "cluster-settings", "flux-system", data=dict(world.addresses)),
        _named("v1", "Secret", "webhook-token", "flux-system", stringData={"token": secrets["webhook"]}),
        _named("v1", "Secret", "git-http", "flux-system", stringData=http),
        _named("v1", "Secret", "git-ssh", "team-a", stringData=ssh),
        _named("v1", "Secret", "git-http", "team-b", stringData=http),
        _named(GIT_REPOSITORY.api_version, "GitRepository", "fleet", "flux-system", spec=fleet),
        _named(KUSTOMIZATION.api_version, "Kustomization", "fleet", "flux-system", spec=root),
    ]


def _named(api_version: str, kind: str, name: str, namespace: str = "", **rest: Any) -> Body:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
