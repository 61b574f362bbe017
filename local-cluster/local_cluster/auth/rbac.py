"""Which rules a user has: Roles and ClusterRoles through their bindings."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from local_cluster.auth.rules import Ask, Rule, allows
from local_cluster.auth.user import User
from local_cluster.storage.entry import Event
from local_cluster.storage.store import Store

GROUP = "rbac.authorization.k8s.io"
ROLES, CLUSTER_ROLES = f"{GROUP}/roles", f"{GROUP}/clusterroles"
BINDINGS, CLUSTER_BINDINGS = f"{GROUP}/rolebindings", f"{GROUP}/clusterrolebindings"
STORAGES = frozenset({ROLES, CLUSTER_ROLES, BINDINGS, CLUSTER_BINDINGS})


class _Role(msgspec.Struct):
    rules: list[Rule] | None = None


class Subject(msgspec.Struct, frozen=True):
    """Someone that a binding names."""

    kind: str
    name: str
    namespace: str = ""


class RoleRef(msgspec.Struct, frozen=True):
    """The role that a binding grants."""

    kind: str
    name: str


class _Binding(msgspec.Struct, rename={"role_ref": "roleRef"}):
    role_ref: RoleRef
    subjects: list[Subject] | None = None


class Grant(NamedTuple):
    """A binding that reaches a user: where it holds, and who it names."""

    namespace: str
    """Empty: everywhere."""
    name: str
    role: RoleRef
    subject: Subject


class Decision(NamedTuple):
    """The outcome of a question, with the reason as access reviews give it."""

    allowed: bool
    reason: str = ""


class Authorizer:
    """Answers who may do what; what it worked out is kept until a role or binding changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bindings: list[tuple[str, str, _Binding]] | None = None
        self._granted: dict[tuple[str, tuple[str, ...]], list[Grant]] = {}
        self._rules: dict[tuple[str, RoleRef], list[Rule] | None] = {}
        store.listeners.append(self._hear)

    def _hear(self, storage: str, _event: Event) -> None:
        if storage in STORAGES:
            self._bindings, self._granted, self._rules = None, {}, {}

    def decide(self, user: User, ask: Ask) -> Decision:
        """May the user do this."""
        if user.is_master:
            return Decision(allowed=True)
        missing = []
        for grant in self.grants(user):
            if grant.namespace and (ask.path or grant.namespace != ask.namespace):
                continue
            rules = self._of(grant.namespace, grant.role)
            if rules is None:
                missing.append(_missing(grant))
            elif any(allows(rule, ask) for rule in rules):
                return Decision(allowed=True, reason=_because(grant))
        texts = list(dict.fromkeys(missing))
        return Decision(allowed=False, reason=f"RBAC: {_joined(texts)}" if texts else "")

    def rules(self, user: User, namespace: str) -> list[Rule]:
        """Every rule that a user has in a namespace (and everywhere)."""
        held: list[Rule] = []
        for grant in self.grants(user):
            if not grant.namespace or grant.namespace == namespace:
                held += self._of(grant.namespace, grant.role) or []
        return held

    def role_rules(self, namespace: str, role: RoleRef) -> list[Rule]:
        """The rules of a role; none when it does not exist."""
        return self._of(namespace, role) or []

    def grants(self, user: User) -> list[Grant]:
        """The bindings that reach a user."""
        key = (user.name, user.groups)
        found = self._granted.get(key)
        if found is None:
            found = self._granted[key] = list(self._reaching(user))
        return found

    def _reaching(self, user: User) -> Iterator[Grant]:
        if self._bindings is None:
            self._bindings = [
                (entry.namespace, entry.name, msgspec.json.decode(entry.raw, type=_Binding))
                for storage in (CLUSTER_BINDINGS, BINDINGS)
                for entry in self._store.shelf(storage).entries()
            ]
        for namespace, name, binding in self._bindings:
            for subject in binding.subjects or ():
                if _names(subject, user, namespace):
                    yield Grant(namespace, name, binding.role_ref, subject)
                    break

    def _of(self, namespace: str, role: RoleRef) -> list[Rule] | None:
        space = namespace if role.kind == "Role" else ""
        key = (space, role)
        if key not in self._rules:
            entry = self._store.shelf(ROLES if role.kind == "Role" else CLUSTER_ROLES).get(space, role.name)
            self._rules[key] = None if entry is None else (msgspec.json.decode(entry.raw, type=_Role).rules or [])
        return self._rules[key]


def _names(subject: Subject, user: User, namespace: str) -> bool:
    match subject.kind:
        case "User":
            return subject.name == user.name
        case "Group":
            return subject.name in user.groups
    return user.name == f"system:serviceaccount:{subject.namespace or namespace}:{subject.name}"


def _because(grant: Grant) -> str:
    kind = "RoleBinding" if grant.namespace else "ClusterRoleBinding"
    name = f"{grant.name}/{grant.namespace}" if grant.namespace else grant.name
    who = f'{grant.subject.kind} "{grant.subject.name}"'
    if grant.subject.kind == "ServiceAccount":
        who = f'ServiceAccount "{grant.subject.name}/{grant.subject.namespace or grant.namespace}"'
    return f'RBAC: allowed by {kind} "{name}" of {grant.role.kind} "{grant.role.name}" to {who}'


def _missing(grant: Grant) -> str:
    plural = "role" if grant.role.kind == "Role" else "clusterrole"
    return f'{plural}.{GROUP} "{grant.role.name}" not found'


def _joined(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
