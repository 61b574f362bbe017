"""JSON patches (RFC 6902) as kustomize applies them (`spec/overlays.md` 9).

Documents are nodes here, such as `output.settled` gives. Numbers become doubles, as in the program whose results these
are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.meter import spend, weight
from weir.overlay.output import doubles, nodes, plain
from weir.yaml.nodes import NULL, copy, size

_MISSING = object()
MAX_COPY = 100_000
"""Values that one `copy` may add: an object that copies itself doubles each time."""


def apply(document: Any, operations: Sequence[Mapping[str, Any]]) -> Any:
    """The patched document; what is given is changed.

    Raises:
        BuildError: with `[n].path` of the operation that does not apply.

    """
    holder = {"": document}
    for place, operation in enumerate(operations):
        try:
            _one(holder, operation)
        except BuildError as error:
            raise BuildError(error.message, field=f"[{place}].{error.field or 'path'}") from None
    if "" not in holder:
        raise BuildError("the patch removes the whole object: use $patch: delete")
    return holder[""]


def _one(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    kind = operation.get("op")
    act = _OPERATIONS.get(kind) if isinstance(kind, str) else None
    if act is None:
        raise BuildError(f"unknown operation: use {', '.join(_OPERATIONS)}", field="op")
    act(holder, operation)


def _add(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    _put(holder, _path(operation, "path"), nodes(doubles(operation.get("value"))))


def _remove(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    _take(holder, _path(operation, "path"))


def _replace(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    path = _path(operation, "path")
    value = nodes(doubles(operation.get("value")))
    container, key = _parent(holder, path)
    if isinstance(container, list):
        container[_index(container, key, path)] = value
    else:
        container[key] = value


def _move(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    value = _take(holder, _path(operation, "from"))
    _put(holder, _path(operation, "path"), value)


def _copy(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    try:
        value = _get(holder, _path(operation, "from"))
    except BuildError as error:
        raise BuildError(error.message, field="from") from None
    if size(value, MAX_COPY) > MAX_COPY:
        raise BuildError(f"copies more than {MAX_COPY} values", field="from")
    spend(weight(value))
    _put(holder, _path(operation, "path"), copy(value))


def _test(holder: dict[str, Any], operation: Mapping[str, Any]) -> None:
    value = _get(holder, _path(operation, "path"))
    if not _same(plain(value), doubles(operation.get("value"))):
        raise BuildError("the test failed: the value is another")


_OPERATIONS: dict[str, Callable[[dict[str, Any], Mapping[str, Any]], None]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


_WHOLE = frozenset(("replace", "test", "remove"))
"""Operations that take the whole object for their path."""


def _path(operation: Mapping[str, Any], field: str) -> list[str]:
    """The parts of a pointer; without its leading slash the first part is lost."""
    text = operation.get(field)
    if not isinstance(text, str):
        raise BuildError("must be a string such as /metadata/labels/app", field=field)
    if "/" not in text and (text or operation["op"] not in _WHOLE):
        raise BuildError("must begin with a slash, such as /metadata/labels/app", field=field)
    return ["", *(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])]


def _parent(holder: dict[str, Any], path: list[str]) -> tuple[Any, str]:
    node: Any = holder
    for part in path[:-1]:
        node = _child(node, part)
        if not isinstance(node, dict | list):
            raise BuildError("its parent is missing")
    return node, path[-1]


def _child(node: Any, part: str) -> Any:
    if isinstance(node, dict):
        return node.get(part, _MISSING)
    place = _number(part)
    if place is None:
        return _MISSING
    place = place + len(node) if place < 0 else place
    return node[place] if 0 <= place < len(node) else _MISSING


def _number(part: str) -> int | None:
    try:
        return int(part) if part.lstrip("+-").isdecimal() and part.isascii() else None
    except ValueError:
        return None


def _index(items: list[Any], part: str, path: list[str]) -> int:
    place = _number(part)
    if place is not None and place < 0:
        place += len(items)
    if place is None or not 0 <= place < len(items):
        raise BuildError(f"the list has no element {path[-1]}")
    return place


def _put(holder: dict[str, Any], path: list[str], value: Any) -> None:
    container, key = _parent(holder, path)
    if isinstance(container, dict):
        container[key] = value
        return
    if key == "-":
        container.append(value)
        return
    place = _number(key)
    if place is not None and place < 0:
        place += len(container) + 1
    if place is None or not 0 <= place <= len(container):
        raise BuildError(f"the list has no place {key}")
    container.insert(place, value)


def _take(holder: dict[str, Any], path: list[str]) -> Any:
    container, key = _parent(holder, path)
    if isinstance(container, list):
        return container.pop(_index(container, key, path))
    if key not in container:
        raise BuildError("there is nothing to remove")
    return container.pop(key)


def _get(holder: dict[str, Any], path: list[str]) -> Any:
    container, key = _parent(holder, path)
    if isinstance(container, list):
        return container[_index(container, key, path)]
    return container.get(key, NULL)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, int) and isinstance(right, int):
        return float(left) == float(right)
    return bool(left == right)
