"""`helmCharts`: what the caller has to render, and what came of it (`spec/overlays.md` 21.6).

The engine runs nothing. It says which charts it needs, the caller renders those that are allowed and builds again.
"""

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from weir import yaml
from weir.overlay.documents import read
from weir.overlay.errors import BuildError, HelmNeeded
from weir.overlay.manifests import resources

if TYPE_CHECKING:
    from weir.overlay.layer import Layer
    from weir.overlay.site import Site


class Chart(msgspec.Struct, frozen=True):
    """A chart to render: `helm template RELEASE HOME/NAME ARGUMENTS`, with `-f` for each of the values."""

    name: str
    version: str
    repository: str
    home: str
    """The directory of charts, a path in the tree; the chart is pulled there first when it is not there."""
    release: str
    arguments: tuple[str, ...]
    values: tuple[bytes, ...]
    """Contents of values files, later ones win."""


def inflate(layer: "Layer", entry: dict[str, Any], _: str) -> None:
    """Add what a chart renders. Raises `BuildError` when charts are refused, `HelmNeeded` for one to render."""
    rendered = layer.build.options.charts
    if rendered is None:
        raise BuildError("helm charts are not inflated here: render the chart and list its output under resources")
    chart = asked(entry, layer.fields.get("helmGlobals", {}), layer.site, layer.fields.get("namespace", ""))
    text = rendered.get(chart)
    if text is None:
        raise HelmNeeded((chart,))
    file = posixpath.join(chart.home, chart.name)
    layer.objects.add_all(resources(read(text, file, cached=False), file))


def asked(entry: Mapping[str, Any], shared: Mapping[str, Any], site: "Site", namespace: str) -> Chart:
    """A `helmCharts` entry as the chart to render. Raises `BuildError`."""
    if not entry.get("name"):
        raise BuildError("a chart must have a name", field="name")
    for field in ("name", "version", "releaseName", "repo"):
        text = entry.get(field, "")
        if text.startswith("-") or (field != "repo" and ".." in text.split("/")):
            raise BuildError("may not begin with - or lead upwards", field=field)
    merge = entry.get("valuesMerge") or "override"
    if merge not in {"override", "merge", "replace"}:
        raise BuildError("must be override, merge or replace", field="valuesMerge")
    home = shared.get("chartHome") or "charts"
    home = posixpath.normpath(posixpath.join(site.root, home))
    return Chart(
        name=entry["name"],
        version=entry.get("version", ""),
        repository=entry.get("repo", ""),
        home=home,
        release=entry.get("releaseName", ""),
        arguments=tuple(_arguments(entry, namespace)),
        values=tuple(_values(entry, site, merge)),
    )


def _values(entry: Mapping[str, Any], site: "Site", merge: str) -> list[bytes]:
    """Inline values win (`override`), lose (`merge`) or stand alone (`replace`)."""
    inline = entry.get("valuesInline")
    own = [yaml.dump(inline).encode()] if inline else []
    named = (entry.get("valuesFile", ""), *entry.get("additionalValuesFiles", ()))
    files = [site.content(name)[1] for name in named if name]
    if own and merge == "replace":
        return own
    return [*own, *files] if merge == "merge" else [*files, *own]


def _arguments(entry: Mapping[str, Any], namespace: str) -> list[str]:
    found: list[str] = []
    where = entry.get("namespace") or namespace
    for flag, value in (
        ("--namespace", where),
        ("--name-template", entry.get("nameTemplate")),
        ("--kube-version", entry.get("kubeVersion")),
    ):
        found += [flag, value] if value else []
    for version in entry.get("apiVersions", ()):
        found += ["--api-versions", version]
    for field, flag in (("includeCRDs", "--include-crds"), ("skipTests", "--skip-tests"), ("skipHooks", "--no-hooks")):
        found += [flag] if entry.get(field) else []
    return found
