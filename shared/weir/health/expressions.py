"""Health by CEL: a tenant's own statement about objects of a kind, and about dependencies.

The language is CEL with the libraries `strings`, `sets` and `encoders`; optional field selection (`a.?b`) and `format`
are not there. Evaluating runs a tenant's program: call it in a worker process with a deadline. The engine is loaded on
the first use, because that takes half a second.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from weir.api.kustomization import HealthCheckExpression
from weir.health import celtypes
from weir.health.reading import Object, group_kind
from weir.health.rules import Health, Status

_LIBRARIES = ("core", "strings", "sets", "encoders")
_KNOWN = {"self", "dep", "sets", "strings", "base64"}
MAX_LENGTH = 16384
"""Longest expression taken, in characters."""


class ExpressionError(ValueError):
    """An expression that cannot be used; the text says which and why."""


class Rule(NamedTuple):
    """The expressions for one group, or for one kind of it."""

    current: str
    in_progress: str
    failed: str


Rules = Mapping[tuple[str, str], Rule]
"""By group and kind; an empty kind stands for the whole group."""


def table(checks: Sequence[HealthCheckExpression]) -> Rules:
    """The rules of `spec.healthCheckExprs`; their syntax is not looked at.

    Raises `ExpressionError` naming the entry for an empty `current` and for a second entry for one kind.
    """
    found: dict[tuple[str, str], Rule] = {}
    for index, check in enumerate(checks):
        key = (check.api_version.rpartition("/")[0], check.kind)
        if key in found:
            raise ExpressionError(f"{_entry(index, check)}: there is another entry for this group and kind")
        if not check.current:
            raise ExpressionError(f"{_entry(index, check)}: current is empty")
        found[key] = Rule(check.current, check.in_progress, check.failed)
    return found


def rules(checks: Sequence[HealthCheckExpression]) -> Rules:
    """The same with the syntax of every expression checked. Raises `ExpressionError` naming entry and member."""
    found = table(checks)
    for index, check in enumerate(checks):
        for field, expression in (
            ("current", check.current),
            ("inProgress", check.in_progress),
            ("failed", check.failed),
        ):
            if expression:
                _check(expression, f"{_entry(index, check)}: {field}")
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
            if expression and _truth(expression, obj):
                return Health(outcome)
    except ExpressionError as error:
        return Health(Status.UNKNOWN, str(error))
    return Health(Status.IN_PROGRESS)


def check_ready(expression: str, where: str) -> None:
    """Check a `readyExpr`: its syntax, its variables, and that its result is a bool whatever the objects hold.

    Raises `ExpressionError` with `where` in front.
    """
    program = _check(expression, where)
    if unknown := set(program.variables()) - _KNOWN - celtypes.bound(expression):
        raise ExpressionError(f"{where}: unknown variable {', '.join(sorted(unknown))}; there are self and dep")
    if not celtypes.is_bool(expression):
        raise ExpressionError(f"{where}: the result must be a bool; compare it, for instance with == true")


def ready(expression: str, self: Object, dep: Object) -> bool:
    """Whether a dependency is ready for `self`. Raises `ExpressionError` when it cannot be evaluated."""
    return _truth(expression, {"self": self, "dep": dep})


def _check(expression: str, where: str) -> Any:
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"{where}: longer than {MAX_LENGTH} characters")
    try:
        return _compile(expression)
    except ExpressionError as error:
        raise ExpressionError(f"{where}: {error}") from None


def _truth(expression: str, variables: Object) -> bool:
    import cel  # noqa: PLC0415  half a second; most controllers never need it

    program = _compile(expression)
    try:
        result = program.execute(cel.Context(variables=dict(variables), functions=_functions()))
    except Exception as error:  # noqa: BLE001  the engine raises whatever a program makes it raise
        raise ExpressionError(_reason(error)) from None
    if not isinstance(result, bool):
        raise ExpressionError(f"the expression gave {type(result).__name__}, not a bool")
    return result


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"no such key: {error.args[0]}" if error.args else "no such key"
    return str(error).splitlines()[0][:500] if str(error) else type(error).__name__


@functools.lru_cache(maxsize=512)
def _compile(expression: str) -> Any:
    import cel  # noqa: PLC0415  half a second; most controllers never need it

    try:
        return cel.compile(expression)
    except Exception as error:  # noqa: BLE001  the engine raises whatever a text makes it raise
        lines = [line.strip() for line in str(error).splitlines()]
        detail = next((line for line in lines if "ERROR:" in line), lines[0] if lines else "syntax error")
        raise ExpressionError(detail.partition("ERROR: ")[2] or detail) from None


@functools.cache
def _functions() -> dict[str, Any]:
    from cel.stdlib import EXTENSIONS  # noqa: PLC0415  half a second; most controllers never need it

    return {name: function for library in _LIBRARIES for name, function in EXTENSIONS[library].items()}
