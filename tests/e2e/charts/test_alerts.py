"""When the chart's alerts fire: its rules under `promtool test rules`, with series made for each."""

import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.binaries import need
from tests.e2e.charts.prometheus import rules


class Case(NamedTuple):
    """Series by name (a value a minute), and when an alert does not fire yet, and when it does, with these labels."""

    alert: str
    series: dict[str, str]
    silent: str
    fires: str
    labels: dict[str, str]


KUSTOMIZATION = 'customresource_group="kustomize.toolkit.fluxcd.io", customresource_kind="Kustomization"'
SOURCE = 'customresource_group="source.toolkit.fluxcd.io", customresource_kind="GitRepository"'
APP = 'exported_namespace="team-a", name="app"'
CALLED = {"exported_namespace": "team-a", "name": "app"}


def info(kind: str, ready: str, more: str = "") -> str:
    return f'gotk_resource_info{{{kind}, {APP}, ready="{ready}"{more}}}'


CASES = {
    "an object fails": Case(
        "WeirNotReady",
        {info(KUSTOMIZATION, "False", ', reason="BuildFailed"'): "1x60"},
        "4m",
        "6m",
        {"severity": "warning", "customresource_kind": "Kustomization", **CALLED},
    ),
    "an object fails, tries again, and fails": Case(
        "WeirNotReady",
        {
            info(KUSTOMIZATION, "False", ', reason="HealthCheckFailed"'): "1 stale _ _ 1 stale _ _ 1 stale _ _ 1",
            info(KUSTOMIZATION, "Unknown", ', reason="Progressing"'): "_ 1 1 1 stale 1 1 1 stale 1 1 1 stale",
        },
        "4m",
        "9m",
        {"severity": "warning", "customresource_kind": "Kustomization", **CALLED},
    ),
    "a source fails, one reason after the other": Case(
        "WeirSourceNotReady",
        {
            info(SOURCE, "False", ', reason="GitOperationFailed"'): "1 1 1 stale",
            info(SOURCE, "False", ', reason="AuthenticationFailed"'): "_ _ _ 1 1 1 1 1 1",
        },
        "4m",
        "6m",
        {"severity": "warning", "customresource_kind": "GitRepository", **CALLED},
    ),
    "an object is suspended for a day": Case(
        "WeirSuspended",
        {info(KUSTOMIZATION, "True", ', suspended="true"'): "1x1500"},
        "23h",
        "24h1m",
        {"severity": "info", "customresource_kind": "Kustomization", **CALLED},
    ),
    "objects are late": Case(
        "WeirOverdue",
        {'weir_overdue_seconds{controller="kustomization"}': "0 0 90x60"},
        "11m",
        "13m",
        {"severity": "critical", "controller": "kustomization"},
    ),
    "attempts are slow": Case(
        "WeirSlow",
        {
            'controller_runtime_reconcile_time_seconds_bucket{controller="kustomization", le="30"}': "0+1x60",
            'controller_runtime_reconcile_time_seconds_bucket{controller="kustomization", le="60"}': "0+10x60",
            'controller_runtime_reconcile_time_seconds_bucket{controller="kustomization", le="+Inf"}': "0+10x60",
        },
        "14m",
        "20m",
        {"severity": "warning", "controller": "kustomization"},
    ),
    "an attempt hangs": Case(
        "WeirQueueStuck",
        {'workqueue_longest_running_processor_seconds{controller="kustomization"}': "0+60x60"},
        "12m",
        "18m",
        {"severity": "critical", "controller": "kustomization"},
    ),
    "nobody leads": Case(
        "WeirNoLeader",
        {
            'leader_election_master_status{name="kustomize-controller-leader-election", pod="a"}': "0x60",
            'leader_election_master_status{name="kustomize-controller-leader-election", pod="b"}': "1 1 0x60",
        },
        "6m",
        "8m",
        {"severity": "critical", "name": "kustomize-controller-leader-election"},
    ),
    "the API server fails": Case(
        "WeirApiErrors",
        {
            'rest_client_requests_total{instance="a", code="200"}': "0+80x60",
            'rest_client_requests_total{instance="a", code="503"}': "0+20x60",
        },
        "9m",
        "15m",
        {"severity": "warning", "instance": "a"},
    ),
    "events wait": Case(
        "WeirEventsWait",
        {'weir_outbox_waiting{instance="a"}': "0+50x60"},
        "10m",
        "15m",
        {"severity": "warning", "instance": "a"},
    ),
    "the source-controller is gone": Case(
        "WeirSourceControllerAbsent",
        {'leader_election_master_status{name="source-controller-leader-election"}': "1 1 stale"},
        "6m",
        "8m",
        {"severity": "critical"},
    ),
    "a metric vanishes": Case(
        "WeirMetricAbsent",
        {"weir_bus_up": "1 1 stale"},
        "16m",
        "18m",
        {"severity": "warning", "metric": "weir_bus_up"},
    ),
    "NATS is away": Case("WeirBusDown", {"weir_bus_up": "1 0x60"}, "5m", "7m", {"severity": "critical"}),
    "the first delivery fails, and others after it": Case(
        "WeirDeliveriesFail",
        {'weir_deliveries_total{type="slack", result="failed"}': "_ 1 1 1 2 2 2 2 3 3 3 3 3 3 4 4 4 4 4 4 4 4 5"},
        "15m",
        "17m",
        {"severity": "warning", "type": "slack"},
    ),
    "the first delivery is given up": Case(
        "WeirDeadLetters",
        {'weir_dead_letters_total{type="slack"}': "_ _ 1x60"},
        "1m",
        "3m",
        {"severity": "warning", "type": "slack"},
    ),
    "a volume fills": Case(
        "WeirStorageFull",
        {
            'kubelet_volume_stats_used_bytes{persistentvolumeclaim="source-controller"}': "0+10x60",
            'kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="source-controller"}': "100x60",
        },
        "18m",
        "20m",
        {"severity": "warning", "persistentvolumeclaim": "source-controller"},
    ),
}
NEVER = {
    "an object makes progress": {info(KUSTOMIZATION, "Unknown", ', reason="Progressing"'): "1x120"},
    "an object recovers": {
        info(KUSTOMIZATION, "False"): "1 1 1 stale",
        info(KUSTOMIZATION, "True"): "_ _ _ 1x60",
    },
    "what is suspended fails": {info(KUSTOMIZATION, "False", ', suspended="true"'): "1x120"},
    "deliveries arrive": {'weir_deliveries_total{type="slack", result="sent"}': "_ 0+1x60"},
}


