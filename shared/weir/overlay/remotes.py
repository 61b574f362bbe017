"""Entries that name something outside the tree: what they are, and all of them at once (`spec/overlays.md` 4.4)."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from weir.overlay.errors import BuildError
from weir.overlay.options import Options
from weir.overlay.site import Site, is_remote
from weir.overlay.tree import Tree


class Repository(NamedTuple):
    """A Git repository and a directory in it."""

    url: str
    path: str
    ref: str


def parse(entry: str) -> Repository:
    """Take an entry apart: repository, directory, `ref`."""
    entry = entry.removeprefix("git::")
    base, mark, query = entry.partition("?")
    found = parse_qs(query) if mark else {}
    ref = next((found[key][0] for key in ("ref", "version") if key in found), "")
    scheme = base.find("://")
    start = scheme + 3 if scheme >= 0 else 0
    double = base.find("//", start)
    if double >= 0:
        return Repository(base[:double], base[double + 2 :].strip("/"), ref)
    suffix = re.search(r"\.git(?=/|$)", base[start:])
    if suffix:
        end = start + suffix.end()
        return Repository(base[:end], base[end:].strip("/"), ref)
    parts = base[start:].split("/")
    host = 2 if ":" in parts[0] and scheme < 0 else 3
    cut = len("/".join(parts[:host]))
    return Repository(base[: start + cut], base[start + cut :].strip("/"), ref)


def place(tree: Tree, entry: str, options: Options) -> Site:
    """The site of a directory in a fetched repository. Raises `BuildError`."""
    path = parse(entry).path
    if not tree.is_folder(path):
        raise BuildError(f"{entry}: the repository has no directory {path or '.'}")
    return Site(tree, path, Options(remotes=options.remotes, limits=options.limits))


def wanted(tree: Tree, site: Site) -> list[str]:
    """Every remote entry reachable from a site that was not fetched, in the order of the files."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    queue = [site]
    while queue:
        here = queue.pop(0)
        if here.root in seen:
            continue
        seen.add(here.root)
        try:
            fields = here.read()[1]
        except BuildError:
            continue
        for entry in (*fields.get("resources", ()), *fields.get("components", ())):
            if is_remote(entry) and entry not in site.options.remotes:
                found[entry] = None
            elif not is_remote(entry):
                queue += _below(here, entry)
    del tree
    return list(found)


def _below(site: Site, entry: str) -> list[Site]:
    try:
        return [site.below(entry)]
    except BuildError:
        return []


def host(entry: str) -> str:
    """The host an entry names, for an allow-list; empty when it has none."""
    if "://" in entry:
        return urlsplit(entry.removeprefix("git::")).hostname or ""
    return re.split(r"[:/]", entry.rpartition("@")[2], maxsplit=1)[0]
