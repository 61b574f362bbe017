"""Rules of events (`pkg/apis/core/validation/events.go`), which name the fields of the core group for both groups."""

from collections.abc import Iterator, Mapping
from typing import Any

from . import causes
from .errors import Cause
from .labels import qualified_name

Object = Mapping[str, Any]

_NAMES = {"note": "message", "regarding": "involvedObject", "deprecatedSource": "source", "deprecatedCount": "count"}
_NAMES |= {f"deprecated{when}Timestamp": f"{when.lower()}Timestamp" for when in ("First", "Last")}
"""Fields of the newer group that the core group calls otherwise."""
_LONGEST = {"reportingInstance": 128, "action": 128, "reason": 128, "message": 1024}


def event(found: Object, path: str) -> Iterator[Cause]:
    """Any event."""
    del path
    core = _core(found)
    namespace = (core.get("metadata") or {}).get("namespace", "")
    about = (core.get("involvedObject") or {}).get("namespace", "")
    timed = bool(core.get("eventTime"))
    free = ("default", "kube-system") if timed else ("default",)
    if (about != namespace and not timed) if about else namespace not in free:
        yield causes.invalid("involvedObject.namespace", about, "does not match event.namespace")
    if timed:
        yield from _reported(core, "reportingComponent" if found.get("apiVersion") == "v1" else "reportingController")


def _reported(core: Object, reporter: str) -> Iterator[Cause]:
    """An event with a time of its own says who reports it."""
    if not core.get(reporter):
        yield causes.required(reporter)
    yield from qualified_name(reporter, core.get(reporter) or "")
    for name, longest in _LONGEST.items():
        text = core.get(name) or ""
        if not text and name != "message":
            yield causes.required(name)
        elif len(text.encode()) > longest:
            yield causes.invalid(name, "", f"can have at most {longest} characters")


def created(found: Object) -> Iterator[Cause]:
    """A new event of the newer group has a time, a type, and nothing of the older ways."""
    core = _core(found)
    yield from event(found, "")
    series = core.get("series")
    if series is not None and series.get("count", 0) < 2:
        yield causes.invalid("series.count", "", "should be at least 2")
    if series is not None and not series.get("lastObservedTime"):
        yield causes.required("series.lastObservedTime")
    if not core.get("eventTime"):
        yield causes.required("eventTime")
    if core.get("type") not in ("Normal", "Warning"):
        yield causes.invalid("type", "", f"has invalid value: {core.get('type', '')}")
    for name in ("firstTimestamp", "lastTimestamp", "count", "source"):
        if core.get(name):
            yield causes.invalid(name, "", "needs to be unset")


def changed(new: Object, old: Object) -> Iterator[Cause]:
    """Of an event of the newer group only the series goes on."""
    yield from event(new, "")
    after, before = _core(new), _core(old)
    for name in ("involvedObject", "reason", "message", "type", "eventTime", "action", "reportingController"):
        if after.get(name) != before.get(name):
            yield causes.invalid(name, after.get(name), "field is immutable")


def _core(found: Object) -> Object:
    return {_NAMES.get(name, name): part for name, part in found.items()}
