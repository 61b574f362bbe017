"""Rules in CEL when a definition is written: schema and what is said of its rules."""

from typing import Any

import pytest

from local_cluster.schema.compilation import compilation_causes

TEXT: dict[str, Any] = {"type": "string"}


def thing(rule: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "x-kubernetes-validations": [{"rule": rule}]}


def failed(column: int, why: str, rule: str) -> str:
    return f"compilation failed: ERROR: <input>:1:{column}: {why}\n | {rule}\n | {'.' * (column - 1)}^"


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a field that is there": (thing("self.a == 'x'", a=TEXT), []),
    "a field that is not there": (thing("self.b == 'x'", a=TEXT), [failed(5, "undefined field 'b'", "self.b == 'x'")]),
    "a method of a field": (thing("self.a.size() > 1", a=TEXT), []),
    "a field in a text or a comment": (thing("self.a == 'self.b' // self.b", a=TEXT), []),
    "a key of a free map": (thing("self.m.x == 'y'", m={"type": "object", "additionalProperties": TEXT}), []),
    "a field that is kept unseen": (
        thing("self.o.x == 'y'", o={"type": "object", "x-kubernetes-preserve-unknown-fields": True}),
        [],
    ),
    "the name of the object": (thing("self.metadata.name == self.kind"), []),
    "the labels of the object": (
        thing("has(self.metadata.labels)"),
        [failed(4, "undefined field 'labels'", "has(self.metadata.labels)")],
    ),
    "a boolean": (thing("self.on", on={"type": "boolean"}), []),
    "a number or a text": (thing("self.amount", amount={"x-kubernetes-int-or-string": True}), []),
    "no boolean": (thing("self.a", a=TEXT), ["cel expression must evaluate to a bool"]),
    "syntax that our engine lacks": (thing("self.?b.orValue('') == ''", a=TEXT), []),
    "a rule inside": (
        {"type": "object", "properties": {"a": {"type": "array", "items": thing("self.metadata.name == ''")}}},
        [failed(5, "undefined field 'metadata'", "self.metadata.name == ''")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule(case: str) -> None:
    schema, expected = CASES[case]
    assert [cause.message.partition("}: ")[2] for cause in compilation_causes(schema, "s")] == expected


def test_a_rule_that_ends_early() -> None:
    (cause,) = compilation_causes(thing("self.a ==\n", a=TEXT), "schema")
    assert "<input>:2:1: Syntax error: mismatched input '<EOF>'" in cause.message


def test_a_rule_that_is_empty() -> None:
    (cause,) = compilation_causes(thing(" "), "schema")
    assert cause.line() == "schema.x-kubernetes-validations[0].rule: Required value: rule is not specified"
