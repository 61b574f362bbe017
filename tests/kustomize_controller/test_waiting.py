import asyncio
from typing import Any

from tests.kustomize_controller.world import KUSTOMIZATION, World, condition, config_map, said, tree
from weir.kube.kinds import CONFIG_MAP

R1, R2 = "main@sha1:1", "main@sha1:2"


def web(image: str = "nginx:1", *, overdue: bool = False) -> str:
    """A Deployment; one that is overdue is not there when its time is over, a second after it began."""
    told, time = ("local.weir.dev/fail: deadline", "progressDeadlineSeconds: 1") if overdue else ("", "")
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
        f"  {time}\n  template:\n    metadata: {{labels: {{app: web}}, annotations: {{{told}}}}}\n"
        f"    spec: {{containers: [{{name: web, image: '{image}'}}]}}\n"
    )


def overlay(namespace: str, deployment: str) -> dict[str, str]:
    return {"kustomization.yaml": f"namespace: {namespace}\nresources: [web.yaml]\n", "web.yaml": deployment}


async def test_what_was_applied_is_awaited(world: World) -> None:
    await world.push(overlay(world.namespace, web()), R1)
    await world.apply(wait=True)
    await world.start()
    ks = await world.ready(R1)
    assert said(ks, "Healthy")[0] == "Succeeded"
    await world.event("Health check passed in")
    kind = await world.kube.discovery.kind("apps/v1", "Deployment")
    assert (await world.kube.get(kind, "web", world.namespace)).body()["status"]["readyReplicas"] == 1


async def test_a_fix_overtakes_a_failing_rollout(world: World) -> None:
    await world.push(overlay(world.namespace, web("nginx:broken")), R1)
    await world.apply(wait=True, timeout="10m")
    await world.start()
    ks = await world.until(lambda ks: condition(ks, "Healthy") == "Unknown")
    assert condition(ks) == "Unknown"
    assert condition(ks, "Reconciling") == "True"
    assert ks.status.last_attempted_revision == R1
    assert ks.status.last_applied_revision == ""
    assert ks.status.inventory is not None
    await world.push(overlay(world.namespace, web("nginx:2")), R2)
    ks = await world.ready(R2, within=5)
    assert condition(ks, "Healthy") == "True"
    source = f"GitRepository/{world.namespace}/repo"
    event = await world.event(f"Health check of revision {R1} canceled: {source} revision {R2}")
    assert event.reason == "HealthCheckCanceled"
    assert [it.metadata["revision"] for it in ks.status.history] == [R2]


async def test_healthy_unhealthy_healthy(world: World) -> None:
    await world.push(overlay(world.namespace, web()), R1)
    await world.apply(wait=True)
    await world.start()
    await world.ready(R1)
    await world.push(overlay(world.namespace, web("nginx:2", overdue=True)), R2)
    message = await world.failed("HealthCheckFailed")
    subject = f"Deployment/{world.namespace}/web"
    assert message.startswith("health check failed after ")
    assert message.endswith(f": failed early due to stalled resources: [{subject} status: 'Failed']")
    ks = await world.get()
    assert said(ks, "Healthy") == (
        "HealthCheckFailed",
        f"failed early due to stalled resources: [{subject} status: 'Failed']",
    )
    assert ks.status.last_applied_revision == R1
    assert ks.status.history[0].last_reconciled_status == "HealthCheckFailed"
    assert (await world.event("health check failed")).severity == "error"
    await world.push(overlay(world.namespace, web("nginx:3")), "r3")
    ks = await world.ready("r3")
    assert condition(ks, "Healthy") == "True"
    await world.until(
        lambda _: [it.message.startswith("Health check passed") for it in world.events()].count(True) == 2
    )


JOB = """apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: %s}
spec:
  %s
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}
"""


async def test_a_job_that_expires_counts_as_done_when_it_is_gone(world: World) -> None:
    job = JOB % (world.namespace, "ttlSecondsAfterFinished: 0")
    await world.push({"kustomization.yaml": "resources: [job.yaml]\n", "job.yaml": job}, R1)
    await world.apply(wait=True)
    await world.start()
    await world.ready(R1)


