"""`dependsOn`: is everything ready that has to come first? And whose turn comes when something becomes ready."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from weir.api.conditions import READY, is_true
from weir.api.kustomization import DependencyReference, Kustomization, SourceReference
from weir.kube.object import Key


class Unmet(NamedTuple):
    """The first dependency that is not ready, and why."""

    dependency: Key
    why: str

    def __str__(self) -> str:
        return f"dependency '{self.dependency}' {self.why}"


def key_of(reference: DependencyReference, namespace: str) -> Key:
    """The dependency's name; its namespace defaults to that of the object that has it."""
    return Key(reference.namespace or namespace, reference.name)


def keys(ks: Kustomization) -> tuple[Key, ...]:
    """All dependencies of an object, in order."""
    return tuple(key_of(reference, ks.metadata.namespace) for reference in ks.spec.depends_on)


def unmet(
    ks: Kustomization,
    revision: str,
    found: Mapping[Key, Kustomization],
    verdicts: Mapping[int, bool | str],
    *,
    additive: bool,
) -> Unmet | None:
    """The first dependency that is not ready, or None.

    `revision` is that of our artifact. `verdicts` are what the `readyExpr` of the dependencies (by index) gave: true,
    false or the text of an error. With `additive`, the usual checks follow the expression.
    """
    for index, reference in enumerate(ks.spec.depends_on):
        key = key_of(reference, ks.metadata.namespace)
        dependency = found.get(key)
        if dependency is None:
            return Unmet(key, "not found")
        if reference.ready_expr:
            verdict = verdicts.get(index, False)
            if verdict is not True:
                return Unmet(key, f"is not ready: readyExpr {verdict or 'is false'}")
            if not additive:
                continue
        if not is_ready(dependency):
            return Unmet(key, "is not ready")
        if _source(dependency) == _source(ks) and dependency.status.last_applied_revision != revision:
            return Unmet(key, f"revision is not up to date: it has not applied {revision} yet")
    return None


def is_ready(dependency: Kustomization) -> bool:
    """Whether it is Ready in its present generation."""
    status = dependency.status
    return status.observed_generation == dependency.metadata.generation and is_true(status.conditions, READY)


def woken(before: Kustomization | None, after: Kustomization | None) -> bool:
    """Whether what dependants look at has changed for them: readiness, the applied revision, or its being there."""
    if before is None or after is None:
        return after is not None and is_ready(after)
    became = is_ready(after) and not is_ready(before)
    moved = before.status.last_applied_revision != after.status.last_applied_revision
    return (became or moved) and is_ready(after)


def ordered(waiting: Iterable[Kustomization]) -> tuple[list[Key], tuple[Key, ...]]:
    """Objects so that dependencies come first, and the keys of those that depend on each other in a circle.

    Dependencies that are not among them do not count. Those in a circle come last.
    """
    members = {Key.of(ks.metadata): ks for ks in waiting}
    done: list[Key] = []
    left = dict.fromkeys(members)
    while left:
        free = [key for key in left if not any(dependency in left for dependency in keys(members[key]))]
        if not free:
            return [*done, *left], tuple(left)
        done += free
        for key in free:
            del left[key]
    return done, ()


def _source(ks: Kustomization) -> tuple[str, str, str]:
    reference: SourceReference = ks.spec.source_ref
    return reference.kind, reference.namespace or ks.metadata.namespace, reference.name
