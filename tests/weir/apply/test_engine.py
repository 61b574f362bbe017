import asyncio
from typing import Any

import pytest

from weir.api.kustomization import IgnoreRule
from weir.apply import engine, ignore
from weir.apply.changes import Action, Change
from weir.apply.steps import Left, Options, Wanted
from weir.kube.client import Client, PatchType
from weir.kube.errors import NotFound
from weir.kube.kinds import CONFIG_MAP, NAMESPACE, SECRET
from weir.kube.object import Object


def config(namespace: str, name: str = "a", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def deployment(namespace: str, replicas: int | None = 1, image: str = "nginx:1") -> dict[str, Any]:
    labels = {"app": "web"}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}},
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": spec,
    }


PLAIN = Options()


async def apply(kube: Client, *bodies: dict[str, Any], options: Options = PLAIN) -> tuple[Change, ...]:
    wanted = [Wanted.of(body, f"file{index}.yaml:1") for index, body in enumerate(bodies)]
    plan = await engine.plan(kube, wanted, options, left={}, known=frozenset())
    return await engine.send(kube, plan, options)


def told(changes: tuple[Change, ...]) -> list[str]:
    return [change.line for change in changes]


async def read(kube: Client, namespace: str, name: str = "a") -> Any:
    return (await kube.get(CONFIG_MAP, name, namespace)).body()


async def test_what_is_not_there_is_created_and_the_same_again_changes_nothing(kube: Client, namespace: str) -> None:
    first = await apply(kube, config(namespace, x="1"), deployment(namespace))
    assert told(first) == [f"ConfigMap/{namespace}/a created", f"Deployment/{namespace}/web created"]
    version = (await read(kube, namespace))["metadata"]["resourceVersion"]
    second = await apply(kube, config(namespace, x="1"), deployment(namespace))
    assert [change.action for change in second] == [Action.UNCHANGED, Action.UNCHANGED]
    assert (await read(kube, namespace))["metadata"]["resourceVersion"] == version
    third = await apply(kube, config(namespace, x="2"))
    assert told(third) == [f"ConfigMap/{namespace}/a configured"]


async def test_definitions_namespaces_and_what_needs_them_come_in_one_apply(kube: Client, namespace: str) -> None:
    group = f"{namespace}.example.org"
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                }
            ],
        },
    }
    inner = f"{namespace}-inner"
    thing = {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "t", "namespace": inner}, "spec": {}}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner}}
    changes = await apply(kube, thing, config(inner), definition, space)
    assert told(changes) == [
        f"CustomResourceDefinition/things.{group} created",
        f"Namespace/{inner} created",
        f"ConfigMap/{inner}/a created",
        f"Thing/{inner}/t created",
    ]
    await kube.delete(NAMESPACE, inner)


async def test_nothing_is_sent_when_anything_is_refused_and_everything_refused_is_told(
    kube: Client, namespace: str
) -> None:
    bad = deployment(namespace)
    del bad["spec"]["template"]
    nowhere = config("not-there", "b")
    unknown = {"apiVersion": "example.org/v9", "kind": "Nope", "metadata": {"name": "n", "namespace": namespace}}
    bare = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "bare"}}
    with pytest.raises(engine.ApplyError) as caught:
        await apply(kube, config(namespace), bad, nowhere, unknown, bare)
    problems = caught.value.problems
    assert len(problems) == 4
    assert problems[0].startswith("ConfigMap/bare namespace not specified: ")
    assert problems[1].startswith("ConfigMap/not-there/b not found: ")
    assert problems[2].startswith(f"Deployment/{namespace}/web dry-run failed (Invalid): ")
    assert problems[2].endswith("[file1.yaml:1]")
    assert problems[3].startswith(f"Nope/{namespace}/n dry-run failed: no matches for kind")
    with pytest.raises(NotFound):
        await read(kube, namespace)


async def test_kubectl_edits_are_undone_and_other_appliers_keep_their_fields(kube: Client, namespace: str) -> None:
    await apply(kube, config(namespace, x="1"))
    await kube.patch(CONFIG_MAP, "a", namespace, {"data": {"x": "2", "edited": "1"}}, manager="kubectl-edit")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"theirs": "1"}}
    await kube.apply(CONFIG_MAP, body, name="a", namespace=namespace, manager="operator")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"mine": "1"}}
    await kube.apply(CONFIG_MAP, body, name="a", namespace=namespace, manager="kubectl")
    changes = await apply(kube, config(namespace, x="1"))
    assert told(changes) == [f"ConfigMap/{namespace}/a configured"]
    live = await read(kube, namespace)
    assert live["data"] == {"x": "1", "theirs": "1"}
    assert sorted(entry["manager"] for entry in live["metadata"]["managedFields"]) == [
        "kustomize-controller",
        "operator",
    ]


