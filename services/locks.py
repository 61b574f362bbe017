"""`python services/locks.py`: write each service's `requirements.lock`, its share of the one that the project has.

Images install just what their service needs, at the versions that the tests ran with.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SHARED = "weir"
HEAD = "# Written by `make manifests` from requirements.lock.\n"


def locks() -> Iterator[tuple[Path, str]]:
    """File and text of every service's lock. Raises `KeyError` with the name of a distribution that is not pinned."""
    pins = _pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    shared = _dependencies(ROOT / "shared")
    for folder in sorted(ROOT.glob("services/*/pyproject.toml")):
        wanted = (it for it in (*shared, *_dependencies(folder.parent)) if it.name != SHARED)
        text = HEAD + "".join(pins[name] for name in sorted(_closure(wanted)))
        yield folder.parent / "requirements.lock", text


def _dependencies(part: Path) -> list[Requirement]:
    project = tomllib.loads((part / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(it) for it in project["dependencies"]]


def _closure(wanted: Iterable[Requirement]) -> set[str]:
    """Names of what is wanted and of all that it needs, here: on this Python and system."""
    found: dict[str, set[str]] = {}
    waiting = list(wanted)
    while waiting:
        it = waiting.pop()
        name, extras = canonicalize_name(it.name), {"", *it.extras}
        new = extras - found.setdefault(name, set())
        found[name] |= extras
        for text in requires(name) or () if new else ():
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in new):
                waiting.append(needed)
    return set(found)


def _pins(text: str) -> dict[str, str]:
    """The lines of each distribution, without its comments."""
    lines = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
    blocks = re.split(r"^(?=\S)", lines, flags=re.MULTILINE)
    return {canonicalize_name(block.partition("==")[0]): block for block in blocks if "==" in block}


if __name__ == "__main__":
    for path, content in locks():
        path.write_text(content, encoding="utf-8")
