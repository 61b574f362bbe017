"""Programs that tests need: those beside this Python first, then those built from `go.mod`, then the machine's."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers.controlplane.build import PROGRAMS, NotBuilt, program


def need(name: str) -> str:
    """The path of a program; without it the test is skipped by name, and fails in CI, where all must be."""
    beside = Path(sys.executable).parent / name
    if beside.exists():
        return str(beside)
    if name in PROGRAMS:
        with suppress(NotBuilt):
            return str(program(name))
    if found := shutil.which(name):
        return found
    return _lack(name)


def faketime() -> str:
    """The library that gives a process another clock when it is loaded first; without it as without a program."""
    for found in Path("/usr/lib").glob("*/faketime/libfaketime.so.1"):
        return str(found)
    return _lack("libfaketime")


def _lack(name: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")
