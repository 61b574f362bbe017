"""What the values of the chart are made of."""

from typing import Annotated, Any, Literal, dataclass_transform

import msgspec
from msgspec import Meta

field = msgspec.field
Object = dict[str, Any]
"""A part of a Kubernetes object; the API server checks it."""
Texts = dict[str, str]
"""Labels, annotations, data."""
Objects = tuple[Object, ...]
Policy = Literal["Always", "IfNotPresent", "Never"]
Count = Annotated[int, Meta(ge=0)]
Quantity = Annotated[str, Meta(pattern=r"^$|^[0-9]+(\.[0-9]+)?([EPTGMK]i?|[mk])?$")]
Duration = Annotated[str, Meta(pattern=r"^([0-9]+(ms|s|m|h|d|w))+$")]
"""A duration as Prometheus writes it: `10m`, `1h30m`."""
Tag = Annotated[str, Meta(pattern=r"^$|^sha256:[0-9a-f]{64}$|^\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?$")]
"""A tag, a digest, or a tag and its digest."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Values(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A group of values: a string under each says what it is for, its default is the chart's."""


class Created(Values):
    """A part that can be left out."""

    create: bool = True
    """Whether it is installed."""


class Marked(Values):
    """Labels and annotations."""

    labels: Texts = {}
    """Further labels."""
    annotations: Texts = {}
    """Annotations."""
