"""How a build may be done."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from weir.overlay.charts import Chart


class Limits(msgspec.Struct, frozen=True):
    """What one build may use; each is an error of its own, which names it.

    Fixed are the depth of one document, what the aliases of one text may add, and what one copy may hold.
    """

    depth: int = 64
    """Directories that build one another, one inside the other."""
    files: int = 20_000
    """Reads of files."""
    bytes: int = 256 << 20
    """Bytes read, a file counted each time it is used."""
    resources: int = 100_000
    """Objects held at one time."""
    file_bytes: int = 64 << 20
    """Bytes of one file."""
    output_bytes: int = 256 << 20
    """Bytes of text in all finished objects, about what is printed."""
    growth: int = 256 << 20
    """Bytes that patches, replacements, labels, names and variables may add to what was read: text as it is, 64 for
    each node. Memory takes a few times as much."""
    seconds: float = 300.0
    """From the first layer to the last object. One file is parsed whole: `file_bytes` bounds that."""


class Options(msgspec.Struct, frozen=True):
    """How a build may be done. The defaults are those of `kustomize build`."""

    load_restrictor: Literal["root", "none"] = "root"
    """`root`: a file must lie in or below the directory whose kustomization names it. `none`: anywhere in the tree."""
    remotes: Mapping[str, Mapping[str, bytes] | bytes] = {}
    """What `RemotesNeeded` asked for: an entry as written, and its bytes or the whole tree of its repository."""
    charts: "Mapping[Chart, bytes] | None" = None
    """What `HelmNeeded` asked for, rendered; None refuses charts."""
    uncached: frozenset[str] = frozenset()
    """Files that never enter the parse cache: those that were decrypted."""
    schema_adds: bool = False
    """A custom `openapi.path` adds to the built-in schema instead of replacing it, as Flux has it."""
    reorder: Literal["legacy", "none"] = "legacy"
    """The order when the kustomization has no `sortOptions`."""
    limits: Limits = Limits()
