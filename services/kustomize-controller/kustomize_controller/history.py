"""`status.history`: what became of the last builds."""

from collections.abc import Mapping

from weir.api.duration import text
from weir.api.kustomization import HISTORY_LIMIT, Snapshot


def recorded(
    history: tuple[Snapshot, ...], digest: str, reason: str, *, now: str, took: float, metadata: Mapping[str, str]
) -> tuple[Snapshot, ...]:
    """The history with one more attempt: an entry per build and reason, the latest in front, five at most.

    `now` is RFC 3339; `took` is seconds since the pass started.
    """
    known = next((it for it in history if (it.digest, it.last_reconciled_status) == (digest, reason)), None)
    latest = Snapshot(
        digest=digest,
        first_reconciled=known.first_reconciled if known else now,
        last_reconciled=now,
        last_reconciled_duration=text(took),
        last_reconciled_status=reason,
        total_reconciliations=known.total_reconciliations + 1 if known else 1,
        metadata=dict(metadata),
    )
    return (latest, *(it for it in history if it is not known))[:HISTORY_LIMIT]
