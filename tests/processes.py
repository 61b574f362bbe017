"""Running processes, as Linux tells of them."""

import contextlib
from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and all that come from it."""
    found = [pid]
    for number in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{number}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found
