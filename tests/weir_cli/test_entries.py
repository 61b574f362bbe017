"""How log lines and events are read."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from weir_cli.events import age, last_seen, row, wanted
from weir_cli.logs import Entry, Filter, entry
from weir_cli.pods import merged

LINE = {
    "ts": "2026-11-24T10:00:00.000Z",
    "level": "error",
    "msg": "Reconciler error",
    "error": "boom\nat line 3",
    "controllerKind": "Kustomization",
    "name": "apps",
    "namespace": "team",
}

WANTED = {
    "everything": (Filter(), True),
    "the kind, whatever its case": (Filter(kind="kustomization"), True),
    "another kind": (Filter(kind="GitRepository"), False),
    "the name": (Filter(name="apps"), True),
    "another level": (Filter(level="info"), False),
    "another namespace": (Filter(namespace="flux-system"), False),
}

NO_ENTRIES = {
    "nothing": b"",
    "text": b"plain text",
    "a list": b'["a list"]',
    "half an object": b'{"broken": ',
    "no UTF-8": b'{"a": "\xff"}',
    "a deep list": b"[" * 100_000,
    "a deep object": b'{"a":' * 5000 + b"1" + b"}" * 5000,
}

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("filter_", "shown"), WANTED.values(), ids=WANTED.keys())
def test_shows_what_is_wanted(filter_: Filter, shown: bool) -> None:
    text = "2026-11-24T10:00:00.000Z error Kustomization/apps.team - Reconciler error boom at line 3"
    assert entry(msgspec.json.encode(LINE), filter_) == (Entry(LINE["ts"], text) if shown else None)


def test_an_entry_about_no_object_is_the_controllers() -> None:
    found = entry(b'{"ts": "t", "level": "info", "msg": "started"}', Filter(), "source-controller")
    assert found == Entry("t", "t info source-controller - started")


def test_an_older_name_of_the_kind() -> None:
    found = entry(b'{"ts": "t", "level": "info", "msg": "m", "reconciler kind": "Alert"}', Filter())
    assert found == Entry("t", "t info Alert - m")


@pytest.mark.parametrize("line", NO_ENTRIES.values(), ids=NO_ENTRIES.keys())
def test_a_line_that_is_no_entry_is_passed_over(line: bytes) -> None:
    assert entry(line, Filter()) is None


async def test_entries_of_several_streams_come_by_time() -> None:
    async def stream(*times: str) -> AsyncGenerator[Entry, None]:
        for time in times:
            yield Entry(time, time)

    streams = [stream("1", "4", "5"), stream(), stream("2", "3")]
    async with aclosing(merged(streams)) as found:
        assert [item.time async for item in found] == ["1", "2", "3", "4", "5"]


def event(**fields: Any) -> dict[str, Any]:
    about = {
        "kind": "Kustomization",
        "name": "apps",
        "namespace": "team",
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    }
    return {"metadata": {}, "involvedObject": about, "type": "Normal", "reason": "R", "message": "m\nn", **fields}


EVENTS = {
    "once": (event(lastTimestamp="2026-11-24T11:55:00Z"), "5m"),
    "often": (
        event(lastTimestamp="2026-11-24T11:59:30Z", firstTimestamp="2026-11-23T16:00:00Z", count=20),
        "30s (x20 over 20h)",
    ),
    "a series": (
        event(eventTime="2026-11-22T12:00:00.000001Z", series={"count": 3, "lastObservedTime": "2026-11-24T11:00:00Z"}),
        "1h (x3 over 1d)",
    ),
    "no time": (event(), "unknown"),
    "from the future": (event(lastTimestamp="2026-11-24T12:00:05Z"), "0s"),
}


@pytest.mark.parametrize(("body", "seen"), EVENTS.values(), ids=EVENTS.keys())
def test_when_an_event_was_seen(body: dict[str, Any], seen: str) -> None:
    cells = ["team", seen, "Normal", "R", "Kustomization/apps", "m\nn"]
    assert row(body, NOW, with_namespace=True) == cells
    assert row(body, NOW, with_namespace=False) == cells[1:]


def test_events_of_all_precisions_have_one_order() -> None:
    early, late = event(eventTime="2026-11-24T11:00:00.500000Z"), event(lastTimestamp="2026-11-24T11:00:01Z")
    assert sorted([late, early], key=last_seen) == [early, late]
    assert age(last_seen(event(eventTime="nonsense")), NOW) == "unknown"


def test_which_events_are_wanted() -> None:
    pod = event(involvedObject={"kind": "Pod", "apiVersion": "v1"})
    assert [wanted(event(), set()), wanted(event(), {"Warning"}), wanted(pod, set())] == [True, False, False]
