"""CEL filters of Receivers: may they be used, and do they hold? Pure.

Evaluating runs a tenant's program over a stranger's payload: `filter_process` does it in a process of its own, with a
deadline.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from notification_controller.errors import BadFilter
from weir import cel

VARIABLES = ("req", "res")
"""What a filter may speak of: the request's JSON body and the object (apiVersion, kind, metadata)."""


def check(expressions: Sequence[str]) -> None:
    """Raise `BadFilter` unless each compiles, knows its variables and gives a bool whatever they hold."""
    for expression in expressions:
        try:
            cel.check(expression, VARIABLES)
        except cel.CelError as error:
            raise BadFilter(f"filter {expression!r}: {error}") from None


def hold(expressions: Sequence[str], variables: Mapping[str, Any]) -> bool:
    """Whether all expressions are true. Raises `BadFilter` when one cannot be evaluated or gives no bool."""
    for expression in expressions:
        try:
            if not cel.holds(expression, variables):
                return False
        except cel.CelError as error:
            raise BadFilter(f"filter {expression!r}: {error}") from None
    return True
