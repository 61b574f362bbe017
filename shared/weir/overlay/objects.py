"""The objects gathered so far, found by id without looking at each (`spec/overlays.md` 4.8, 5)."""

from collections.abc import Callable, Iterable
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.ids import Id
from weir.overlay.meter import beyond
from weir.overlay.options import Limits
from weir.overlay.resource import Resource


class Objects:
    """An ordered set of resources, unique by id when they are added."""

    def __init__(self, limits: Limits) -> None:
        self.all: list[Resource] = []
        self.limits = limits
        self._current: dict[Id, Resource] | None = {}
        self._known: dict[Id, list[Resource]] | None = None

    def add(self, resource: Resource) -> None:
        """Append one. Raises `BuildError` when its id is taken."""
        id_ = resource.id
        current = self._currents()
        other = current.get(id_)
        if other is not None:
            place = f" (the other is in {other.origin.file}, line {other.origin.line})" if other.origin.file else ""
            text = f"{id_} is already there{place}: an object may be listed once, rename or drop one"
            raise BuildError(text, file=resource.origin.file, line=resource.origin.line)
        if len(self.all) >= self.limits.resources:
            raise beyond(self.limits, "resources", "the build makes more than {} objects").at(resource.origin.file)
        self.all.append(resource)
        current[id_] = resource
        if self._known is not None:
            self._know(resource, self._known)

    @staticmethod
    def _know(resource: Resource, known: dict[Id, list[Resource]]) -> None:
        for id_ in {*resource.ids()} if resource.formers else (resource.id,):
            known.setdefault(id_, []).append(resource)

    def add_all(self, resources: Iterable[Resource]) -> None:
        """Append each."""
        for resource in resources:
            self.add(resource)

    def each(self, change: Callable[[Resource], None]) -> None:
        """Change every one, keeping nothing for other builds."""
        for resource in self.all:
            resource.own()
            change(resource)
        self.renamed()

    def renamed(self) -> None:
        """Ids have changed."""
        self._current = self._known = None

    def _currents(self) -> dict[Id, Resource]:
        if self._current is None:
            self._current = {resource.id: resource for resource in self.all}
        return self._current

    def known_as(self, id_: Id) -> list[Resource]:
        """Those that have or had the id."""
        if self._known is None:
            self._known = {}
            for resource in self.all:
                self._know(resource, self._known)
        return self._known.get(id_, [])

    def replace(self, old: Resource, new: Resource) -> None:
        """Put one in another's place."""
        self.all[self.all.index(old)] = new
        if self._current is not None and self._current.get(old.id) is old:
            self._current[new.id] = new
        for id_ in old.ids():
            known = (self._known or {}).get(id_, [])
            known[:] = [new if one is old else one for one in known]

    def keep(self, wanted: Callable[[Resource], Any]) -> None:
        """Drop the others."""
        kept = [resource for resource in self.all if wanted(resource)]
        if len(kept) != len(self.all):
            self.all = kept
            self.renamed()

    def check_unique(self) -> None:
        """Raise `BuildError` when two have one id."""
        unique((resource, resource.id) for resource in self.all)


def unique(known: Iterable[tuple[Resource, Id]]) -> None:
    """Raise `BuildError` when two have one id."""
    seen: dict[Id, Resource] = {}
    for resource, id_ in known:
        if id_ in seen:
            text = f"{id_} is there twice (also in {seen[id_].origin.file}, line {seen[id_].origin.line})"
            raise BuildError(text, file=resource.origin.file, line=resource.origin.line)
        seen[id_] = resource
