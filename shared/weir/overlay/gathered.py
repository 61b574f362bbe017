"""What a layer has gathered, and what all layers of one build share."""

from weir.overlay import schema
from weir.overlay.configuration import DEFAULTS, Configuration
from weir.overlay.objects import Objects
from weir.overlay.options import Options
from weir.overlay.provenance import Metadata
from weir.overlay.schema import Schemas
from weir.overlay.tree import Tree
from weir.overlay.variables import Variable


class Build:
    """The state of one build."""

    def __init__(self, tree: Tree, options: Options) -> None:
        self.tree = tree
        self.options = options
        self.remotes: dict[str, Tree] = {}
        self.used: set[str] = set()
        self.warnings: list[str] = []
        self.schemas: Schemas = schema.BUILT_IN
        self.schema_set = False
        self.metadata = Metadata((), "")

    def remote(self, entry: str) -> Tree | bytes | None:
        """What the caller fetched for an entry, None when it is still to be fetched."""
        found = self.options.remotes.get(entry)
        self.used.add(entry)
        if found is None or isinstance(found, bytes):
            return found
        if entry not in self.remotes:
            self.remotes[entry] = Tree(found, self.options.limits, entry)
        return self.remotes[entry]


class Gathered:
    """Objects, transformer configuration and variables of a layer and everything below."""

    def __init__(self, build: Build) -> None:
        self.objects = Objects(build.options.limits)
        self.configuration: Configuration = DEFAULTS
        self.variables: list[Variable] = []
