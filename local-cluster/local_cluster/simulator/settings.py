"""How fast things happen."""

import msgspec


class Settings(msgspec.Struct, frozen=True):
    """Delays in seconds, and the size of the cluster."""

    start: float = 0.05
    """From the creation of a Pod until its containers run."""
    ready: float = 0.1
    """Until a container with a readiness probe is ready."""
    run: float = 0.2
    """How long a Pod that runs to completion takes."""
    stop: float = 0.03
    """From the deletion of a Pod until it is gone; never longer than its grace period."""
    crash: float = 0.1
    """How long a container lives that crashes."""
    restart: float = 0.5
    """The first back-off after a crash; it doubles."""
    longest_restart: float = 30.0
    """The longest back-off."""
    nodes: int = 1
    """How many nodes there are."""
