"""Health by CEL: a tenant's own statement about objects of a kind, and about dependencies.

Evaluating runs a tenant's program: call it in a worker process with a deadline.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from weir import cel
from weir.api.kustomization import HealthCheckExpression
from weir.cel import CelError
from weir.health.reading import Object, group_kind
from weir.health.rules import Health, Status

READY_VARIABLES = ("dep", "self")
"""What a `readyExpr` may speak of: the dependency and the object that waits for it."""


class Rule(NamedTuple):
    """The expressions for one group, or for one kind of it."""

    current: str
    in_progress: str
    failed: str


Rules = Mapping[tuple[str, str], Rule]
"""By group and kind; an empty kind stands for the whole group."""


def table(checks: Sequence[HealthCheckExpression]) -> Rules:
    """The rules of `spec.healthCheckExprs`; their syntax is not looked at.

    Raises `CelError` naming the entry for an empty `current` and for a second entry for one kind.
    """
    found: dict[tuple[str, str], Rule] = {}
    for index, check in enumerate(checks):
        key = (check.api_version.rpartition("/")[0], check.kind)
        if key in found:
            raise CelError(f"{_entry(index, check)}: there is another entry for this group and kind")
        if not check.current:
            raise CelError(f"{_entry(index, check)}: current is empty")
        found[key] = Rule(check.current, check.in_progress, check.failed)
    return found


def rules(checks: Sequence[HealthCheckExpression]) -> Rules:
    """The same with the syntax of every expression checked. Raises `CelError` naming entry and member."""
    found = table(checks)
    for index, check in enumerate(checks):
        for field, expression in (
            ("current", check.current),
            ("inProgress", check.in_progress),
            ("failed", check.failed),
        ):
            try:
                cel.program(expression or "true")
            except CelError as error:
                raise CelError(f"{_entry(index, check)}: {field}: {error}") from None
    return found


def _entry(index: int, check: HealthCheckExpression) -> str:
    return f"healthCheckExprs[{index}] ({check.api_version} {check.kind or '*'})"


def rule_for(rules: Rules, obj: Object) -> Rule | None:
    """The rule for an object: that of its kind, else that of its group."""
    group, kind = group_kind(obj)
    return rules.get((group, kind)) or rules.get((group, ""))


def assess(rule: Rule, obj: Object) -> Health:
    """The health of a live object by its rule: in progress, failed or current, the first that is true.

    Nothing is raised: an error of the evaluation gives `Unknown` with its text.
    """
    metadata, status = obj.get("metadata"), obj.get("status")
    generation = metadata.get("generation") if isinstance(metadata, Mapping) else None
    observed = status.get("observedGeneration") if isinstance(status, Mapping) else None
    if isinstance(observed, int) and not isinstance(observed, bool) and observed != generation:
        return Health(Status.IN_PROGRESS, f"generation is {generation}, but the controller has seen {observed}")
    try:
        for expression, outcome in (
            (rule.in_progress, Status.IN_PROGRESS),
            (rule.failed, Status.FAILED),
            (rule.current, Status.CURRENT),
        ):
            if expression and cel.holds(expression, obj):
                return Health(outcome)
    except CelError as error:
        return Health(Status.UNKNOWN, str(error))
    return Health(Status.IN_PROGRESS)


def check_ready(expression: str, where: str) -> None:
    """Check a `readyExpr`: its syntax, its variables, and that its result is a bool whatever the objects hold.

    Raises `CelError` with `where` in front.
    """
    try:
        cel.check(expression, READY_VARIABLES)
    except CelError as error:
        raise CelError(f"{where}: {error}") from None


def ready(expression: str, self: Object, dep: Object) -> bool:
    """Whether a dependency is ready for `self`. Raises `CelError` when it cannot be evaluated."""
    return cel.holds(expression, {"self": self, "dep": dep})
