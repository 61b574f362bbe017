"""Regular expressions of whoever wrote the tree: RE2, which takes linear time and is what Go reads."""

from functools import lru_cache
from typing import Any

from weir.overlay.errors import BuildError


@lru_cache(maxsize=1024)
def compiled(text: str) -> Any:
    """The expression, with `search` and `fullmatch`. Raises `BuildError` when it is none, or too large."""
    import re2  # noqa: PLC0415  many trees need none

    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0]
        said = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise BuildError(f"is no regular expression: {said}") from None
