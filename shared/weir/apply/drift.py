"""Tell whether a live object differs from what an apply would make of it.

A dry run answers with the object as it would be: defaults and mutating webhooks are in it, so they are no drift.
Labels, annotations and everything outside `metadata` and `status` count. Absent and empty are equal.
"""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_PATHS = 10
"""Places told of one object."""


def drifted(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a dry run's result differs from the live object."""
    return next(_differences(live, wanted), None) is not None


def paths(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """Where they differ, as JSON pointers without values; at most `MAX_PATHS`."""
    return tuple(path for path, _ in zip(_differences(live, wanted), range(MAX_PATHS), strict=False))


def without_ignored(obj: Mapping[str, Any], pointers: tuple[str, ...]) -> dict[str, Any]:
    """A copy of the object without the places that the JSON pointers name; what is not there is passed over."""
    copy: Any = dict(obj)
    for pointer in pointers:
        copy = _without(copy, split(pointer))
    return dict(copy)


def split(pointer: str) -> list[str]:
    """The parts of a JSON pointer (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]


def value_at(obj: Any, pointer: str) -> tuple[bool, Any]:
    """Whether a JSON pointer leads somewhere, and the value there."""
    for part in split(pointer):
        if isinstance(obj, Mapping) and part in obj:
            obj = obj[part]
        elif isinstance(obj, list) and part.isdigit() and int(part) < len(obj):
            obj = obj[int(part)]
        else:
            return False, None
    return True, obj


def _differences(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for field in ("labels", "annotations"):
        ours, theirs = (((each.get("metadata") or {}).get(field)) or {} for each in (wanted, live))
        yield from _compare(theirs, ours, f"/metadata/{field}")
    horizontal = wanted.get("kind") == "HorizontalPodAutoscaler"
    for key in dict.fromkeys((*wanted, *live)):
        if key in ("apiVersion", "kind", "metadata", "status"):
            continue
        ours, theirs = wanted.get(key), live.get(key)
        if horizontal and key == "spec":
            ours, theirs = _metrics(ours), _metrics(theirs)
        yield from _compare(theirs, ours, f"/{key}")


def _compare(live: Any, wanted: Any, path: str) -> Iterator[str]:
    if (live is None or live in ({}, [])) and (wanted is None or wanted in ({}, [])):
        return
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        for key in dict.fromkeys((*wanted, *live)):
            yield from _compare(live.get(key), wanted.get(key), f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        for index, (theirs, ours) in enumerate(zip(live, wanted, strict=True)):
            yield from _compare(theirs, ours, f"{path}/{index}")
    elif type(live) is not type(wanted) or live != wanted:
        yield path


def _metrics(spec: Any) -> Any:
    """An autoscaler's spec without the duplicate and untyped metrics that old API servers add."""
    if not isinstance(spec, Mapping) or not isinstance(spec.get("metrics"), list):
        return spec
    kept: list[Any] = []
    for metric in spec["metrics"]:
        if isinstance(metric, Mapping) and metric.get("type") and metric not in kept:
            kept.append(metric)
    return {**spec, "metrics": kept}


def _without(value: Any, parts: list[str]) -> Any:
    if isinstance(value, Mapping) and parts[0] in value:
        rest = {key: part for key, part in value.items() if key != parts[0]}
        return rest if len(parts) == 1 else {**value, parts[0]: _without(value[parts[0]], parts[1:])}
    if isinstance(value, list) and parts[0].isdigit() and int(parts[0]) < len(value):
        index = int(parts[0])
        inner = [] if len(parts) == 1 else [_without(value[index], parts[1:])]
        return [*value[:index], *inner, *value[index + 1 :]]
    return value
