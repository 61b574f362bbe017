"""What is a kind's own in its conditions, as values. Pure."""

from collections.abc import Callable

from weir.api.base import Struct
from weir.api.conditions import READY, RECONCILING, STALLED, Condition, Status, find
from weir.runtime.conditions import Conditions, Mark


class Summary(Struct):
    """Derives Ready from the other conditions by priority (`spec/source.md` 3.3).

    The best group that is present decides (True and abnormal; False and normal; True and normal; the rest), in it the
    first type of `priority`. A False condition of a type in `overrides` goes above everything.
    """

    priority: tuple[str, ...]
    abnormal: frozenset[str] = frozenset({RECONCILING, STALLED})
    """Types whose True is bad news."""
    overrides: tuple[str, ...] = ()

    def __call__(self, conditions: Conditions) -> Mark | None:
        """Ready as the others have it; None when none of them is there."""
        found = [it for type_ in self.priority if (it := find(conditions, type_)) is not None]
        for override in self.overrides:
            if (it := find(conditions, override)) is not None and it.status == "False":
                return Mark(READY, "False", it.reason, it.message)
        if not found:
            return None
        best = min(found, key=self._group)
        return Mark(READY, self._inverted(best), best.reason, best.message)

    def _group(self, it: Condition) -> int:
        if it.status == "Unknown":
            return 4
        bad = it.type in self.abnormal
        return {("True", True): 0, ("False", False): 1, ("True", False): 2, ("False", True): 3}[it.status, bad]

    def _inverted(self, it: Condition) -> Status:
        if it.type not in self.abnormal:
            return it.status
        inverse: dict[Status, Status] = {"True": "False", "False": "True", "Unknown": "Unknown"}
        return inverse[it.status]


class Policy(Struct):
    """What is a kind's own in its conditions."""

    owned: tuple[str, ...] = (READY, RECONCILING, STALLED)
    """Types that we write; others' edits of them are overwritten, all other types are left as they are."""
    summary: Callable[[Conditions], Mark | None] | None = None
    """Ready as derived from the other conditions; None: the ending says it."""