async def test_with_merge_the_fields_of_kubectl_stay(kube: Client, namespace: str) -> None:
    merging = config(namespace, x="1")
    merging["metadata"]["annotations"] = {"kustomize.toolkit.fluxcd.io/ssa": "Merge"}
    await apply(kube, merging)
    await kube.patch(CONFIG_MAP, "a", namespace, {"data": {"edited": "1"}}, manager="kubectl-edit")
    assert [change.action for change in await apply(kube, merging)] == [Action.UNCHANGED]
    assert (await read(kube, namespace))["data"] == {"x": "1", "edited": "1"}


SWITCHES = {
    "reconcile: disabled": ("reconcile", "disabled"),
    "ssa: Ignore": ("ssa", "Ignore"),
    "ssa: IfNotPresent": ("ssa", "IfNotPresent"),
}


@pytest.mark.parametrize("name", SWITCHES)
async def test_a_switch_leaves_an_object_alone(kube: Client, namespace: str, name: str) -> None:
    await apply(kube, config(namespace, x="1"))
    switched = config(namespace, x="2")
    key, value = SWITCHES[name]
    switched["metadata"]["annotations"] = {f"kustomize.toolkit.fluxcd.io/{key}": value}
    assert told(await apply(kube, switched)) == [f"ConfigMap/{namespace}/a skipped"]
    assert (await read(kube, namespace))["data"] == {"x": "1"}


async def test_if_not_present_creates(kube: Client, namespace: str) -> None:
    body = config(namespace)
    body["metadata"]["labels"] = {"kustomize.toolkit.fluxcd.io/ssa": "ifnotpresent"}
    assert told(await apply(kube, body)) == [f"ConfigMap/{namespace}/a created"]


def secret(namespace: str, **more: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": namespace, **more},
        "type": "Opaque",
        "immutable": True,
        "data": {"k": "eA=="},
    }


async def test_an_immutable_field_is_an_error_unless_forced(kube: Client, namespace: str) -> None:
    first = await apply(kube, secret(namespace))
    changed = secret(namespace) | {"data": {"k": "aHVudGVyMg=="}}
    with pytest.raises(engine.ApplyError) as caught:
        await apply(kube, changed)
    assert str(caught.value).startswith(f"Secret/{namespace}/s dry-run failed (Invalid): ")
    assert "aHVudGVyMg==" not in str(caught.value)
    second = await apply(kube, changed, options=Options(force=True))
    assert told(second) == [f"Secret/{namespace}/s created"]
    assert second[0].uid != first[0].uid
    assert (await kube.get(SECRET, "s", namespace)).body()["data"] == {"k": "aHVudGVyMg=="}


async def test_a_finalizer_delays_the_recreation(kube: Client, namespace: str) -> None:
    await apply(kube, secret(namespace))
    await kube.patch(SECRET, "s", namespace, {"metadata": {"finalizers": ["example.org/wait"]}})
    changed = secret(namespace, annotations={"kustomize.toolkit.fluxcd.io/force": "enabled"}) | {"data": {"k": "eQ=="}}
    task = asyncio.create_task(apply(kube, changed))
    await asyncio.sleep(0.3)
    assert not task.done()
    await kube.patch(SECRET, "s", namespace, {"metadata": {"finalizers": None}})
    assert told(await task) == [f"Secret/{namespace}/s created"]


async def test_a_finalizer_that_stays_is_told(kube: Client, namespace: str) -> None:
    await apply(kube, secret(namespace))
    await kube.patch(SECRET, "s", namespace, {"metadata": {"finalizers": ["example.org/wait"]}})
    changed = secret(namespace) | {"data": {"k": "eQ=="}}
    with pytest.raises(engine.ApplyError, match="immutable field detected, failed to wait for deletion"):
        await apply(kube, changed, options=Options(force=True, timeout=0.3))
    await kube.patch(SECRET, "s", namespace, {"metadata": {"finalizers": None}})


