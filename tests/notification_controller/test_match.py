"""Which Alert wants which event."""

import pytest

from notification_controller.match import Verdict, judge, needs_labels, sources
from weir.api.base import LocalObjectReference, ObjectMeta
from weir.api.event import Event, ObjectReference
from weir.api.notification import Alert, AlertSpec, EventSource

ALL = EventSource("Kustomization", "*")
YES, NO = Verdict(wanted=True), Verdict(wanted=False)


def event(severity: str = "info", message: str = "Applied revision: main", **about: str) -> Event:
    given = {"kind": "Kustomization", "namespace": "apps", "name": "webapp"} | about
    return Event(
        involved_object=ObjectReference(**given),
        severity=severity,
        timestamp=None,
        message=message,
        reason="",
        reporting_controller="",
    )


def alert(*entries: EventSource, **spec: object) -> Alert:
    return Alert(
        metadata=ObjectMeta(name="a", namespace="apps"),
        spec=AlertSpec(LocalObjectReference("chat"), entries or (ALL,), **spec),
    )


LABELLED = EventSource("Kustomization", "*", match_labels={"team": "a"})

VERDICTS: dict[str, tuple[Alert, Event, dict[str, str] | None, Verdict]] = {
    "all objects of the kind in the own namespace": (alert(), event(), None, YES),
    "another kind": (alert(), event(kind="GitRepository"), None, NO),
    "kinds are compared with their case": (alert(), event(kind="kustomization"), None, NO),
    "another namespace": (alert(), event(namespace="infra"), None, NO),
    "another namespace that is named": (
        alert(EventSource("Kustomization", "*", "infra")),
        event(namespace="infra"),
        None,
        YES,
    ),
    "a namespace is no wildcard": (alert(EventSource("Kustomization", "*", "*")), event(), None, NO),
    "the name": (alert(EventSource("Kustomization", "webapp")), event(), None, YES),
    "another name": (alert(EventSource("Kustomization", "web")), event(), None, NO),
    "any of the entries is enough": (alert(EventSource("Bucket", "x"), ALL), event(), None, YES),
    "no entries": (
        Alert(metadata=ObjectMeta(name="a", namespace="apps"), spec=AlertSpec(LocalObjectReference("chat"), ())),
        event(),
        None,
        NO,
    ),
    "an alert without a spec": (Alert(metadata=ObjectMeta(name="a", namespace="apps")), event(), None, NO),
    "a suspended alert": (alert(suspend=True), event(), None, NO),
    "severity info takes errors": (alert(), event("error"), None, YES),
    "severity info takes traces": (alert(), event("trace"), None, YES),
    "severity error takes errors": (alert(event_severity="error"), event("error"), None, YES),
    "severity error takes nothing else": (alert(event_severity="error"), event(), None, NO),
    "severity error takes no traces": (alert(event_severity="error"), event("trace"), None, NO),
    "labels that match": (alert(LABELLED), event(), {"team": "a", "x": "y"}, YES),
    "labels that differ": (alert(LABELLED), event(), {"team": "b"}, NO),
    "labels that are not known match nothing": (alert(LABELLED), event(), None, NO),
    "no labels wanted, but the object is gone": (
        alert(EventSource("Kustomization", "*", match_labels={})),
        event(),
        None,
        NO,
    ),
    "no labels wanted of an object that is there": (
        alert(EventSource("Kustomization", "*", match_labels={})),
        event(),
        {},
        YES,
    ),
    "labels count with a name too": (
        alert(EventSource("Kustomization", "webapp", match_labels={"team": "a"})),
        event(),
        {},
        NO,
    ),
    "labels that are no selector": (
        alert(EventSource("Kustomization", "*", match_labels={"a b": "c"})),
        event(),
        {"a b": "c"},
        Verdict(wanted=False, problems=("eventSources (Kustomization/*): matchLabels: 'a b' is not a label key",)),
    ),
    "inclusion searches, unanchored": (alert(inclusion_list=("revision",)), event(), None, YES),
    "inclusion with its case": (alert(inclusion_list=("REVISION",)), event(), None, NO),
    "one of the inclusions is enough": (alert(inclusion_list=("nothing", "^Applied")), event(), None, YES),
    "exclusion is stronger": (alert(inclusion_list=("Applied",), exclusion_list=("main$",)), event(), None, NO),
    "exclusion that does not match": (alert(exclusion_list=("failed",)), event(), None, YES),
    "only broken inclusions let nothing through": (
        alert(inclusion_list=("(",)),
        event(),
        None,
        Verdict(
            wanted=False,
            problems=("inclusionList: '(' is not a regular expression (RE2): missing ): (",),
        ),
    ),
    "a broken inclusion beside a good one": (
        alert(inclusion_list=("Applied", "(?=x)")),
        event(),
        None,
        Verdict(
            wanted=True,
            problems=("inclusionList: '(?=x)' is not a regular expression (RE2): invalid perl operator: (?=",),
        ),
    ),
    "only broken exclusions exclude nothing": (
        alert(exclusion_list=(r"(a)\1",)),
        event(),
        None,
        Verdict(
            wanted=True,
            problems=(r"exclusionList: '(a)\\1' is not a regular expression (RE2): invalid escape sequence: \1",),
        ),
    ),
    "the end is the very end": (alert(inclusion_list=("main$",)), event(message="main\n"), None, NO),
    "what RE2 adds is there": (
        alert(inclusion_list=(r"(?U)\Qa.b\E\pL+\z",)),
        event(message="x a.bé"),
        None,
        YES,
    ),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts(case: str) -> None:
    wanting, given, labels, verdict = VERDICTS[case]
    assert judge(wanting, given, sources(wanting, given), labels) == verdict


def test_labels_are_only_needed_when_nothing_else_decides() -> None:
    assert [needs_labels(entries) for entries in ((), (LABELLED,), (LABELLED, ALL))] == [False, True, False]


def test_a_regular_expression_that_explodes_elsewhere_is_linear_here() -> None:
    wanting = alert(inclusion_list=("(a+)+$",))
    given = event(message="a" * 1_000_000 + "b")
    assert judge(wanting, given, sources(wanting, given), None) == NO
