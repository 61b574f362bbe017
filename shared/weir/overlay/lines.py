"""On which line of a file a field stands: looked up once something is wrong."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from weir.overlay.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ELEMENT = re.compile(r"\[([^\]]*)\]")


def placed(error: BuildError, files: "Mapping[str, bytes]") -> BuildError:
    """The error with the line of its field instead of that where the document begins."""
    data = files.get(error.file)
    line = line_of(data, error.field, error.line) if data is not None and error.field else 0
    return BuildError(error.message, file=error.file, line=line or error.line, field=error.field)


def line_of(data: bytes, field: str, start: int = 0) -> int:
    """The line of a field such as `patches[2].target` in the document whose content begins at line `start`.

    0 stands for the first document, and for a field nothing of which is there. When it is not there itself, what is
    above it counts.
    """
    found = 0
    try:
        for root in _documents(data):
            if start in {0, root.start_mark.line + 1}:
                for line in _lines(root, field, 0):
                    found = line
                return found
    except (_yaml().YAMLError, RecursionError, UnicodeDecodeError):
        return found
    return found


def _yaml() -> Any:
    import yaml  # noqa: PLC0415  slow to import, and only errors need it

    return yaml


def _documents(data: bytes | str) -> Iterator[Any]:
    yaml = _yaml()
    return (root for root in yaml.compose_all(data, Loader=yaml.CSafeLoader) if root is not None)


def _lines(node: Any, field: str, above: int) -> Iterator[int]:
    """The lines of what leads to the field, the outermost first; `above`: lines before the text that is looked into."""
    while field:
        if node.id == "scalar":
            yield from _inside(node, field, above)
            return
        step = _pair(node, field) if node.id == "mapping" else _element(node, field)
        if step is None:
            return
        at, node, field = step
        yield above + at.start_mark.line + 1


def _inside(node: Any, field: str, above: int) -> Iterator[int]:
    """On in the text of a block, line by line as it is written."""
    if node.style == "|":
        for root in _documents(node.value):
            yield from _lines(root, field, above + node.start_mark.line + 1)
            return


def _pair(node: Any, field: str) -> tuple[Any, Any, str] | None:
    """The pair whose key the field begins with, the longest such key."""
    best: tuple[Any, Any, str] | None = None
    for key, value in node.value:
        name = key.value if key.id == "scalar" else ""
        rest = field[len(name) :]
        if name and field[: len(name)].lower() == name.lower() and (not rest or rest[0] in "./["):
            best = (key, value, rest.lstrip("./")) if best is None or len(rest) < len(best[2]) else best
    return best


def _element(node: Any, field: str) -> tuple[Any, Any, str] | None:
    """The element by number, or by a value of its own."""
    found = _ELEMENT.match(field)
    if found is None:
        return None
    rest = field[found.end() :].lstrip("./")
    if found[1].isdecimal():
        place = int(found[1])
        return (node.value[place], node.value[place], rest) if place < len(node.value) else None
    for element in node.value:
        pairs = element.value if element.id == "mapping" else ()
        if any(value.id == "scalar" and value.value == found[1] for _, value in pairs):
            return element, element, rest
    return None
