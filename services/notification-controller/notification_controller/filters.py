"""CEL filters of Receivers: may they be used, and do they hold? Pure.

Evaluating runs a tenant's program over a stranger's payload: `filter_process` does it in a process of its own, with a
deadline. The engine is loaded on the first use, because that takes half a second.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from notification_controller.errors import BadFilter
from weir.health import celtypes

VARIABLES = frozenset({"res", "req"})
"""What a filter may speak of: the object (apiVersion, kind, metadata) and the request's JSON body."""

MAX_LENGTH = 16384
"""Longest expression taken, in characters."""

_LIBRARIES = ("core", "strings", "sets", "encoders")
_NAMESPACES = frozenset({"sets", "strings", "base64"})


def check(expression: str) -> None:
    """Raise `BadFilter` unless the expression compiles, knows its variables and gives a bool whatever they hold."""
    program = _compile(expression)
    unknown = set(program.variables()) - VARIABLES - _NAMESPACES - celtypes.bound(expression)
    if unknown:
        raise BadFilter(f"unknown variable {', '.join(sorted(unknown))}; there are {', '.join(sorted(VARIABLES))}")
    if not celtypes.is_bool(expression):
        raise BadFilter("the result must be a bool; compare it, for instance with == true")


def hold(expressions: Sequence[str], variables: Mapping[str, Any]) -> bool:
    """Whether all expressions are true. Raises `BadFilter` when one cannot be evaluated or gives no bool."""
    return all(_truth(expression, variables) for expression in expressions)


def _truth(expression: str, variables: Mapping[str, Any]) -> bool:
    import cel  # noqa: PLC0415  half a second; only the filter process needs it

    program = _compile(expression)
    try:
        result = program.execute(cel.Context(variables=dict(variables), functions=_functions()))
    except Exception as error:  # noqa: BLE001  the engine raises whatever a program makes it raise
        reason = f"no such key: {error.args[0]}" if isinstance(error, KeyError) and error.args else str(error)
        raise BadFilter(f"filter {expression!r}: {reason.partition(chr(10))[0][:500]}") from None
    if not isinstance(result, bool):
        raise BadFilter(f"filter {expression!r}: the result is {type(result).__name__}, not a bool")
    return result


@functools.lru_cache(maxsize=512)
def _compile(expression: str) -> Any:
    import cel  # noqa: PLC0415  half a second; only the filter process needs it

    if len(expression) > MAX_LENGTH:
        raise BadFilter(f"longer than {MAX_LENGTH} characters")
    try:
        return cel.compile(expression)
    except Exception as error:  # noqa: BLE001  the engine raises whatever a text makes it raise
        lines = [line.strip() for line in str(error).splitlines()] or ["syntax error"]
        detail = next((line for line in lines if "ERROR:" in line), lines[0])
        raise BadFilter(detail.partition("ERROR: ")[2] or detail) from None


@functools.cache
def _functions() -> dict[str, Any]:
    from cel.stdlib import EXTENSIONS  # noqa: PLC0415  half a second; only the filter process needs it

    return {name: function for library in _LIBRARIES for name, function in EXTENSIONS[library].items()}
