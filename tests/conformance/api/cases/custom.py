"""Custom resources: validation texts, defaulting, pruning, rules in CEL, and definitions that are no good."""

from collections.abc import Iterator
from typing import Any

from tests.conformance.api.definitions import INTEGER, MAP, STRING, definition, listed, rule, thing
from tests.conformance.api.steps import Call, Case, body, case, delete, get, patch, post, put, until, widget

_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


_FIRST_AWAY = [{"op": "remove", "path": "/spec/versions/0"}]


def _spec(**fields: Any) -> Case:
    return case(post("widgets", widget(spec={"size": 1, **fields})))


def _frozen(called: str = "a", **spec: Any) -> dict[str, Any]:
    return body("conformance.example.com/v1", "Frozen", called, spec=spec)


def _rules(*specs: dict[str, Any], called: str = "a") -> Case:
    """The first is created, the others are patched in."""
    return case(
        post("frozens", _frozen(called, **specs[0])),
        *(patch(f"frozens/{called}", {"spec": each}) for each in specs[1:]),
    )


def _defined(schema: dict[str, Any], **more: Any) -> Case:
    made = definition("things", "Thing", schema, group="{ns}.example.com")
    made["spec"].update(more)
    return case(post(_CRDS + "?dryRun=All", made))


def _version(**more: Any) -> Case:
    made = definition("things", "Thing", thing(spec=thing(a=STRING)), group="{ns}.example.com")
    made["spec"]["versions"][0] |= more
    return case(post(_CRDS + "?dryRun=All", made))


def _removed(*plurals: str) -> Iterator[Call]:
    """Take definitions away, so that no other case sees them; what is answered meanwhile is not compared."""
    for plural in plurals:
        yield until("404", delete(f"{_CRDS}/{plural}.{{ns}}.example.com"))


