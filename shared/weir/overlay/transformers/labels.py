"""`labels`, `commonLabels`, `commonAnnotations`: entries set in maps (`spec/overlays.md` 14)."""

from collections.abc import Mapping
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import Specs, apply, from_map, merged, paths_of
from weir.overlay.meter import spend
from weir.overlay.resource import Change, Resource
from weir.overlay.specs import METADATA_LABELS
from weir.overlay.values import Place, link, own_key, set_text
from weir.yaml.nodes import is_null

_DEEP = frozenset((dict, list))


def change(pairs: Mapping[str, str], specs: Specs) -> Change:
    """Set each pair in every map that the specs name."""
    entries = [(own_key(key), pairs[key]) for key in sorted(pairs)]
    paths = paths_of(specs)

    def act(resource: Resource) -> None:
        places: list[tuple[list[Place], str, str]] = [([], name, value) for name, value in entries]

        def set_(container: Any, key: Any) -> None:
            found = container[key]
            if type(found) is not dict:
                if is_null(found):
                    return
                raise BuildError("expected a map")
            spend(64 * len(entries))
            for known, name, value in places:
                if type(found.get(name, found)) not in _DEEP:
                    set_text(found, name, value)
                else:
                    found[name] = value
                    known.append((found, name))

        apply(resource, paths, set_, "map")
        for known, _, value in places:
            if len(known) > 1:
                link(value, known)
                resource.linked = True

    return act


def label_specs(entry: Mapping[str, Any], common: Specs, template: Specs, more: Specs) -> Specs:
    """Where a `labels` entry acts. Raises `BuildError` when its own fields contradict the others."""
    specs: Specs = tuple(from_map(field) for field in entry.get("fields", ()))
    if entry.get("includeSelectors"):
        return merged(specs, common, "fields")
    if entry.get("includeTemplates"):
        specs = merged(specs, template, "fields")
    return merged(merged(specs, more, "fields"), (METADATA_LABELS,), "fields")
