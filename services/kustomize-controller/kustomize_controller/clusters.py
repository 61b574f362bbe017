"""The cluster that an object applies to, and as whom."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Collection
from typing import NamedTuple

from kustomize_controller.catalog import Cluster, cluster_of
from kustomize_controller.errors import FeatureGateDisabled, ReconciliationFailed
from kustomize_controller.settings import Settings
from weir.api.kustomization import Kustomization, SecretKeyReference
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.fence import Fence
from weir.kube.identity import connect_with
from weir.kube.kinds import SECRET, SERVICE_ACCOUNT
from weir.kube.object import Object

NO_CONFIG_MAP = "spec.kubeConfig.configMapRef is not supported yet; use spec.kubeConfig.secretRef"


class _Connection(NamedTuple):
    """A client and the version of the Secret that it was made of."""

    version: str
    client: Client
    before: Client | None = None
    """The one that it replaced: passes under way still use it."""

    async def close(self) -> None:
        """Close both."""
        for client in (self.client, self.before):
            if client is not None:
                await client.close()


class Clusters:
    """Clients of other clusters, kept as long as their Secret does not change and somebody applies to the cluster.

    `replaced` is told of a client that takes the place of another.
    """

    def __init__(self, settings: Settings, replaced: Callable[[Cluster, Client], None]) -> None:
        self._settings = settings
        self._replaced = replaced
        self._connections: dict[Cluster, _Connection] = {}
        self._connecting = asyncio.Lock()

    def account(self, ks: Kustomization) -> str:
        """The ServiceAccount to impersonate, in the object's namespace, or nothing."""
        return ks.spec.service_account_name or self._settings.default_service_account

    async def base(self, local: Client, ks: Kustomization) -> Client:
        """The client of the object's cluster as the controller itself: for hints, never for decisions."""
        config = ks.spec.kube_config
        if config is None:
            return local
        if config.secret_ref is None:
            raise FeatureGateDisabled(NO_CONFIG_MAP)
        return await self._remote(local, ks, config.secret_ref)

    async def client(self, local: Client, ks: Kustomization) -> Client:
        """The client for everything that is done to managed objects. It never falls back to another identity.

        Raises `ReconciliationFailed` when the other cluster's credentials are not there or cannot be used.
        """
        base, account = await self.base(local, ks), self.account(ks)
        return base.impersonate(f"system:serviceaccount:{ks.metadata.namespace}:{account}") if account else base

    async def may_finalize(self, local: Client, ks: Kustomization) -> bool:
        """Whether the account to impersonate still is there; on another cluster that is not asked."""
        account = self.account(ks)
        if not account or ks.spec.kube_config:
            return True
        try:
            await local.get(SERVICE_ACCOUNT, account, ks.metadata.namespace)
        except NotFound:
            return False
        return True

    async def keep(self, used: Collection[Cluster]) -> None:
        """Close the connections to all clusters but these."""
        for cluster in [it for it in self._connections if it not in used]:
            await self._connections.pop(cluster).close()

    async def close(self) -> None:
        """Close all connections."""
        await self.keep(())

    async def _remote(self, local: Client, ks: Kustomization, reference: SecretKeyReference) -> Client:
        where = f"kubeconfig Secret '{ks.metadata.namespace}/{reference.name}'"
        try:
            secret = await local.get(SECRET, reference.name, ks.metadata.namespace)
        except NotFound:
            raise ReconciliationFailed(f"{where} not found") from None
        except KubeError as error:
            raise ReconciliationFailed(f"{where} cannot be read: {error}") from error
        config = _kubeconfig(secret, reference.key, where)
        try:
            return await self._connection(cluster_of(ks), secret.metadata.resource_version, config, local.fence)
        except KubeError as error:
            raise ReconciliationFailed(f"{where} cannot be used: {error}") from error

    async def _connection(self, cluster: Cluster, version: str, config: bytes, fence: Fence | None) -> Client:
        """The client for this version of a kubeconfig; it takes the place of that for another version."""
        async with self._connecting:
            known = self._connections.get(cluster)
            if known and known.version == version:
                return known.client
            remote = await connect_with(
                config,
                allow_exec=self._settings.insecure_kubeconfig_exec,
                allow_insecure=self._settings.insecure_kubeconfig_tls,
            )
            client = remote.behind(fence)
            self._connections[cluster] = _Connection(version, client, known.client if known else None)
            if known:
                self._replaced(cluster, client)
                if known.before:
                    await known.before.close()
            return client


def _kubeconfig(secret: Object, key: str, where: str) -> bytes:
    data = secret.body().get("data") or {}
    found = next((it for it in ([key] if key else ["value", "value.yaml"]) if it in data), None)
    if found is None:
        raise ReconciliationFailed(f"{where} has no key {key or 'value or value.yaml'}")
    try:
        return base64.b64decode(data[found], validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ReconciliationFailed(f"{where}: the value of {found} is no base64") from None
