"""JSON written inside a text field: taken apart and put together again (`spec/overlays.md` 17.8)."""

from typing import Any

import msgspec

from weir import yaml
from weir.overlay.errors import BuildError
from weir.overlay.hashing import go_json
from weir.overlay.output import plain
from weir.yaml.dialects import NODES


def parsed(text: str) -> Any:
    """The nodes of a JSON object or list. Raises `BuildError` for any other text."""
    if text.lstrip()[:1] not in {"{", "["}:
        raise BuildError("the text holds no JSON; a field inside YAML text cannot be replaced yet")
    try:
        msgspec.json.decode(str(text))
        return next(document.value for document in yaml.documents(str(text), NODES))
    except (msgspec.DecodeError, ValueError, StopIteration):
        raise BuildError("the text holds no JSON") from None


def printed(nodes: Any, before: str) -> str:
    """The JSON as text, indented if it was; unchanged when a value does not fit its type."""
    try:
        compact = go_json(plain(nodes))
    except BuildError:
        return before
    indented = "\n" in before and "  " in before
    return (msgspec.json.format(compact, indent=2) if indented else compact).decode()
