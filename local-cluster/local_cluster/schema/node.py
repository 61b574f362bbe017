"""One place of a schema: what may stand there. Compiled when first asked: a large schema costs what is used of it."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

Raw = Mapping[str, Any]

_META: Raw = {"$ref": "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "default": {}}
_TEXT: Raw = {"type": "string"}
_OBJECT_FIELDS: dict[str, Raw] = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _META}
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"


_LEFT_OUT = ("core.v1.ReplicationControllerSpec", "minReadySeconds")
"""A zero that the schema declares but the server leaves out."""
_SENT_NULL = {"authentication.v1.TokenRequestSpec": ("boundObjectRef", "expirationSeconds")}
"""Fields that the server writes as null although the schema does not require them."""


class Node:
    """A place with its keywords. It is the `Shape` that `weir.apply.fieldset` asks for."""

    def __init__(self, raw: Raw, components: Mapping[str, Raw], *, embedded: bool = False, typed: bool = False) -> None:
        self.raw = _resolve(raw, components)
        self.component = component_of(raw)
        """The built-in type here, such as `core.v1.Container`; empty for an inline schema."""
        self.typed = typed or bool(self.component)
        """Whether a Go type stands behind it: there null means absent, and wrong types do not decode."""
        self._components = components
        self._embedded = embedded or bool(self.raw.get("x-kubernetes-embedded-resource"))

    @cached_property
    def properties(self) -> dict[str, "Node"]:
        """The declared fields."""
        fields: dict[str, Raw] = dict(self.raw.get("properties", {}))
        if self._embedded:
            fields.update(_OBJECT_FIELDS)
        return {name: self._child(raw) for name, raw in fields.items()}

    @cached_property
    def additional(self) -> "Node | None":
        """The place of the values of a free map, or None."""
        raw = self.raw.get("additionalProperties")
        if raw is None or raw is False:
            return None
        return ANY if raw is True else self._child(raw)

    @cached_property
    def items(self) -> "Node":
        """The place of a list's item."""
        raw = self.raw.get("items")
        return self._child(raw) if raw else ANY

    @cache  # noqa: B019  a node lives as long as its schema
    def variants(self, keyword: str) -> tuple["Node", ...]:
        """The schemas under `allOf`, `anyOf`, `oneOf` or `not`."""
        found = self.raw.get(keyword, ())
        return tuple(self._child(raw) for raw in ([found] if isinstance(found, Mapping) else found))

    @cached_property
    def type(self) -> str:
        """`object`, `array`, `string`, `integer`, `number`, `boolean`, `int-or-string`, or empty for anything."""
        if self.raw.get(_INT_OR_STRING) or self.raw.get("format") == "int-or-string":
            return "int-or-string"
        if "oneOf" in self.raw and "type" not in self.raw:
            return "quantity" if {"type": "number"} in self.raw["oneOf"] else ""
        return str(self.raw.get("type", ""))

    @property
    def nullable(self) -> bool:
        """Whether null may stand here."""
        return bool(self.raw.get("nullable"))

    @cached_property
    def preserves(self) -> bool:
        """Whether fields that the schema does not declare are kept."""
        return bool(self.raw.get(_PRESERVE)) or not (self.type or self.raw) or self.opaque

    @cached_property
    def opaque(self) -> bool:
        """Whether this is an object that a built-in schema says nothing about (`RawExtension`, `FieldsV1`, `JSON`)."""
        bare = self.type in ("object", "") and not self._embedded
        return bare and not any(key in self.raw for key in ("properties", "additionalProperties", _PRESERVE, "oneOf"))

    @property
    def default(self) -> Any:
        """The schema's default; None without one."""
        return self.raw.get("default")

    @cached_property
    def atomic_map(self) -> bool:
        """Whether an object here is one leaf to field managers."""
        return self.raw.get("x-kubernetes-map-type") == "atomic" or (self.opaque and self is not ANY)

    @cached_property
    def list_type(self) -> str:
        """`atomic`, `set` or `map`."""
        return str(self.raw.get("x-kubernetes-list-type", "atomic"))

    @cached_property
    def list_keys(self) -> tuple[str, ...]:
        """The fields that tell the items of a `map` list apart."""
        return tuple(self.raw.get("x-kubernetes-list-map-keys", ()))

    @cached_property
    def ruled(self) -> bool:
        """Whether this place, or one inside it, has rules in CEL."""
        return _has_rules(self.raw)

    def _child(self, raw: Raw) -> "Node":
        return Node(raw, self._components, typed=self.typed)

    def declares(self, name: str) -> bool:
        """Whether the schema names this field."""
        return name in self.properties

    def field(self, name: str) -> "Node":
        """The place of an object's field; `ANY` when nothing is said of it."""
        return self.properties.get(name) or self.additional or ANY

    def knows(self, name: str) -> bool:
        """Whether a field of this name may stand here."""
        return name in self.properties or self.additional is not None or self.preserves

    @cached_property
    def zeroes(self) -> dict[str, Any]:
        """The fields that are never absent, with what stands there when nothing was said."""
        defaults = {name: node.default for name, node in self.properties.items() if node.default is not None}
        return {name: value for name, value in defaults.items() if (self.component, name) != _LEFT_OUT}

    def zero(self) -> dict[str, Any]:
        """The object before anything is set: the fields that a typed client always sends."""
        if not self.typed:
            return {}
        required = (*self.raw.get("required", ()), *_SENT_NULL.get(self.component, ()))
        fields = {name: node for name, node in self.properties.items() if "default" in node.raw or name in required}
        return {name: node.zero() if node.default == {} else node.default for name, node in fields.items()}


def _has_rules(raw: Any) -> bool:
    if isinstance(raw, Mapping):
        return "x-kubernetes-validations" in raw or any(map(_has_rules, raw.values()))
    return isinstance(raw, list) and any(map(_has_rules, raw))


def _target(raw: Raw) -> str:
    """The component that a schema refers to, also inside a lone `allOf`; empty when it does not."""
    alone = raw["allOf"][0] if len(raw.get("allOf", ())) == 1 else raw
    return str(raw.get("$ref") or alone.get("$ref", ""))


def component_of(raw: Raw) -> str:
    """The short name of the component that a schema refers to."""
    return ".".join(_target(raw).rsplit(".", 3)[1:])


def _resolve(raw: Raw, components: Mapping[str, Raw]) -> Raw:
    """Follow `$ref`; keywords beside the reference win."""
    target = _target(raw)
    if not target:
        return raw
    beside = {key: value for key, value in raw.items() if key not in ("$ref", "allOf")}
    return {**_resolve(components[target], components), **beside}


ANY = Node({_PRESERVE: True}, {})
"""The place of what no schema describes."""
