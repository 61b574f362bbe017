"""The custom resources that the cases share."""

from collections.abc import Mapping
from typing import Any

GROUP = "conformance.example.com"

Schema = dict[str, Any]
STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
MAP: Schema = {"type": "object", "additionalProperties": STRING}


def thing(**properties: Any) -> Schema:
    return {"type": "object", **({"properties": properties} if properties else {})}


def listed(items: Schema, **more: Any) -> Schema:
    return {
        "type": "array",
        "items": items,
        **{f"x-kubernetes-{key.replace('_', '-')}": it for key, it in more.items()},
    }


def rule(text: str, **more: str) -> dict[str, str]:
    return {"rule": text, **more}


def definition(plural: str, kind: str, schema: Schema, *, group: str = GROUP, **version: Any) -> dict[str, Any]:
    """A CRD of one version."""
    spec = {
        "group": group,
        "scope": "Namespaced",
        "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}],
    }
    names = {"name": f"{plural}.{group}"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": names,
        "spec": spec,
    }


_PORTS = listed(
    {**thing(name=STRING, port=INTEGER, protocol={"type": "string", "default": "TCP"}), "required": ["port"]},
    list_type="map",
    list_map_keys=["port", "protocol"],
)
_WIDGET = {
    **thing(
        spec={
            **thing(
                size={**INTEGER, "minimum": 1, "maximum": 10},
                even={**INTEGER, "multipleOf": 2},
                ratio={"type": "number", "exclusiveMinimum": True, "minimum": 0},
                name={**STRING, "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
                color={**STRING, "enum": ["red", "green"], "default": "red"},
                replicas=INTEGER,
                small={**INTEGER, "format": "int32"},
                big={**INTEGER, "format": "int64"},
                on={"type": "boolean"},
                when={**STRING, "format": "date-time"},
                day={**STRING, "format": "date"},
                lasts={**STRING, "format": "duration"},
                blob={**STRING, "format": "byte"},
                mail={**STRING, "format": "email"},
                address={**STRING, "format": "ipv4"},
                link={**STRING, "format": "uri"},
                id={**STRING, "format": "uuid"},
                maybe={**STRING, "nullable": True},
                maybeDefault={**STRING, "nullable": True, "default": "x"},
                amount={"x-kubernetes-int-or-string": True},
                tags={**listed(STRING, list_type="set"), "maxItems": 3},
                words={**listed(STRING), "minItems": 1, "uniqueItems": False},
                ports=_PORTS,
                labels={**MAP, "maxProperties": 2},
                few={**MAP, "minProperties": 1},
                nested=thing(deep=thing(level={**INTEGER, "default": 3}, text=STRING)),
                filled={**thing(a={**STRING, "default": "b"}), "default": {}},
                anything={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                atomic={**thing(a=STRING, b=STRING), "x-kubernetes-map-type": "atomic"},
                either={
                    **thing(a=STRING, b=STRING),
                    "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                },
                any={**thing(a=STRING, b=STRING), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
                bar={**thing(a=STRING, b=STRING), "not": {"required": ["a", "b"]}},
                embedded={
                    "type": "object",
                    "x-kubernetes-embedded-resource": True,
                    "x-kubernetes-preserve-unknown-fields": True,
                },
            ),
            "required": ["size"],
        },
        status=thing(
            replicas=INTEGER,
            selector=STRING,
            phase=STRING,
            conditions=listed(
                {**thing(type=STRING, status=STRING, reason=STRING), "required": ["type"]},
                list_type="map",
                list_map_keys=["type"],
            ),
        ),
    ),
    "required": ["spec"],
}
_COLUMNS = [
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
    {"name": "Color", "type": "string", "jsonPath": ".spec.color", "description": "Its colour."},
    {"name": "On", "type": "boolean", "jsonPath": ".spec.on"},
    {"name": "When", "type": "date", "jsonPath": ".spec.when"},
    {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status', "priority": 1},
    {"name": "Ports", "type": "string", "jsonPath": ".spec.ports[*].port"},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
]
_SCALE = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}
_FROZEN = thing(
    spec={
        **thing(
            fixed={**STRING, "x-kubernetes-validations": [rule("self == oldSelf", message="fixed is immutable")]},
            grows={
                **INTEGER,
                "x-kubernetes-validations": [
                    rule("self >= oldSelf", messageExpression="'must grow' + (oldSelf > 4 ? ' above four' : '')")
                ],
            },
            low=INTEGER,
            high=INTEGER,
            name={**STRING, "maxLength": 20, "x-kubernetes-validations": [rule("self.startsWith('a')")]},
            secret={
                **STRING,
                "x-kubernetes-validations": [
                    rule("self != 'no'", reason="FieldValueForbidden", message="that is forbidden")
                ],
            },
            items={
                **listed(
                    {**thing(key=STRING, value=INTEGER), "required": ["key"]}, list_type="map", list_map_keys=["key"]
                ),
                "maxItems": 5,
                "x-kubernetes-validations": [rule("self.all(x, x.value > 0)", message="values are positive")],
            },
            map={**MAP, "maxProperties": 5, "x-kubernetes-validations": [rule("!('bad' in self)", message="no bad")]},
            once={
                **STRING,
                "x-kubernetes-validations": [
                    rule("!oldSelf.hasValue() || oldSelf.value() == self", message="set once")
                    | {"optionalOldSelf": True}
                ],
            },
            quantity={**STRING, "x-kubernetes-validations": [rule("isQuantity(self)", message="a quantity")]},
            url={**STRING, "x-kubernetes-validations": [rule("isURL(self)", message="a url")]},
        ),
        "x-kubernetes-validations": [
            rule("!has(self.low) || !has(self.high) || self.low <= self.high", message="low must not exceed high"),
            rule("!has(self.low) || self.low < 100", message="low is too high", fieldPath=".low"),
            rule("!has(oldSelf.fixed) || has(self.fixed)", message="fixed may not go", reason="FieldValueRequired"),
        ],
    }
)
_FROZEN["x-kubernetes-validations"] = [
    rule("self.metadata.name.size() < 12", message="names are short"),
]
_GADGET = thing(
    spec={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    status={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    note=STRING,
)

SHARED: list[Mapping[str, Any]] = [
    definition(
        "widgets",
        "Widget",
        _WIDGET,
        subresources={"status": {}, "scale": _SCALE},
        additionalPrinterColumns=_COLUMNS,
        selectableFields=[{"jsonPath": ".spec.color"}, {"jsonPath": ".spec.size"}],
    ),
    definition("gadgets", "Gadget", _GADGET),
    definition("frozens", "Frozen", _FROZEN),
]
