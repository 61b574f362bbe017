from typing import Any

import pytest

from weir.api.kustomization import IgnoreRule, Selector
from weir.apply.ignore import IgnoreError, compile_rules, paths, payload
from weir.apply.labels import LabelSelector


def deployment(replicas: int | None = 3, image: str = "a", managers: Any = ()) -> dict[str, Any]:
    spec: dict[str, Any] = {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "app", "namespace": "ns", "labels": {"tier": "web"}, "managedFields": list(managers)},
        "spec": spec if replicas is None else {"replicas": replicas, **spec},
    }


MATCHES = {
    "no target matches everything": (Selector(), True),
    "a kind": (Selector(kind="Deployment"), True),
    "patterns are anchored": (Selector(kind="Deploy"), False),
    "a pattern": (Selector(name="a.*", group="apps", version="v1", namespace="(ns|other)"), True),
    "all members have to match": (Selector(kind="Deployment", name="b"), False),
    "a label": (Selector(label_selector="tier in (web, db)"), True),
    "another label": (Selector(label_selector="tier!=web"), False),
    "an annotation that is not there": (Selector(annotation_selector="a"), False),
}


@pytest.mark.parametrize("name", MATCHES)
def test_a_rule_is_for_its_target(name: str) -> None:
    target, expected = MATCHES[name]
    rules = compile_rules([IgnoreRule(("/spec/replicas",), target)])
    assert paths(rules, deployment()) == (("/spec/replicas",) if expected else ())


def test_rules_add_up() -> None:
    rules = compile_rules([IgnoreRule(("/a", "/b")), IgnoreRule(("/b", "/c")), IgnoreRule(("/d",), Selector(kind="X"))])
    assert paths(rules, deployment()) == ("/a", "/b", "/c")


BAD = {
    "ignore[0].target.kind: '(' is no regular expression": IgnoreRule(("/a",), Selector(kind="(")),
    "ignore[0].target.labelSelector: 'a b' is no label selector": IgnoreRule(("/a",), Selector(label_selector="a b")),
    "ignore[0].paths: 'a' is no JSON pointer": IgnoreRule(("a",)),
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_rule_is_named(text: str) -> None:
    with pytest.raises(IgnoreError) as caught:
        compile_rules([BAD[text]])
    assert str(caught.value) == text


def applied(manager: str, fields: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": "Apply", "fieldsV1": fields}


IMAGE = "/spec/template/spec/containers/0/image"
KEYED = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"c"}': {"f:image": {}}}}}}}

PAYLOADS = {
    "a live value is adopted": (deployment(3), deployment(5), ("/spec/replicas",), deployment(5)),
    "a live value that the manifest lacks is added": (
        deployment(None),
        deployment(5),
        ("/spec/replicas",),
        deployment(5),
    ),
    "a field that another applies is stripped": (
        deployment(3),
        deployment(5, managers=[applied("hpa", {"f:spec": {"f:replicas": {}}})]),
        ("/spec/replicas",),
        deployment(None),
    ),
    "a field of a keyed item that another applies is stripped": (
        deployment(3),
        deployment(3, "b", managers=[applied("images", KEYED)]),
        (IMAGE,),
        {**deployment(3), "spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "c"}]}}}},
    ),
    "a value at an index is adopted": (deployment(3), deployment(3, "b"), (IMAGE,), deployment(3, "b")),
    "what is equal is left as it is": (deployment(3), deployment(3, "b"), ("/spec/replicas",), deployment(3)),
    "what is missing live is left out": (deployment(3), deployment(None), ("/spec/replicas",), deployment(None)),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_ignored_places_stay_as_they_are(name: str) -> None:
    wanted, live, pointers, expected = PAYLOADS[name]
    assert payload(wanted, wanted, live, pointers) == expected


SELECTORS = {
    "": True,
    "a=1": True,
    "a==1,b": True,
    "a!=2": True,
    "c!=2": True,
    "a in (1, 2)": True,
    "a notin (1)": False,
    "c notin (1)": True,
    "!c": True,
    "! a": False,
    "a=2": False,
    "example.org/x=y": True,
}


@pytest.mark.parametrize("text", SELECTORS)
def test_a_label_selector_selects(text: str) -> None:
    assert LabelSelector.read(text).matches({"a": "1", "b": "2", "example.org/x": "y"}) is SELECTORS[text]
