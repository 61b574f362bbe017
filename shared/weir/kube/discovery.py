"""Which kinds the API server serves, and where."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from weir.api.base import Kind, Struct
from weir.kube.errors import NoSuchKind, NotFound

_PATIENCE = 2.0
"""Seconds for which a kind that was not there is not asked for again."""


class ServedKind(Struct):
    """A kind with what discovery says of it."""

    kind: Kind
    verbs: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    singular: str = ""


class _Resource(msgspec.Struct, rename="camel"):
    name: str
    kind: str
    namespaced: bool
    verbs: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    singular_name: str = ""


class _Resources(msgspec.Struct):
    resources: list[_Resource] | None = None


class _Version(msgspec.Struct, rename="camel"):
    group_version: str
    version: str


class _Group(msgspec.Struct, rename="camel"):
    name: str
    versions: list[_Version]
    preferred_version: _Version | None = None

    def preferred_first(self) -> list[str]:
        versions = [version.version for version in self.versions]
        first = self.preferred_version.version if self.preferred_version else versions[0]
        return [first, *(version for version in versions if version != first)]


class _Groups(msgspec.Struct):
    groups: list[_Group]


class _Read(msgspec.Struct):
    """What a group version served at a moment (monotonic seconds)."""

    at: float
    kinds: dict[str, ServedKind]


class Discovery:
    """Remembers what each group version serves; a miss is looked up again, at most every few seconds."""

    def __init__(self, request: Callable[[str, str], Awaitable[bytes]]) -> None:
        self._request = request
        self._known: dict[str, _Read] = {}
        self._reading: dict[str, asyncio.Lock] = {}

    async def kind(self, api_version: str, kind: str) -> Kind:
        """The kind of an object's apiVersion and kind. Raises `NoSuchKind`."""
        known = self._known.get(api_version)
        if known is None or kind not in known.kinds:
            known = await self._read(api_version)
        if kind not in known.kinds:
            raise NoSuchKind(f'no matches for kind "{kind}" in version "{api_version}"')
        return known.kinds[kind].kind

    async def preferred(self, group: str, kind: str) -> Kind:
        """The kind in the group's preferred version, or the first that has it. Raises `NoSuchKind`."""
        versions = ["v1"]
        if group:
            try:
                answer = await self._request("GET", f"/apis/{group}")
            except NotFound:
                versions = []
            else:
                versions = msgspec.json.decode(answer, type=_Group).preferred_first()
        for version in versions:
            try:
                return await self.kind(f"{group}/{version}" if group else version, kind)
            except NoSuchKind:
                continue
        raise NoSuchKind(f'no matches for kind "{kind}" in group "{group}"')

    async def kinds(self) -> list[ServedKind]:
        """Every kind in its preferred version, subresources left out."""
        groups = msgspec.json.decode(await self._request("GET", "/apis"), type=_Groups).groups
        versions = ["v1", *(f"{group.name}/{group.preferred_first()[0]}" for group in groups)]
        found = await asyncio.gather(*(self._read(version) for version in versions))
        return [kind for read in found for kind in read.kinds.values()]

    def forget(self, group: str) -> None:
        """Ask again for a group: one of its definitions has changed."""
        for api_version in [known for known in self._known if known.rpartition("/")[0] == group]:
            del self._known[api_version]

    async def _read(self, api_version: str) -> _Read:
        async with self._reading.setdefault(api_version, asyncio.Lock()):
            known = self._known.get(api_version)
            if known and time.monotonic() - known.at < _PATIENCE:
                return known
            path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            try:
                answer = await self._request("GET", path)
            except NotFound:
                kinds: dict[str, ServedKind] = {}
            else:
                kinds = _kinds(api_version, msgspec.json.decode(answer, type=_Resources))
            known = self._known[api_version] = _Read(time.monotonic(), kinds)
            return known


def _kinds(api_version: str, found: _Resources) -> dict[str, ServedKind]:
    group, _slash, version = api_version.rpartition("/")
    return {
        resource.kind: ServedKind(
            Kind(group, version, resource.kind, resource.name, resource.namespaced),
            resource.verbs,
            resource.short_names,
            resource.categories,
            resource.singular_name,
        )
        for resource in found.resources or ()
        if "/" not in resource.name
    }
