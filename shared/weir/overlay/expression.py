"""Regular expressions of whoever wrote the tree: RE2, which takes linear time and is what Go reads."""

from functools import lru_cache
from typing import Any

import re2

from weir.overlay.errors import BuildError

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20


@lru_cache(maxsize=1024)
def compiled(text: str) -> Any:
    """The expression, with `search` and `fullmatch`. Raises `BuildError` when it is none, or too large."""
    try:
        return re2.compile(text, _OPTIONS)
    except re2.error as error:
        reason = error.args[0]
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise BuildError(f"is no regular expression: {said}") from None
