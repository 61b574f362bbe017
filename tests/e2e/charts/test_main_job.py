"""The main job under the roles and with the arguments of the chart, watched by a real Prometheus with its rules."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from local_cluster.demo.__main__ import HERE, REPOSITORIES
from local_cluster.demo.moves import call_webhook
from local_cluster.demo.story import STORY, drift
from local_cluster.demo.world import NotHeld, World, stage
from tests.binaries import need
from tests.charts.documented import NAMES
from tests.e2e.charts.helm import NAMESPACE
from tests.e2e.charts.installed import ROLES, denied, install
from tests.e2e.charts.prometheus import Prometheus, rules, scraping
from tests.servers.clusters import Existing, existing_for
from weir import rights, yaml
from weir.kube import kinds
from weir.kube.errors import NotFound
from weir_chart.panels import CLUSTER, CONTROL_PLANE, Panel

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]
existing = existing_for("module")


@dataclass(frozen=True)
class Played:
    """The stage after the story."""

    world: World
    prometheus: Prometheus

    async def fires(self, *alert: str) -> None:
        """Wait until an alert fires."""

        async def firing() -> bool:
            now = await self.prometheus.firing()
            if alert not in now:
                raise NotHeld(f"{alert} is not among {sorted(now)}")
            return True

        await self.world.until("the alert", firing, limit=60)

    async def still(self, *alert: str) -> None:
        """Wait until an alert fires no more."""

        async def silent() -> bool:
            return alert not in await self.prometheus.firing()

        await self.world.until(f"silence of {alert}", silent, limit=60)

    def log(self, name: str) -> str:
        """What a controller has said."""
        return self.world.running.processes[name].log.read_text(encoding="utf-8")

    async def apply(self, *bodies: dict[str, Any]) -> None:
        """As a person would."""
        await self.world.run("kubectl", "apply", "-f", "-", stdin=yaml.dump_all(bodies))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def played(existing: Existing, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """The suite as the chart installs it, with the story told on it. Tenants are open, as the story has it."""
    need("prometheus")
    async with stage(print, existing and existing.kubeconfig) as world:
        await install(world, {"multitenancy": {"enabled": False}})
        async with scraping(world.running.ports.metrics, tmp_path_factory.mktemp("prometheus")) as prometheus:
            for repository, content in REPOSITORIES.items():
                await world.make(repository, HERE / content)
            for title, step in STORY:
                print(title, await step(world))  # noqa: T201  where it stopped, when it fails
            yield Played(world, prometheus)


async def test_no_controller_lacked_a_right(played: Played) -> None:
    for name in NAMES:
        assert denied(played.world, name) == [], name
    refused = await played.prometheus.query('rest_client_requests_total{code="403"}')
    assert {it["metric"]["pod"] for it in refused} <= {"kustomize-controller-0"}  # a tenant's, which the story is about


async def test_the_rights_were_the_charts_alone(played: Played) -> None:
    declared = {(it["kind"], it["metadata"]["name"]) for it in rights.roles(NAMES, NAMESPACE)}
    found = set()
    for kind in ROLES:
        where = ["-n", NAMESPACE] if kind in {"Role", "RoleBinding"} else []
        listed = await played.world.run(
            "kubectl", "get", kind.lower(), "-l", "app.kubernetes.io/part-of=flux", "-o", "json", *where
        )
        found |= {(kind, it["metadata"]["name"]) for it in json.loads(listed)["items"]}
    assert found == declared


async def test_no_controller_wondered_about_an_argument(played: Played) -> None:
    for name in NAMES:
        assert "no flag of ours" not in played.log(name)


async def test_each_controller_leads_by_its_lease(played: Played) -> None:
    for name in NAMES:
        lease = json.loads((await played.world.kube.get(kinds.LEASE, f"{name}-leader-election", NAMESPACE)).raw)
        assert lease["spec"]["holderIdentity"], name


SHOWN = [
    pytest.param(panel, id=f"{board}: {panel.title}")
    for board, panels in (("cluster", CLUSTER), ("control plane", CONTROL_PLANE))
    for panel in panels
]
QUIET = {"What is not ready", "What is suspended", "Dead letters"}
"""Panels that the story leaves empty."""


@pytest.mark.parametrize("panel", SHOWN)
async def test_every_panel_shows_something(played: Played, panel: Panel) -> None:
    for expression in panel.queries.values():
        asked = expression.replace("$namespace", ".*").replace("$__rate_interval", "5m")
        if panel.title in QUIET:
            await played.prometheus.query(asked)
            assert panel.empty
        else:
            await played.world.until(asked, partial(shows, played, asked))


async def shows(played: Played, asked: str) -> bool:
    """Whether the answer has a number. A rate takes two samples, so something goes on until it has."""
    values = [float(it["value"][1]) for it in await played.prometheus.query(asked)]
    if any(value == value for value in values):  # noqa: PLR0124  not NaN
        return True
    await drift(played.world)
    await call_webhook(played.world)
    return False


PODS = 'pod=~".*-controller-.*"'
FLUX = (
    f"sum(go_info{{{PODS}}})",
    f"go_memstats_alloc_bytes{{{PODS}}}",
    f"rate(process_cpu_seconds_total{{{PODS}}}[5m])",
    f"sum by (code) (rate(rest_client_requests_total{{{PODS}}}[5m]))",
    'workqueue_longest_running_processor_seconds{name="kustomization"}',
    'rate(workqueue_work_duration_seconds_count{name="gitrepository"}[5m])',
    'increase(controller_runtime_reconcile_total{controller="kustomization", result="success"}[5m])',
    "histogram_quantile(0.5, sum by (le) (rate(controller_runtime_reconcile_time_seconds_bucket[5m])))",
    'count(gotk_resource_info{customresource_kind=~"Kustomization|HelmRelease", exported_namespace=~".*"})',
    'count(gotk_resource_info{customresource_kind=~"GitRepository|HelmRepository|Bucket|OCIRepository"})',
    "sum by (kind, name) (rate(gotk_reconcile_duration_seconds_sum{exported_namespace=~'.*'}[5m]))",
)
"""What dashboards made for Flux ask (`spec/cli-and-ui.md` 5.4)."""


@pytest.mark.parametrize("expression", FLUX)
async def test_dashboards_made_for_flux_show_something(played: Played, expression: str) -> None:
    assert await played.prometheus.query(expression)


async def test_every_rule_is_loaded_and_healthy(played: Played) -> None:
    async def evaluated() -> bool:
        groups = (await played.prometheus.get("/api/v1/rules"))["groups"]
        states = {(rule["name"], rule["query"]): rule["health"] for group in groups for rule in group["rules"]}
        if set(states.values()) != {"ok"}:
            raise NotHeld(str({name: state for name, state in states.items() if state != "ok"}))
        assert len(states) == sum(len(group["rules"]) for group in rules()["groups"])
        return True

    await played.world.until("all rules are evaluated", evaluated)


async def test_after_the_story_nothing_fires(played: Played) -> None:
    async def silent() -> bool:
        if now := await played.prometheus.firing():
            raise NotHeld(f"firing: {sorted(now)}")
        return True

    await played.world.until("silence", silent)


async def test_an_object_that_fails_is_told(played: Played) -> None:
    await played.apply(
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": "nowhere", "namespace": "default"},
            "spec": {"interval": "1m", "url": "http://127.0.0.1:9/nowhere.git"},
        },
        {
            "apiVersion": "notification.toolkit.fluxcd.io/v1beta3",
            "kind": "Provider",
            "metadata": {"name": "deaf", "namespace": NAMESPACE},
            "spec": {"type": "generic", "address": "http://127.0.0.1:9/"},
        },
        {
            "apiVersion": "notification.toolkit.fluxcd.io/v1beta3",
            "kind": "Alert",
            "metadata": {"name": "deaf", "namespace": NAMESPACE},
            "spec": {"providerRef": {"name": "deaf"}, "eventSources": [{"kind": "Kustomization", "name": "lost"}]},
        },
    )
    await played.fires("WeirSourceNotReady", "default", "nowhere")
    await played.apply(
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": "lost", "namespace": NAMESPACE},
            "spec": {
                "interval": "1m",
                "retryInterval": "1s",
                "path": "./no/such/path",
                "prune": True,
                "sourceRef": {"kind": "GitRepository", "name": "fleet"},
            },
        },
    )
    await played.fires("WeirNotReady", NAMESPACE, "lost")
    await played.fires("WeirDeliveriesFail", "generic")
    (panel,) = (it for it in CLUSTER if it.title == "What is not ready")
    (expression,) = panel.queries.values()
    shown = await played.prometheus.query(expression.replace("$namespace", ".*"))
    assert {it["metric"]["name"] for it in shown} >= {"nowhere", "lost"}


async def test_an_object_that_is_suspended_is_told(played: Played) -> None:
    await played.world.run("weir", "suspend", "kustomization", "app", "-n", "team-b")
    await played.fires("WeirSuspended", "team-b", "app")
    await played.world.run("weir", "resume", "kustomization", "app", "-n", "team-b")
    await played.still("WeirSuspended", "team-b", "app")


@pytest.mark.parametrize(
    ("process", "alerts"),
    [
        ("source-controller", [("WeirSourceControllerAbsent",), ("WeirMetricAbsent", "gotk_resource_info")]),
        ("kustomize-controller", [("WeirKustomizeControllerAbsent",), ("WeirMetricAbsent", "weir_overdue_seconds")]),
        ("notification-controller", [("WeirNotificationControllerAbsent",), ("WeirMetricAbsent", "weir_bus_up")]),
        ("nats", [("WeirBusDown",)]),
    ],
)
async def test_a_process_that_is_gone_is_told(played: Played, process: str, alerts: list[tuple[str, ...]]) -> None:
    it = played.world.running.processes[process]
    await it.stop()
    for alert in alerts:
        await played.fires(*alert)
    await it.start()
    for alert in alerts:
        await played.still(*alert)


async def test_nobody_leading_is_told(played: Played) -> None:
    name = "kustomize-controller"
    process, lease = played.world.running.processes[name], f"{name}-leader-election"
    await process.stop()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    held = {"holderIdentity": "somebody", "leaseDurationSeconds": 3600, "acquireTime": now, "renewTime": now}
    await played.world.kube.patch(kinds.LEASE, lease, NAMESPACE, {"spec": held})
    await process.start()
    await played.fires("WeirNoLeader", lease)
    with contextlib.suppress(NotFound):
        await played.world.kube.delete(kinds.LEASE, lease, NAMESPACE)
    await played.still("WeirNoLeader", lease)
