"""ClusterRoles that are made of others: their rules follow the roles that their selectors choose."""

from typing import Any

from local_cluster.auth.rbac import CLUSTER_ROLES
from local_cluster.controllers.labels import chosen
from local_cluster.state import State
from local_cluster.storage.entry import Event
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace


class Aggregate:
    """Recomputes every aggregating role when any ClusterRole changes."""

    def __init__(self, state: State) -> None:
        self._state = state

    def start(self) -> list[str]:
        """Every aggregating role."""
        entries = self._state.store.shelf(CLUSTER_ROLES).entries()
        return [entry.name for entry in entries if b'"aggregationRule"' in entry.raw]

    def hear(self, storage: str, _event: Event) -> list[str]:
        """Any change of a ClusterRole."""
        return self.start() if storage == CLUSTER_ROLES else []

    def settle(self, key: str) -> float | None:
        """Bring one role's rules up to date."""
        held = self._state.store.shelf(CLUSTER_ROLES).get("", key)
        if held is None:
            return None
        live = held.body()
        selectors = (live.get("aggregationRule") or {}).get("clusterRoleSelectors") or []
        rules = self._rules(key, selectors)
        if selectors and rules != (live.get("rules") or []):
            resource = self._state.registry.of_storage(CLUSTER_ROLES)
            options = Options(manager="clusterrole-aggregation-controller")
            replace(self._state, Target(resource, "", key), live, {**live, "rules": rules}, options, tracker=None)
        return None

    def _rules(self, own: str, selectors: list[dict[str, Any]]) -> list[Any]:
        found: list[Any] = []
        for selector in selectors:
            for entry in self._state.store.shelf(CLUSTER_ROLES).entries():
                if entry.name != own and chosen(selector, entry.labels):
                    found += [rule for rule in entry.body().get("rules") or [] if rule not in found]
        return found
