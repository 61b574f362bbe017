"""Manifests of the toolkit's kinds that name an API version of old, line by line: templates need not be YAML. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

VERSIONS = ("2.6", "2.7", "2.8", "2.9")
"""Releases of Flux whose API versions can be asked for; the last is what Weir serves."""

_SOURCES = ("Bucket", "ExternalArtifact", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository")
_IMAGES = ("ImagePolicy", "ImageRepository", "ImageUpdateAutomation")
_TODAY = {
    **{("source.toolkit.fluxcd.io", kind): "v1" for kind in _SOURCES},
    **{("image.toolkit.fluxcd.io", kind): "v1" for kind in _IMAGES},
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): "v1",
    ("helm.toolkit.fluxcd.io", "HelmRelease"): "v2",
    ("notification.toolkit.fluxcd.io", "Receiver"): "v1",
    ("notification.toolkit.fluxcd.io", "Alert"): "v1beta3",
    ("notification.toolkit.fluxcd.io", "Provider"): "v1beta3",
    ("source.extensions.fluxcd.io", "ArtifactGenerator"): "v1beta1",
}
_BEFORE = {"2.6": {("image.toolkit.fluxcd.io", kind): "v1beta2" for kind in _IMAGES}}

_VALUE = r"[\"']?(?P<group>[a-z.]+\.fluxcd\.io)/(?P<version>v\w+)[\"']?"
_BLOCK = re.compile(rf"^(?P<lead>[ ]*(?:-[ ]+)*)apiVersion:[ ]+{_VALUE}[ ]*(?:#.*)?$")
_KIND = re.compile(r"^(?P<lead>[ ]*(?:-[ ]+)*)kind:[ ]+[\"']?(?P<kind>\w+)")
_FLOW = (
    re.compile(rf"apiVersion:[ ]*{_VALUE}[ ]*,[ ]*kind:[ ]*[\"']?(?P<kind>\w+)"),
    re.compile(rf"kind:[ ]*[\"']?(?P<kind>\w+)[\"']?[ ]*,[ ]*apiVersion:[ ]*{_VALUE}"),
)
_STAGES = {"alpha": 0, "beta": 1, "": 2}


class Upgrade(NamedTuple):
    """An API version that is to be another."""

    line: int
    """From 1."""
    kind: str
    old: str
    """`group/version`."""
    new: str
    start: int
    """Where the version begins in its line, in characters."""
    end: int

    @property
    def text(self) -> str:
        """`Kind old -> new`."""
        return f"{self.kind} {self.old} -> {self.new}"


def upgrades(text: str, release: str = VERSIONS[-1]) -> list[Upgrade]:
    """What is to be changed for a release of Flux, in order. Newer versions are left alone."""
    targets = {**_TODAY, **_BEFORE.get(release, {})}
    found = []
    for line, kind, match in _named(text.split("\n")):
        group, version = match["group"], match["version"]
        target = targets.get((group, kind), "")
        if target and _rank(version) < _rank(target):
            new = f"{group}/{target}"
            found.append(Upgrade(line, kind, f"{group}/{version}", new, match.start("version"), match.end("version")))
    return found


def upgraded(text: str, found: Sequence[Upgrade]) -> str:
    """The text with these changes, everything else as it is."""
    lines = text.split("\n")
    for each in reversed(found):
        line = lines[each.line - 1]
        lines[each.line - 1] = line[: each.start] + each.new.rpartition("/")[2] + line[each.end :]
    return "\n".join(lines)


def _named(lines: Sequence[str]) -> Iterator[tuple[int, str, re.Match[str]]]:
    """Line, kind and match of every API version that has a kind beside it."""
    for number, line in enumerate(lines):
        if match := _BLOCK.match(line.removesuffix("\r")):
            if kind := _beside(lines, number, len(match["lead"])):
                yield number + 1, kind, match
            continue
        flow = sorted((match for pattern in _FLOW for match in pattern.finditer(line)), key=lambda it: it.start())
        yield from ((number + 1, match["kind"], match) for match in flow)


def _beside(lines: Sequence[str], number: int, column: int) -> str:
    """The kind in the mapping that a line belongs to, which begins in that column; empty when there is none."""
    first = number
    while first and "-" not in lines[first][:column] and _is_inside(lines[first - 1], column):
        first -= 1
    last = number + 1
    while last < len(lines) and _is_inside(lines[last], column) and "-" not in lines[last][:column]:
        last += 1
    kinds = (match for line in lines[first:last] if (match := _KIND.match(line)) and len(match["lead"]) == column)
    return next((match["kind"] for match in kinds), "")


def _is_inside(line: str, column: int) -> bool:
    """Whether a line may belong to a mapping of that column, a first one behind a dash included."""
    content = line.lstrip(" -")
    return not line.startswith("---") and (not content.strip() or len(line) - len(content) >= column)


def _rank(version: str) -> tuple[int, int, int]:
    match = re.fullmatch(r"v(\d+)(?:(alpha|beta)(\d+))?", version)
    return (int(match[1]), _STAGES[match[2] or ""], int(match[3] or 0)) if match else (99, 0, 0)
