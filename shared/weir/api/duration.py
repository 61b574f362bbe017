"""Durations as Go writes them."""

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ms|us|µs|ns|s|m|h)")

LONGEST = (2**63 - 1) / 1e9
"""Seconds of the longest duration that Go can hold, about 292 years."""


def seconds(text: str) -> float:
    """Seconds in a Go duration such as `1m30s`; longer ones than `LONGEST`, which Go refuses, count as that.

    Raises `ValueError` naming the text when it is none. `0` without a unit is zero, as in Go.
    """
    if text == "0":
        return 0.0
    position, total = 0, 0.0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            break
        total += float(part[1]) * _UNITS[part[2]]
        position = part.end()
    if not text or position != len(text):
        raise ValueError(f"{text!r} is not a duration: write a number with a unit, such as 30s, 5m or 1h30m")
    return min(total, LONGEST)


def text(duration: float) -> str:
    """The Go form of a duration in seconds: `500ms`, `30s`, `4m30s`, `1h0m0s`.

    Below a second the largest unit that fits is used, as Go does; from a second on, fractions stay on the seconds.
    """
    nanoseconds = round(duration * 1e9)
    if nanoseconds == 0:
        return "0s"
    sign, nanoseconds = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    for unit, size in (("ns", 1), ("µs", 1_000), ("ms", 1_000_000)):
        if nanoseconds < size * 1_000 and nanoseconds < 1_000_000_000:
            return f"{sign}{_decimal(nanoseconds, size)}{unit}"
    minutes, rest = divmod(nanoseconds, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    prefix = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{prefix}{_decimal(rest, 1_000_000_000)}s"


def _decimal(value: int, unit: int) -> str:
    whole, fraction = divmod(value, unit)
    digits = f"{fraction:0{len(str(unit)) - 1}d}".rstrip("0") if unit > 1 else ""
    return f"{whole}.{digits}" if digits else str(whole)
