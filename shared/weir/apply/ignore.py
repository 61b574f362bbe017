"""`spec.ignore`: places of live objects that are not corrected."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import re2

from weir.api.kustomization import IgnoreRule, Selector
from weir.apply import drift, managers
from weir.apply.changes import Reference
from weir.apply.labels import LabelSelector


class IgnoreError(ValueError):
    """A rule with a bad pattern or selector; the text names it."""


class Compiled(NamedTuple):
    """A rule ready to match."""

    paths: tuple[str, ...]
    patterns: tuple[tuple[str, Any], ...]
    labels: LabelSelector
    annotations: LabelSelector


def compile_rules(rules: Sequence[IgnoreRule]) -> tuple[Compiled, ...]:
    """All rules. Raises `IgnoreError` naming the rule and the field."""
    return tuple(_compile(rule, f"ignore[{index}].target") for index, rule in enumerate(rules))


def paths(rules: Sequence[Compiled], obj: Mapping[str, Any]) -> tuple[str, ...]:
    """The places to ignore in an object, as JSON pointers, each once."""
    return tuple(dict.fromkeys(path for rule in rules if _matches(rule, obj) for path in rule.paths))


def payload(
    wanted: Mapping[str, Any], dry_run: Mapping[str, Any], live: Mapping[str, Any], pointers: Sequence[str]
) -> dict[str, Any]:
    """What to send so that ignored places stay as they are in a live object that has to be applied anyway.

    A place that another manager applies is left out; of any other the live value is taken on, or what is missing there
    left out, so that we keep owning what we owned.
    """
    result: dict[str, Any] = copy.deepcopy(dict(wanted))
    for pointer in pointers:
        there, value = drift.value_at(live, pointer)
        if drift.value_at(dry_run, pointer) == (there, value):
            continue
        if there and not managers.applier_of(live, pointer):
            _set(result, drift.split(pointer), value)
        else:
            result = drift.without_ignored(result, (pointer,))
    return result


def _set(place: Any, parts: list[str], value: Any) -> None:
    """Set or add the value; a list is only changed at an index that it has."""
    part, rest = parts[0], parts[1:]
    if isinstance(place, list):
        if part.isdigit() and int(part) < len(place):
            if rest:
                _set(place[int(part)], rest, value)
            else:
                place[int(part)] = copy.deepcopy(value)
    elif isinstance(place, dict):
        if rest:
            _set(place.setdefault(part, {}), rest, value)
        else:
            place[part] = copy.deepcopy(value)


def _compile(rule: IgnoreRule, where: str) -> Compiled:
    target = rule.target or Selector()
    if bad := next((path for path in rule.paths if not path.startswith("/")), None):
        raise IgnoreError(f"{where.removesuffix('.target')}.paths: {bad!r} is no JSON pointer")
    patterns = [
        (field, _pattern(getattr(target, field), f"{where}.{field}"))
        for field in ("group", "version", "kind", "name", "namespace")
        if getattr(target, field)
    ]
    selectors = []
    for field, text in (("labelSelector", target.label_selector), ("annotationSelector", target.annotation_selector)):
        try:
            selectors.append(LabelSelector.read(text))
        except ValueError as error:
            raise IgnoreError(f"{where}.{field}: {error}") from None
    return Compiled(rule.paths, tuple(patterns), *selectors)


def _pattern(text: str, where: str) -> Any:
    try:
        return re2.compile(f"^(?:{text})$")
    except re2.error:
        raise IgnoreError(f"{where}: {text!r} is no regular expression") from None


def _matches(rule: Compiled, obj: Mapping[str, Any]) -> bool:
    reference, metadata = Reference.read(obj), obj.get("metadata") or {}
    return (
        all(pattern.search(getattr(reference, field)) for field, pattern in rule.patterns)
        and rule.labels.matches(metadata.get("labels") or {})
        and rule.annotations.matches(metadata.get("annotations") or {})
    )
