"""The panels of the dashboards: a table. Pure."""

from typing import Literal, NamedTuple

NOT_READY = ('ready!="True"', 'suspended!="true"')
SUSPENDED = 'suspended="true"'
OURS = " and on (instance) leader_election_master_status"
"""Only processes of controllers."""


class Panel(NamedTuple):
    """One panel: expressions by legend."""

    title: str
    kind: Literal["stat", "table", "timeseries"]
    unit: str
    queries: dict[str, str]
    empty: str = ""
    """Until when it shows nothing."""


def _objects(*which: str) -> str:
    chosen = ", ".join(['exported_namespace=~"$namespace"', *which])
    return f"gotk_resource_info{{{chosen}}}"


def _rate(metric: str, by: str) -> str:
    return f"sum by ({by}) (rate({metric}[$__rate_interval]))"


def _quantile(share: float, histogram: str, by: str) -> str:
    return f"histogram_quantile({share}, {_rate(f'{histogram}_bucket', f'le, {by}')})"


def _average(histogram: str, by: str) -> str:
    return f"{_rate(f'{histogram}_sum', by)} / {_rate(f'{histogram}_count', by)}"


def _duration(histogram: str, by: str) -> dict[str, str]:
    return {f"{{{{{by}}}}} p{100 * share:.0f}": _quantile(share, histogram, by) for share in (0.5, 0.99)}


KUSTOMIZATIONS = _objects('customresource_kind="Kustomization"')
SOURCES = _objects('customresource_group="source.toolkit.fluxcd.io"')
NAMED = "customresource_kind, exported_namespace, name"

CLUSTER = (
    Panel("Kustomizations", "stat", "short", {"": f"count({KUSTOMIZATIONS})"}),
    Panel("Sources", "stat", "short", {"": f"count({SOURCES})"}),
    Panel("Not ready", "stat", "short", {"": f"count({_objects(*NOT_READY)}) or vector(0)"}),
    Panel("Suspended", "stat", "short", {"": f"count({_objects(SUSPENDED)}) or vector(0)"}),
    Panel(
        "What is not ready",
        "table",
        "short",
        {"": f"max by ({NAMED}, ready, reason, revision) ({_objects(*NOT_READY)})"},
        "until something fails",
    ),
    Panel(
        "What is suspended",
        "table",
        "short",
        {"": f"max by ({NAMED}) ({_objects(SUSPENDED)})"},
        "until something is suspended",
    ),
    Panel("Objects by readiness", "timeseries", "short", {"{{ready}}": f"count by (ready) ({_objects()})"}),
    Panel("Latest object", "timeseries", "s", {"{{controller}}": "max by (controller) (weir_overdue_seconds)"}),
    Panel(
        "Average attempt",
        "timeseries",
        "s",
        {"{{kind}} {{name}}": _average("gotk_reconcile_duration_seconds", "kind, name")},
    ),
    Panel(
        "Deliveries",
        "timeseries",
        "ops",
        {"{{type}} {{result}}": _rate("weir_deliveries_total", "type, result")},
        "until an alert is sent",
    ),
    Panel(
        "Webhooks",
        "timeseries",
        "ops",
        {"{{type}} {{result}}": _rate("weir_webhook_targets_total", "type, result")},
        "until a webhook comes in",
    ),
    Panel(
        "Dead letters",
        "timeseries",
        "short",
        {"{{type}}": "sum by (type) (weir_dead_letters_total)"},
        "until a delivery is given up",
    ),
)

CONTROL_PLANE = (
    Panel("Replicas", "stat", "short", {"": "count(leader_election_master_status)"}),
    Panel("Leaders", "stat", "short", {"{{name}}": "sum by (name) (leader_election_master_status)"}),
    Panel("NATS", "stat", "short", {"": "max(weir_bus_up)"}),
    Panel("Events that wait", "stat", "short", {"": "sum(weir_outbox_waiting)"}),
    Panel("Memory", "timeseries", "bytes", {"{{instance}}": f"process_resident_memory_bytes{OURS}"}),
    Panel("CPU", "timeseries", "short", {"{{instance}}": f"rate(process_cpu_seconds_total[$__rate_interval]){OURS}"}),
    Panel(
        "API requests",
        "timeseries",
        "reqps",
        {"{{method}} {{code}}": _rate("rest_client_requests_total", "method, code")},
    ),
    Panel(
        "Attempts",
        "timeseries",
        "ops",
        {"{{controller}} {{result}}": _rate("controller_runtime_reconcile_total", "controller, result")},
    ),
    Panel(
        "How long attempts take",
        "timeseries",
        "s",
        _duration("controller_runtime_reconcile_time_seconds", "controller"),
    ),
    Panel("Queue", "timeseries", "short", {"{{name}}": "sum by (name) (workqueue_depth)"}),
    Panel("How long objects queue", "timeseries", "s", _duration("workqueue_queue_duration_seconds", "name")),
    Panel(
        "Longest attempt under way",
        "timeseries",
        "s",
        {"{{name}}": "max by (name) (workqueue_longest_running_processor_seconds)"},
    ),
    Panel("Events posted", "timeseries", "ops", {"{{result}}": _rate("weir_outbox_events_total", "result")}),
    Panel(
        "Events taken",
        "timeseries",
        "reqps",
        {"{{code}}": _rate("gotk_event_http_request_duration_seconds_count", "code")},
    ),
    Panel(
        "Webhooks taken",
        "timeseries",
        "reqps",
        {"{{code}}": _rate("gotk_receiver_http_request_duration_seconds_count", "code")},
        "until a webhook comes in",
    ),
    Panel(
        "How long deliveries wait",
        "timeseries",
        "s",
        _duration("weir_delivery_lag_seconds", "type"),
        "until an alert is sent",
    ),
)
