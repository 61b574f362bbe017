"""What every API type is made of.

Field names are snake_case here and camelCase outside; unknown fields are ignored on reading, so older code reads newer
objects. A string under a field is its documentation and becomes the CRD's `description`.
"""

from typing import Annotated, ClassVar, dataclass_transform

import msgspec
from msgspec import Meta


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A frozen value that is written and read as JSON, defaults left out."""


GoDuration = Annotated[str, Meta(pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$")]
"""A duration as Go writes it: `500ms`, `1m30s`, `1.5h`. `weir.api.duration` reads and writes it."""

ShortGoDuration = Annotated[str, Meta(pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m))+$")]
"""A duration without hours."""

Timestamp = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""A moment, RFC 3339, UTC, whole seconds."""


class Kind(Struct):
    """A kind and where the API server keeps it."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """`v1` for the core group, else `group/version`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL path of the collection, of one object, or of its subresource."""
        parts = [f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"]
        if namespace and self.namespaced:
            parts.append(f"namespaces/{namespace}")
        parts += [part for part in (self.plural, name, subresource) if part]
        return "/".join(parts)


class Column(Struct):
    """A printer column, as in a CRD."""

    name: str
    json_path: str
    type: str = "string"


AGE = Column("Age", ".metadata.creationTimestamp", "date")
READY = Column("Ready", '.status.conditions[?(@.type=="Ready")].status')
STATUS = Column("Status", '.status.conditions[?(@.type=="Ready")].message')


class Rule(Struct):
    """A CEL validation of the API server (`x-kubernetes-validations`)."""

    rule: str
    message: str


class Definition(Struct):
    """What a CRD says of a kind beyond its schema."""

    kind: Kind
    singular: str
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    status: bool = True
    """Whether the kind has a status subresource."""
    status_default: bool = True
    """Whether the schema sets `{observedGeneration: -1}` on a new object."""


class OwnerReference(Struct):
    """`metadata.ownerReferences[]`."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    block_owner_deletion: bool = False


class ObjectMeta(Struct):
    """The part of `metadata` that controllers read; managed fields stay in the raw body."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    finalizers: tuple[str, ...] = ()
    owner_references: tuple[OwnerReference, ...] = ()


class Resource(Struct, kw_only=True):
    """The base of every kind that we serve. A kind adds `spec` and, mostly, `status`."""

    DEFINITION: ClassVar[Definition]

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = ObjectMeta()


class LocalObjectReference(Struct):
    """The name of an object in the same namespace."""

    name: str
    """Name of the referent."""
