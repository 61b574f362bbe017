"""Metrics of the two HTTP servers, by the field's names, and of deliveries, by ours."""

from prometheus_client import Counter, Gauge, Histogram

_DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = tuple(float(100 * 10**power) for power in range(8))
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class HttpMeters:
    """What one server counts: `prefix` is `gotk_event` or `gotk_receiver`."""

    def __init__(self, prefix: str) -> None:
        labels = ("service", "handler", "method", "code")
        self._seconds = Histogram(
            f"{prefix}_http_request_duration_seconds", "Time that requests took.", labels, buckets=_DURATIONS
        )
        self._bytes = Histogram(
            f"{prefix}_http_response_size_bytes", "Size of the answers' bodies.", labels, buckets=_SIZES
        )
        self._inflight = Gauge(f"{prefix}_http_requests_inflight", "Requests being dealt with.", labels[:2])

    def begins(self, handler: str) -> None:
        """A request came in."""
        self._inflight.labels("", handler).inc()

    def ends(self, handler: str, method: str, code: int, seconds: float, size: int) -> None:
        """It was answered. Made-up methods share a label, so that callers cannot make series."""
        labels = ("", handler, method if method in _METHODS else "other", str(code))
        self._inflight.labels("", handler).dec()
        self._seconds.labels(*labels).observe(seconds)
        self._bytes.labels(*labels).observe(size)


EVENT_HTTP = HttpMeters("gotk_event")
RECEIVER_HTTP = HttpMeters("gotk_receiver")

DELIVERIES = Counter(
    "weir_deliveries_total",
    "Attempts to deliver, by type and result: sent, failed, rejected, unusable, not_supported, suspended.",
    ("type", "result"),
)
DELIVERY_SECONDS = Histogram(
    "weir_delivery_duration_seconds", "Time that one attempt took.", ("type",), buckets=(*_DURATIONS, 30.0, 60.0)
)
DELIVERY_LAG = Histogram(
    "weir_delivery_lag_seconds",
    "Time from the queue to the other side's yes.",
    ("type",),
    buckets=(*_DURATIONS, 60.0, 600.0, 3600.0, 86400.0),
)
DEAD_LETTERS = Counter("weir_dead_letters_total", "Deliveries that were given up.", ("type",))
DISPATCHED = Counter(
    "weir_dispatched_events_total",
    "What became of an event for a matching Alert: queued, skipped, refused.",
    ("result",),
)
WEBHOOKS = Counter(
    "weir_webhook_targets_total", "Objects that webhooks asked to reconcile, by result.", ("type", "result")
)
BUS_UP = Gauge("weir_bus_up", "Whether NATS is there with all streams: 1 or 0.")
