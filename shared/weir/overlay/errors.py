"""What a build can end in besides objects.

OverlayError
├── BuildError       the tree cannot be built: who wrote it has to change it
├── RemotesNeeded    the caller has to fetch these and build again
└── HelmNeeded       the caller has to render these charts and build again
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weir.overlay.charts import Chart


class OverlayError(Exception):
    """A build that gave no objects."""


class BuildError(OverlayError):
    """What is wrong, where, and what to do.

    `file` is a path in the tree, `line` counts from 1 (0: unknown), `field` is a path such as `patches[2].target`.
    Messages never quote a Secret's values.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, field: str = "") -> None:
        self.message = message
        self.file = file
        self.line = line
        self.field = field
        place = f"{file}:{line}" if file and line else file
        super().__init__(": ".join(part for part in (place, field, message) if part))

    def at(self, file: str = "", line: int = 0, field: str = "") -> "BuildError":
        """The same error with what it does not know yet filled in."""
        known = bool(self.file)
        return BuildError(
            self.message,
            file=self.file or file,
            line=self.line if known else self.line or line,
            field=self.field or ("" if known else field),
        )

    def inside(self, part: str) -> "BuildError":
        """The same error of a field inside of `part`, a key or an index such as `[2]`."""
        return BuildError(self.message, file=self.file, line=self.line, field=joined(part, self.field))


def joined(above: str, field: str) -> str:
    """A field's path below another, which may be empty; so may the field."""
    if not above or not field:
        return above or field
    return f"{above}{field}" if field.startswith("[") else f"{above}.{field}"


class RemotesNeeded(OverlayError):
    """Entries that name something outside the tree.

    `urls` are as written in the kustomization files. Fetch those that are allowed and build again with
    `Options.remotes`.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)
        super().__init__("remote resources are needed: " + ", ".join(self.urls))


class HelmNeeded(OverlayError):
    """Charts to render; give what came of them in `Options.charts` and build again.

    One that is `absent` has to be pulled into the tree first.
    """

    def __init__(self, charts: "Sequence[Chart]") -> None:
        self.charts = tuple(charts)
        super().__init__("charts are to be rendered: " + ", ".join(chart.name for chart in self.charts))
