"""`gotk_resource_info`: one series per object with its state as labels (`spec/cli-and-ui.md` 5.3)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from prometheus_client.metrics_core import Metric

from weir.api.conditions import READY, RECONCILING, STALLED, find
from weir.kube.errors import Undecodable
from weir.kube.object import Object
from weir.runtime.envelope import envelope
from weir.runtime.settle import suspended

NAME = "gotk_resource_info"


class Resources(NamedTuple):
    """The objects of a kind, as a watch has them, and what labels the kind adds."""

    type: type[Any]
    objects: Iterable[Object]
    info: Callable[[Any], Mapping[str, str]]


def collect(resources: Iterable[Resources]) -> Iterator[Metric]:
    """The family; its labels are the common ones and those of each kind."""
    family = Metric(NAME, "The state of an object: always 1, the labels tell.", "gauge")
    for kind in resources:
        for live in kind.objects:
            family.add_sample(NAME, labels(kind, live), 1.0)
    yield family


def labels(kind: Resources, live: Object) -> dict[str, str]:
    """The labels of one object's series."""
    common = envelope(live)
    conditions = common.status.conditions
    ready = find(conditions, READY)
    found = {
        "customresource_group": kind.type.DEFINITION.kind.group,
        "customresource_kind": kind.type.DEFINITION.kind.kind,
        "customresource_version": kind.type.DEFINITION.kind.version,
        "exported_namespace": live.metadata.namespace,
        "name": live.metadata.name,
        "ready": ready.status if ready else "Unknown",
        "reason": ready.reason if ready else "",
    }
    found |= {word: "true" for word, type_ in _FLAGS.items() if (it := find(conditions, type_)) and it.status == "True"}
    try:
        object_ = live.decode(kind.type)
    except Undecodable:
        return found
    if suspended(object_):
        found["suspended"] = "true"
    return {**found, **kind.info(object_)}


_FLAGS = {"reconciling": RECONCILING, "stalled": STALLED}