CASES: dict[str, Case] = {
    "defaults are filled in": case(
        post("widgets", widget(spec={"size": 1, "nested": {"deep": {}}, "ports": [{"port": 1}]})), get("widgets/a")
    ),
    "a required field is missing": case(post("widgets", widget(spec={})), post("widgets", widget())),
    "a number is too small": _spec(size=0),
    "a number is too large": _spec(size=11),
    "a number is no multiple": _spec(even=3),
    "a number has to be larger": _spec(ratio=0),
    "a number is of another type": case(
        post("widgets", widget(spec={"size": "1"})),
        post("widgets", widget(spec={"size": 1.5})),
        post("widgets", widget(spec={"size": 1.0})),
        post("widgets", widget("b", spec={"size": True})),
    ),
    "a number is out of the range of its format": case(post("widgets", widget(spec={"size": 1, "small": 3000000000}))),
    "a text is too short": _spec(name="a"),
    "a text is too long": _spec(name="abcdef"),
    "a text does not match": _spec(name="ABC"),
    "a text breaks two rules": _spec(name="ABCDEF"),
    "a value is not listed": _spec(color="blue"),
    "a text is a number": _spec(name=5),
    "a number is a text and a map a list": _spec(big="5", labels=[]),
    "a boolean is a text": _spec(on="true"),
    "a list is a text": _spec(tags="a"),
    "a list is too long": _spec(tags=["a", "b", "c", "d"]),
    "a list is too short": _spec(words=[]),
    "a set repeats": _spec(tags=["a", "a"]),
    "a list of keys repeats": _spec(ports=[{"port": 1}, {"port": 1}, {"port": 1, "protocol": "UDP"}]),
    "a list of keys lacks one": _spec(ports=[{"name": "x"}]),
    "a map has too many": _spec(labels={"a": "1", "b": "2", "c": "3"}),
    "a map has too few": _spec(few={}),
    "a map has a value of another type": _spec(labels={"a": 1}),
    "formats that do not fit": _spec(
        when="yesterday", day="2001-13-01", lasts="long", blob="***", mail="x", address="1.2.3", link="::", id="1"
    ),
    "formats that fit": _spec(
        when="2001-01-01T00:00:00Z",
        day="2001-01-01",
        lasts="1h3m",
        blob="aGk=",
        mail="a@b.de",
        address="1.2.3.4",
        link="http://x/y",
        id="9d2d26b5-2a6d-4d5e-8c2f-e2a5b3d3a1b2",
    ),
    "a number or a text is neither": _spec(amount=True),
    "a number or a text is a float": _spec(amount=1.5),
    "none of one of": _spec(either={}),
    "both of one of": _spec(either={"a": "1", "b": "2"}),
    "none of any of": _spec(any={}),
    "what must not be": _spec(bar={"a": "1", "b": "2"}),
    "many things are wrong": _spec(size=0, even=3, color="blue", tags=["a", "a"], on="x"),
    "an embedded object without kind": _spec(embedded={"metadata": {"name": "x"}}),
    "an embedded object with a bad name": _spec(
        embedded={"apiVersion": "v1", "kind": "X", "metadata": {"name": "A B", "labels": {"a b": "c"}}}
    ),
    "unknown fields are pruned": case(
        post(
            "widgets?fieldValidation=Ignore",
            widget(spec={"size": 1, "unknown": 1, "nested": {"other": 1}, "anything": {"kept": {"a": 1}}}, other=1),
        ),
        get("widgets/a"),
    ),
    "a field that keeps what it does not know": case(
        post(
            "gadgets",
            body(
                "conformance.example.com/v1",
                "Gadget",
                "a",
                spec={"x": {"y": [1, "2", None]}},
                status={"z": 1},
                note="n",
            ),
        ),
        get("gadgets/a"),
    ),
    "an update is held to what it changes": case(
        post("widgets", widget(spec={"size": 1})),
        patch("widgets/a", {"spec": {"color": "blue"}}),
        patch("widgets/a", {"spec": {"size": None}}),
        patch("widgets/a", {"spec": None}),
    ),
    "a status that does not fit": case(
        post("widgets", widget(spec={"size": 1})),
        patch("widgets/a/status", {"status": {"phase": 1}}),
        patch("widgets/a/status", {"status": {"conditions": [{"status": "True"}]}}),
    ),
    "a rule holds back a change": _rules({"fixed": "x"}, {"fixed": "y"}),
    "a rule holds back a removal": _rules({"fixed": "x"}, {"fixed": None}),
    "a rule with a message of its own making": _rules({"grows": 5}, {"grows": 6}, {"grows": 3}),
    "a rule about two fields": _rules({"low": 5, "high": 3}),
    "a rule with a field's path": _rules({"low": 100}),
    "a rule without a message": _rules({"name": "b"}),
    "a rule with another reason": _rules({"secret": "no"}),
    "a rule about items": _rules({"items": [{"key": "a", "value": 0}]}),
    "a rule about a missing value": _rules({"items": [{"key": "a"}]}),
    "a rule about a map": _rules({"map": {"bad": "1"}}),
    "a rule that holds from the start": _rules({"once": "a"}, {"once": "b"}),
    "a rule in the library of quantities": _rules({"quantity": "1x"}, {"quantity": "1Gi"}),
    "a rule in the library of URLs": _rules({"url": "no"}, {"url": "https://x/y"}),
    "a rule of the whole object": _rules({"low": 1}, called="a-very-long-name"),
    "rules are not run when the type is wrong": _rules({"low": "x", "high": 1}),
    "several rules fail": _rules({"low": 200, "high": 100, "name": "b", "secret": "no"}),
    "a definition without a schema": _version(schema={}),
    "a definition that is not structural": _defined({"type": "object", "properties": {"spec": {"properties": {}}}}),
    "a definition of a type that is none": _defined({"type": "object", "properties": {"spec": {"type": "text"}}}),
    "a definition with a default that does not fit": _defined(thing(spec=thing(a={**INTEGER, "default": "x"}))),
    "a definition with a default that would be pruned": _defined(
        thing(spec={**thing(a=STRING), "default": {"b": "x"}})
    ),
    "a definition with a rule that does not compile": _defined(
        {**thing(spec=thing(a=STRING)), "x-kubernetes-validations": [rule("self.spec.b == 'x'")]}
    ),
    "a definition with a rule that is no CEL": _defined(
        {**thing(spec=thing(a=STRING)), "x-kubernetes-validations": [rule("self.spec.a == ")]}
    ),
    "a definition with a rule about its labels": _defined(
        {**thing(spec=thing(a=STRING)), "x-kubernetes-validations": [rule("has(self.metadata.labels)")]}
    ),
    "a definition with rules about names that have to be escaped": _defined(
        {
            **thing(spec=thing(**{"a-b": STRING, "if": STRING, "free": {**MAP, "maxProperties": 2}})),
            "x-kubernetes-validations": [
                rule("self.spec.a__dash__b == 'self.no' || self.spec.__if__ == self.kind || 'x' in self.spec.free")
            ],
        }
    ),
    "a definition with a rule that is no boolean": _defined(
        {**thing(spec=thing(a=STRING)), "x-kubernetes-validations": [rule("self.spec.a")]}
    ),
    "a definition with a rule that costs too much": _defined(
        thing(spec=listed({**thing(a=STRING), "x-kubernetes-validations": [rule("self.a.matches('(a+)+')")]}))
    ),
    "a definition with a list of keys that are not there": _defined(
        thing(spec=listed(thing(a=STRING), list_type="map", list_map_keys=["b"]))
    ),
    "a definition with a list of keys without keys": _defined(thing(spec=listed(thing(a=STRING), list_type="map"))),
    "a definition with properties and free keys": _defined(thing(spec={**thing(a=STRING), **MAP})),
    "a definition with forbidden words": _defined({**thing(a={**STRING, "uniqueItems": True}), "definitions": {}}),
    "a definition with a bad pattern": _defined(thing(a={**STRING, "pattern": "("})),
    "a definition with a name of another group": case(
        post(_CRDS + "?dryRun=All", {**definition("things", "Thing", thing()), "metadata": {"name": "things"}})
    ),
    "a definition with a kind in small letters": _defined(thing(), names={"plural": "things", "kind": "thing-s"}),
    "a definition with a scope that is none": _defined(thing(), scope="Universe"),
    "a definition without names": _defined(thing(), names={}),
    "a definition without versions": _defined(thing(), versions=[]),
    "a definition that stores two versions": _defined(
        thing(),
        versions=[
            {"name": name, "served": True, "storage": True, "schema": {"openAPIV3Schema": thing()}}
            for name in ("v1", "v2")
        ],
    ),
    "a definition that stores no version": _defined(
        thing(), versions=[{"name": "v1", "served": True, "storage": False, "schema": {"openAPIV3Schema": thing()}}]
    ),
    "a definition with one version twice": _defined(
        thing(),
        versions=[
            {"name": "v1", "served": True, "storage": storage, "schema": {"openAPIV3Schema": thing()}}
            for storage in (True, False)
        ],
    ),
    "a definition with a version that has no name": _version(name="V_1"),
    "a definition with a column that cannot be read": _version(
        additionalPrinterColumns=[{"name": "A", "type": "text", "jsonPath": "spec"}]
    ),
    "a definition with a scale that is no path": _version(
        subresources={"scale": {"specReplicasPath": "spec", "statusReplicasPath": ".metadata.x"}}
    ),
    "a definition that keeps unknown fields": _defined(thing(), preserveUnknownFields=True),
    "a definition in a protected group": case(
        post(_CRDS + "?dryRun=All", definition("things", "Thing", thing(), group="x.k8s.io"))
    ),
    "a definition with a conversion webhook without an address": _defined(thing(), conversion={"strategy": "Webhook"}),
    "a definition with selectable fields that are not there": _version(selectableFields=[{"jsonPath": ".spec.b"}]),
    "a definition is served, listed and taken away": case(
        post(_CRDS, definition("things", "Thing", thing(spec=thing(a=STRING)), group="{ns}.example.com")),
        until('"type": "Established", "status": "True"', get(_CRDS + "/things.{ns}.example.com")),
        until("200", get("/apis/{ns}.example.com/v1")),
        until(
            "201",
            post(
                "/apis/{ns}.example.com/v1/namespaces/{ns}/things",
                body("{ns}.example.com/v1", "Thing", "a", spec={"a": "b"}),
            ),
        ),
        delete(_CRDS + "/things.{ns}.example.com"),
        until("404", get(_CRDS + "/things.{ns}.example.com")),
        until("404", get("/apis/{ns}.example.com/v1/namespaces/{ns}/things")),
    ),
    "a definition of a kind that another has": case(
        post(_CRDS, definition("things", "Thing", thing(), group="{ns}.example.com")),
        until('"type": "Established", "status": "True"', get(_CRDS + "/things.{ns}.example.com")),
        post(_CRDS, definition("others", "Thing", thing(), group="{ns}.example.com")),
        until("NamesAccepted", get(_CRDS + "/others.{ns}.example.com")),
        *_removed("others", "things"),
    ),
    "a definition may not change its names and scope": case(
        post(_CRDS, definition("things", "Thing", thing(), group="{ns}.example.com")),
        until('"type": "Established", "status": "True"', get(_CRDS + "/things.{ns}.example.com")),
        patch(_CRDS + "/things.{ns}.example.com", {"spec": {"scope": "Cluster"}}),
        patch(_CRDS + "/things.{ns}.example.com", {"spec": {"group": "x.example.com"}}),
        *_removed("things"),
    ),
    "a version leaves a definition once nothing is stored in it": case(
        post(_CRDS, definition("things", "Thing", thing(), group="{ns}.example.com")),
        until('"type": "Established", "status": "True"', get(_CRDS + "/things.{ns}.example.com")),
        patch(
            _CRDS + "/things.{ns}.example.com",
            [
                {"op": "copy", "from": "/spec/versions/0", "path": "/spec/versions/-"},
                {"op": "replace", "path": "/spec/versions/1/name", "value": "v2"},
                {"op": "replace", "path": "/spec/versions/0/storage", "value": False},
            ],
            media="application/json-patch+json",
        ),
        until('"v2"', get(_CRDS + "/things.{ns}.example.com/status")),
        patch(_CRDS + "/things.{ns}.example.com", _FIRST_AWAY, media="application/json-patch+json"),
        patch(_CRDS + "/things.{ns}.example.com/status", {"status": {"storedVersions": ["v2"]}}),
        patch(_CRDS + "/things.{ns}.example.com", _FIRST_AWAY, media="application/json-patch+json"),
        *_removed("things"),
    ),
    "a replace of a custom resource with a wrong type": case(
        post("widgets", widget(spec={"size": 1})),
        put("widgets/a", widget(spec={"size": "x"}, meta={"resourceVersion": "$0.metadata.resourceVersion"})),
    ),
}
