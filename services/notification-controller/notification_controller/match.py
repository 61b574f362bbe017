"""Does this Alert want this event? Pure.

Regular expressions are RE2: linear in the message whatever a tenant writes.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import re2

from weir.api.event import Event
from weir.api.notification import Alert, EventSource

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False

_NAME = r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)"
_LABEL_VALUE = re.compile(rf"{_NAME}?\Z")
_LABEL_KEY = re.compile(rf"([a-z0-9]([-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_NAME}\Z")


class Verdict(NamedTuple):
    """Whether an Alert wants an event, and what is wrong with the Alert."""

    wanted: bool
    problems: tuple[str, ...] = ()


def sources(alert: Alert, event: Event) -> tuple[EventSource, ...]:
    """The entries of the Alert that the event passes, labels not looked at."""
    spec = alert.spec
    if spec is None or spec.suspend or spec.event_severity not in ("info", event.severity):
        return ()
    about = event.involved_object
    return tuple(
        source
        for source in spec.event_sources
        if about.namespace == (source.namespace or alert.metadata.namespace)
        and about.kind == source.kind
        and source.name in ("*", about.name)
    )


def needs_labels(entries: tuple[EventSource, ...]) -> bool:
    """Whether only the labels of the object can tell: every entry that is left has `matchLabels`."""
    return bool(entries) and all(entry.match_labels is not None for entry in entries)


def judge(alert: Alert, event: Event, entries: tuple[EventSource, ...], labels: Mapping[str, str] | None) -> Verdict:
    """Whether the Alert wants the event. `labels` are the object's, `None` when they are not known."""
    problems: list[str] = []
    if alert.spec is None or not any(_labels_match(entry, labels, problems) for entry in entries):
        return Verdict(wanted=False, problems=tuple(problems))
    included = not alert.spec.inclusion_list or _any_match(
        "inclusionList", alert.spec.inclusion_list, event.message, problems
    )
    excluded = included and _any_match("exclusionList", alert.spec.exclusion_list, event.message, problems)
    return Verdict(wanted=included and not excluded, problems=tuple(problems))


def selector_problem(labels: Mapping[str, str]) -> str:
    """Why these labels cannot be selected by; empty when they can."""
    for key, value in sorted(labels.items()):
        if not _LABEL_KEY.match(key):
            return f"matchLabels: {key!r} is not a label key"
        if not _LABEL_VALUE.match(value):
            return f"matchLabels: {value!r} is not a label value (key {key!r})"
    return ""


def _labels_match(entry: EventSource, labels: Mapping[str, str] | None, problems: list[str]) -> bool:
    if entry.match_labels is None:
        return True
    if problem := selector_problem(entry.match_labels):
        problems.append(f"eventSources ({entry.kind}/{entry.name}): {problem}")
        return False
    return labels is not None and entry.match_labels.items() <= labels.items()


def _any_match(field: str, patterns: tuple[str, ...], message: str, problems: list[str]) -> bool:
    matched = False
    for pattern in patterns:
        compiled = _compile(pattern)
        if isinstance(compiled, str):
            problems.append(f"{field}: {pattern!r} is not a regular expression (RE2): {compiled}")
        elif not matched:
            matched = compiled.search(message) is not None
    return matched


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> "re2._Regexp | str":
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        return error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
