"""May this request be done, and as whom: impersonation first, then RBAC."""

from collections.abc import Mapping

from multidict import CIMultiDictProxy

from local_cluster.api.errors import ApiError, bad_request, forbidden, forbidden_path
from local_cluster.auth.rbac import Authorizer
from local_cluster.auth.rules import Ask
from local_cluster.auth.user import User, account
from local_cluster.schema.go import quoted

_EXTRA = "impersonate-extra-"
_ACCOUNT = "system:serviceaccount:"


def authorize(authorizer: Authorizer, user: User, ask: Ask) -> None:
    """Raise 403 unless the user may."""
    decision = authorizer.decide(user, ask)
    if not decision.allowed:
        raise refused(user, ask, decision.reason)


def refused(user: User, ask: Ask, reason: str = "") -> ApiError:
    """403, in the API server's words."""
    if ask.path:
        return forbidden_path(user.name, ask.verb, ask.path)
    where = f'in the namespace "{ask.namespace}"' if ask.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {ask.verb} resource "{ask.resource}" in API group "{ask.group}" {where}'
    return forbidden(ask.group, ask.plural, ask.name, f"{why}: {reason}" if reason else why)


def impersonated(authorizer: Authorizer, user: User, headers: CIMultiDictProxy[str]) -> User:
    """The user that the Impersonate headers name, if there are any and the caller may. Raises 400, 403."""
    name = headers.get("Impersonate-User", "")
    groups = headers.getall("Impersonate-Group", [])
    uid = headers.get("Impersonate-Uid", "")
    extra = _extra(headers)
    if not name:
        if groups or uid or extra:
            raise bad_request(f"requested {_info(uid, groups, extra)} without impersonating a user name")
        return user
    for ask in _asks(name, groups, uid, extra):
        authorize(authorizer, user, ask)
    return _become(name, groups, uid, extra)


def _info(uid: str, groups: list[str], extra: Mapping[str, list[str]]) -> str:
    """A user without a name, as Go prints it."""
    more = ", ".join(f"{quoted(key)}:{_strings(values)}" for key, values in extra.items())
    shown = f"map[string][]string{{{more}}}" if extra else "map[string][]string(nil)"
    return f'&user.DefaultInfo{{Name:"", UID:{quoted(uid)}, Groups:{_strings(groups)}, Extra:{shown}}}'


def _strings(values: list[str]) -> str:
    return f"[]string{{{', '.join(map(quoted, values))}}}" if values else "[]string(nil)"


def _extra(headers: CIMultiDictProxy[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in headers.items():
        if key.lower().startswith(_EXTRA):
            found.setdefault(key.lower().removeprefix(_EXTRA), []).append(value)
    return found


def _asks(name: str, groups: list[str], uid: str, extra: Mapping[str, list[str]]) -> list[Ask]:
    """The rights that an impersonation needs."""
    if name.startswith(_ACCOUNT):
        namespace, _, short = name.removeprefix(_ACCOUNT).partition(":")
        asks = [Ask("impersonate", "", "serviceaccounts", name=short, namespace=namespace)]
    else:
        asks = [Ask("impersonate", "", "users", name=name)]
    asks += [Ask("impersonate", "", "groups", name=group) for group in groups]
    if uid:
        asks.append(Ask("impersonate", "authentication.k8s.io", "uids", name=uid))
    for key, values in extra.items():
        asks += [Ask("impersonate", "authentication.k8s.io", "userextras", key, value) for value in values]
    return asks


def _become(name: str, groups: list[str], uid: str, extra: Mapping[str, list[str]]) -> User:
    more = tuple((key, tuple(values)) for key, values in extra.items())
    if name.startswith(_ACCOUNT) and not groups:
        namespace, _, short = name.removeprefix(_ACCOUNT).partition(":")
        groups = [group for group in account(namespace, short).groups if group != "system:authenticated"]
    known = "system:unauthenticated" if name == "system:anonymous" else "system:authenticated"
    if not {"system:authenticated", "system:unauthenticated"} & set(groups):
        groups = [*groups, known]
    return User(name, tuple(groups), uid, more)