async def test_listed_objects_decide_and_one_without_namespace_is_told(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "namespace": world.namespace}
    await world.apply(healthChecks=[check])
    await world.start()
    await world.until(lambda ks: condition(ks, "Healthy") == "Unknown")
    await world.kube.create(
        CONFIG_MAP, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other"}}, world.namespace
    )
    ks = await world.ready(R1, within=8)
    assert condition(ks, "Healthy") == "True"
    await world.apply(healthChecks=[])
    await world.until(lambda ks: condition(ks, "Healthy") == "" and condition(ks) == "True")


async def test_expressions_judge_kinds_of_any_group(world: World) -> None:
    await world.push(tree(world.namespace, a={"state": "starting"}), R1)
    exprs = [
        {"apiVersion": "v1", "kind": "ConfigMap", "current": "data.state == 'up'", "failed": "data.state == 'down'"}
    ]
    await world.apply(wait=True, healthCheckExprs=exprs, ignore=[{"paths": ["/data/state"]}])
    await world.start()
    await world.until(lambda ks: condition(ks, "Healthy") == "Unknown")
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"state": "up"}}, manager="app")
    await world.ready(R1, within=8)
    await world.kube.patch(CONFIG_MAP, "a", world.namespace, {"data": {"state": "down"}}, manager="app")
    await world.request()
    await world.failed("HealthCheckFailed")


async def test_a_bad_ready_expression_stalls(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply("base")
    await world.apply(dependsOn=[{"name": "base", "readyExpr": "dep.status.ok"}])
    await world.start()
    message = await world.failed("InvalidCELExpression")
    assert message.startswith("spec.dependsOn[0].readyExpr: the result must be a bool")
    assert condition(await world.get(), "Stalled") == "True"


async def test_a_ready_expression_decides(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    expression = "dep.metadata.labels['go'] == 'yes'"
    await world.apply("base", path=".", targetNamespace=world.namespace)
    await world.apply(dependsOn=[{"name": "base", "readyExpr": expression}], path=".")
    await world.start("--requeue-dependency=300ms")
    assert "is not ready: readyExpr" in await world.failed("DependencyNotReady")
    await world.kube.patch(KUSTOMIZATION, "base", world.namespace, {"metadata": {"labels": {"go": "yes"}}})
    await world.ready(R1)


async def test_dependencies_that_are_not_there_or_not_ready_are_told(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply(dependsOn=[{"name": "base"}])
    await world.start()
    assert await world.failed("DependencyNotReady") == f"dependency '{world.namespace}/base' not found"
    await world.apply("base", path="./nope")
    await world.failed("ArtifactFailed", "base")
    await world.request()
    assert await world.failed("DependencyNotReady") == f"dependency '{world.namespace}/base' is not ready"
    event = await world.event("is not ready")
    assert (event.severity, event.reason) == ("info", "DependencyNotReady")


async def test_a_chain_of_ten_is_woken_link_by_link(world: World) -> None:
    files: dict[str, str] = {}
    for number in range(10):
        files[f"{number}/kustomization.yaml"] = f"namespace: {world.namespace}\nresources: [m.yaml]\n"
        files[f"{number}/m.yaml"] = config_map(f"link{number}", x="1")
    await world.push(files, R1)
    for number in reversed(range(10)):
        depends: list[Any] = [{"name": f"link{number - 1}"}] if number else []
        await world.apply(f"link{number}", path=str(number), dependsOn=depends)
    await world.start("--requeue-dependency=10m")
    await world.ready(R1, "link9", within=20)
    files |= {"9/m.yaml": config_map("link9", x="2")}
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await world.push(files, R2)
    await world.ready(R2, "link9", within=10)
    assert loop.time() - begun < 3


async def test_a_circle_is_told_and_keeps_nobody_else_waiting(world: World) -> None:
    await world.push(tree(world.namespace, a={}), R1)
    await world.apply("one", dependsOn=[{"name": "two"}])
    await world.apply("two", dependsOn=[{"name": "one"}])
    await world.apply()
    await world.start()
    await world.ready(R1)
    await world.failed("DependencyNotReady", "one")
    await world.failed("DependencyNotReady", "two")
