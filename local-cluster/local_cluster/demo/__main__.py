"""`make demo`: play the story, print each step with its time, and fail if a step does not hold."""

import asyncio
import sys
import time
from pathlib import Path

from local_cluster import suite
from local_cluster.demo.story import STORY
from local_cluster.demo.world import NotHeld, stage

HERE = Path(__file__).parent
REPOSITORIES = {"fleet": "fleet", "team-a": "tenant", "team-b": "tenant"}
"""Repositories of the story, and the folders that they start with."""


def say(text: str) -> None:
    """Print one line at once."""
    print(f"  {text}", flush=True)  # noqa: T201  the demo's purpose


async def play() -> int:
    """Play every step; the exit code is 0 only if each held."""
    started = time.monotonic()
    say("setting the stage")
    async with stage(say) as world:
        for name, content in REPOSITORIES.items():
            await world.make(name, HERE / content)
        for number, (title, step) in enumerate(STORY, 1):
            before = time.monotonic()
            try:
                told = await step(world)
            except NotHeld as error:
                say(f"✗ {number:2} {title}: {error}")
                say(f"  logs: {world.running.directory}")
                return 1
            say(f"✔ {number:2} {title} [{time.monotonic() - before:.2f}s] {told.splitlines()[0][:160]}")
    say(f"every step held, in {time.monotonic() - started:.1f}s with set-up and clean-up")
    return 0


def main() -> None:
    """Run the demo."""
    try:
        sys.exit(asyncio.run(play()))
    except suite.Broken as error:
        say(f"✗ {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
