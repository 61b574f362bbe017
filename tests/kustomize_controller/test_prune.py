from typing import Any

import pytest

from tests.kustomize_controller.world import KUSTOMIZATION, World, config_map, said, tree
from weir.kube.kinds import CONFIG_MAP, SERVICE_ACCOUNT

R1, R2, R3 = "main@sha1:1", "main@sha1:2", "main@sha1:3"


def ids(ks: Any) -> list[str]:
    return [entry.id.split("_")[1] for entry in ks.status.inventory.entries] if ks.status.inventory else []


async def test_what_leaves_the_source_is_deleted(world: World) -> None:
    await world.push(tree(world.namespace, a={}, b={}), R1)
    await world.apply()
    await world.start()
    assert ids(await world.ready(R1)) == ["a", "b"]
    await world.push(tree(world.namespace, a={}), R2)
    assert ids(await world.ready(R2)) == ["a"]
    await world.gone("b")
    await world.event(f"ConfigMap/{world.namespace}/b deleted")


async def test_an_empty_build_prunes_all(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.push({"kustomization.yaml": "namespace: x\n", "empty.txt": ""}, R2)
    assert ids(await world.ready(R2)) == []
    await world.gone("a")


async def test_a_failed_build_prunes_nothing(world: World) -> None:
    await world.push(tree(world.namespace, a={}, b={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.push({"kustomization.yaml": "resources: [nope.yaml]\n"}, R2)
    await world.failed("BuildFailed")
    assert ids(await world.get()) == ["a", "b"]
    await world.config("a")
    await world.config("b")


async def test_without_prune_what_left_stays_and_is_forgotten(world: World) -> None:
    await world.push(tree(world.namespace, a={}, b={}), R1)
    await world.apply(prune=False)
    await world.start()
    await world.ready(R1)
    await world.push(tree(world.namespace, a={}), R2)
    assert ids(await world.ready(R2)) == ["a"]
    await world.config("b")


KEPT = {
    "prune: disabled": {"annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"}},
    "reconcile: disabled": {"labels": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}},
    "ssa: Ignore": {"annotations": {"kustomize.toolkit.fluxcd.io/ssa": "ignore"}},
    "another owner": {"labels": {"kustomize.toolkit.fluxcd.io/name": "other"}},
    "no owner": {"labels": None},
}


@pytest.mark.parametrize("name", KEPT)
async def test_a_protected_object_is_kept(world: World, name: str) -> None:
    await world.push(tree(world.namespace, a={}, b={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.stop()
    await world.kube.patch(CONFIG_MAP, "b", world.namespace, {"metadata": KEPT[name]})
    await world.push(tree(world.namespace, a={}), R2)
    await world.start()
    assert ids(await world.ready(R2)) == ["a"]
    await world.config("b")
    await world.event(f"ConfigMap/{world.namespace}/b skipped")


async def test_a_delete_that_is_refused_is_told_and_tried_again(world: World) -> None:
    account = f"system:serviceaccount:{world.namespace}:robot"
    await world.account("robot", verbs=["get", "list", "watch", "create", "patch"])
    await world.push(tree(world.namespace, a={}, b={}), R1)
    await world.apply(serviceAccountName="robot")
    await world.start()
    await world.ready(R1)
    await world.push(tree(world.namespace, a={}), R2)
    message = await world.failed("PruneFailed")
    assert message.startswith(f"delete failed, errors: ConfigMap/{world.namespace}/b delete failed: ")
    assert account in message
    failed = await world.get()
    assert sorted(ids(failed)) == ["a", "b"]
    assert failed.status.history[0].last_reconciled_status == "PruneFailed"
    await world.account("robot", verbs=["*"])
    assert ids(await world.ready(R2)) == ["a"]
    await world.gone("b")


async def test_an_object_that_moves_to_another_kustomization_of_the_source_is_never_deleted(world: World) -> None:
    moving = config_map("m", world.namespace, x="1")
    one = {"one/kustomization.yaml": "resources: [m.yaml]\n", "one/m.yaml": moving}
    await world.push({**one, "two/kustomization.yaml": "namespace: x\n"}, R1)
    await world.apply("one", path="one")
    await world.apply("two", path="two")
    await world.start()
    await world.ready(R1, "one")
    await world.ready(R1, "two")
    uid = (await world.config("m"))["metadata"]["uid"]
    for number in range(4):
        here, there = ("two", "one") if number % 2 == 0 else ("one", "two")
        files = {f"{here}/kustomization.yaml": "resources: [m.yaml]\n", f"{here}/m.yaml": moving}
        await world.push({**files, f"{there}/kustomization.yaml": "namespace: x\n"}, f"move{number}")
        await world.ready(f"move{number}", "one")
        await world.ready(f"move{number}", "two")
        assert (await world.config("m"))["metadata"]["uid"] == uid
        assert ids(await world.get(here)) == ["m"]
        assert ids(await world.get(there)) == []


async def test_an_object_that_two_want_stays_when_one_lets_go(world: World) -> None:
    shared = config_map("m", world.namespace, x="1")
    files = {"two/kustomization.yaml": "resources: [m.yaml]\n", "two/m.yaml": shared}
    await world.push({**files, "one/kustomization.yaml": "resources: [m.yaml]\n", "one/m.yaml": shared}, R1)
    await world.apply("two", path="two")
    await world.start()
    await world.ready(R1, "two")
    await world.apply("one", path="one")
    await world.ready(R1, "one")
    await world.push({**files, "one/kustomization.yaml": "namespace: x\n"}, R2)
    await world.ready(R2, "one")
    assert ids(await world.get("one")) == []
    await world.config("m")


POLICIES = {
    "the policy mirrors prune": ({"prune": True}, True),
    "without prune they stay": ({"prune": False}, False),
    "Delete deletes anyway": ({"prune": False, "deletionPolicy": "Delete"}, True),
    "Orphan never does": ({"prune": True, "deletionPolicy": "Orphan"}, False),
    "a suspended object takes nothing along": ({"suspend": True, "deletionPolicy": "Delete"}, False),
    "WaitForTermination deletes": ({"prune": False, "deletionPolicy": "WaitForTermination"}, True),
}


@pytest.mark.parametrize("name", POLICIES)
async def test_deletion_goes_by_its_policy(world: World, name: str) -> None:
    spec, goes = POLICIES[name]
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.apply(**spec)
    await world.until(lambda ks: ks.spec.suspend or ks.status.observed_generation == ks.metadata.generation)
    await world.kube.delete(KUSTOMIZATION, "apps", world.namespace)
    await world.deleted()
    if goes:
        await world.gone("a")
    else:
        await world.config("a")


async def test_termination_is_awaited(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(deletionPolicy="WaitForTermination")
    await world.start()
    await world.ready(R1)
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"metadata": {"finalizers": ["example.org/x"]}})
    await world.kube.delete(KUSTOMIZATION, "apps", world.namespace)
    await world.until(lambda ks: "Waiting for termination: ConfigMap" in said(ks)[1])
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"metadata": {"finalizers": None}})
    await world.deleted()


async def test_when_the_account_is_gone_the_objects_are_left_and_named(world: World) -> None:
    await world.account("robot", verbs=["*"])
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(serviceAccountName="robot")
    await world.start()
    await world.ready(R1)
    await world.kube.delete(SERVICE_ACCOUNT, "robot", world.namespace)
    await world.kube.delete(KUSTOMIZATION, "apps", world.namespace)
    await world.deleted()
    await world.config("a")
    event = await world.event("are left in the cluster")
    assert f"ConfigMap/{world.namespace}/a" in event.message
    assert event.severity == "error"


async def test_the_deletion_needs_neither_source_nor_dependencies(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.apply(dependsOn=[{"name": "nope"}])
    await world.failed("DependencyNotReady")
    await world.source("repo", {"artifact": None})
    await world.kube.delete(KUSTOMIZATION, "apps", world.namespace)
    await world.deleted()
    await world.gone("a")


async def test_an_object_that_moves_to_one_that_waits_for_its_former_owner_is_never_deleted(world: World) -> None:
    moving = config_map("m", world.namespace, x="1")
    one = {"one/kustomization.yaml": "resources: [m.yaml]\n", "one/m.yaml": moving}
    await world.push({**one, "two/kustomization.yaml": "namespace: x\n"}, R1)
    await world.apply("one", path="one")
    await world.apply("two", path="two", dependsOn=[{"name": "one"}])
    await world.start()
    await world.ready(R1, "two")
    uid = (await world.config("m"))["metadata"]["uid"]
    two = {"two/kustomization.yaml": "resources: [m.yaml]\n", "two/m.yaml": moving}
    await world.push({**two, "one/kustomization.yaml": "namespace: x\n"}, R2)
    await world.ready(R2, "two")
    assert (await world.config("m"))["metadata"]["uid"] == uid
    assert (ids(await world.get("one")), ids(await world.get("two"))) == ([], ["m"])
