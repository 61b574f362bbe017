"""What a request asks for: verb, resource, name, options; read from method, path and query. Pure."""

import re
from collections.abc import Mapping

import msgspec

from local_cluster.api.errors import Cause, bad_request, invalid, method_not_allowed
from local_cluster.auth.rules import Ask
from local_cluster.auth.user import User

_ONE_NAME = re.compile(r"^metadata\.name=([^,]+)$")
ITEM_VERBS = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
COLLECTION_VERBS = {"GET": "list", "HEAD": "list", "POST": "create", "DELETE": "deletecollection"}


class Place(msgspec.Struct, frozen=True):
    """A path below a group version, taken apart."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""
    """What follows the subresource (a proxied path)."""


class Request(msgspec.Struct, frozen=True):
    """One request for a resource."""

    verb: str
    place: Place
    query: Mapping[str, str]
    user: User
    accept: str = ""
    content_type: str = ""
    agent: str = ""
    body: bytes = b""

    @property
    def ask(self) -> Ask:
        """What is to be authorized."""
        where, name = self.place, self.place.name
        if not name and (found := _ONE_NAME.match(self.query.get("fieldSelector", ""))):
            name = found[1] if self.verb in ("list", "watch", "deletecollection") else ""
        namespace = where.name if (where.group, where.plural) == ("", "namespaces") else where.namespace
        return Ask(self.verb, where.group, where.plural, where.subresource, name, namespace, version=where.version)

    @property
    def manager(self) -> str:
        """The field manager: named, or the first word of the user agent."""
        return self.query.get("fieldManager") or self.agent.partition("/")[0][:128] or "unknown"

    @property
    def options_kind(self) -> str:
        """The kind of a write's options."""
        return f"{self.verb.removesuffix('collection').capitalize()}Options"

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be kept. Raises 422 for anything but `All`."""
        return self.flag_all("dryRun")

    def flag_all(self, name: str) -> bool:
        """Whether a query parameter says `All`."""
        value = self.query.get(name, "")
        if value not in ("", "All"):
            text = f'Unsupported value: ["{value}"]: supported values: "All"'
            raise invalid("meta.k8s.io", self.options_kind, "", [Cause(name, "FieldValueNotSupported", text)])
        return value == "All"

    @property
    def validation(self) -> str:
        """`Strict`, `Warn` or `Ignore`."""
        value = self.query.get("fieldValidation") or "Warn"
        if value not in ("Strict", "Warn", "Ignore"):
            text = f'Unsupported value: "{value}": supported values: "", "Ignore", "Strict", "Warn"'
            raise invalid(
                "meta.k8s.io", self.options_kind, "", [Cause("fieldValidation", "FieldValueNotSupported", text)]
            )
        return value

    def flag(self, name: str) -> bool:
        """Whether a query parameter is true; present and empty counts, as in Go."""
        value = self.query.get(name)
        return value is not None and value not in ("0", "false", "False")

    def number(self, name: str) -> int:
        """A whole number of the query, 0 when absent. Raises 400."""
        value = self.query.get(name) or "0"
        try:
            return int(value)
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{value}": invalid syntax') from None


def place(path: str) -> Place | None:
    """Take a resource path apart; None when it is none."""
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        return _below("", parts[1], parts[2:])
    if parts[0] == "apis" and len(parts) > 3:
        return _below(parts[1], parts[2], parts[3:])
    return None


def _below(group: str, version: str, parts: list[str]) -> Place:
    namespace = ""
    own = len(parts) <= 2 or (len(parts) == 3 and parts[2] in ("status", "finalize"))
    if parts[0] == "namespaces" and not (own and not group):
        namespace, parts = parts[1] if len(parts) > 1 else "", parts[2:] or [""]
    plural, name, subresource = [*parts, "", ""][:3]
    return Place(group, version, plural, namespace, name, subresource, "/".join(parts[3:]))


def verb(method: str, where: Place, query: Mapping[str, str]) -> str:
    """The verb that is authorized and done. Raises 405."""
    found = (ITEM_VERBS if where.name else COLLECTION_VERBS).get(method, "")
    if not found or (method == "POST" and where.name and not where.subresource):
        raise method_not_allowed()
    watches = query.get("watch")
    if found == "list" and watches is not None and watches not in ("0", "false", "False"):
        return "watch"
    return found
