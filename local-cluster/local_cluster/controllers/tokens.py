"""Secrets of type `kubernetes.io/service-account-token` are filled with a token of their account."""

import base64

from local_cluster.auth.tokens import AUDIENCE
from local_cluster.server.token import claims
from local_cluster.state import State
from local_cluster.storage.entry import Entry, Event
from local_cluster.verbs.delete import DeleteOptions, delete
from local_cluster.verbs.target import Options, Target
from local_cluster.verbs.update import replace

TYPE = "kubernetes.io/service-account-token"
_NAME, _UID = "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"
_TEN_YEARS = 10 * 365 * 86_400


class Tokens:
    """Fills such secrets, and deletes those whose account is gone."""

    def __init__(self, state: State, authority: str) -> None:
        self._state, self._authority = state, authority

    def start(self) -> list[str]:
        """Every token secret."""
        return [_key(entry) for entry in self._state.store.shelf("/secrets").entries() if TYPE.encode() in entry.raw]

    def hear(self, storage: str, event: Event) -> list[str]:
        """A token secret that changed; those of an account's namespace when the account changed."""
        if storage == "/serviceaccounts" and event.type != "MODIFIED":
            secrets = self._state.store.shelf("/secrets").entries(event.entry.namespace)
            return [_key(entry) for entry in secrets if TYPE.encode() in entry.raw]
        listed = storage == "/secrets" and event.type != "DELETED" and TYPE.encode() in event.entry.raw
        return [_key(event.entry)] if listed else []

    def settle(self, key: str) -> float | None:
        """Fill one secret, or delete it."""
        namespace, _, name = key.partition("/")
        held = self._state.store.shelf("/secrets").get(namespace, name)
        if held is None or (live := held.body()).get("type") != TYPE:
            return None
        notes = live["metadata"].get("annotations", {})
        account = self._state.store.shelf("/serviceaccounts").get(namespace, notes.get(_NAME, ""))
        target = Target(self._state.registry.of_storage("/secrets"), namespace, name)
        if account is None or notes.get(_UID, account.uid) != account.uid:
            if _UID in notes:
                delete(self._state, target, DeleteOptions())
            return None
        if not (live.get("data") or {}).get("token"):
            bound = {"secret": {"name": name, "uid": held.uid}}
            token = self._state.tokens.sign(claims(account, _TEN_YEARS, [AUDIENCE], bound))
            content = {"token": token, "ca.crt": self._authority, "namespace": namespace}
            data = {field: base64.b64encode(text.encode()).decode() for field, text in content.items()}
            metadata = {**live["metadata"], "annotations": {**notes, _UID: account.uid}}
            body = {**live, "metadata": metadata, "data": {**(live.get("data") or {}), **data}}
            replace(self._state, target, live, body, Options(), tracker=None)
        return None


def _key(entry: Entry) -> str:
    return f"{entry.namespace}/{entry.name}"
