import pytest

from weir.api.kustomization import HealthCheckExpression
from weir.cel import CelError
from weir.health.expressions import Rule, assess, check_ready, ready, rule_for, rules
from weir.health.rules import Health, Status

OBJECT = {
    "apiVersion": "example.org/v1",
    "kind": "Thing",
    "metadata": {"name": "a", "generation": 2},
    "status": {"ok": True, "n": 3, "conditions": [{"type": "Synced", "status": "True"}]},
}

ASSESSED = {
    "current when current is true": (Rule("status.ok", "", ""), OBJECT, Health(Status.CURRENT)),
    "in progress is looked at first": (Rule("true", "status.n == 3", "true"), OBJECT, Health(Status.IN_PROGRESS)),
    "failed is looked at before current": (Rule("true", "false", "status.n > 2.5"), OBJECT, Health(Status.FAILED)),
    "in progress when nothing is true": (Rule("status.n == 4", "", ""), OBJECT, Health(Status.IN_PROGRESS)),
    "macros see conditions": (
        Rule("status.conditions.filter(e, e.type == 'Synced').all(e, e.status == 'True')", "", ""),
        OBJECT,
        Health(Status.CURRENT),
    ),
    "extension functions": (
        Rule("'A,b'.lowerAscii().split(',').size() == 2 && sets.contains([1, 2], [2])", "", ""),
        OBJECT,
        Health(Status.CURRENT),
    ),
    "an unseen generation is in progress": (
        Rule("true", "", ""),
        OBJECT | {"status": {"observedGeneration": 1}},
        Health(Status.IN_PROGRESS, "generation is 2, but the controller has seen 1"),
    ),
    "an odd observed generation is passed over": (
        Rule("true", "", ""),
        OBJECT | {"status": {"observedGeneration": "1"}},
        Health(Status.CURRENT),
    ),
    "a missing field is unknown": (
        Rule("status.missing == 1", "", ""),
        OBJECT,
        Health(Status.UNKNOWN, "no such key: missing"),
    ),
    "a result that is no bool is unknown": (
        Rule("status.n", "", ""),
        OBJECT,
        Health(Status.UNKNOWN, "the expression gave int, not a bool"),
    ),
}


@pytest.mark.parametrize("name", ASSESSED)
def test_an_expression_judges_an_object(name: str) -> None:
    rule, obj, expected = ASSESSED[name]
    assert assess(rule, obj) == expected


def test_an_object_without_the_field_is_unknown_and_says_so() -> None:
    bare = {"apiVersion": "v1", "kind": "X", "metadata": {}}
    status, message = assess(Rule("has(status.ok) && status.ok", "", ""), bare)
    assert status is Status.UNKNOWN
    assert "status" in message


def check(
    api_version: str = "example.org/v1", kind: str = "Thing", current: str = "true", **more: str
) -> HealthCheckExpression:
    return HealthCheckExpression(api_version=api_version, kind=kind, current=current, **more)


def test_a_kind_beats_its_group_and_the_version_does_not_count() -> None:
    table = rules(
        (check("example.org/v2", "Thing", "true"), check(kind="", current="false"), check("v1", "Pod", "1 == 1"))
    )
    assert rule_for(table, OBJECT) == Rule("true", "", "")
    assert rule_for(table, OBJECT | {"kind": "Other"}) == Rule("false", "", "")
    assert rule_for(table, {"apiVersion": "v1", "kind": "Pod"}) == Rule("1 == 1", "", "")
    assert rule_for(table, {"apiVersion": "other.org/v1", "kind": "Thing"}) is None


REFUSED = {
    "a syntax error": (check(current="1 +"), "healthCheckExprs[0] (example.org/v1 Thing): current: "),
    "a syntax error in inProgress": (check(in_progress="("), "inProgress: "),
    "an empty current": (check(current=""), "current is empty"),
    "too long a text": (check(current="1 == 1 || " * 2000 + "true"), "longer than 16384 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_rule_that_cannot_be_used_is_named(name: str) -> None:
    entry, text = REFUSED[name]
    with pytest.raises(CelError) as caught:
        rules((entry,))
    assert text in str(caught.value)


def test_a_kind_has_one_entry() -> None:
    with pytest.raises(CelError, match="another entry"):
        rules((check(), check("example.org/v1beta1")))


READY = {
    "dep.status.ok == true": True,
    "has(dep.status.ok) && dep.status.n > 2": True,
    "self.metadata.name == dep.metadata.name": False,
    "dep.status.conditions.exists(c, c.type == 'Synced' && c.status == 'True')": True,
    "!(dep.status.ok)": False,
    "(dep.status.n == 3)": True,
    "dep.status.n == 3 ? true : false": True,
    "'a' in ['a', 'b']": True,
    "dep.metadata.name.startsWith('a')": True,
    'dep.metadata.name == "a ? b : c"': False,
    "sets.intersects([1], [1])": True,
}


@pytest.mark.parametrize("expression", READY)
def test_a_ready_expression_says_yes_or_no(expression: str) -> None:
    check_ready(expression, "dependsOn[0].readyExpr")
    assert ready(expression, {"metadata": {"name": "self"}}, OBJECT) is READY[expression]


NOT_BOOL = {
    "dep.status.ok": "the result must be a bool",
    "dep.status.n + 1": "the result must be a bool",
    "'a'": "the result must be a bool",
    "dep.status.ok ? dep.status.ok : true": "the result must be a bool",
    "dep.status.conditions.map(c, c.type)": "the result must be a bool",
    "-1": "the result must be a bool",
    "dep.status.conditions[0]": "the result must be a bool",
    "other.status.ok == true": "unknown variable other; there are dep and self",
    "dep.status.ok ==": "readyExpr: ",
}


@pytest.mark.parametrize("expression", NOT_BOOL)
def test_a_ready_expression_is_a_bool_for_certain(expression: str) -> None:
    with pytest.raises(CelError) as caught:
        check_ready(expression, "dependsOn[0].readyExpr")
    assert NOT_BOOL[expression] in str(caught.value)


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(CelError, match="no such key: nope"):
        ready("dep.nope == 1", {}, OBJECT)
