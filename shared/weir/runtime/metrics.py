"""Metrics by the names that the field's dashboards read (`spec/source.md` 6.3, `spec/kustomization.md` 6.4)."""

import platform
import resource
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from weir.api.base import Kind
from weir.kube.object import Key
from weir.runtime.queue import Queue, Turn

_SLOW = tuple(0.01 * 180_000 ** (step / 9) for step in range(10))
"""Ten exponential steps from 0.01 to 1800 seconds."""
_QUEUE = tuple(10.0**step for step in range(-8, 4))
_TIMES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25,
          1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0,
          50.0, 60.0)  # fmt: skip

RECONCILE_DURATION = Histogram(
    "gotk_reconcile_duration_seconds",
    "How long the attempts at an object took.",
    ("kind", "name", "namespace"),
    buckets=_SLOW,
)
RECONCILE_TOTAL = Counter("controller_runtime_reconcile_total", "Attempts by result.", ("controller", "result"))
RECONCILE_ERRORS = Counter("controller_runtime_reconcile_errors_total", "Attempts that failed.", ("controller",))
TERMINAL_ERRORS = Counter(
    "controller_runtime_terminal_reconcile_errors_total", "Attempts that ended stalled.", ("controller",)
)
RECONCILE_TIME = Histogram(
    "controller_runtime_reconcile_time_seconds", "How long attempts took.", ("controller",), buckets=_TIMES
)
ACTIVE = Gauge("controller_runtime_active_workers", "Attempts under way.", ("controller",))
MOST_ACTIVE = Gauge("controller_runtime_max_concurrent_reconciles", "Attempts at a time.", ("controller",))
DEPTH = Gauge("workqueue_depth", "Objects that wait for their turn.", ("name", "controller"))
ADDS = Counter("workqueue_adds_total", "Wakes that came in.", ("name", "controller"))
RETRIES = Counter("workqueue_retries_total", "Retries that were planned.", ("name", "controller"))
QUEUED = Histogram(
    "workqueue_queue_duration_seconds",
    "How long objects waited for their turn.",
    ("name", "controller"),
    buckets=_QUEUE,
)
WORKED = Histogram("workqueue_work_duration_seconds", "How long turns took.", ("name", "controller"), buckets=_QUEUE)
UNFINISHED = Gauge("workqueue_unfinished_work_seconds", "Seconds of all turns under way.", ("name", "controller"))
LONGEST = Gauge(
    "workqueue_longest_running_processor_seconds", "Seconds of the longest turn under way.", ("name", "controller")
)
LEADER = Gauge("leader_election_master_status", "Whether this process leads: 1 or 0.", ("name",))
GO_INFO = Gauge("go_info", "Counted by dashboards made for Flux; here it is a Python process.", ("version",))
GO_MEMORY = Gauge("go_memstats_alloc_bytes", "Read by dashboards made for Flux; here it is the resident memory.")
OVERDUE = Gauge("weir_overdue_seconds", "By how much the latest object is late.", ("controller",))


def stand_in() -> None:
    """Fill the metrics of Go's runtime that the field's dashboards read (`spec/cli-and-ui.md` 5.4)."""
    GO_INFO.labels(f"python{platform.python_version()}").set(1)
    GO_MEMORY.set_function(_resident)


def _resident() -> float:
    """Bytes of memory that this process holds; 0 where the system does not say so as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0.0
    return float(int(pages) * resource.getpagesize())


class Meters:
    """The metrics of one controller."""

    def __init__(self, kind: Kind, concurrent: int) -> None:
        self._kind = kind.kind
        name = kind.kind.lower()
        self._name = name
        self._began: dict[Key, float] = {}
        self._counted = {ADDS: 0, RETRIES: 0}
        MOST_ACTIVE.labels(name).set(concurrent)
        for zero in (RECONCILE_ERRORS.labels(name), TERMINAL_ERRORS.labels(name)):
            zero.inc(0)
        for result in ("success", "error", "requeue", "requeue_after"):
            RECONCILE_TOTAL.labels(name, result).inc(0)
        for gauge in (UNFINISHED, LONGEST, DEPTH):
            gauge.labels(name, name).set(0)

    def begins(self, turn: Turn, now: float) -> None:
        """An attempt starts; `now` in event loop time."""
        self._began[turn.key] = now
        ACTIVE.labels(self._name).inc()
        QUEUED.labels(self._name, self._name).observe(max(0.0, now - turn.since))

    def ends(self, key: Key, now: float, result: str) -> None:
        """An attempt is over."""
        took = now - self._began.pop(key, now)
        ACTIVE.labels(self._name).dec()
        WORKED.labels(self._name, self._name).observe(took)
        RECONCILE_TIME.labels(self._name).observe(took)
        RECONCILE_TOTAL.labels(self._name, "error" if result == "terminal" else result).inc()
        if result in {"error", "terminal"}:
            RECONCILE_ERRORS.labels(self._name).inc()
        if result == "terminal":
            TERMINAL_ERRORS.labels(self._name).inc()
        RECONCILE_DURATION.labels(self._kind, key.name, key.namespace).observe(took)

    def forget(self, key: Key) -> None:
        """The object is gone, and its series with it."""
        RECONCILE_DURATION.remove_by_labels({"kind": self._kind, "name": key.name, "namespace": key.namespace})

    def overdue(self, seconds: float) -> None:
        """By how much the latest object is late."""
        OVERDUE.labels(self._name).set(seconds)

    def queue(self, queue: Queue, now: float) -> None:
        """How the queue stands."""
        DEPTH.labels(self._name, self._name).set(len(queue))
        unfinished, longest = queue.longest(now)
        UNFINISHED.labels(self._name, self._name).set(unfinished)
        LONGEST.labels(self._name, self._name).set(longest)
        for counter, total in ((ADDS, queue.added), (RETRIES, queue.retried)):
            counter.labels(self._name, self._name).inc(total - self._counted[counter])
            self._counted[counter] = total
