from tests.kustomize_controller.world import World, condition, config_map, kustomization, said


async def test_a_first_pass_applies_and_says_so(world: World) -> None:
    await world.push(
        {"kustomization.yaml": kustomization(world.namespace, "a.yaml"), "a.yaml": config_map(x="1")}, "main@sha1:1"
    )
    await world.apply()
    await world.start()
    ks = await world.ready("main@sha1:1")
    assert ks.metadata.finalizers == ("finalizers.fluxcd.io",)
    assert said(ks) == ("ReconciliationSucceeded", "Applied revision: main@sha1:1")
    assert [it.type for it in ks.status.conditions] == ["Ready"]
    assert ks.status.observed_generation == ks.metadata.generation
    assert ks.status.last_attempted_revision == "main@sha1:1"
    assert ks.status.inventory is not None
    assert [(it.id, it.v) for it in ks.status.inventory.entries] == [(f"{world.namespace}_a__ConfigMap", "v1")]
    assert [(it.last_reconciled_status, it.total_reconciliations) for it in ks.status.history] == [
        ("ReconciliationSucceeded", 1)
    ]
    live = await world.config()
    assert live["data"] == {"x": "1"}
    assert live["metadata"]["labels"] == {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": world.namespace,
    }
    assert condition(ks, "Healthy") == ""
