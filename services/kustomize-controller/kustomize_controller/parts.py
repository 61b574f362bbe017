"""What a pass works with, made once per process."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kustomize_controller.catalog import Catalog, SourceKey
from kustomize_controller.clusters import Clusters
from kustomize_controller.fetch import Archives
from kustomize_controller.settings import Settings
from kustomize_controller.source import Sources
from kustomize_controller.state import Bodies, State
from kustomize_controller.watch import Watcher
from kustomize_controller.workers import Workers
from weir.kube.object import Key
from weir.runtime.queue import Wake


@dataclass(frozen=True)
class Parts:
    """The rooms of the controller, and what it remembers."""

    settings: Settings
    catalog: Catalog
    sources: Sources
    archives: Archives
    workers: Workers
    clusters: Clusters
    watcher: Watcher
    states: dict[Key, State]
    bodies: Bodies
    wake: Callable[[Wake], None]
    handing_over: set[Key] = field(default_factory=set)
    """Objects whose prune waits for others."""
    compared: dict[SourceKey, str] = field(default_factory=dict)
    """Digest of the last artifact of each source whose users were put in order."""
