"""Health as a state: what is checked, how it stands, and what that means for the object."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from kustomize_controller.state import Check
from kustomize_controller.tasks import AskHealth, Judged
from kustomize_controller.workers import WorkerError, Workers
from weir.api.duration import text
from weir.api.kustomization import Kustomization
from weir.apply.changes import Action, Change, Reference
from weir.apply.steps import Wanted
from weir.health import expressions, rules
from weir.health.rules import Health, Status
from weir.kube.abreast import abreast
from weir.kube.client import Client
from weir.kube.errors import KubeError, NotFound
from weir.kube.kinds import POD

CONCURRENT = 8
POLL = 5.0
"""Seconds between two looks at everything that is not healthy yet; watches tell sooner."""


def checks(ks: Kustomization, changes: Iterable[Change], wanted: Iterable[Wanted]) -> tuple[Check, ...]:
    """What has to be healthy: all that was applied, or what the object lists; never the object itself."""
    expiring = {each.reference for each in wanted if _expires(each.body)}
    own = ("Kustomization", ks.metadata.namespace, ks.metadata.name)
    listed = [Reference(it.api_version or "apps/v1", it.kind, it.namespace, it.name) for it in ks.spec.health_checks]
    if ks.spec.wait:
        listed = [change.reference for change in changes if change.action is not Action.SKIPPED]
    found = dict.fromkeys(it for it in listed if (it.kind, it.namespace, it.name) != own)
    return tuple(Check(it, it in expiring) for it in found)


def verdict(found: Mapping[Reference, Health], *, fail_fast: bool) -> Literal["healthy", "failed", "pending"]:
    """What the objects' health comes to."""
    statuses = {health.status for health in found.values()}
    if statuses <= {Status.CURRENT}:
        return "healthy"
    if Status.FAILED in statuses and (fail_fast or statuses <= {Status.CURRENT, Status.FAILED}):
        return "failed"
    return "pending"


def told(found: Mapping[Reference, Health], *, timed_out: bool) -> str:
    """Why the check failed: everything that is not current, sorted, with read errors but without progress."""
    why = "timeout waiting for" if timed_out else "failed early due to stalled resources"
    items = [
        f"{reference.subject} status: '{health.status}'"
        + (f": {health.message}" if health.status is Status.UNKNOWN and health.message else "")
        for reference, health in sorted(found.items())
        if health.status is not Status.CURRENT
    ]
    return f"{why}: [{', '.join(items)}]"


def failure(found: Mapping[Reference, Health], took: float, *, timed_out: bool) -> str:
    """The text of a failed check with its duration."""
    return f"health check failed after {text(round(took, 3))}: {told(found, timed_out=timed_out)}"


async def examine(
    client: Client,
    workers: Workers,
    table: expressions.Rules,
    checks: Sequence[Check],
    known: Mapping[Reference, Mapping[str, Any]],
) -> dict[Reference, Health]:
    """The health of objects, read through the identity that applied them; `known` ones were just read."""
    custom: list[tuple[Reference, expressions.Rule, bytes]] = []

    async def one(check: Check) -> Health:
        live = known.get(check.reference) or await _read(client, check)
        if isinstance(live, Health):
            return live
        rule = expressions.rule_for(table, live)
        if rule is not None:
            custom.append((check.reference, rule, msgspec.json.encode(live)))
            return Health(Status.UNKNOWN)
        pods = await _pods(client, live) if rules.needs_pods(live) else []
        return pods if isinstance(pods, Health) else rules.assess(live, now=datetime.now(UTC), pods=pods)

    found = dict(zip((it.reference for it in checks), await abreast(checks, one, CONCURRENT), strict=True))
    return found | await _by_expression(workers, custom)


async def _by_expression(
    workers: Workers, custom: Sequence[tuple[Reference, expressions.Rule, bytes]]
) -> dict[Reference, Health]:
    if not custom:
        return {}
    task = AskHealth(
        tuple((it.current, it.in_progress, it.failed) for _, it, _ in custom), tuple(raw for _, _, raw in custom)
    )
    try:
        answer = await workers.ask(task)
    except WorkerError as error:
        status = Status.FAILED if error.kind == "slow" else Status.UNKNOWN  # looked at again it would take as long
        return {reference: Health(status, f"the health expression {error}") for reference, _, _ in custom}
    assert isinstance(answer, Judged)
    found = (Health(Status(status), message) for status, message in answer.findings)
    return dict(zip((reference for reference, _, _ in custom), found, strict=True))


async def _read(client: Client, check: Check) -> Mapping[str, Any] | Health:
    reference = check.reference
    try:
        kind = await client.discovery.kind(reference.api_version, reference.kind)
        if kind.namespaced and not reference.namespace:
            return Health(Status.UNKNOWN, f"healthChecks: {reference.kind} {reference.name} needs a namespace")
        return (await client.get(kind, reference.name, reference.namespace if kind.namespaced else "")).body()
    except NotFound:
        return Health(Status.CURRENT if check.expires else Status.NOT_FOUND)
    except KubeError as error:
        return Health(Status.UNKNOWN, str(error))


async def _pods(client: Client, owner: Mapping[str, Any]) -> list[dict[str, Any]] | Health:
    selector = ((owner.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    if not selector:
        return []
    labels = ",".join(f"{key}={value}" for key, value in sorted(selector.items()))
    try:
        listing = await client.list(POD, str(owner["metadata"].get("namespace") or ""), labels=labels)
    except KubeError as error:
        return Health(Status.UNKNOWN, str(error))
    return [pod.body() for pod in listing.objects]


def _expires(body: Mapping[str, Any]) -> bool:
    job = body.get("kind") == "Job" and str(body.get("apiVersion") or "").startswith("batch/")
    return job and (body.get("spec") or {}).get("ttlSecondsAfterFinished") is not None
