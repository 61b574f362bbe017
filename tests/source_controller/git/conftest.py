"""Remotes with children of their own."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from source_controller.git.children import Children
from source_controller.git.remotes import Remotes


@pytest.fixture
async def children(tmp_path: Path) -> AsyncIterator[Children]:
    """The processes that run git; their private files are below `tmp_path`."""
    (tmp_path / "tmp").mkdir()
    async with Children({**os.environ, "TMPDIR": str(tmp_path / "tmp")}) as running:
        yield running


@pytest.fixture
def remotes(children: Children, tmp_path: Path) -> Remotes:
    """Remotes with mirrors below `tmp_path`."""
    return Remotes(children, tmp_path / "mirrors")
