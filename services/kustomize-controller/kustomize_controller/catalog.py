"""All Kustomizations that this instance sees, decoded once, by what is asked of them.

Who uses a source, who depends on whom, and who claims an object: nothing is pruned that anyone still wants.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kustomize_controller import depends
from weir.api.conditions import READY, RECONCILING, is_true
from weir.api.kustomization import Kustomization
from weir.kube.errors import Undecodable
from weir.kube.object import Key
from weir.kube.watch import Change


class SourceKey(NamedTuple):
    """A source by name."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.namespace}/{self.name}"


class Cluster(NamedTuple):
    """A cluster that is applied to; all empty: the local one."""

    namespace: str = ""
    secret: str = ""
    key: str = ""


def source_of(ks: Kustomization) -> SourceKey:
    """The source that an object refers to."""
    reference = ks.spec.source_ref
    return SourceKey(reference.kind, reference.namespace or ks.metadata.namespace, reference.name)


def cluster_of(ks: Kustomization) -> Cluster:
    """The cluster that an object applies to."""
    config = ks.spec.kube_config
    if config is None:
        return Cluster()
    if config.secret_ref:
        return Cluster(ks.metadata.namespace, config.secret_ref.name, config.secret_ref.key)
    name = config.config_map_ref.name if config.config_map_ref else ""
    return Cluster(ks.metadata.namespace, f"configmap:{name}")


def settled(ks: Kustomization, revision: str) -> bool:
    """Whether an object has dealt with a revision, or is about to: an artifact of it needs no further pass."""
    attempted = ks.status.last_attempted_revision == revision
    return attempted and (is_true(ks.status.conditions, READY) or is_true(ks.status.conditions, RECONCILING))


class Catalog:
    """Kept up from the watch of our own kind."""

    def __init__(self) -> None:
        self._objects: dict[Key, Kustomization] = {}
        self._users: defaultdict[SourceKey, set[Key]] = defaultdict(set)
        self._dependants: defaultdict[Key, set[Key]] = defaultdict(set)
        self._claims: defaultdict[tuple[Cluster, str], set[Key]] = defaultdict(set)
        self._wanted: dict[Key, frozenset[str]] = {}

    def see(self, change: Change) -> tuple[Kustomization | None, Kustomization | None]:
        """Take in a change. What was known before, and what is known now; None for gone or undecodable."""
        key = change.object.key
        before = self._objects.pop(key, None)
        if before is not None:
            self._index(key, before, add=False)
        after = None
        if change.new is not None:
            try:
                after = change.new.decode(Kustomization)
            except Undecodable:
                after = None
        if after is not None:
            self._objects[key] = after
            self._index(key, after, add=True)
        else:
            self._wanted.pop(key, None)
        return before, after

    def get(self, key: Key) -> Kustomization | None:
        """One object as last seen."""
        return self._objects.get(key)

    def users(self, source: SourceKey) -> list[Kustomization]:
        """The objects that refer to a source."""
        return [self._objects[key] for key in sorted(self._users.get(source, ()))]

    def clusters(self, *, but: Key) -> set[Cluster]:
        """The clusters that all but one apply to."""
        return {cluster_of(ks) for key, ks in self._objects.items() if key != but}

    def dependants(self, key: Key) -> list[Kustomization]:
        """The objects that depend on one."""
        return [self._objects[it] for it in sorted(self._dependants.get(key, ()))]

    def intend(self, key: Key, identifiers: Iterable[str]) -> None:
        """An object's build wants these, though its inventory does not say so yet."""
        self._wanted[key] = frozenset(identifiers)

    def claimed(self, cluster: Cluster, identifier: str, *, but: Key) -> Key | None:
        """Another object that has this in its inventory or wants it, or None."""
        for key in sorted(self._claims.get((cluster, identifier), ())):
            if key != but and identifier in self._wanted.get(key, frozenset((identifier,))):
                return key
        for key, wanted in self._wanted.items():
            other = self._objects.get(key)
            if key != but and identifier in wanted and other is not None and cluster_of(other) == cluster:
                return key
        return None

    def undecided(self, ks: Kustomization, revision: str) -> list[Key]:
        """Others of the same source and cluster that have not dealt with its present revision yet.

        Suspended ones and those being deleted never will, and those that depend on `ks` wait for it.
        """
        after = self._all_dependants(Key.of(ks.metadata))
        return [key for key, _ in self.unseeing(ks, revision) if key not in after]

    def unseeing(self, ks: Kustomization, revision: str) -> list[tuple[Key, Kustomization]]:
        """The same with those that depend on `ks`."""
        own = Key.of(ks.metadata)
        behind = [it for it in self._siblings(ks) if it[1].status.last_attempted_revision != revision]
        return [(key, other) for key, other in behind if key != own]

    def _siblings(self, ks: Kustomization) -> Iterator[tuple[Key, Kustomization]]:
        for other in self.users(source_of(ks)):
            gone = other.spec.suspend or other.metadata.deletion_timestamp
            if not gone and cluster_of(other) == cluster_of(ks):
                yield Key.of(other.metadata), other

    def _all_dependants(self, key: Key) -> set[Key]:
        found: set[Key] = set()
        waiting = [key]
        while waiting:
            fresh = self._dependants.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return found

    def _index(self, key: Key, ks: Kustomization, *, add: bool) -> None:
        tables: list[set[Key]] = [self._users[source_of(ks)]]
        tables += [self._dependants[it] for it in depends.keys(ks)]
        if ks.status.inventory:
            cluster = cluster_of(ks)
            tables += [self._claims[cluster, entry.id] for entry in ks.status.inventory.entries]
        for table in tables:
            if add:
                table.add(key)
            else:
                table.discard(key)
        if not add:
            self._sweep(ks)

    def _sweep(self, ks: Kustomization) -> None:
        """Drop the sets that became empty."""
        if not self._users[source_of(ks)]:
            del self._users[source_of(ks)]
        for it in depends.keys(ks):
            if not self._dependants.get(it, True):
                del self._dependants[it]
        for entry in ks.status.inventory.entries if ks.status.inventory else ():
            claim = cluster_of(ks), entry.id
            if not self._claims.get(claim, True):
                del self._claims[claim]
