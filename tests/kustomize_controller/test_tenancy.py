import asyncio
import base64
from pathlib import Path

from tests.kustomize_controller.world import KUSTOMIZATION, World, condition, config_map, tree
from weir.kube.kinds import CONFIG_MAP, NAMESPACE, SECRET

R1 = "main@sha1:1"


async def test_a_tenant_applies_as_its_account(world: World) -> None:
    await world.account("robot", verbs=["*"])
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(serviceAccountName="robot", wait=True)
    await world.start()
    await world.ready(R1)


async def test_a_tenant_that_reaches_for_anothers_namespace_is_denied_and_says_so(world: World) -> None:
    other = f"{world.namespace}-other"
    await world.kube.create(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}})
    await world.account("robot", verbs=["*"])
    files = tree(world.namespace, a={}) | {"evil.yaml": config_map("evil", other)}
    files["kustomization.yaml"] = "resources: [a.yaml, evil.yaml]\n"
    files["a.yaml"] = config_map("a", world.namespace)
    await world.push(files, R1)
    await world.apply(serviceAccountName="robot")
    await world.start()
    message = await world.failed("ReconciliationFailed")
    assert message.startswith(f"ConfigMap/{other}/evil dry-run failed (Forbidden): ")
    assert f"system:serviceaccount:{world.namespace}:robot" in message
    assert "[evil.yaml:1]" in message
    await world.kube.delete(NAMESPACE, other)


async def test_the_default_account_cannot_be_left_out(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply()
    await world.start("--default-service-account=nobody")
    message = await world.failed("ReconciliationFailed")
    assert f'User "system:serviceaccount:{world.namespace}:nobody" cannot' in message


async def test_sources_of_other_namespaces_are_refused_on_demand(world: World) -> None:
    await world.apply(sourceRef={"kind": "GitRepository", "name": "repo", "namespace": "other"})
    await world.start("--no-cross-namespace-refs")
    message = await world.failed("AccessDenied")
    assert message == "can't access 'GitRepository/other/repo': references to other namespaces are not allowed here"
    ks = await world.get()
    assert condition(ks, "Stalled") == "True"
    assert ks.status.observed_generation == -1


async def test_external_artifacts_need_their_gate(world: World) -> None:
    await world.apply(sourceRef={"kind": "ExternalArtifact", "name": "x"})
    await world.start()
    assert "the feature gate ExternalArtifact is off" in await world.failed("AccessDenied")


async def test_another_cluster_is_reached_by_a_kubeconfig(world: World, cluster: object) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.kubeconfig("remote", cluster.kubeconfig.read_bytes())  # type: ignore[attr-defined]  # a RunningCluster
    await world.apply(kubeConfig={"secretRef": {"name": "remote"}}, wait=True)
    await world.start()
    await world.ready(R1)
    await world.kube.delete(CONFIG_MAP, "a", world.namespace)
    await world.there("a")


async def test_what_is_watched_on_another_cluster_goes_on_with_new_credentials(world: World, cluster: object) -> None:
    config: bytes = cluster.kubeconfig.read_bytes()  # type: ignore[attr-defined]  # a RunningCluster
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s, namespace: {world.namespace}}}\n"
    await world.push({"maps/a.yaml": config_map("a", world.namespace, x="1"), "secrets/s.yaml": secret}, R1)
    await world.kubeconfig("remote", config)
    for name in ("maps", "secrets"):
        await world.apply(name, path=name, kubeConfig={"secretRef": {"name": "remote"}})
    await world.start()
    await world.ready(R1, "maps")
    await world.ready(R1, "secrets")
    renewed = {"data": {"value": base64.b64encode(config + b"\n").decode()}}
    await world.kube.patch(SECRET, "remote", world.namespace, renewed)
    await world.request("secrets")
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": "2"}})
    async with asyncio.timeout(10):
        while (await world.config())["data"] != {"x": "1"}:
            await asyncio.sleep(0.02)


async def test_nothing_is_left_of_objects_that_are_deleted(world: World, cluster: object) -> None:
    await world.push(
        tree(world.namespace, a={}) | {"s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"}, R1
    )
    config: bytes = cluster.kubeconfig.read_bytes()  # type: ignore[attr-defined]  # a RunningCluster
    await world.start()
    tasks, descriptors = 0, 0
    for number in range(8):
        await world.kubeconfig(f"remote{number}", config)
        await world.apply(wait=True, kubeConfig={"secretRef": {"name": f"remote{number}"}})
        await world.ready(R1)
        busy = len(asyncio.all_tasks())
        await world.kube.delete(KUSTOMIZATION, "apps", world.namespace)
        await world.deleted()
        async with asyncio.timeout(10):
            while len(asyncio.all_tasks()) >= busy or (number and len(asyncio.all_tasks()) > tasks):
                await asyncio.sleep(0.02)
        tasks = tasks or len(asyncio.all_tasks())
        descriptors = descriptors or _descriptors()
    assert _descriptors() - descriptors < 5


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_a_kubeconfig_that_runs_a_program_is_refused(world: World) -> None:
    config = (
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "users: [{name: u, user: {exec: {command: touch, args: [/x]}}}]\n"
    )
    await world.push(tree(world.namespace, a={}), R1)
    await world.kubeconfig("remote", config.encode())
    await world.apply(kubeConfig={"secretRef": {"name": "remote"}})
    await world.start()
    assert "exec is not allowed" in await world.failed("ReconciliationFailed")
    await world.apply(kubeConfig={"secretRef": {"name": "remote", "key": "nope"}})
    message = f"kubeconfig Secret '{world.namespace}/remote' has no key nope"
    await world.until(lambda ks: any(it.message == message for it in ks.status.conditions))
    await world.kube.delete(SECRET, "remote", world.namespace)
    await world.until(lambda ks: any(it.message.endswith("/remote' not found") for it in ks.status.conditions))


async def test_no_value_of_a_secret_is_ever_told(world: World) -> None:
    canary = "canary-7f3a91"
    bad = (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{k: '{canary}!'}}\nstringData: {{j: {canary}}}\n"
    )
    files = {"kustomization.yaml": f"namespace: {world.namespace}\nresources: [s.yaml]\n", "s.yaml": bad}
    await world.push(files, R1)
    await world.apply()
    await world.start()
    await world.failed("ReconciliationFailed")
    await world.event("Secret")
    assert canary not in str(await world.get())
    assert all(canary not in request.body.decode() for request in world.sink.requests)
