"""Why a body cannot be read as its built-in type: what Go's decoder says, and repeated fields in the text."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from weir import yaml
from weir.yaml.dialects import VALUES

from .node import Node
from .quantities import canonical
from .rules_core import undecodable_data
from .times import unreadable
from .values import QUANTITY, fits, type_of

_GO_TYPES = {"string": "string", "boolean": "bool", "number": "float64"}
_FOUND = {"integer": "number", "boolean": "bool"}


class _Misfit(NamedTuple):
    """A value that is not of its field's type; `owner` is the struct that the path begins at."""

    value: Any
    node: Node
    owner: Node
    path: str


def undecodable(obj: Mapping[str, Any], root: Node) -> str:
    """The first field whose value is of another type, as `json: cannot unmarshal ...`; empty when the object reads.

    Of a custom resource only the metadata has Go types.
    """
    return _first(obj, root, _unmarshal)


def unrestorable(obj: Mapping[str, Any], root: Node) -> str:
    """As `undecodable`, in the words in which the server turns maps into structs (apimachinery `runtime/converter`)."""
    return _first(obj, root, _restore)


def _first(obj: Mapping[str, Any], root: Node, say: Callable[[_Misfit], str]) -> str:
    if root.typed:
        found = next(_mismatches(obj, root, root, ""), "")
    else:
        found = next(_mismatches(obj.get("metadata"), root.field("metadata"), root, ""), "")
    if isinstance(found, _Misfit):
        return say(found)
    field = {"core.v1.Secret": "data", "core.v1.ConfigMap": "binaryData"}.get(root.component)
    return found or (undecodable_data(obj.get(field)) if field else "")


def _mismatches(value: Any, node: Node, owner: Node, path: str) -> Iterator[str | _Misfit]:
    if value is None or not node.typed:
        return
    if node.type == "quantity" and canonical(value) is None:
        yield f"quantities must match the regular expression '{QUANTITY}'"
        return
    if isinstance(value, str) and value and (why := unreadable(value, node.component)):
        yield why
        return
    if not fits(value, node):
        yield _Misfit(value, node, owner, path)
        return
    owner = node if node.component else owner
    if isinstance(value, dict):
        for name, part in value.items():
            here = path if node.additional else f"{path}.{name}" if path else name
            yield from _mismatches(part, node.field(name), owner, here)
    elif isinstance(value, list):
        for item in value:
            yield from _mismatches(item, node.items, owner, path)


def _unmarshal(misfit: _Misfit) -> str:
    value, node, owner, path = misfit
    found = f"number {value}" if isinstance(value, float) else _FOUND.get(type_of(value), type_of(value))
    place = f"{owner.component.rsplit('.', 1)[-1]}.{path}"
    return f"json: cannot unmarshal {found} into Go struct field {place} of type {_go_type(node)}"


_KINDS = {"object": "map", "array": "slice", "boolean": "bool", "integer": "int64", "number": "float64"}
_TYPES = {"object": "map[string]interface {}", "array": "[]interface {}"}


def _restore(misfit: _Misfit) -> str:
    found, node = type_of(misfit.value), misfit.node
    kind = _KINDS.get(found, found)
    if node.type == "array":
        return f"cannot restore slice from {kind}"
    if node.type == "object":
        return f"cannot restore map from {kind}" if node.additional else f"cannot restore struct from: {kind}"
    return f"cannot convert {_TYPES.get(found, kind)} to {_go_type(node)}"


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


def strict_errors(raw: bytes, unknown: Sequence[str], *, typed: bool) -> list[str]:
    """What a strict decoder says of a JSON or YAML text with these unknown fields (sigs.k8s.io/json).

    Of a built-in (`typed`) kind, in the order of the text, and nothing of what stands in or repeats an unknown field;
    of a custom resource repeated fields come first.
    """
    if raw and raw.lstrip()[:1] not in (b"{", b"["):
        keys = repeated_keys(raw)
        return [*([repeated_text(keys)] if keys else ()), *map(_unknown, unknown)]
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
    """Line (from 1) and name of every repeated key of a YAML or JSON text; `[]` when it is neither."""
    found: list[tuple[int, str]] = []
    if raw[:1] == b"{" and _pairs(raw) is None:
        return found

    def keep(mapping: dict[str, Any], key: str, value: Any, _first: int, line: int) -> None:
        mapping[key] = value
        found.append((line, key))

    with suppress(yaml.YamlError, UnicodeDecodeError):
        list(yaml.documents(raw, VALUES._replace(repeated=keep)))
    return found


def warned(texts: Iterable[str]) -> Iterator[str]:
    """What a strict decoder says as the server warns of it: of a YAML text each repeated key alone."""
    for text in texts:
        yield from text.removeprefix("yaml: unmarshal errors:\n  ").split("\n  ")


def repeated_text(repeated: Iterable[tuple[int, str]]) -> str:
    """What a strict YAML decoder says of repeated keys."""
    lines = (f'\n  line {line}: key "{key}" already set in map' for line, key in repeated)
    return f"yaml: unmarshal errors:{''.join(lines)}"


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
