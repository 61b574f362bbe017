"""Dotted paths of replacements and variables (`spec/overlays.md` 17.4)."""

from functools import lru_cache
from typing import Any

from weir.overlay.errors import BuildError
from weir.yaml.nodes import Scalar, text_of


class MissingError(BuildError):
    """What a path names is not there; nothing is wrong if it is there in another element of a list."""


@lru_cache(maxsize=4096)
def parts(path: str) -> tuple[str, ...]:
    r"""The parts of `a.b\.c.[k=v]`: a backslash keeps a dot, brackets keep the dots up to the closing one."""
    found: list[str] = []
    pieces = path.replace("\\.", "\0").split(".")
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        place += 1
        if piece.startswith("[") and not piece.endswith("]"):
            while not piece.endswith("]") and place < len(pieces):
                piece += "." + pieces[place]
                place += 1
            if "=" not in piece:
                piece = piece.removeprefix("[").removesuffix("]")
        found.append(piece.replace("\0", "."))
    return tuple(found)


def selection(part: str) -> tuple[str, str] | None:
    """Key and value of `[key=value]`, None for any other part."""
    if part.startswith("[") and part.endswith("]") and "=" in part:
        key, _, value = part[1:-1].partition("=")
        return key, value
    return None


def is_listed(part: str) -> bool:
    """Whether a part of a path means elements of a list."""
    return part.isdecimal() or part == "*" or (part.startswith("[") and part.endswith("]"))


def index(part: str) -> int:
    """The place in a list that a part names. Raises `BuildError` when it is none."""
    if not (part.isascii() and part.isdecimal() and len(part) < _LONGEST_INDEX):
        raise BuildError(f"{part[:_LONGEST_INDEX]} is no place in a list")
    return int(part)


_LONGEST_INDEX = 19


def reach(node: Any, part: str) -> Any:
    """The key or index that one part of a path leads to, None when there is none."""
    if not part:
        return None
    try:
        found = step(node, part)
    except BuildError:
        return None
    if found is None:
        return None
    return part if type(node) is dict else next(place for place, item in enumerate(node) if item is found)


def lookup(node: Any, path: str) -> Any | None:
    """What is at the path, None when it is missing. Raises `BuildError` for a wildcard."""
    for part in parts(path):
        node = step(node, part)
        if node is None:
            return None
    return node


def step(node: Any, part: str) -> Any | None:
    """What one part of a path leads to, None when that is missing. Raises `BuildError` for a wildcard."""
    if part == "*":
        raise BuildError("a wildcard cannot be read from")
    if type(node) is dict:
        return node.get(part)
    if type(node) is not list:
        return None
    wanted = selection(part)
    if wanted is not None:
        return next((item for item in node if has(item, *wanted)), None)
    if part == "-":
        return node[-1] if node else None
    if part.isdecimal():
        return node[index(part)] if index(part) < len(node) else None
    return None


def has(item: Any, key: str, value: str) -> bool:
    """Whether a list's element has exactly this text at the key; an empty key means the element itself."""
    found = item.get(key) if key and type(item) is dict else item if not key else None
    return isinstance(found, str | Scalar) and text_of(found) == value
