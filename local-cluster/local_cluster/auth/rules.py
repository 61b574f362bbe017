"""RBAC rules: what they allow, and whether some cover others. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec


class Rule(msgspec.Struct, frozen=True, rename={
    "api_groups": "apiGroups", "resource_names": "resourceNames", "non_resource_urls": "nonResourceURLs"
}):  # fmt: skip
    """rbac/v1 `PolicyRule`."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    resource_names: tuple[str, ...] | None = None
    non_resource_urls: tuple[str, ...] | None = None


class Ask(NamedTuple):
    """What someone wants to do: with a resource, or with a path that is none."""

    verb: str
    group: str = ""
    plural: str = ""
    subresource: str = ""
    name: str = ""
    namespace: str = ""
    path: str = ""
    version: str = ""

    @property
    def resource(self) -> str:
        """`pods` or `pods/log`."""
        return f"{self.plural}/{self.subresource}" if self.subresource else self.plural


def allows(rule: Rule, ask: Ask) -> bool:
    """Whether a rule allows what is asked."""
    if not ("*" in rule.verbs or ask.verb in rule.verbs):
        return False
    if ask.path:
        return any(_path_matches(url, ask.path) for url in rule.non_resource_urls or ())
    groups, resources = rule.api_groups or (), rule.resources or ()
    return (
        ("*" in groups or ask.group in groups)
        and _resource_matches(resources, ask)
        and (not rule.resource_names or ask.name in rule.resource_names)
    )


def _resource_matches(resources: tuple[str, ...], ask: Ask) -> bool:
    wildcard = f"*/{ask.subresource}" if ask.subresource else "*"
    return "*" in resources or ask.resource in resources or wildcard in resources


def _path_matches(url: str, path: str) -> bool:
    return url in ("*", path) or (url.endswith("*") and path.startswith(url[:-1]))


def atoms(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Rules of one verb, group, resource and name each."""
    for rule in rules:
        for verb in rule.verbs:
            for url in rule.non_resource_urls or ():
                yield Rule(verbs=(verb,), non_resource_urls=(url,))
            for group in rule.api_groups or ():
                for resource in rule.resources or ():
                    for name in rule.resource_names or (None,):
                        names = (name,) if name is not None else None
                        yield Rule((verb,), (group,), (resource,), names)


def uncovered(held: list[Rule], wanted: Iterable[Rule]) -> list[Rule]:
    """The atoms of `wanted` that no rule of `held` covers."""
    return [atom for atom in atoms(wanted) if not any(_covers(rule, atom) for rule in held)]


def _covers(rule: Rule, atom: Rule) -> bool:
    if not ("*" in rule.verbs or atom.verbs[0] in rule.verbs):
        return False
    if atom.non_resource_urls:
        return any(_path_matches(url, atom.non_resource_urls[0]) for url in rule.non_resource_urls or ())
    return _covers_resource(rule, atom)


def _covers_resource(rule: Rule, atom: Rule) -> bool:
    assert atom.api_groups is not None
    assert atom.resources is not None
    groups, resources, resource = rule.api_groups or (), rule.resources or (), atom.resources[0]
    sub = resource.partition("/")[2]
    if not ("*" in groups or atom.api_groups[0] in groups):
        return False
    if not ("*" in resources or resource in resources or (sub and f"*/{sub}" in resources)):
        return False
    return not rule.resource_names or bool(atom.resource_names and atom.resource_names[0] in rule.resource_names)


def shown(rules: Iterable[Rule]) -> str:
    """Rules as the API server's refusals show them, one a line, verbs of the same resource together."""
    merged: dict[Any, list[str]] = {}
    for rule in rules:
        key = (rule.api_groups, rule.resources, rule.resource_names, rule.non_resource_urls)
        merged.setdefault(key, []).extend(verb for verb in rule.verbs if verb not in merged.get(key, []))
    return "\n".join(sorted(_shown(key, verbs) for key, verbs in merged.items()))


def _shown(key: tuple[Any, Any, Any, Any], verbs: list[str]) -> str:
    groups, resources, names, urls = key
    parts = [
        ("APIGroups", groups),
        ("Resources", resources),
        ("ResourceNames", names),
        ("NonResourceURLs", urls),
        ("Verbs", verbs),
    ]
    return "{" + ", ".join(f"{name}:[{_quoted(values)}]" for name, values in parts if values) + "}"


def _quoted(values: Iterable[str]) -> str:
    return " ".join(f'"{value}"' for value in values)
