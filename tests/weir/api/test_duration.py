"""Durations as Go writes them."""

import pytest

from weir.api import duration

READ = {
    "milliseconds": ("500ms", 0.5),
    "seconds": ("30s", 30.0),
    "longer than Go can hold": ("9" * 400 + "h", (2**63 - 1) / 1e9),
    "mixed units": ("1h30m", 5400.0),
    "fractions": ("1.5h", 5400.0),
    "a bare zero": ("0", 0.0),
    "microseconds": ("250us", 0.00025),
}

WRITTEN = {
    "below a second in milliseconds": (0.5, "500ms"),
    "seconds alone": (30.0, "30s"),
    "minutes keep their seconds": (270.0, "4m30s"),
    "hours keep their zero parts": (3600.0, "1h0m0s"),
    "fractions stay on the seconds": (2.818583, "2.818583s"),
    "minutes with fractions": (61.5, "1m1.5s"),
    "microseconds": (0.0000015, "1.5µs"),
    "zero": (0.0, "0s"),
    "negative": (-90.0, "-1m30s"),
}


@pytest.mark.parametrize(("text", "seconds"), READ.values(), ids=READ.keys())
def test_reads(text: str, seconds: float) -> None:
    assert duration.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(("seconds", "text"), WRITTEN.values(), ids=WRITTEN.keys())
def test_writes(seconds: float, text: str) -> None:
    assert duration.text(seconds) == text


@pytest.mark.parametrize("text", ["", "10", "1d", "m", "5m x", "-"])
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        duration.seconds(text)
