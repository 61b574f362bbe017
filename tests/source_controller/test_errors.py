"""Every ending of the source-controller: a reason, a condition, a row in `conclude`."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from source_controller import errors
from source_controller.app import SUMMARY
from weir.api.conditions import READY, RECONCILING, STALLED, find
from weir.runtime.outcome import Ending, Policy, Stalled, conclude

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _walk(kind: type[Ending]) -> Iterator[type[Ending]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__ and child is not errors.Marked:
            yield child
        yield from _walk(child)


ENDINGS = sorted({*_walk(Ending)}, key=lambda kind: kind.__name__)


def test_the_drawing_names_every_ending() -> None:
    drawn = errors.__doc__ or ""
    assert [kind.__name__ for kind in ENDINGS if kind.__name__ not in drawn] == []


@pytest.mark.parametrize("kind", ENDINGS)
def test_ready_follows_the_ending(kind: type[Ending]) -> None:
    done = conclude(kind("why"), (), 3, NOW, Policy(summary=SUMMARY))
    ready = find(done.conditions, READY)
    assert ready
    assert (ready.status, ready.reason, ready.message) == ("False", kind.reason, "why")
    stalled = issubclass(kind, Stalled)
    assert (find(done.conditions, STALLED) is not None) == stalled
    assert (find(done.conditions, RECONCILING) is not None) != stalled
    assert done.observed_generation == (3 if stalled else None)
    if issubclass(kind, errors.Marked):
        own = find(done.conditions, kind.condition)
        assert own
        assert (own.status, own.reason) == (kind.state, kind.reason)
