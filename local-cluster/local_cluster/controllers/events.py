"""Events last an hour."""

from local_cluster.state import State, now, timestamp
from local_cluster.storage.entry import Event

LIFETIME = 3600.0
_SWEEP = 60.0


class Events:
    """Sweeps old events away once a minute."""

    def __init__(self, state: State) -> None:
        self._state = state

    def start(self) -> list[str]:
        """Sweep at once."""
        return ["sweep"]

    def hear(self, _storage: str, _event: Event) -> list[str]:
        """Nothing wakes the sweep but time."""
        return []

    def settle(self, _key: str) -> float:
        """Remove what was last seen too long ago."""
        oldest = timestamp(now().fromtimestamp(now().timestamp() - LIFETIME, now().tzinfo))
        for entry in list(self._state.store.shelf("/events").entries()):
            body = entry.body()
            series = body.get("series") or {}
            seen = series.get("lastObservedTime") or body.get("lastTimestamp") or body["metadata"]["creationTimestamp"]
            if seen < oldest:
                self._state.store.remove("/events", entry.namespace, entry.name)
        return _SWEEP
