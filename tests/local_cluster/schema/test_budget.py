"""CEL rules: what is cheap passes, and what could go on for long is refused before it starts."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_cluster.schema import crd
from local_cluster.schema.budget import LIMIT, Plan, plan, units
from weir import manifests

LISTENERS = [{"name": f"n{i}" + "x" * 60, "port": i, "hostname": "h" * 253} for i in range(64)]
NAMES = r"self.all(x, x.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$'))"
CHEAP: dict[str, tuple[str, Any]] = {
    "an enum": ("!has(self.a) || self.a in ['x', 'y']", {"a": "x" * 1_000_000}),
    "no loop over a large list": ("self.size() <= 100000", list(range(100_000))),
    "one loop": ("self.all(x, x >= 0)", list(range(10_000))),
    "each against each of 64": ("self.all(a, self.exists_one(b, a.name == b.name && a.port == b.port))", LISTENERS),
    "names by a pattern": (NAMES, LISTENERS),
    "a replaced text": ("self.replace('a', 'b') == 'b'", "a" * 253),
}
DEAR: dict[str, tuple[str, Any]] = {
    "three loops inside each other": (
        "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))",
        list(range(300)),
    ),
    "lists of lists of lists": ("self.map(a, self.map(b, self.map(c, c))).size() > 0", list(range(100))),
    "text that multiplies": ("self.replace('a', self).replace('a', self).replace('a', self).size() > 1", "a" * 1000),
    "a large list by itself": ("self.all(a, self.all(b, a != b || a == b))", list(range(20_000))),
    "a joined list in a loop": ("self.all(a, self.join(',').contains(a))", ["x" * 100] * 2000),
}


@pytest.mark.parametrize("case", CHEAP)
def test_cheap(case: str) -> None:
    expression, value = CHEAP[case]
    assert units(expression, {"self": value}) <= LIMIT


@pytest.mark.parametrize("case", DEAR)
def test_dear(case: str) -> None:
    expression, value = DEAR[case]
    assert units(expression, {"self": value}) > LIMIT


def test_a_plan() -> None:
    expected = Plan(tokens=13, depth=1, scans=1, plus=0, replaces=0, joins=0, splits=0, longest_literal=9, repeats=61)
    assert plan("self.all(x, x.matches('a{0,61}'))") == expected
    assert plan("'all(' == self").depth == 0


def rules(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (rule["rule"] for rule in value.get("x-kubernetes-validations", ()))
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from rules(part)


def test_our_own_rules_are_cheap_whatever_they_judge() -> None:
    ours = set(rules(list(manifests.crds())))
    assert len(ours) > 5
    assert {rule for rule in ours if units(rule, {"self": {"x": "y" * 1_000_000}}) >= LIMIT} == set()


def test_an_object_that_is_too_much_work_is_refused_at_once() -> None:
    rule = {"rule": "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))", "message": "must sum"}
    items = {"type": "array", "items": {"type": "integer"}, "x-kubernetes-validations": [rule]}
    schema = crd({"type": "object", "properties": {"spec": {"type": "object", "properties": {"list": items}}}})
    body = {"apiVersion": "e.org/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"list": list(range(5000))}}
    (cause,) = schema.validate(body)
    assert cause.field == "spec.list"
    text = "no further validation rules will be run due to call cost exceeds limit for rule: must sum"
    assert cause.message == f'Invalid value: "array": {text}'
