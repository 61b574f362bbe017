"""Dotted paths of replacements and variables (`spec/overlays.md` 17.4)."""

from functools import lru_cache
from typing import Any

from weir.overlay.errors import BuildError
from weir.yaml.nodes import Scalar, text_of


@lru_cache(maxsize=4096)
def parts(path: str) -> tuple[str, ...]:
    r"""The parts of `a.b\.c.[k=v]`: a backslash keeps a dot, brackets keep everything up to the closing one."""
    found: list[str] = []
    pieces = path.replace("\\.", "\0").split(".")
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        place += 1
        if piece.startswith("["):
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
    return part.isdecimal() or part == "*" or selection(part) is not None


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
        return node[int(part)] if int(part) < len(node) else None
    return None


def has(item: Any, key: str, value: str) -> bool:
    """Whether a list's element has exactly this text at the key; an empty key means the element itself."""
    found = item.get(key) if key and type(item) is dict else item if not key else None
    return isinstance(found, str | Scalar) and text_of(found) == value
