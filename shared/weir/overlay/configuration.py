"""Where transformers act: the defaults and what `configurations` add (`spec/overlays.md` 20.1)."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from weir.overlay import specs
from weir.overlay.fieldspec import FieldSpec, Specs, from_map, merged
from weir.overlay.kustomization import FIELD_SPEC
from weir.overlay.references import DEFAULT, Row
from weir.overlay.shape import S, decode
from weir.overlay.sort import RANKS
from weir.overlay.variables import DEFAULT as VAR_SPECS


class Configuration(NamedTuple):
    """The field specs of each transformer, and which fields hold names."""

    namePrefix: Specs = specs.NAMES  # noqa: N815  the field's own name
    nameSuffix: Specs = specs.NAMES  # noqa: N815  the field's own name
    namespace: Specs = specs.NAMESPACES
    commonLabels: Specs = specs.COMMON_LABELS  # noqa: N815  the field's own name
    labels: Specs = ()
    templateLabels: Specs = specs.TEMPLATE_LABELS  # noqa: N815  the field's own name
    commonAnnotations: Specs = specs.ANNOTATIONS  # noqa: N815  the field's own name
    images: Specs = specs.IMAGES
    replicas: Specs = specs.REPLICAS
    varReference: Specs = VAR_SPECS  # noqa: N815  the field's own name
    nameReference: tuple[Row, ...] = DEFAULT  # noqa: N815  the field's own name

    def add(self, other: "Configuration") -> "Configuration":
        """Both. Raises `BuildError` when they disagree about `create`."""
        if other is EMPTY or other == self:
            return self
        found: dict[str, Any] = {}
        for name in _SPEC_FIELDS:
            mine, theirs = getattr(self, name), getattr(other, name)
            found[name] = mine if mine is theirs or not theirs else _settled(merged(mine, theirs, name), name)
        rows = (row for row in other.nameReference if row not in self.nameReference)
        return Configuration(**found, nameReference=(*self.nameReference, *rows))


_SPEC_FIELDS = tuple(name for name in Configuration._fields if name != "nameReference")
EMPTY = Configuration(**dict.fromkeys(Configuration._fields, ()))
DEFAULTS = Configuration()
SHAPE = {
    **{name: [FIELD_SPEC] for name in _SPEC_FIELDS},
    "nameReference": [{"group": S, "version": S, "kind": S, "fieldSpecs": [FIELD_SPEC]}],
}


def _settled(found: Iterable[FieldSpec], name: str) -> Specs:
    """The specs in their order, so that each is covered or not by those before it (6.4)."""
    return merged((), sorted(found, key=_place), name)


def _place(spec: FieldSpec) -> tuple[int, str]:
    return RANKS.get(spec.kind, 0), f"{spec.group or '~G'}_{spec.version or '~V'}_{spec.kind or '~K'}"


def read(value: Any) -> Configuration:
    """A configuration file's content. Raises `BuildError` with the field."""
    found = decode(value or {}, SHAPE)
    rows: list[Row] = []
    for entry in found.pop("nameReference", ()):
        target = (entry.get("group", ""), entry.get("version", ""), entry.get("kind", ""))
        rows += [Row(*target, from_map(spec)) for spec in entry.get("fieldSpecs", ())]
    lists: dict[str, tuple[FieldSpec, ...]] = {
        name: _settled((from_map(spec) for spec in entries), name) for name, entries in found.items()
    }
    return EMPTY._replace(**lists, nameReference=tuple(rows))
