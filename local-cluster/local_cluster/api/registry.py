"""Which resources exist right now: the built-ins and what the CRDs add."""

from collections.abc import Iterator
from typing import Any

from local_cluster.api.resources import ApiResource, builtins, custom
from local_cluster.schema.facts import facts

Key = tuple[str, str, str]


_ORDER = {
    f"{group}": place
    for place, group in enumerate(
        (
            "apiregistration.k8s.io",
            "apps",
            "events.k8s.io",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "autoscaling",
            "batch",
            "certificates.k8s.io",
            "networking.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
            "storage.k8s.io",
            "admissionregistration.k8s.io",
            "apiextensions.k8s.io",
            "scheduling.k8s.io",
            "coordination.k8s.io",
            "node.k8s.io",
            "discovery.k8s.io",
            "resource.k8s.io",
            "flowcontrol.apiserver.k8s.io",
        )
    )
}
"""The order of the built-in groups in discovery; custom ones follow by name."""


class Registry:
    """Built-ins and custom resources by group, version and plural."""

    def __init__(self) -> None:
        self._builtin: dict[Key, ApiResource] = {_key(each): each for each in builtins()}
        self._custom: dict[str, tuple[ApiResource, ...]] = {}
        self._served: dict[Key, ApiResource] = dict(self._builtin)
        self.changes = 0
        """Counts changes, so that documents made of the registry can be kept until the next."""

    def find(self, group: str, version: str, plural: str) -> ApiResource | None:
        """The resource, or None."""
        return self._served.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> ApiResource | None:
        """The resource that keeps objects of a kind, or None."""
        group, _, version = api_version.rpartition("/")
        listed = (
            each for each in self._served.values() if (each.group, each.version, each.kind) == (group, version, kind)
        )
        return next((each for each in listed if "get" in each.verbs or "create" in each.verbs), None)

    def of_storage(self, storage: str) -> ApiResource:
        """The resource at its stored version. KeyError when nothing is kept on that shelf."""
        for each in self._served.values():
            if each.storage == storage and each.api_version == each.stored_version:
                return each
        raise KeyError(storage)

    def resources(self) -> Iterator[ApiResource]:
        """Everything served, built-ins first."""
        return iter(self._served.values())

    def groups(self) -> dict[str, tuple[str, list[str]]]:
        """Group (not the core group) -> preferred version, and all versions, best first."""
        found: dict[str, list[str]] = {}
        for each in self._served.values():
            versions = found.setdefault(each.group, [])
            if each.version not in versions:
                versions.append(each.version)
        found.pop("", None)
        preferred = facts().preferred_versions
        order = sorted(found, key=lambda group: (_ORDER.get(group, len(_ORDER)), group))
        ranked = {group: sorted(found[group], key=version_rank) for group in order}
        return {group: (preferred.get(group, versions[0]), versions) for group, versions in ranked.items()}

    def of_group(self, group: str, version: str) -> list[ApiResource]:
        """The resources of a group version, by name."""
        listed = [each for each in self._served.values() if (each.group, each.version) == (group, version)]
        return sorted(listed, key=lambda each: each.plural)

    def define(self, name: str, spec: dict[str, Any], uid: str) -> None:
        """Serve what a CRD says, in place of what it said before."""
        versions = sorted(spec["versions"], key=lambda version: version_rank(version["name"]))
        self._custom[name] = tuple(custom(spec, version, uid) for version in versions if version["served"])
        self._refresh()

    def forget(self, name: str) -> None:
        """Serve a CRD no longer."""
        if self._custom.pop(name, None) is not None:
            self._refresh()

    def custom(self, name: str) -> tuple[ApiResource, ...]:
        """What a CRD has us serve."""
        return self._custom.get(name, ())

    def _refresh(self) -> None:
        added = {_key(each): each for made in self._custom.values() for each in made}
        self._served = self._builtin | {key: each for key, each in added.items() if key not in self._builtin}
        self.changes += 1


def _key(each: ApiResource) -> Key:
    return each.group, each.version, each.plural


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Order of versions: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then anything else by name."""
    for stage, mark in enumerate(("", "beta", "alpha")):
        major, _, minor = version[1:].partition(mark) if mark else (version[1:], "", "0")
        if version[:1] == "v" and major.isdigit() and minor.isdigit():
            return stage, -int(major), -int(minor), ""
    return 3, 0, 0, version
