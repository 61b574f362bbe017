"""Who applied an object, and from what: labels lead to the owner, its references to the sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weir_cli.nouns import Body, Reference, field

if TYPE_CHECKING:
    from weir.kube.client import Client

_LABELS = (
    ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
)
"""Groups whose labels `GROUP/name` and `GROUP/namespace` name the owner, and its kind."""
_GROUPS = {kind: group for group, kind in _LABELS}
_SOURCES = "source.toolkit.fluxcd.io"
_DEEPEST = 10
"""Owner references followed one after the other; a Pod of a CronJob has two."""


@dataclass(frozen=True)
class Link:
    """An owner or a source. Without a body it could not be read, and `problem` says why."""

    reference: Reference
    body: Body | None
    problem: str = ""


def labelled(body: Body) -> Reference | None:
    """The owner that an object's labels name."""
    labels = field(body, "metadata", "labels") or {}
    for group, kind in _LABELS:
        if name := labels.get(f"{group}/name"):
            return kind, str(labels.get(f"{group}/namespace", "")), str(name)
    return None


async def owner(client: "Client", body: Body) -> Reference | None:
    """Who applied an object: by its own labels, or those of what its owner references lead to."""
    from weir.kube.errors import ApiError, NoSuchKind  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    for _step in range(_DEEPEST):
        if found := labelled(body):
            return found
        parents = field(body, "metadata", "ownerReferences") or ()
        parent = next((one for one in parents if one.get("controller")), next(iter(parents), None))
        if parent is None:
            return None
        try:
            kind = await client.discovery.kind(parent["apiVersion"], parent["kind"])
            namespace = field(body, "metadata", "namespace") or ""
            body = (await client.get(kind, parent["name"], namespace if kind.namespaced else "")).body()
        except (ApiError, NoSuchKind):  # gone, or no right to read it: nobody can tell
            return None
    return None


async def chain(client: "Client", first: Reference) -> tuple[Link, ...]:
    """An owner, and behind it the sources, one link after the other; the last may be one that cannot be read."""
    links: list[Link] = []
    following: Reference | None = first
    while following and following not in [link.reference for link in links]:
        links.append(await _link(client, following))
        body = links[-1].body
        following = next(needs(body), None) if body else None
    return tuple(links)


def needs(body: Body) -> Iterator[Reference]:
    """What an owner or a source is made from: its chart, or its source."""
    namespace = str(field(body, "metadata", "namespace") or "")
    if chart := field(body, "status", "helmChart"):
        place, _slash, name = str(chart).rpartition("/")
        yield "HelmChart", place, name
    for path in (("spec", "chartRef"), ("spec", "sourceRef"), ("spec", "chart", "spec", "sourceRef")):
        if found := field(body, *path):
            yield str(found.get("kind", "")), str(found.get("namespace") or namespace), str(found.get("name", ""))


async def _link(client: "Client", reference: Reference) -> Link:
    from weir.kube.errors import ApiError, NoSuchKind  # noqa: PLC0415  costly; only commands that talk to a cluster pay

    kind, namespace, name = reference
    try:
        served = await client.discovery.preferred(_GROUPS.get(kind, _SOURCES), kind)
        return Link(reference, (await client.get(served, name, namespace)).body())
    except (ApiError, NoSuchKind) as error:
        return Link(reference, None, str(error))
