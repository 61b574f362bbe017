"""The one who asks."""

import msgspec


class User(msgspec.Struct, frozen=True):
    """A name, its groups, and what came with its credentials."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_master(self) -> bool:
        """Whether no authorizer is asked."""
        return "system:masters" in self.groups


ADMIN = User("kubernetes-admin", ("system:masters", "system:authenticated"))
ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))
SERVER = User("system:apiserver", ("system:masters", "system:authenticated"))
"""The server itself, when a controller of it writes."""


def account(namespace: str, name: str, uid: str = "", extra: dict[str, list[str]] | None = None) -> User:
    """The user that a service account is."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    more = tuple((key, tuple(values)) for key, values in (extra or {}).items())
    return User(f"system:serviceaccount:{namespace}:{name}", groups, uid, more)
