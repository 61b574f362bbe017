"""`$patch`: what a part of a strategic merge patch wants done (`spec/overlays.md` 8.6)."""

from typing import Any, Final

from weir.overlay.errors import BuildError
from weir.yaml.nodes import Scalar, text_of

DIRECTIVE: Final = "$patch"
MISSING: Final = object()
"""No value: there is none, or it is to go."""


def directive(patch: dict[str, Any]) -> str:
    """`delete`, `replace` or `merge`. Raises `BuildError` for any other `$patch`."""
    node = patch.get(DIRECTIVE)
    if node is None:
        return "merge"
    text = text_of(node) if isinstance(node, str | Scalar) else ""
    if text not in {"delete", "replace", "merge"}:
        raise BuildError("unknown patch strategy: use delete, replace or merge", field=DIRECTIVE)
    return text


def own_directive(patch: list[Any]) -> tuple[str, list[Any]]:
    """What the list itself is to do, and the elements that are no such wish.

    Only the first element with `$patch` is asked, and only if that is all it holds; every element with the same wish
    is then taken out.
    """
    first = next((element for element in patch if type(element) is dict and DIRECTIVE in element), None)
    if first is None or len(first) > 1:
        return "merge", patch
    wish = directive(first)
    return wish, [element for element in patch if not _wishes(element, wish)]


def _wishes(element: Any, wish: str) -> bool:
    return type(element) is dict and DIRECTIVE in element and directive(element) == wish
