"""What a client accepts: the plain object, a Table, metadata alone; JSON or YAML. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from local_cluster.api.errors import no_such_form, not_acceptable

JSON, YAML = "application/json", "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"


class Form(NamedTuple):
    """How an answer is written."""

    media: str = JSON
    kind: str = ""
    """Empty (the object itself), `Table`, `PartialObjectMetadata(List)`, `APIGroupDiscoveryList`."""
    version: str = ""
    group: str = ""


class _Offer(NamedTuple):
    media: str
    parameters: dict[str, str]


def _offers(accept: str) -> list[_Offer]:
    found = []
    for part in accept.split(","):
        media, *rest = (each.strip() for each in part.split(";"))
        parameters = dict(pair.split("=", 1) for pair in rest if "=" in pair)
        if media:
            found.append(_Offer(media.lower(), parameters))
    ranked = sorted(enumerate(found), key=lambda each: (-_quality(each[1]), each[0]))
    return [offer for _, offer in ranked]


def _quality(offer: _Offer) -> float:
    try:
        return float(offer.parameters.get("q", "1"))
    except ValueError:
        return 0.0


Transforms = Mapping[str, tuple[str, tuple[str, ...]]]
_TRANSFORMS: Transforms = {
    "Table": ("meta.k8s.io", ("v1", "v1beta1")),
    "PartialObjectMetadata": ("meta.k8s.io", ("v1", "v1beta1")),
    "PartialObjectMetadataList": ("meta.k8s.io", ("v1", "v1beta1")),
}
_DISCOVERY: Transforms = {"APIGroupDiscoveryList": ("apidiscovery.k8s.io", ("v2", "v2beta1"))}


def form(accept: str) -> Form:
    """The best form of a resource that the client accepts. Raises 406."""
    return _form(accept, _TRANSFORMS)


def discovery_form(accept: str) -> Form:
    """The best form of a discovery document. Raises 406."""
    return _form(accept, _DISCOVERY)


def plain_form(accept: str) -> Form:
    """The form of an answer that is no resource of the store. Raises 406."""
    return _form(accept, {})


def _form(accept: str, transforms: Transforms) -> Form:
    refused = not_acceptable((JSON, YAML, PROTOBUF))
    for offer in _offers(accept or JSON):
        media = JSON if offer.media == "*/*" else offer.media
        if media not in (JSON, YAML):
            continue
        wanted = offer.parameters.get("as", "")
        if not wanted:
            return Form(media)
        group, versions = transforms.get(wanted, ("", ()))
        version = offer.parameters.get("v", "v1")
        if group and offer.parameters.get("g", group) == group and version in versions:
            return Form(media, wanted, version, group)
        refused = no_such_form((JSON, YAML, PROTOBUF))
    raise refused
