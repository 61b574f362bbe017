import asyncio

import pytest

from tests.kustomize_controller.world import KUSTOMIZATION, World, condition, config_map, kustomization, said, tree
from weir.kube.errors import NotFound

REVISION = "kustomize.toolkit.fluxcd.io/revision"
R1, R2 = "main@sha1:1", "main@sha1:2"


async def test_a_first_pass_applies_and_says_so(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    ks = await world.ready(R1)
    assert ks.metadata.finalizers == ("finalizers.fluxcd.io",)
    assert said(ks) == ("ReconciliationSucceeded", f"Applied revision: {R1}")
    assert [it.type for it in ks.status.conditions] == ["Ready"]
    assert ks.status.observed_generation == ks.metadata.generation
    assert ks.status.last_attempted_revision == R1
    assert ks.status.inventory is not None
    assert [(it.id, it.v) for it in ks.status.inventory.entries] == [(f"{world.namespace}_a__ConfigMap", "v1")]
    (entry,) = ks.status.history
    assert (entry.last_reconciled_status, entry.total_reconciliations) == ("ReconciliationSucceeded", 1)
    assert entry.metadata == {"revision": R1}
    assert entry.digest.startswith("sha256:")
    live = await world.config()
    assert live["data"] == {"x": "1"}
    assert live["metadata"]["labels"] == {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": world.namespace,
    }
    created = await world.event("created")
    assert (created.message, created.severity) == (f"ConfigMap/{world.namespace}/a created", "info")
    assert created.metadata == {"kustomize.toolkit.fluxcd.io/revision": R1}
    done = await world.event("next run in 10m0s")
    assert done.reason == "ReconciliationSucceeded"
    assert done.metadata["kustomize.toolkit.fluxcd.io/commit_status"] == "update"


async def test_a_second_pass_changes_nothing(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    version = (await world.config())["metadata"]["resourceVersion"]
    await world.request()
    ks = await world.ready(R1)
    assert [it.total_reconciliations for it in ks.status.history] == [2]
    assert (await world.config())["metadata"]["resourceVersion"] == version
    assert [it.message for it in world.events() if "created" in it.message or "configured" in it.message] == [
        f"ConfigMap/{world.namespace}/a created"
    ]


async def test_a_new_revision_is_applied_at_once(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.push(tree(world.namespace, a={"x": "2"}), R2)
    ks = await world.ready(R2, within=3)
    assert (await world.config())["data"] == {"x": "2"}
    assert [it.metadata["revision"] for it in ks.status.history] == [R2, R1]


async def test_an_object_waits_for_its_source(world: World) -> None:
    await world.apply()
    await world.start()
    assert await world.failed("ArtifactFailed") == f"source 'GitRepository/{world.namespace}/repo' not found"
    await world.source()
    text = f"source 'GitRepository/{world.namespace}/repo' has no artifact yet"
    await world.request()
    assert await world.failed("ArtifactFailed") == text
    await world.push(tree(world.namespace, a={}), R1)
    await world.ready(R1, within=3)
    assert not [it for it in world.events() if it.severity == "error"]


async def test_a_directory_that_is_not_there_is_told(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(path="./nope")
    await world.start()
    message = await world.failed("ArtifactFailed")
    assert "path not found: stat ./nope: no such file or directory" in message
    event = await world.event("path not found")
    assert (event.severity, event.reason) == ("error", "ArtifactFailed")


async def test_a_path_cannot_leave_the_artifact(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(path="../../..")
    await world.start()
    await world.ready(R1)


async def test_a_broken_overlay_names_file_and_field_and_its_fix_is_applied(world: World) -> None:
    broken = {"kustomization.yaml": kustomization(world.namespace, "a.yaml") + "patches: [{target: {kind: 1}}]\n"}
    await world.push({**broken, "a.yaml": config_map()}, R1)
    await world.apply()
    await world.start()
    message = await world.failed("BuildFailed")
    assert "kustomization.yaml" in message
    assert "patches[0]" in message
    ks = await world.get()
    assert ks.status.history == ()
    assert condition(ks, "Reconciling") == "True"
    assert ks.status.last_attempted_revision == R1
    await world.push(tree(world.namespace, a={}), R2)
    await world.ready(R2, within=3)
    recovered = await world.event("Recovered.")
    assert (recovered.message, recovered.reason, recovered.severity, recovered.metadata) == (
        f"Recovered. Applied revision: {R2}",
        "ReconciliationSucceeded",
        "info",
        {REVISION: R2},
    )
    await world.request()
    await world.ready(R2)
    assert [it.message for it in world.events() if "Recovered" in it.message] == [recovered.message]


async def test_an_artifact_that_moved_wakes_those_who_could_not_fetch_it(world: World) -> None:
    files = tree(world.namespace, a={"x": "1"})
    await world.push(files, R1, url="http://127.0.0.1:9/gone.tar.gz")
    await world.apply(retryInterval="1h", timeout="30s")
    await world.start("--http-retry=0")
    assert "127.0.0.1:9" in await world.failed("ArtifactFailed")
    await world.push(files, R1)
    await world.ready(R1, within=3)


async def test_malformed_yaml_names_file_and_line(world: World) -> None:
    await world.push({"kustomization.yaml": kustomization(world.namespace, "a.yaml"), "a.yaml": "a: b\n c: d\n"}, R1)
    await world.apply()
    await world.start()
    assert "a.yaml" in await world.failed("BuildFailed")


async def test_a_refused_object_names_itself_and_its_file_and_stops_nothing_else(world: World) -> None:
    bad = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 99999999}]}\n"
    files = {"kustomization.yaml": kustomization(world.namespace, "a.yaml", "bad.yaml"), "a.yaml": config_map()}
    await world.push({**files, "bad.yaml": bad}, R1)
    await world.apply()
    await world.start()
    message = await world.failed("ReconciliationFailed")
    assert message.startswith(f"Service/{world.namespace}/s dry-run failed (Invalid): ")
    assert "[bad.yaml:1]" in message
    with pytest.raises(NotFound):
        await world.config()
    ks = await world.get()
    assert [it.last_reconciled_status for it in ks.status.history] == ["ReconciliationFailed"]


async def test_variables_come_from_maps_and_secrets(world: World) -> None:
    await world.kube.create(
        await world.kube.discovery.kind("v1", "ConfigMap"),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "vars"}, "data": {"a": "map", "b": "map"}},
        world.namespace,
    )
    await world.kube.create(
        await world.kube.discovery.kind("v1", "Secret"),
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "vars"}, "data": {"b": "c2VjcmV0"}},
        world.namespace,
    )
    optional = {"kind": "ConfigMap", "name": "nope", "optional": True}
    sources = [{"kind": "ConfigMap", "name": "vars"}, {"kind": "Secret", "name": "vars"}, optional]
    await world.push(tree(world.namespace, a={"x": "${a}-${b}-${c}"}), R1)
    await world.apply(postBuild={"substituteFrom": sources, "substitute": {"c": "own"}})
    await world.start()
    await world.ready(R1)
    assert (await world.config())["data"] == {"x": "map-secret-own"}
    await world.apply(postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "nope"}]})
    text = f"substituteFrom ConfigMap '{world.namespace}/nope' not found"
    assert await world.failed("BuildFailed") == text


