"""What is installed in a cluster, and whether the cluster will do."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from weir.api.base import Kind
from weir.api.kustomization import OWNER_NAME, OWNER_NAMESPACE
from weir.kube import kinds
from weir.kube.client import Client
from weir.kube.errors import NotFound
from weir.kube.object import Object, decoded
from weir_cli.installation.labels import MANAGED_BY, OURS, PART_OF, VERSION

FLOOR = "1.30.0"
"""The oldest Kubernetes that will do; the chart's own bound."""
_DEFINITION = "gitrepositories.source.toolkit.fluxcd.io"
_OUR_TOOLS = {"", "flux"}


class Distribution(NamedTuple):
    """What the definitions say of the installation that they came with."""

    part_of: str
    version: str
    managed_by: str
    """The tool that looks after it; empty: the command line."""
    bootstrapped: bool
    """Whether a Kustomization applies it from Git."""

    @property
    def text(self) -> str:
        """`flux-v1.2.3`; empty when the definitions do not say."""
        return f"{self.part_of}-{self.version}" if self.part_of and self.version else ""

    @property
    def foreign(self) -> str:
        """Another tool that looks after it, or nothing."""
        return "" if self.managed_by in _OUR_TOOLS else self.managed_by


class _Version(msgspec.Struct, rename="camel"):
    git_version: str = ""


_version = msgspec.json.Decoder(_Version)


async def kubernetes(client: Client) -> str:
    """The version of the API server, such as `1.36.2`."""
    return decoded(_version, await client.request("GET", "/version")).git_version.removeprefix("v")


def will_do(version: str) -> bool:
    """Whether a version of Kubernetes is new enough."""
    return _numbers(version) >= _numbers(FLOOR)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


async def distribution(client: Client) -> Distribution | None:
    """What is installed; None when nothing is. Raises `KubeError`, such as when definitions may not be read."""
    try:
        labels = (await client.get(kinds.CUSTOM_RESOURCE_DEFINITION, _DEFINITION)).metadata.labels
    except NotFound:
        return None
    part_of, version, managed_by = (labels.get(key, "") for key in (PART_OF, VERSION, MANAGED_BY))
    return Distribution(part_of, version, managed_by, OWNER_NAME in labels and OWNER_NAMESPACE in labels)


async def definitions(client: Client) -> list[Object]:
    """The toolkit's definitions, by name."""
    found = (await client.list(kinds.CUSTOM_RESOURCE_DEFINITION, labels=OURS)).objects
    return sorted(found, key=lambda each: each.metadata.name)


def stored_versions(definition: Mapping[str, Any]) -> list[str]:
    """The versions in which objects of a definition may be stored."""
    return list((definition.get("status") or {}).get("storedVersions") or ())


def stored_kind(definition: Mapping[str, Any]) -> Kind | None:
    """The kind of a definition in the version that its objects are stored in; None for a definition that has none."""
    spec = definition["spec"]
    version = next((each["name"] for each in spec["versions"] if each.get("storage")), "")
    names = spec["names"]
    kind = Kind(spec["group"], version, names["kind"], names["plural"], spec.get("scope") == "Namespaced")
    return kind if version else None
