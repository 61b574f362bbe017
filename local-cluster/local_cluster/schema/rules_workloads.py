"""Rules of workloads: selectors, templates, replicas."""

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
        return
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield causes.invalid(f"{path}.selector", selector, f"empty selector is invalid for {kind}")
        return
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if not selects(selector, labels):
        text = "`selector` does not match template `labels`"
        yield causes.invalid(f"{path}.template.metadata.labels", labels, text)


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
    if all(rolling.get(name) in (0, "0%") for name in ("maxUnavailable", "maxSurge")):
        text = "may not be 0 when `maxSurge` is 0"
        yield causes.invalid(f"{path}.strategy.rollingUpdate.maxUnavailable", rolling.get("maxUnavailable"), text)


def _job(spec: Value, path: str) -> Iterator[Cause]:
    yield from _not_negative(spec, path, "parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished")
    restart = _template(spec).get("restartPolicy")
    if restart not in ("OnFailure", "Never"):
        yield causes.unsupported(f"{path}.template.spec.restartPolicy", restart or "", ["OnFailure", "Never"])


def _cron_job(spec: Value, path: str) -> Iterator[Cause]:
    schedule = str(spec.get("schedule") or "")
    if not schedule:
        yield causes.required(f"{path}.schedule")
    elif not schedule.startswith("@") and len(schedule.split()) != len(["*", "*", "*", "*", "*"]):
        found = len(schedule.split())
        text = f"expected exactly 5 fields, found {found}: [{schedule}]"
        yield causes.invalid(f"{path}.schedule", schedule, text)


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


WORKLOAD_RULES: dict[str, Rule] = {
    "apps.v1.DeploymentSpec": _deployment,
    "apps.v1.StatefulSetSpec": _workload("statefulset"),
    "apps.v1.DaemonSetSpec": _workload("daemonset"),
    "apps.v1.ReplicaSetSpec": _workload("replicaset"),
    "batch.v1.JobSpec": _job,
    "batch.v1.CronJobSpec": _cron_job,
    "meta.v1.LabelSelector": _label_selector,
}
