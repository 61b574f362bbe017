"""Metrics, read back as Prometheus reads them."""

import math
import platform
from itertools import pairwise

import msgspec
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from weir.api.base import Kind
from weir.api.kustomization import Kustomization
from weir.kube.object import Key, read
from weir.runtime.health import Exposition
from weir.runtime.metrics import Meters, stand_in
from weir.runtime.queue import Priority, Queue, Turn, Wake
from weir.runtime.resources import Resources

KIND = Kind("test.weir", "v1", "Gauged", "gauged")
KEY = Key("apps", "web")


def samples(text: bytes) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(text.decode())
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(name: str, /, **labels: str) -> float | None:
    return samples(generate_latest()).get((name, frozenset(labels.items())))


def test_an_attempt_is_measured_by_the_names_of_the_field() -> None:
    meters = Meters(KIND, concurrent=4)
    assert value("controller_runtime_max_concurrent_reconciles", controller="gauged") == 4
    assert value("controller_runtime_reconcile_errors_total", controller="gauged") == 0
    meters.begins(Turn(KEY, Priority.INTERVAL, ("x",), 1, 8.0), 10.0)
    assert value("controller_runtime_active_workers", controller="gauged") == 1
    meters.ends(KEY, 12.5, "terminal")
    assert value("controller_runtime_active_workers", controller="gauged") == 0
    assert value("controller_runtime_reconcile_total", controller="gauged", result="error") == 1
    assert value("controller_runtime_reconcile_errors_total", controller="gauged") == 1
    assert value("controller_runtime_terminal_reconcile_errors_total", controller="gauged") == 1
    assert value("controller_runtime_reconcile_time_seconds_sum", controller="gauged") == 2.5
    assert value("workqueue_queue_duration_seconds_sum", name="gauged", controller="gauged") == 2
    assert value("workqueue_work_duration_seconds_sum", name="gauged", controller="gauged") == 2.5
    assert value("gotk_reconcile_duration_seconds_count", kind="Gauged", name="web", namespace="apps") == 1
    assert value("gotk_reconcile_duration_seconds_sum", kind="Gauged", name="web", namespace="apps") == 2.5


def test_the_duration_has_ten_exponential_buckets() -> None:
    meters = Meters(KIND, concurrent=4)
    meters.ends(KEY, 0, "success")
    found = sorted(
        float(dict(labels)["le"])
        for name, labels in samples(generate_latest())
        if name == "gotk_reconcile_duration_seconds_bucket" and ("kind", "Gauged") in labels
    )
    assert len(found) == 11
    assert [round(it, 4) for it in found[:3]] == [0.01, 0.0384, 0.1472]
    assert math.isclose(found[-2], 1800)
    assert all(math.isclose(b / a, 180_000 ** (1 / 9)) for a, b in pairwise(found[:-1]))


def test_an_object_that_is_gone_leaves_no_series() -> None:
    meters = Meters(KIND, concurrent=4)
    meters.ends(KEY, 0, "success")
    meters.forget(KEY)
    meters.forget(KEY)
    assert value("gotk_reconcile_duration_seconds_count", kind="Gauged", name="web", namespace="apps") is None


def test_the_queue_is_shown_as_it_stands() -> None:
    meters, queue = Meters(Kind("test.weir", "v1", "Queued", "queued"), 1), Queue()
    queue.add(Wake(Key("ns", "a"), Priority.INTERVAL, "x"), 0)
    queue.add(Wake(Key("ns", "b"), Priority.INTERVAL, "x"), 0)
    queue.add_after(Wake(Key("ns", "c"), Priority.RETRY, "x"), 60, 0)
    queue.take(1)
    meters.queue(queue, 4)
    meters.queue(queue, 4)
    meters.overdue(7.5)
    names = {"name": "queued", "controller": "queued"}
    assert value("workqueue_depth", **names) == 1
    assert value("workqueue_adds_total", **names) == 2
    assert value("workqueue_retries_total", **names) == 1
    assert value("workqueue_unfinished_work_seconds", **names) == 3
    assert value("workqueue_longest_running_processor_seconds", **names) == 3
    assert value("weir_overdue_seconds", controller="queued") == 7.5


def ks(name: str, **more: object) -> bytes:
    return msgspec.json.encode(
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": "apps"},
            "spec": {"prune": True, "interval": "5m", "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
            **more,
        }
    )


def info(object_: Kustomization) -> dict[str, str]:
    return {"revision": object_.status.last_applied_revision, "source_name": object_.spec.source_ref.name}


async def test_every_object_has_a_series_that_tells_its_state() -> None:  # size: one table
    def condition(type_: str, status: str, reason: str) -> dict[str, str]:
        stamp = "2026-01-02T03:04:05Z"
        return {"type": type_, "status": status, "reason": reason, "message": "", "lastTransitionTime": stamp}

    ready = {
        "conditions": [condition("Ready", "True", "ReconciliationSucceeded")],
        "lastAppliedRevision": "main@sha1:1",
    }
    stuck = {"conditions": [condition("Ready", "False", "AccessDenied"), condition("Stalled", "True", "AccessDenied")]}
    objects = [
        read(ks("ready", status=ready)),
        read(ks("stuck", status=stuck)),
        read(ks("new")),
        read(ks("resting", spec={"prune": True, "suspend": True, "sourceRef": {"kind": "Bucket", "name": "b"}})),
        read(ks("odd", spec={"prune": "perhaps"}, status=stuck)),
    ]
    exposition = Exposition(lambda: [Resources(Kustomization, objects, info)])
    found = {
        dict(labels)["name"]: dict(labels)
        for (name, labels), number in samples(await exposition.text()).items()
        if name == "gotk_resource_info" and number == 1
    }
    common = {
        "customresource_group": "kustomize.toolkit.fluxcd.io",
        "customresource_kind": "Kustomization",
        "customresource_version": "v1",
        "exported_namespace": "apps",
    }
    own = {"revision": "", "source_name": "fleet"}
    assert found == {
        "ready": {
            **common, **own, "name": "ready", "ready": "True",
            "reason": "ReconciliationSucceeded", "revision": "main@sha1:1",
        },
        "stuck": {**common, **own, "name": "stuck", "ready": "False", "reason": "AccessDenied", "stalled": "true"},
        "new": {**common, **own, "name": "new", "ready": "Unknown", "reason": ""},
        "resting": {
            **common, "name": "resting", "ready": "Unknown", "reason": "",
            "suspended": "true", "revision": "", "source_name": "b",
        },
        "odd": {**common, "name": "odd", "ready": "False", "reason": "AccessDenied", "stalled": "true"},
    }  # fmt: skip
    assert await exposition.text() is await exposition.text()


def test_dashboards_that_count_go_processes_count_ours() -> None:
    stand_in()
    assert value("go_info", version=f"python{platform.python_version()}") == 1
    assert value("go_memstats_alloc_bytes") == pytest.approx(value("process_resident_memory_bytes"), rel=0.2)
