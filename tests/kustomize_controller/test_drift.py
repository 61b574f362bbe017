import asyncio
from typing import Any

from prometheus_client import REGISTRY

from tests.kustomize_controller.world import World, condition, config_map, said, tree
from weir.kube.kinds import CONFIG_MAP, SECRET

R1, R2 = "main@sha1:1", "main@sha1:2"


async def restored(world: World, name: str, data: dict[str, Any], within: float = 3.0) -> None:
    async with asyncio.timeout(within):
        while (await world.there(name)).get("data") != data:
            await asyncio.sleep(0.01)


def patches() -> float:
    """How many changes and dry runs this process has sent."""
    families = [family for family in REGISTRY.collect() if family.name == "rest_client_requests"]
    samples = [it for family in families for it in family.samples if it.name.endswith("_total")]
    return sum(it.value for it in samples if it.labels["method"] == "PATCH")


async def test_a_deleted_object_is_back(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}, b={"x": "1"}), R1)
    await world.apply()
    await world.start()
    before = await world.ready(R1)
    uid = (await world.config())["metadata"]["uid"]
    await asyncio.sleep(0.2)
    await world.kube.delete(CONFIG_MAP, "a", world.namespace)
    async with asyncio.timeout(2):
        while (await world.there("a"))["metadata"]["uid"] == uid:
            await asyncio.sleep(0.01)
    event = await world.event(f"ConfigMap/{world.namespace}/a created", within=3)
    after = await world.get()
    assert after.status.conditions == before.status.conditions
    assert after.status.history == before.status.history
    await asyncio.sleep(0.1)
    assert [it.reason for it in world.events()].count("DriftCorrected") == 1
    assert event.severity == "info"


async def test_an_edited_object_is_put_right(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await asyncio.sleep(0.2)
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": "2", "y": "3"}}, manager="kubectl-edit")
    await restored(world, "a", {"x": "1"})
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"metadata": {"labels": None}})
    async with asyncio.timeout(3):
        while "labels" not in (await world.config())["metadata"]:
            await asyncio.sleep(0.01)


async def test_an_edited_secret_is_put_right_though_its_body_is_not_kept(world: World) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: v}\n"
    files = {"kustomization.yaml": f"namespace: {world.namespace}\nresources: [s.yaml]\n", "s.yaml": secret}
    await world.push(files, R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await asyncio.sleep(0.2)
    await world.kube.patch(SECRET, "s", world.namespace, {"data": {"k": "eA=="}})
    async with asyncio.timeout(3):
        while (await world.kube.get(SECRET, "s", world.namespace)).body()["data"] != {"k": "dg=="}:
            await asyncio.sleep(0.01)


async def test_a_change_of_status_alone_is_no_drift(world: World) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {a: b}}\n"
        "  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: i}]}\n"
    )
    files = {"kustomization.yaml": f"namespace: {world.namespace}\nresources: [d.yaml]\n", "d.yaml": deployment}
    await world.push(files, R1)
    await world.apply(wait=True)
    await world.start()
    await world.ready(R1)
    await asyncio.sleep(0.5)
    assert not [it for it in world.events() if it.reason == "DriftCorrected"]


async def test_a_change_of_what_is_not_ours_is_not_even_looked_at(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    before = await world.ready(R1)
    await asyncio.sleep(0.2)
    sent = patches()
    foreign = {"metadata": {"annotations": {"controller.example.com/seen": "1"}}, "data": {"theirs": "1"}}
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, foreign, manager="controller")
    await asyncio.sleep(0.3)
    assert patches() - sent == 1  # the test's own
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": "2"}}, manager="controller")
    await restored(world, "a", {"x": "1", "theirs": "1"})
    assert (await world.get()).status.conditions == before.status.conditions


