"""Rules of workloads: selectors, templates, replicas."""

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any

from . import causes
from .errors import Cause
from .labels import label_map, selects
from .rules_core import Rule, Value


def _not_negative(spec: Value, path: str, *names: str) -> Iterator[Cause]:
    for name in names:
        if isinstance(spec.get(name), int) and spec[name] < 0:
            yield causes.invalid(f"{path}.{name}", spec[name], "must be greater than or equal to 0")


def _workload(kind: str) -> Rule:
    def rule(spec: Value, path: str) -> Iterator[Cause]:
        yield from _not_negative(spec, path, "replicas", "minReadySeconds", "revisionHistoryLimit")
        yield from _selector(spec, path, kind)
        restart = _template(spec).get("restartPolicy")
        if restart not in (None, "Always"):
            yield causes.unsupported(f"{path}.template.spec.restartPolicy", restart, ["Always"])

    return rule


def _template(spec: Value) -> Mapping[str, Any]:
    template = spec.get("template") or {}
    return template.get("spec") or {}


def _selector(spec: Value, path: str, kind: str) -> Iterator[Cause]:
    selector = spec.get("selector")
    if selector is None:
        yield causes.required(f"{path}.selector")
        if kind == "deployment" and not template_labels(spec):
            yield _unselected(path, None)
        return
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield causes.invalid(f"{path}.selector", selector, f"empty selector is invalid for {kind}")
        return
    yield from _matches(spec, selector, path)


def _matches(spec: Value, selector: Value, path: str) -> Iterator[Cause]:
    """A readable selector matches the labels of the pods."""
    faults = list(_label_selector(selector, f"{path}.selector"))
    if not faults and not selects(selector, template_labels(spec)):
        yield _unselected(path, template_labels(spec))


def template_labels(spec: Value) -> dict[str, str]:
    """The labels of a workload's pods."""
    found: dict[str, str] = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    return found


def _unselected(path: str, labels: dict[str, str] | None) -> Cause:
    text = "`selector` does not match template `labels`"
    return causes.invalid(f"{path}.template.metadata.labels", labels and dict(sorted(labels.items())), text)


def _deployment(spec: Value, path: str) -> Iterator[Cause]:
    yield from _workload("deployment")(spec, path)
    deadline = spec.get("progressDeadlineSeconds")
    if isinstance(deadline, int) and deadline <= spec.get("minReadySeconds", 0):
        yield causes.invalid(f"{path}.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate") is not None:
        text = "may not be specified when strategy `type` is 'Recreate'"
        yield causes.forbidden(f"{path}.strategy.rollingUpdate", text)
    rolling = strategy.get("rollingUpdate") or {}
    yield from percents(rolling, f"{path}.strategy.rollingUpdate", "maxUnavailable", "maxSurge")
    if all(rolling.get(name) in (0, "0%") for name in ("maxUnavailable", "maxSurge")):
        text = "may not be 0 when `maxSurge` is 0"
        yield causes.invalid(f"{path}.strategy.rollingUpdate.maxUnavailable", rolling.get("maxUnavailable"), text)


def _job(spec: Value, path: str) -> Iterator[Cause]:
    numbers = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
    yield from _not_negative(spec, path, *numbers)
    restart = _template(spec).get("restartPolicy")
    if restart == "Always":
        yield causes.required(f"{path}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
    elif restart not in ("OnFailure", "Never"):
        yield causes.unsupported(f"{path}.template.spec.restartPolicy", restart or "", ["OnFailure", "Never"])
    if spec.get("selector"):  # that of a CronJob's Jobs is still to be made
        yield from _matches(spec, spec["selector"], path)


def _cron_job(spec: Value, path: str) -> Iterator[Cause]:
    schedule = str(spec.get("schedule") or "")
    yield from _not_negative(
        spec, path, "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"
    )
    zone = spec.get("timeZone")
    if zone and zone not in zoneinfo.available_timezones():
        yield causes.invalid(f"{path}.timeZone", zone, f"unknown time zone {zone}")
    if not schedule:
        yield causes.required(f"{path}.schedule")
    elif "TZ" in schedule:
        text = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield causes.invalid(f"{path}.schedule", schedule, text)
    elif not schedule.startswith("@") and len(schedule.split()) != len(["*", "*", "*", "*", "*"]):
        found = len(schedule.split())
        text = f"expected exactly 5 fields, found {found}: [{schedule}]"
        yield causes.invalid(f"{path}.schedule", schedule, text)


_PERCENT = re.compile(r"[0-9]+%")
_PERCENT_TEXT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
    "validation is '[0-9]+%')"
)


def percents(spec: Value, path: str, *names: str) -> Iterator[Cause]:
    """Fields that are a number or a part of a hundred."""
    yield from _not_negative(spec, path, *names)
    for name in names:
        value = spec.get(name)
        if isinstance(value, str) and not _PERCENT.fullmatch(value):
            yield causes.invalid(f"{path}.{name}", value, _PERCENT_TEXT)
        elif isinstance(value, str) and name == "maxUnavailable" and int(value[:-1]) > 100:
            yield causes.invalid(f"{path}.{name}", value, "must not be greater than 100%")


def _daemon_set(spec: Value, path: str) -> Iterator[Cause]:
    yield from _workload("daemonset")(spec, path)
    rolling = (spec.get("updateStrategy") or {}).get("rollingUpdate") or {}
    if rolling.get("maxUnavailable") in (0, "0%") and rolling.get("maxSurge") in (None, 0, "0%"):
        place = f"{path}.updateStrategy.rollingUpdate.maxUnavailable"
        yield causes.required(place, "cannot be 0 when maxSurge is 0")


def _budget(spec: Value, path: str) -> Iterator[Cause]:
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        names = ("MinAvailable", "Selector", "MaxUnavailable", "UnhealthyPodEvictionPolicy")
        shown = {name: spec.get(name[0].lower() + name[1:]) for name in names}
        yield causes.invalid(path, shown, "minAvailable and maxUnavailable cannot be both set")
    yield from percents(spec, path, "minAvailable", "maxUnavailable")


def _label_selector(selector: Value, path: str) -> Iterator[Cause]:
    yield from label_map(f"{path}.matchLabels", selector.get("matchLabels") or {})
    for i, expression in enumerate(selector.get("matchExpressions") or ()):
        place, operator = f"{path}.matchExpressions[{i}]", expression.get("operator")
        if operator in ("In", "NotIn") and not expression.get("values"):
            yield causes.required(f"{place}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist") and expression.get("values"):
            yield causes.forbidden(
                f"{place}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            )
        elif operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            yield causes.invalid(f"{place}.operator", operator or "", "not a valid selector operator")


def _named_selector(selector: Value, path: str) -> Iterator[Cause]:
    """A selector; that of a workload is called invalid once more."""
    faults = list(_label_selector(selector, path))
    yield from faults
    if faults and path == "spec.selector":
        yield causes.invalid(path, selector, "invalid label selector")


WORKLOAD_RULES: dict[str, Rule] = {
    "apps.v1.DeploymentSpec": _deployment,
    "apps.v1.StatefulSetSpec": _workload("statefulset"),
    "apps.v1.DaemonSetSpec": _daemon_set,
    "apps.v1.ReplicaSetSpec": _workload("replicaset"),
    "batch.v1.JobSpec": _job,
    "batch.v1.CronJobSpec": _cron_job,
    "meta.v1.LabelSelector": _named_selector,
    "policy.v1.PodDisruptionBudgetSpec": _budget,
}
