"""Controllers with clocks of their own."""

from functools import partial

from local_cluster.processes import Process
from tests.binaries import faketime
from tests.e2e.faults.story import Story


async def restart(story: Story, name: str, clock: str, *flags: str) -> Process:
    """Start a controller again with another wall clock, as libfaketime has it: `+3600s` is ahead.

    Its monotonic clock is the machine's, but with a speed: `+0 x30` lets thirty seconds pass in one, for timers too.
    """
    process = story.world.running.processes[name]
    await process.stop()
    process.command = [*process.command, *flags]
    process.environment = environment(clock)
    await process.start()
    await story.world.until(f"the {name} is on time", partial(story.on_time, name))
    return process


def environment(clock: str) -> dict[str, str]:
    """What gives a process that clock."""
    steady = {} if " x" in clock else {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    return {"LD_PRELOAD": faketime(), "FAKETIME": clock, **steady}
