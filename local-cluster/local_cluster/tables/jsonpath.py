"""The JSONPath of printer columns: fields, indexes, `[*]` and `[?(@.a == "b")]`. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

_STEP = re.compile(
    r"""\.?(?:
        \[\?\(\s*@\.(?P<field>[^=!<>\s]+)\s*(?P<operator>==|!=)\s*(?P<quote>["']?)(?P<value>.*?)(?P=quote)\s*\)\]
      | \[(?P<index>-?\d+)\]
      | \[(?P<all>\*)\]
      | \[(?P<mark>["'])(?P<key>.*?)(?P=mark)\]
      | (?P<name>(?:\\.|[^.\[\]\\])+)
    )""",
    re.VERBOSE,
)


class Step(NamedTuple):
    """One step of a path."""

    kind: str
    """`field`, `index`, `all`, `filter`."""
    name: str = ""
    operator: str = ""
    value: str = ""


@lru_cache(1024)
def parse(path: str) -> tuple[Step, ...]:
    """Read a path. Raises ValueError."""
    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    steps, at = [], 0
    while at < len(text) and text[at:] != ".":
        found = _STEP.match(text, at)
        if found is None:
            raise ValueError(f"cannot read the JSON path {path!r} at {text[at:]!r}")
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def _step(found: re.Match[str]) -> Step:
    if found["field"]:
        return Step("filter", found["field"], found["operator"], found["value"])
    if found["index"]:
        return Step("index", found["index"])
    if found["all"] or found["name"] == "*":
        return Step("all")
    return Step("field", found["key"] if found["mark"] else re.sub(r"\\(.)", r"\1", found["name"]))


def find(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Every value that a path leads to."""
    if not steps:
        yield value
        return
    for child in _children(value, steps[0]):
        yield from find(child, steps[1:])


def _children(value: Any, step: Step) -> Iterator[Any]:
    if step.kind == "field":
        if isinstance(value, dict) and step.name in value:
            yield value[step.name]
    elif step.kind == "all":
        yield from value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    elif isinstance(value, list):
        if step.kind == "index":
            index = int(step.name)
            yield from value[index : index + 1] if index >= 0 else value[index:][:1]
        else:
            yield from (each for each in value if _chosen(each, step))


def _chosen(item: Any, step: Step) -> bool:
    found = next(find(item, parse(f".{step.name}")), None)
    return (found is not None and text(found) == step.value) == (step.operator == "==")


def text(value: Any) -> str:
    """A value as a column of type string shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
