"""Periods and limits of an object, in seconds."""

from weir.api.duration import seconds
from weir.api.kustomization import Kustomization

LEAST_TIMEOUT = 30.0
LEAST_INTERVAL = 1.0
"""`0s` is a duration too."""


def interval(ks: Kustomization) -> float:
    """Between two full passes."""
    return max(seconds(ks.spec.interval), LEAST_INTERVAL)


def retry(ks: Kustomization) -> float:
    """After a failed pass."""
    return max(seconds(ks.spec.retry_interval or ks.spec.interval), LEAST_INTERVAL)


def timeout(ks: Kustomization) -> float:
    """For health checks and for each phase: `timeout`, else the interval less 30s; at least 30s."""
    given = seconds(ks.spec.timeout) if ks.spec.timeout else interval(ks) - LEAST_TIMEOUT
    return max(given, LEAST_TIMEOUT)
