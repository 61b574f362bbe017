"""Programs that tests need: those beside this Python first, then those of the machine."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def need(name: str) -> str:
    """The path of a program; without it the test is skipped by name, and fails in CI, where all must be."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")