async def test_a_watched_variable_that_changes_is_applied_at_once(world: World) -> None:
    kind = await world.kube.discovery.kind("v1", "ConfigMap")
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "vars", "labels": {"reconcile.fluxcd.io/watch": "Enabled"}},
        "data": {"a": "1"},
    }
    await world.kube.create(kind, body, world.namespace)
    await world.push(tree(world.namespace, a={"x": "v${a}"}), R1)
    await world.apply(postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]}, retryInterval="10m")
    await world.start()
    await world.ready(R1)
    await world.kube.patch(kind, "vars", world.namespace, {"data": {"a": "2"}})
    async with asyncio.timeout(3):
        while (await world.config())["data"] != {"x": "v2"}:
            await asyncio.sleep(0.02)
    await world.kube.delete(kind, "vars", world.namespace)
    await world.failed("BuildFailed")
    await world.kube.create(kind, body, world.namespace)
    await world.ready(R1, within=3)
    assert (await world.config())["data"] == {"x": "v1"}


async def test_an_unset_variable_is_told(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "${nope}"}), R1)
    await world.apply(postBuild={"substitute": {"a": "b"}})
    await world.start()
    message = await world.failed("BuildFailed")
    assert message.startswith('v1/ConfigMap a: variable not set (strict): "nope"')


