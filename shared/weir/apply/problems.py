"""What went wrong with objects, and how it is told: subject, what, why, file."""

from collections.abc import Iterable, Sequence

from weir.apply.changes import Action, Change, lines
from weir.apply.manifest import careful
from weir.apply.steps import Wanted
from weir.kube.errors import ApiError, KubeError


class ApplyError(Exception):
    """Objects that could not be applied. `done` is what was sent before; it stays."""

    def __init__(self, problems: Sequence[str], done: Iterable[Change] = ()) -> None:
        self.problems = tuple(problems)
        self.done = tuple(done)
        told = lines(self.done, Action.CREATED, Action.CONFIGURED)
        super().__init__("\n".join((*self.problems, *([told] if told else []))))


class ProblemError(Exception):
    """One object's problem; `later` when it may be over once its stage comes."""

    def __init__(self, text: str, *, later: bool = False) -> None:
        super().__init__(text)
        self.later = later


def problem_of(wanted: Wanted, what: str, error: KubeError, *, later: bool = False) -> ProblemError:
    """An object's problem from an API server's error: its reason in brackets, then its message."""
    reason = error.reason if isinstance(error, ApiError) else ""
    message = error.message if isinstance(error, ApiError) else str(error)
    return ProblemError(told(wanted, f"{what} ({reason})" if reason else what, message), later=later)


def told(wanted: Wanted, what: str, why: str) -> str:
    """`<subject> <what>: <why> [<file>:<line>]`, without the values of a Secret."""
    origin = f" [{wanted.origin}]" if wanted.origin else ""
    return f"{wanted.reference.subject} {what}: {careful(wanted.body, why)}{origin}"
