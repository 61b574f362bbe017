"""`helmCharts`: what the caller has to render, and what came of it (`spec/overlays.md` 21.6).

The engine runs nothing. It says which charts it needs, the caller renders those that are allowed and builds again.
"""

import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from weir import yaml
from weir.overlay.documents import read
from weir.overlay.errors import BuildError, HelmNeeded
from weir.overlay.manifests import resources
from weir.overlay.output import fields, nodes, plain
from weir.overlay.resource import Resource
from weir.overlay.schema import BUILT_IN
from weir.overlay.strategic import Merge
from weir.overlay.tree import join
from weir.yaml.nodes import copy

if TYPE_CHECKING:
    from weir.overlay.layer import Layer
    from weir.overlay.site import Site

KIND = "HelmChartInflationGenerator"


class Chart(msgspec.Struct, frozen=True):
    """A chart to render: `helm template RELEASE HOME/NAME ARGUMENTS`, with `-f` for each of the values."""

    name: str
    version: str
    repository: str
    home: str
    """The directory of charts, a path in the tree."""
    release: str
    arguments: tuple[str, ...]
    values: tuple[bytes, ...]
    """Contents of values files, later ones win."""
    absent: bool = False
    """It is not in its home yet: pull it there (`helm pull --untar --untardir HOME`), then build again."""


def inflate(layer: "Layer", entry: dict[str, Any], _: str) -> None:
    """Add what an entry of `helmCharts` renders. Raises `BuildError`, `HelmNeeded`."""
    home = layer.fields.get("helmGlobals", {}).get("chartHome", "")
    for resource in rendered(layer, {"namespace": layer.namespace, **entry}, home):
        layer.build.metadata.generated(resource, KIND, by=layer.origin)
        layer.objects.add(resource)


def rendered(layer: "Layer", entry: Mapping[str, Any], home: str) -> Sequence[Resource]:
    """What a chart renders. Raises `BuildError` when charts are refused, `HelmNeeded` for one to render."""
    known = layer.build.options.charts
    if known is None:
        raise BuildError("helm charts are not inflated here: render the chart and list its output under resources")
    chart = asked(entry, home or "charts", layer.site)
    text = known.get(chart)
    if text is None:
        raise HelmNeeded((chart,))
    file = posixpath.join(chart.home, chart.name)
    found = resources(read(text, file, cached=False), file)
    for resource in found:
        resource.charted = True
    return found


def asked(entry: Mapping[str, Any], home: str, site: "Site") -> Chart:
    """An entry as the chart to render; `home` is as written. Raises `BuildError`."""
    if not entry.get("name"):
        raise BuildError("a chart must have a name", field="name")
    for field in ("name", "version", "releaseName", "repo"):
        text = entry.get(field, "")
        if text.startswith("-") or (field != "repo" and ".." in text.split("/")):
            raise BuildError("may not begin with - or lead upwards", field=field)
    merge = entry.get("valuesMerge") or "override"
    if merge not in {"override", "merge", "replace"}:
        raise BuildError("must be override, merge or replace", field="valuesMerge")
    name, version, repository = entry["name"], entry.get("version", ""), entry.get("repo", "")
    if version and repository:
        home = posixpath.join(home, f"{name}-{version}")
    folder = posixpath.join(home, name)
    absent = not site.tree.looks_for(join(site.root, folder))
    if absent and not repository:
        raise BuildError(f"there is no chart {folder}: put it there, or name its repo", field="name")
    return Chart(
        name=name,
        version=version,
        repository=repository,
        home=join(site.root, home),
        release=entry.get("releaseName", ""),
        arguments=tuple(_arguments(entry)),
        values=() if absent else tuple(_values(entry, site, folder, merge)),
        absent=absent,
    )


def _values(entry: Mapping[str, Any], site: "Site", folder: str, merge: str) -> list[bytes]:
    """The values file, or the chart's own, with the inline values in it; then the additional ones."""
    inline = entry.get("valuesInline")
    more = [site.content(name)[1] for name in entry.get("additionalValuesFiles", ())]
    if inline and merge == "replace":
        return [yaml.dump(inline).encode(), *more]
    path, data = site.content(entry.get("valuesFile") or posixpath.join(folder, "values.yaml"))
    if inline:
        documents = read(data, path, cached=site.cached(path)).documents
        if not documents:
            raise BuildError("the file of values is empty", file=path)
        data = _merged(documents[0].value, nodes(inline), merge)
    return [data, *more]


def _merged(values: Any, inline: Any, merge: str) -> bytes:
    """Inline values win (`override`) or lose (`merge`), as in a strategic merge."""
    target, patch = (values, inline) if merge == "override" else (inline, values)
    found = Merge(BUILT_IN).walk(copy(target), patch, None)
    return yaml.dump(plain(fields(found)) if type(found) is dict else {}).encode()


def _arguments(entry: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for flag, value in (
        ("--namespace", entry.get("namespace")),
        ("--name-template", entry.get("nameTemplate")),
        ("--kube-version", entry.get("kubeVersion")),
    ):
        found += [flag, value] if value else []
    for version in entry.get("apiVersions", ()):
        found += ["--api-versions", version]
    for field, flag in (("includeCRDs", "--include-crds"), ("skipTests", "--skip-tests"), ("skipHooks", "--no-hooks")):
        found += [flag] if entry.get(field) else []
    return found
