"""Which kinds the API server serves, and where."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import msgspec

from weir.api.base import Kind, Struct
from weir.kube.errors import NoSuchKind, NotFound, ServerError
from weir.kube.object import decoded

_PATIENCE = 2.0
"""Seconds for which a kind that was not there is not asked for again."""
_API_VERSION = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[a-z]([a-z0-9-]*[a-z0-9])?")
"""What may go into a path; manifests may hold anything."""
_log = logging.getLogger("weir.kube")


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
        first = self.preferred_version.version if self.preferred_version else ""
        return sorted(versions, key=lambda version: version != first)


class _Groups(msgspec.Struct):
    groups: list[_Group]


_resources = msgspec.json.Decoder(_Resources)
_group = msgspec.json.Decoder(_Group)
_groups = msgspec.json.Decoder(_Groups)


class _Read(msgspec.Struct):
    """What a group version served at a moment (monotonic seconds)."""

    at: float
    kinds: dict[str, ServedKind]


class Discovery:
    """Remembers what each group version serves; a miss is looked up again, at most every few seconds."""

    def __init__(self, request: Callable[[str, str], Awaitable[bytes]]) -> None:
        self._request = request
        self._known: dict[str, _Read] = {}
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def kind(self, api_version: str, kind: str) -> Kind:
        """The kind of an object's apiVersion and kind. Raises `NoSuchKind`."""
        if not _API_VERSION.fullmatch(api_version):
            raise NoSuchKind(f"invalid apiVersion {api_version[:253]!r}")
        known = self._known.get(api_version)
        if known is None or kind not in known.kinds:
            known = await self._read(api_version)
        if kind not in known.kinds:
            raise NoSuchKind(f'no matches for kind "{kind}" in version "{api_version}"')
        return known.kinds[kind].kind

    async def preferred(self, group: str, kind: str) -> Kind:
        """The kind in the group's preferred version, or the first that has it. Raises `NoSuchKind`."""
        for version in await self._versions(group):
            try:
                return await self.kind(f"{group}/{version}" if group else version, kind)
            except NoSuchKind:
                continue
        raise NoSuchKind(f'no matches for kind "{kind}" in group "{group}"')

    async def kinds(self) -> list[ServedKind]:
        """Every kind, in its group's preferred version if that has it; subresources left out.

        A group whose server does not answer is logged and left out.
        """
        groups = decoded(_groups, await self._request("GET", "/apis")).groups
        versions = ["v1", *(f"{group.name}/{version}" for group in groups for version in group.preferred_first())]
        answers = await asyncio.gather(*(self._read_if_up(version) for version in versions))
        found: dict[tuple[str, str], ServedKind] = {}
        for served in (served for answer in answers for served in answer):
            found.setdefault((served.kind.group, served.kind.kind), served)
        return list(found.values())

    def forget(self, group: str) -> None:
        """Ask again for a group: one of its definitions has changed."""
        for api_version in [known for known in self._known if known.rpartition("/")[0] == group]:
            del self._known[api_version]

    async def _versions(self, group: str) -> list[str]:
        if not group:
            return ["v1"]
        if not _API_VERSION.fullmatch(f"{group}/v1"):
            return []
        try:
            return decoded(_group, await self._request("GET", f"/apis/{group}")).preferred_first()
        except NotFound:
            return []

    async def _read_if_up(self, api_version: str) -> list[ServedKind]:
        try:
            return list((await self._read(api_version)).kinds.values())
        except ServerError as error:
            _log.info("discovery leaves %s out: %s", api_version, error)
            return []

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
                kinds = _kinds(api_version, decoded(_resources, answer))
            self._drop_old_misses()
            known = self._known[api_version] = _Read(time.monotonic(), kinds)
            return known

    def _drop_old_misses(self) -> None:
        """Versions that nobody serves are remembered for a moment only: manifests may name any number of them."""
        now = time.monotonic()
        misses = [name for name, read in self._known.items() if not read.kinds and now - read.at >= _PATIENCE]
        for name in misses:
            del self._known[name]


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
