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
    """What an element that is only `$patch` wants, and the other elements."""
    wish, rest = "merge", []
    for element in patch:
        if type(element) is dict and len(element) == 1 and DIRECTIVE in element:
            wish = directive(element)
        else:
            rest.append(element)
    return wish, rest
