"""The cluster in this process."""

from pathlib import Path

import pytest

from local_cluster.api.errors import ApiError
from local_cluster.cluster import Cluster, InUse
from weir.kube.identity import connect
from weir.kube.kinds import CONFIG_MAP, NAMESPACE


async def test_it_starts_serves_and_keeps_its_port(tmp_path: Path) -> None:
    async with Cluster.start(tmp_path) as cluster:
        url = cluster.url
        client = await connect(str(cluster.kubeconfig_file), user_agent="tests/1")
        assert [each.metadata.name for each in (await client.list(NAMESPACE)).objects] == [
            "default",
            "kube-node-lease",
            "kube-public",
            "kube-system",
        ]
        await client.create(CONFIG_MAP, {"metadata": {"name": "a"}}, "default")
        await client.close()
        with pytest.raises(InUse):
            async with Cluster.start(tmp_path):
                pass
    async with Cluster.start(tmp_path) as again:
        assert again.url == url
        client = await connect(str(again.kubeconfig_file), user_agent="tests/1")
        assert (await client.get(CONFIG_MAP, "a", "default")).metadata.name == "a"
        await client.close()


async def test_tokens_and_kubeconfigs_of_others(tmp_path: Path) -> None:
    async with Cluster.start() as cluster:
        token = cluster.token_for("default", "default")
        file = tmp_path / "tenant"
        file.write_text(cluster.kubeconfig("tenant", token=token))
        client = await connect(str(file), user_agent="tests/1")
        answer = await client.request(
            "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body={"kind": "SelfSubjectReview"}
        )
        assert b"system:serviceaccount:default:default" in answer
        await client.close()
        with pytest.raises(ApiError, match='serviceaccounts "none" not found'):
            cluster.token_for("default", "none")
