"""A directory being built: what its kustomization may read, and from where."""

import posixpath
import re
from typing import Any, NamedTuple

from weir.overlay import kustomization
from weir.overlay.documents import CACHE, digest, read_config
from weir.overlay.errors import BuildError
from weir.overlay.lines import line_of
from weir.overlay.meter import beyond
from weir.overlay.options import Options
from weir.overlay.output import encoded, is_odd, readable
from weir.overlay.resource import Origin
from weir.overlay.tree import NAMES, Tree, inside, join

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|git::|gh:|github\.com[/:]|[^/@\s]+@[^/:\s]+[:/]", re.IGNORECASE)


class Site(NamedTuple):
    """A directory of a tree, and the chain of directories that led to it."""

    tree: Tree
    root: str
    options: Options
    chain: tuple[tuple[str, str], ...] = ()
    """(tree, directory) of each one above."""

    def file(self, entry: str) -> str:
        """The path of a file that the kustomization names. Raises `BuildError` when it may not or cannot be read."""
        if not entry:
            raise BuildError("the name of a file is empty")
        if posixpath.isabs(entry):
            raise BuildError(f"the file {entry} is absolute: name it relative to this directory")
        path = join(self.root, entry)
        root = self.root if self.options.load_restrictor == "root" else ""
        if not inside(path, root):
            where = self.root or "the tree"
            raise BuildError(f"the file {entry} is not in or below {where}: only directories may be outside")
        if not self.tree.has(path):
            kind = "is a directory, a file is needed" if self.tree.is_folder(path) else "does not exist"
            raise BuildError(f"the file {entry} {kind}")
        return path

    def content(self, entry: str) -> tuple[str, bytes]:
        """Path and bytes of a file. Raises `BuildError`."""
        path = self.file(entry)
        return path, self.tree.content(path)

    def cached(self, path: str) -> bool:
        """Whether what is parsed from the file may be kept for other builds."""
        return path not in self.options.uncached

    def below(self, entry: str) -> "Site":
        """The site of a directory that the kustomization names. Raises `BuildError`."""
        if not entry:
            raise BuildError("the name of a directory is empty")
        if posixpath.isabs(entry):
            raise BuildError(f"the directory {entry} is absolute: name it relative to this one")
        path = join(self.root, entry)
        if not inside(path, ""):
            raise BuildError(f"the directory {entry} is outside the tree")
        if not self.tree.is_folder(path):
            text = "is a file, a directory is needed" if self.tree.has(path) else "does not exist"
            raise BuildError(f"{entry} {text}")
        return self.enter(Site(self.tree, path, self.options))

    def enter(self, site: "Site") -> "Site":
        """The other site with the chain that leads there. Raises `BuildError` on a cycle."""
        chain = (*self.chain, (self.tree.name, self.root))
        for name, root in chain:
            if name == site.tree.name and inside(root, site.root):
                raise BuildError(f"cycle: {site.root or '.'} contains {root or '.'}, which is being built")
        if len(chain) > self.options.limits.depth:
            raise beyond(self.options.limits, "depth", "directories build one another more than {} deep")
        return site._replace(chain=chain)

    def read(self) -> tuple[str, dict[str, Any], list[str]]:
        """Path, fields and warnings of the directory's kustomization file. Raises `BuildError`."""
        found = [path for path in (join(self.root, name) for name in NAMES) if self.tree.has(path)]
        if not found:
            raise BuildError(f"no {', '.join(NAMES[:2])} or {NAMES[2]} in the directory", file=self.root or ".")
        if len(found) > 1:
            names = " and ".join(posixpath.basename(path) for path in found)
            raise BuildError(f"several kustomization files ({names}): keep one", file=self.root or ".")
        return self.fields(found[0])

    def fields(self, path: str, *, lenient: bool = False) -> tuple[str, dict[str, Any], list[str]]:
        """Path, fields and warnings of a kustomization file; `lenient` makes unknown fields a warning.

        Raises `BuildError`.
        """
        data = self.tree.content(path)
        unknown: list[str] | None = [] if lenient else None
        key = (digest(data), "lenient fields" if lenient else "fields")
        known = CACHE.get(key) if self.cached(path) else None
        if known is not None:
            return path, known[0], [text.replace("\0", path) for text in known[1]]
        try:
            value = read_config(data, path, cached=self.cached(path))
            found = kustomization.read(value, unknown)
            if is_odd(encoded(found)):
                found = readable(found)
        except BuildError as error:
            raise error.at(path, line_of(data, error.field)) from None
        ignored = [f"\0: the unknown field {field} is ignored" for field in unknown or ()]
        warnings = kustomization.warnings(value) + ignored
        if self.cached(path):
            CACHE.put(key, len(data), (found, warnings))
        return path, found, [text.replace("\0", path) for text in warnings]

    def origin(self, path: str, line: int) -> Origin:
        """Where an object of this tree was written."""
        return Origin(path, line, self.tree.name)


def is_remote(entry: str) -> bool:
    """Whether an entry names something outside the tree."""
    return _REMOTE.match(entry) is not None


_OLD = {"resources": "bases", "images": "imageTags", "helmCharts": "helmChartInflationGenerator"}
"""Fields whose entries may have been written under another name."""


def _place(data: bytes, name: str) -> re.Match[bytes] | None:
    pattern = rb"^[\"']?" + re.escape(name.encode()) + rb"[\"']?\s*:"
    return re.search(pattern, data, re.MULTILINE | re.IGNORECASE)


def as_written(data: bytes, path: str) -> str:
    """The path by the field's old name when the file has only that."""
    name, bracket, rest = path.partition("[")
    old = _OLD.get(name, "")
    return old + bracket + rest if old and _place(data, old) and not _place(data, name) else path
