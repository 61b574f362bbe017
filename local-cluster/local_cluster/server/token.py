"""Tokens of service accounts: the TokenRequest API and what the cluster hands out itself."""

import time
import uuid
from typing import Any

from local_cluster.auth.tokens import AUDIENCE, ISSUER
from local_cluster.state import State
from local_cluster.storage.entry import Entry
from local_cluster.verbs.target import Target

DAY = 86_400


def token_for(state: State, namespace: str, name: str, seconds: int = DAY) -> str:
    """A token of a service account. Raises `ApiError` 404."""
    resource = state.registry.find("", "v1", "serviceaccounts")
    assert resource is not None
    held = Target(resource, namespace, name).find(state)
    return state.tokens.sign(claims(held, seconds, [AUDIENCE], {}))


def claims(account: Entry, seconds: int, audiences: list[str], bound: dict[str, Any]) -> dict[str, Any]:
    """What a token says; `bound` is `{"pod": {"name", "uid"}}`, the like of a secret, or empty."""
    moment = int(time.time())
    about = {"namespace": account.namespace, "serviceaccount": {"name": account.name, "uid": account.uid}, **bound}
    return {
        "aud": audiences,
        "exp": moment + seconds,
        "iat": moment,
        "iss": ISSUER,
        "jti": str(uuid.uuid4()),
        "kubernetes.io": about,
        "nbf": moment,
        "sub": f"system:serviceaccount:{account.namespace}:{account.name}",
    }
