"""When a delivery is tried again, and when it is given up. Pure."""

FIRST = 5.0
"""Seconds to the second attempt; the next waits are longer."""
LONGEST = 300.0
"""A Provider that is back gets what waited for it within this many seconds."""
LONGEST_ASKED = 3600.0
"""The longest `Retry-After` that is honoured."""


def delay(attempt: int, asked: float = 0.0) -> float:
    """Seconds from the failure of an attempt (1 is the first) to the next; `asked` is what the other side wants."""
    own = min(FIRST * 2.0 ** min(attempt - 1, 16), LONGEST)
    return max(own, min(asked, LONGEST_ASKED))


def given_up(stored: float, now: float, longest: float) -> bool:
    """Whether a delivery that was stored then has been tried for long enough; all in seconds."""
    return now - stored >= longest