async def test_a_namespace_on_a_cluster_scoped_object_is_left_out(kube: Client, namespace: str) -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": f"{namespace}:reader", "namespace": namespace},
        "rules": [],
    }
    changes = await apply(kube, role)
    assert told(changes) == [f"ClusterRole/{namespace}:reader created"]
    assert changes[0].reference.entry.id == f"_{namespace}__reader_rbac.authorization.k8s.io_ClusterRole"
    kind = await kube.discovery.kind("rbac.authorization.k8s.io/v1", "ClusterRole")
    await kube.delete(kind, f"{namespace}:reader")


IGNORED = Options(ignore=ignore.compile_rules([IgnoreRule(("/spec/replicas",))]))


async def test_ignored_drift_is_no_drift_and_survives_an_apply(kube: Client, namespace: str) -> None:
    await apply(kube, deployment(namespace, 2), options=IGNORED)
    kind = await kube.discovery.kind("apps/v1", "Deployment")
    await kube.patch(kind, "web", namespace, {"spec": {"replicas": 5}}, manager="autoscaler")
    assert [it.action for it in await apply(kube, deployment(namespace, 2), options=IGNORED)] == [Action.UNCHANGED]
    changes = await apply(kube, deployment(namespace, 2, "nginx:2"), options=IGNORED)
    assert [it.action for it in changes] == [Action.CONFIGURED]
    assert await _replicas(kube, namespace) == 5
    assert [it.action for it in await apply(kube, deployment(namespace, 2))] == [Action.CONFIGURED]
    assert await _replicas(kube, namespace) == 2


async def test_an_ignored_place_that_another_applies_is_left_to_them(kube: Client, namespace: str) -> None:
    await apply(kube, deployment(namespace, None))
    kind = await kube.discovery.kind("apps/v1", "Deployment")
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 4}}
    await kube.apply(kind, body, name="web", namespace=namespace, manager="scaler")
    await apply(kube, deployment(namespace, 2, "nginx:2"), options=IGNORED)
    live = (await kube.get(kind, "web", namespace)).body()
    assert live["spec"]["replicas"] == 4
    ours = next(it for it in live["metadata"]["managedFields"] if it["manager"] == "kustomize-controller")
    assert "f:replicas" not in ours["fieldsV1"]["f:spec"]


async def _replicas(kube: Client, namespace: str) -> int:
    kind = await kube.discovery.kind("apps/v1", "Deployment")
    replicas: int = (await kube.get(kind, "web", namespace)).body()["spec"]["replicas"]
    return replicas


async def test_what_is_known_to_be_as_we_left_it_is_not_asked_for(kube: Client, namespace: str) -> None:
    wanted = Wanted.of(config(namespace))
    identifier = wanted.reference.entry.id
    left = {identifier: Left("u", "1", wanted.digest)}
    plan = await engine.plan(kube, [wanted], Options(), left=left, known=frozenset())
    assert not plan.changes
    assert told(await engine.send(kube, plan, Options())) == [f"ConfigMap/{namespace}/a unchanged"]
    with pytest.raises(NotFound):
        await read(kube, namespace)


async def test_a_tenant_reaches_only_its_own_namespace(kube: Client, namespace: str) -> None:
    tenant = kube.impersonate(f"system:serviceaccount:{namespace}:nobody")
    with pytest.raises(engine.ApplyError, match=r"dry-run failed \(Forbidden\)"):
        await apply(tenant, config(namespace))


async def test_a_legacy_manager_and_its_traces_are_taken_over(kube: Client, namespace: str) -> None:
    body = config(namespace, x="1", old="1")
    body["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    await kube.create(CONFIG_MAP, body, namespace, manager="kubectl-client-side-apply")
    assert told(await apply(kube, config(namespace, x="1"))) == [f"ConfigMap/{namespace}/a configured"]
    live = await read(kube, namespace)
    assert live["data"] == {"x": "1"}
    assert "annotations" not in live["metadata"]


async def test_a_json_patch_of_a_stale_version_is_refused(kube: Client, namespace: str) -> None:
    created: Object = await kube.create(CONFIG_MAP, config(namespace, x="1"), namespace)
    await kube.patch(CONFIG_MAP, "a", namespace, {"data": {"x": "2"}})
    patch = [{"op": "replace", "path": "/metadata/resourceVersion", "value": created.metadata.resource_version}]
    with pytest.raises(Exception, match="modified"):
        await kube.patch(CONFIG_MAP, "a", namespace, patch, type=PatchType.JSON)
