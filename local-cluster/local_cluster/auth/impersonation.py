"""As whom a request is done: the Impersonate headers."""

from collections.abc import Mapping
from typing import NamedTuple

from multidict import CIMultiDictProxy

from local_cluster.api.errors import ApiError, bad_request
from local_cluster.auth.authorization import authorize
from local_cluster.auth.rbac import Authorizer
from local_cluster.auth.rules import Ask
from local_cluster.auth.user import User, account
from local_cluster.schema.go import quoted

_EXTRA = "impersonate-extra-"
_ACCOUNT, _NODE = "system:serviceaccount:", "system:node:"
_GROUP = "authentication.k8s.io"


class _Wanted(NamedTuple):
    """Whom the headers name."""

    name: str
    groups: list[str]
    uid: str
    extra: Mapping[str, list[str]]


def impersonated(authorizer: Authorizer, user: User, headers: CIMultiDictProxy[str], ask: Ask) -> User:
    """The user that the headers name, if they name one and the caller may ask this as them. Raises 400, 403."""
    wanted = _wanted(headers)
    if not wanted.name:
        return user
    denied: list[ApiError] = []
    for rights in (_for_this(wanted, ask), _rights(wanted, "impersonate")):
        try:
            for each in rights:
                authorize(authorizer, user, each)
        except ApiError as refused:
            denied.append(refused)
        else:
            if rights:
                return _become(wanted)
    raise denied[0]


def _wanted(headers: CIMultiDictProxy[str]) -> _Wanted:
    name = headers.get("Impersonate-User", "")
    wanted = _Wanted(name, headers.getall("Impersonate-Group", []), headers.get("Impersonate-Uid", ""), _extra(headers))
    if not name and any(wanted):
        raise bad_request(f"requested {_info(wanted)} without impersonating a user name")
    return wanted


def _for_this(wanted: _Wanted, ask: Ask) -> list[Ask]:
    """The rights to ask just this as someone (KEP 5284); none for whom that cannot be."""
    mode = "user-info"
    if wanted.name.startswith((_ACCOUNT, _NODE)):
        mode = "serviceaccount" if wanted.name.startswith(_ACCOUNT) else "arbitrary-node"
        if any(wanted[1:]):
            return []
    if "system:masters" in wanted.groups:
        return []
    return [ask._replace(verb=f"impersonate-on:{mode}:{ask.verb}"), *_rights(wanted, f"impersonate:{mode}")]


def _rights(wanted: _Wanted, verb: str) -> list[Ask]:
    """The rights to be someone."""
    group = "" if verb == "impersonate" else _GROUP
    if wanted.name.startswith(_ACCOUNT):
        namespace, _, short = wanted.name.removeprefix(_ACCOUNT).partition(":")
        asks = [Ask(verb, group, "serviceaccounts", name=short, namespace=namespace)]
    elif group and wanted.name.startswith(_NODE):
        asks = [Ask(verb, group, "nodes", name=wanted.name.removeprefix(_NODE))]
    else:
        asks = [Ask(verb, group, "users", name=wanted.name)]
    asks += [Ask(verb, group, "groups", name=each) for each in wanted.groups]
    if wanted.uid:
        asks.append(Ask(verb, _GROUP, "uids", name=wanted.uid))
    for key, values in wanted.extra.items():
        asks += [Ask(verb, _GROUP, "userextras", key, value) for value in values]
    return asks


def _info(wanted: _Wanted) -> str:
    """A user without a name, as Go prints it."""
    more = ", ".join(f"{quoted(key)}:{_strings(values)}" for key, values in wanted.extra.items())
    shown = f"map[string][]string{{{more}}}" if wanted.extra else "map[string][]string(nil)"
    return f'&user.DefaultInfo{{Name:"", UID:{quoted(wanted.uid)}, Groups:{_strings(wanted.groups)}, Extra:{shown}}}'


def _strings(values: list[str]) -> str:
    return f"[]string{{{', '.join(map(quoted, values))}}}" if values else "[]string(nil)"


def _extra(headers: CIMultiDictProxy[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in headers.items():
        if key.lower().startswith(_EXTRA):
            found.setdefault(key.lower().removeprefix(_EXTRA), []).append(value)
    return found


def _become(wanted: _Wanted) -> User:
    name, groups, uid, extra = wanted
    more = tuple((key, tuple(values)) for key, values in extra.items())
    if name.startswith(_ACCOUNT) and not groups:
        namespace, _, short = name.removeprefix(_ACCOUNT).partition(":")
        groups = [group for group in account(namespace, short).groups if group != "system:authenticated"]
    known = "system:unauthenticated" if name == "system:anonymous" else "system:authenticated"
    if not {"system:authenticated", "system:unauthenticated"} & set(groups):
        groups = [*groups, known]
    return User(name, tuple(groups), uid, more)
