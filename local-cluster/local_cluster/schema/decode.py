"""Why a body cannot be read as its built-in type: what Go's decoder says, and repeated fields in the text."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .node import Node
from .quantities import canonical
from .rules_core import undecodable_data
from .times import unreadable
from .values import QUANTITY, fits, type_of

_GO_TYPES = {"string": "string", "boolean": "bool", "number": "float64"}
_FOUND = {"integer": "number", "boolean": "bool"}


def undecodable(obj: Mapping[str, Any], root: Node) -> str:
    """The first field whose value is of another type, as `json: cannot unmarshal ...`; empty when the object reads.

    Of a custom resource only the metadata has Go types.
    """
    if root.typed:
        found = next(_mismatches(obj, root, root, ""), "")
    else:
        found = next(_mismatches(obj.get("metadata"), root.field("metadata"), root, ""), "")
    field = {"core.v1.Secret": "data", "core.v1.ConfigMap": "binaryData"}.get(root.component)
    return found or (undecodable_data(obj.get(field)) if field else "")


def _mismatches(value: Any, node: Node, owner: Node, path: str) -> Iterator[str]:
    if value is None or not node.typed:
        return
    if node.type == "quantity" and canonical(value) is None:
        yield f"quantities must match the regular expression '{QUANTITY}'"
        return
    if isinstance(value, str) and value and (why := unreadable(value, node.component)):
        yield why
        return
    if not fits(value, node):
        found = _FOUND.get(type_of(value), type_of(value))
        if isinstance(value, float):
            found = f"number {value}"
        place = f"{owner.component.rsplit('.', 1)[-1]}.{path}"
        yield f"json: cannot unmarshal {found} into Go struct field {place} of type {_go_type(node)}"
        return
    owner = node if node.component else owner
    if isinstance(value, dict):
        for name, part in value.items():
            here = path if node.additional else f"{path}.{name}" if path else name
            yield from _mismatches(part, node.field(name), owner, here)
    elif isinstance(value, list):
        for item in value:
            yield from _mismatches(item, node.items, owner, path)


def _go_type(node: Node) -> str:
    if node.type == "integer":
        return str(node.raw.get("format", "int64"))
    if node.type == "array":
        return f"[]{_go_type(node.items)}"
    if node.component:
        _, version, name = f".{node.component}".rsplit(".", 2)
        return f"{version}.{name}"
    if node.additional:
        return f"map[string]{_go_type(node.additional)}"
    return _GO_TYPES.get(node.type, "interface {}")


class _Pairs(list[tuple[str, Any]]):
    """An object as its fields were written."""


def duplicates(raw: bytes) -> list[str]:
    """The paths of fields that a JSON text repeats within one object, such as `spec.replicas`; `[]` when it is no JSON.

    msgspec keeps the last of repeated fields and tells nobody, hence the standard library's reader.
    """
    return list(dict.fromkeys(place for place, again in _fields(_pairs(raw), "") if again))


def strict_errors(raw: bytes, unknown: Sequence[str], *, typed: bool) -> list[str]:
    """What a strict decoder says of a JSON text with these unknown fields (sigs.k8s.io/json).

    Of a built-in (`typed`) kind, in the order of the text, and nothing of what stands in or repeats an unknown field;
    of a custom resource repeated fields come first.
    """
    pairs = _pairs(raw)
    repeated = [place for place, again in _fields(pairs, "") if again]
    if not repeated or not typed:
        return list(dict.fromkeys([*map(_duplicate, repeated), *map(_unknown, unknown)]))
    strangers, texts = frozenset(unknown), dict[str, None]()
    for place, again in _fields(pairs, ""):
        if place in strangers:
            texts[_unknown(place)] = None
        elif again and not any(place.startswith((f"{each}.", f"{each}[")) for each in strangers):
            texts[_duplicate(place)] = None
    return list(texts)


def repeated_keys(raw: bytes) -> list[tuple[int, str]]:
    """Line (from 1) and name of every repeated key of a JSON text, as a strict YAML decoder finds them."""
    if _pairs(raw) is None:
        return []
    found: list[tuple[int, str]] = []
    seen: list[set[bytes]] = []
    line, last, at = 1, b"", 1
    for token in _TOKEN.findall(raw):
        match token:
            case b"\n":
                line += 1
            case b"{" | b"[":
                seen.append(set())
            case b"}" | b"]":
                seen.pop()
            case b":":
                if last in seen[-1]:
                    found.append((at, json.loads(last)))
                seen[-1].add(last)
            case _:
                last, at = token, line
    return found


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}:\n]')


def _pairs(raw: bytes) -> Any:
    """A JSON text whose objects are lists of pairs if one repeats a field; nothing to look at otherwise."""
    repeats = False

    def look(pairs: list[tuple[str, Any]]) -> _Pairs:
        nonlocal repeats
        repeats = repeats or len({name for name, _ in pairs}) < len(pairs)
        return _Pairs(pairs)

    try:
        value = json.loads(raw, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return None
    return value if repeats else None


def _fields(value: Any, path: str) -> Iterator[tuple[str, bool]]:
    """Every field in the order of the text, and whether it was there before."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, part in value:
            place = f"{path}.{name}" if path else name
            yield place, name in seen
            seen.add(name)
            yield from _fields(part, place)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _fields(item, f"{path}[{i}]")


def _duplicate(path: str) -> str:
    return f'duplicate field "{path}"'


def _unknown(path: str) -> str:
    return f'unknown field "{path}"'