def alerts() -> list[dict[str, Any]]:
    """The chart's rules, without what they say to people."""
    return [
        {key: it[key] for key in it if key != "annotations"} for group in rules()["groups"] for it in group["rules"]
    ]


def promtool(
    folder: Path, chosen: list[dict[str, Any]], series: dict[str, str], expected: list[dict[str, Any]]
) -> None:
    """Have promtool play the series, and compare what fires."""
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "chosen", "rules": chosen}]}))
    shown = [{"series": name, "values": values} for name, values in series.items()]
    test = {"interval": "1m", "input_series": shown, "alert_rule_test": expected}
    (folder / "test.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": [test]}))
    command = [need("promtool"), "test", "rules", "test.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("case", CASES)
def test_an_alert_fires_in_time_and_not_before(case: str, tmp_path: Path) -> None:
    alert, series, silent, fires, labels = CASES[case]
    labels = {**labels, "team": "platform"}
    chosen = [it for it in alerts() if it["alert"] == alert and it["labels"].items() <= labels.items()]
    assert len(chosen) == 1
    before = {"eval_time": silent, "alertname": alert, "exp_alerts": []}
    after = {"eval_time": fires, "alertname": alert, "exp_alerts": [{"exp_labels": labels}]}
    promtool(tmp_path, chosen, series, [before, after])


@pytest.mark.parametrize("case", NEVER)
def test_nothing_fires_when_all_is_as_it_should_be(case: str, tmp_path: Path) -> None:
    chosen = [it for it in alerts() if "absent(" not in it["expr"] and it["alert"] != "WeirSuspended"]
    never = [
        {"eval_time": f"{minute}m", "alertname": it["alert"], "exp_alerts": []}
        for it in chosen
        for minute in range(0, 120, 7)
    ]
    promtool(tmp_path, chosen, NEVER[case], never)


def test_every_alert_has_a_case() -> None:
    tried = {it.alert for it in CASES.values()}
    absent = {it["alert"] for it in alerts() if it["expr"].startswith("absent(leader_election_master_status")}
    assert {it["alert"] for it in alerts()} == tried | absent


def test_beside_every_metric_that_an_alert_reads_stands_its_absence() -> None:
    read, watched = set(), set()
    for it in alerts():
        names = set(re.findall(r"\b(?:gotk|weir|workqueue|controller_runtime|rest_client|leader)_\w+", it["expr"]))
        (watched if it["expr"].startswith("absent(") else read).update(names)
    counted = {"weir_deliveries_total", "weir_dead_letters_total"}  # these begin with the first failure
    assert read - counted <= watched


def test_all_rules_and_what_they_say_are_well_formed(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules()))
    subprocess.run([need("promtool"), "check", "rules", tmp_path / "rules.yaml"], check=True, timeout=60)
    for group in rules()["groups"]:
        for rule in group["rules"]:
            assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
