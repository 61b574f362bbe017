"""`labels`, `commonLabels`, `commonAnnotations`: entries set in maps (`spec/overlays.md` 14)."""

from collections.abc import Mapping
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import Set, Specs, apply, from_map, merged
from weir.overlay.meter import spend
from weir.overlay.resource import Change, Resource
from weir.overlay.specs import METADATA_LABELS
from weir.overlay.values import Linked, own_key, set_text
from weir.yaml.nodes import is_null


def change(pairs: Mapping[str, str], specs: Specs) -> Change:
    """Set each pair in every map that the specs name."""
    entries = [(own_key(key), pairs[key]) for key in sorted(pairs)]

    def act(resource: Resource) -> None:
        linked = [(name, Linked(value, [])) for name, value in entries]
        apply(resource, specs, _setter(linked), "map")
        for _, value in linked:
            if len(value.places) > 1:
                resource.linked = True

    return act


def _setter(linked: list[tuple[str, Linked]]) -> Set:
    """Sets the entries in each map of one object; what is new there is linked."""

    def set_(container: Any, key: Any) -> None:
        found = container[key]
        if is_null(found):
            return
        if type(found) is not dict:
            raise BuildError("expected a map")
        spend(64 * len(linked))
        for name, value in linked:
            if type(found.get(name, found)) not in {dict, list}:
                set_text(found, name, str(value))
            else:
                found[name] = value
                value.places.append((found, name))

    return set_


def label_specs(entry: Mapping[str, Any], common: Specs, template: Specs, more: Specs) -> Specs:
    """Where a `labels` entry acts. Raises `BuildError` when its own fields contradict the others."""
    specs: Specs = tuple(from_map(field) for field in entry.get("fields", ()))
    if entry.get("includeSelectors"):
        return merged(specs, common, "fields")
    if entry.get("includeTemplates"):
        specs = merged(specs, template, "fields")
    return merged(merged(specs, more, "fields"), (METADATA_LABELS,), "fields")