async def test_nothing_is_put_right_while_suspended(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.apply(suspend=True)
    await asyncio.sleep(0.2)
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": "2"}})
    await asyncio.sleep(0.5)
    assert (await world.config())["data"] == {"x": "2"}
    await world.apply()
    await restored(world, "a", {"x": "1"})


async def test_who_fights_is_named(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await asyncio.sleep(0.2)
    for value in "2345":
        await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": value}}, manager="operator")
        await restored(world, "a", {"x": "1"})
    event = await world.event("(operator keeps changing it)", within=3)
    assert event.reason == "DriftCorrected"


async def test_what_leaves_the_source_is_no_drift(world: World) -> None:
    await world.push(tree(world.namespace, a={}, b={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.push(tree(world.namespace, a={}), R2)
    await world.ready(R2)
    await world.gone("b")
    await asyncio.sleep(0.3)
    assert not [it for it in world.events() if it.reason == "DriftCorrected"]
    assert condition(await world.get()) == "True"


async def test_drift_is_undone_while_the_source_is_away(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.source("repo", {"artifact": None})
    await asyncio.sleep(0.2)
    await world.kube.delete(CONFIG_MAP, "a", world.namespace)
    await restored(world, "a", {"x": "1"})


async def test_what_must_not_be_watched_is_polled_and_a_condition_says_so(world: World) -> None:
    await world.account("robot", verbs=["*"])
    await world.controller_without("configmaps")
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply(serviceAccountName="robot")
    user = f"controller-{world.namespace}"
    await world.start(
        "--drift-poll=300ms", "--feature-gates=DisableConfigWatchers=true", client=world.kube.impersonate(user)
    )
    await world.ready(R1)
    ks = await world.until(lambda ks: condition(ks, "DriftWatched") == "False")
    assert said(ks, "DriftWatched")[0] == "WatchDenied"
    assert "drift is looked for every 300ms: may not watch ConfigMap: " in said(ks, "DriftWatched")[1]
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": "2"}})
    await restored(world, "a", {"x": "1"})


async def test_a_controller_of_one_namespace_watches_where_it_applies_and_nowhere_else(world: World) -> None:
    await world.account("robot", verbs=["*"])
    await world.controller_without("configmaps")
    await world.bind("robot", f"controller-{world.namespace}")
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply(serviceAccountName="robot")
    user = world.kube.impersonate(f"controller-{world.namespace}")
    gate = "--feature-gates=DisableConfigWatchers=true"
    await world.start("--watch-all-namespaces=false", "--drift-poll=1h", gate, client=user)
    await world.ready(R1)
    await asyncio.sleep(0.2)
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"x": "2"}})
    await restored(world, "a", {"x": "1"})
    assert condition(await world.get(), "DriftWatched") == ""


async def test_a_request_on_an_applied_object_is_left_alone(world: World) -> None:
    child = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: child}\n"
        "spec: {interval: 10m, prune: true, path: child, sourceRef: {kind: GitRepository, name: repo}}\n"
    )
    files = {"kustomization.yaml": f"namespace: {world.namespace}\nresources: [child.yaml]\n", "child.yaml": child}
    files |= {"child/kustomization.yaml": f"namespace: {world.namespace}\nresources: [a.yaml]\n"}
    await world.push({**files, "child/a.yaml": config_map()}, R1)
    await world.apply(wait=True)
    await world.start()
    await world.ready(R1)
    await world.ready(R1, "child")
    await asyncio.sleep(0.3)
    await world.request("child", "by-hand")
    assert not [it for it in world.events() if it.reason == "DriftCorrected"]


async def test_drift_that_could_not_be_undone_is_not_forgotten(world: World) -> None:
    await world.account("deployer", ["*"])
    await world.push(tree(world.namespace, a={"x": "1"}, b={"x": "1"}), R1)
    await world.apply(serviceAccountName="deployer")
    await world.start()
    await world.ready(R1)
    await asyncio.sleep(0.2)
    await world.account("deployer", ["get", "list", "watch"])
    await world.kube.delete(CONFIG_MAP, "a", world.namespace)
    assert "forbidden" in await world.failed("ReconciliationFailed")
    await world.account("deployer", ["*"])
    await restored(world, "a", {"x": "1"}, within=10)
    await world.ready(R1)
