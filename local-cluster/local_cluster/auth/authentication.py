"""Who asks: bearer tokens."""

from local_cluster.api.errors import unauthorized
from local_cluster.auth.tokens import AUDIENCE, BadToken
from local_cluster.auth.user import ADMIN, ANONYMOUS, User, account
from local_cluster.state import State


def authenticate(state: State, header: str) -> User:
    """The user of an Authorization header; anonymous without one. Raises 401."""
    if not header:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return ANONYMOUS
    if state.tokens.is_admin(token):
        return ADMIN
    try:
        return of_claims(state, state.tokens.read(token), (AUDIENCE,))
    except BadToken:
        raise unauthorized() from None


def of_claims(state: State, claims: dict[str, object], audiences: tuple[str, ...]) -> User:
    """The service account of a token's claims, if it still is. Raises `BadToken`."""
    about = claims.get("kubernetes.io")
    meant = claims.get("aud")
    if not isinstance(about, dict) or not isinstance(meant, list):
        raise BadToken("the token has no claims of a service account")
    if not set(meant) & set(audiences):
        theirs, ours = (" ".join(f'"{name}"' for name in names) for names in (meant, audiences))
        raise BadToken(f"token audiences [{theirs}] is invalid for the target audiences [{ours}]")
    namespace, known = about.get("namespace", ""), about.get("serviceaccount", {})
    held = state.store.shelf("/serviceaccounts").get(namespace, known.get("name", ""))
    if held is None or held.uid != known.get("uid"):
        raise BadToken("the service account is gone")
    bound = about.get("secret") or about.get("pod")
    if bound and not _still_there(state, namespace, "/secrets" if "secret" in about else "/pods", bound):
        raise BadToken("what the token was bound to is gone")
    extra = {"authentication.kubernetes.io/credential-id": [f"JTI={claims.get('jti', '')}"]}
    return account(namespace, held.name, held.uid, extra)


def _still_there(state: State, namespace: str, storage: str, bound: dict[str, str]) -> bool:
    held = state.store.shelf(storage).get(namespace, bound.get("name", ""))
    return held is not None and held.uid == bound.get("uid")