async def test_suspend_holds_and_resume_catches_up(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1"}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.apply(suspend=True)
    await world.push(tree(world.namespace, a={"x": "2"}), R2)
    await asyncio.sleep(0.5)
    assert (await world.config())["data"] == {"x": "1"}
    await world.apply()
    await world.ready(R2)
    assert (await world.config())["data"] == {"x": "2"}


UNSUPPORTED = {
    "decryption": ({"decryption": {"provider": "sops"}}, "spec.decryption is not supported yet"),
    "workload identity for other clusters": (
        {"kubeConfig": {"configMapRef": {"name": "x"}}},
        "spec.kubeConfig.configMapRef is not supported yet; use spec.kubeConfig.secretRef",
    ),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
async def test_what_is_not_supported_yet_says_so(world: World, name: str) -> None:
    spec, text = UNSUPPORTED[name]
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(**spec)
    await world.start()
    assert await world.failed("FeatureGateDisabled") == text
    assert condition(await world.get(), "Stalled") == "True"


async def test_an_object_that_does_not_decode_stops_nothing_else(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply("bad", healthCheckExprs=[{"apiVersion": "v1", "kind": "ConfigMap", "current": "1 +"}])
    await world.apply()
    await world.start()
    await world.ready(R1)
    message = await world.failed("InvalidCELExpression", "bad")
    assert message.startswith("spec.healthCheckExprs[0] (v1 ConfigMap): current: ")
    bad = await world.get("bad")
    assert condition(bad, "Stalled") == "True"
    assert bad.status.observed_generation == bad.metadata.generation


async def test_metadata_for_all_does_not_override_the_owner(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    labels = {"team": "x", "kustomize.toolkit.fluxcd.io/name": "evil"}
    await world.apply(commonMetadata={"labels": labels, "annotations": {"note": "y"}})
    await world.start()
    await world.ready(R1)
    metadata = (await world.config())["metadata"]
    assert metadata["labels"]["team"] == "x"
    assert metadata["labels"]["kustomize.toolkit.fluxcd.io/name"] == "apps"
    assert metadata["annotations"] == {"note": "y"}


async def test_ignored_fields_are_left_alone(world: World) -> None:
    await world.push(tree(world.namespace, a={"x": "1", "y": "1"}), R1)
    await world.apply(ignore=[{"paths": ["/data/x"]}])
    await world.start()
    await world.ready(R1)
    kind = await world.kube.discovery.kind("v1", "ConfigMap")
    await world.kube.patch(kind, "a", world.namespace, {"data": {"x": "theirs"}}, manager="other")
    await world.request()
    assert (await world.config())["data"] == {"x": "theirs", "y": "1"}
    await world.kube.patch(kind, "a", world.namespace, {"data": {"y": "theirs"}}, manager="other")
    async with asyncio.timeout(5):
        while (await world.config())["data"] != {"x": "theirs", "y": "1"}:
            await asyncio.sleep(0.02)


async def test_the_deletion_of_a_kustomization_takes_its_objects_along(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.kube.delete(KUSTOMIZATION, "apps", world.namespace)
    await world.gone("a")
    await world.deleted()


async def test_a_commit_that_changes_nothing_of_ours_moves_the_revision_without_an_apply(world: World) -> None:
    ours = tree(world.namespace, a={"x": "1"})
    await world.push(ours, R1)
    await world.apply()
    await world.start()
    await world.ready(R1)
    version = (await world.config())["metadata"]["resourceVersion"]
    await world.push({**ours, "elsewhere/b.yaml": "not: yours"}, R2)
    ks = await world.ready(R2)
    (entry,) = ks.status.history
    assert (entry.total_reconciliations, entry.metadata) == (2, {"revision": R2})
    assert (await world.config())["metadata"]["resourceVersion"] == version
    await world.until(lambda _: [it.metadata[REVISION] for it in world.events() if "next" in it.message] == [R1, R2])
    await world.push({**ours, "a.yaml": config_map("a", x="3")}, "r3")
    await world.ready("r3")
    assert (await world.config())["data"] == {"x": "3"}


async def test_a_directory_without_kustomization_is_built_whole_and_overlaid(world: World) -> None:
    files = {"apps/a.yaml": config_map("a"), "apps/sub/b.yaml": config_map("b"), "apps/README.md": "no manifest"}
    await world.push(files, R1)
    patch = {"patch": "- {op: add, path: /data/p, value: q}", "target": {"kind": "ConfigMap", "name": "b"}}
    await world.apply(path="apps", targetNamespace=world.namespace, namePrefix="my-", patches=[patch])
    await world.start()
    await world.ready(R1)
    assert (await world.config("my-a"))["data"] == {"x": "y"}
    assert (await world.config("my-b"))["data"] == {"x": "y", "p": "q"}
