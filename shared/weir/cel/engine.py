"""The only door to the engine, which is loaded on the first use: that takes half a second."""

import functools
from collections.abc import Callable, Collection, Mapping
from typing import Any

from weir.cel import shape

MAX_LENGTH = 16384
"""Longest expression taken, in characters."""

_LIBRARIES = ("core", "strings", "sets", "encoders")
_NAMESPACES = frozenset({"sets", "strings", "base64"})
"""What the engine takes for variables and is the first part of a function's name."""
_LONGEST_REASON = 500


class CelError(ValueError):
    """An expression that cannot be used or evaluated; the text says why, without the expression."""


@functools.lru_cache(maxsize=1024)
def program(expression: str) -> Any:
    """The compiled expression; its `variables()` are what it speaks of. Raises `CelError`."""
    import cel  # noqa: PLC0415  see above

    if len(expression) > MAX_LENGTH:
        raise CelError(f"longer than {MAX_LENGTH} characters")
    try:
        return cel.compile(expression)
    except Exception as error:  # noqa: BLE001  the engine raises whatever a text makes it raise
        lines = [line.strip() for line in str(error).splitlines()] or ["syntax error"]
        detail = next((line for line in lines if "ERROR:" in line), lines[0])
        raise CelError(detail.partition("ERROR: ")[2] or detail) from None


def check(expression: str, known: Collection[str]) -> None:
    """Raise `CelError` unless it compiles, speaks of known variables only, and gives a bool whatever they hold."""
    unknown = set(program(expression).variables()) - set(known) - _NAMESPACES - shape.bound(expression)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise CelError(f"unknown variable {names}; there are {' and '.join(sorted(known))}")
    if not shape.is_bool(expression):
        raise CelError("the result must be a bool; compare it, for instance with == true")


def evaluate(
    expression: str, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]] | None = None
) -> Any:
    """The expression's value; `functions` are more than the libraries have. Raises `CelError`."""
    import cel  # noqa: PLC0415  see above

    compiled = program(expression)
    try:
        context = cel.Context(variables=dict(variables), functions={**_library(), **(functions or {})})
        return compiled.execute(context)
    except Exception as error:  # noqa: BLE001  the engine raises whatever a program makes it raise
        raise CelError(_reason(error)) from None


def holds(expression: str, variables: Mapping[str, Any]) -> bool:
    """Whether the expression is true. Raises `CelError`, also when it gives no bool."""
    result = evaluate(expression, variables)
    if not isinstance(result, bool):
        raise CelError(f"the expression gave {type(result).__name__}, not a bool")
    return result


def optional(value: Any, *, there: bool) -> Any:
    """A value of CEL's optional type."""
    import cel  # noqa: PLC0415  see above

    return cel.OptionalValue.of(value) if there else cel.OptionalValue.none()


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError) and error.args:
        return f"no such key: {error.args[0]}"
    return (str(error).splitlines() or [type(error).__name__])[0][:_LONGEST_REASON]


@functools.cache
def _library() -> dict[str, Callable[..., Any]]:
    from cel.stdlib import EXTENSIONS  # noqa: PLC0415  see above

    return {name: function for library in _LIBRARIES for name, function in EXTENSIONS[library].items()}
