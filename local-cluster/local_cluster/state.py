"""What the verbs work on: the store, what is served, the schemas."""

from datetime import UTC, datetime

from local_cluster.api.registry import Registry
from local_cluster.api.resources import ApiResource
from local_cluster.auth.rbac import Authorizer
from local_cluster.auth.tokens import Tokens
from local_cluster.schema import builtin, crd
from local_cluster.schema.schema import Schema
from local_cluster.storage.entry import Entry
from local_cluster.storage.store import Store
from weir.api.base import Kind


class State:
    """One cluster."""

    def __init__(self, store: Store, tokens: Tokens) -> None:
        self.tokens = tokens
        self.store = store
        self.registry = Registry()
        self.authorizer = Authorizer(store)
        self._schemas: dict[tuple[str, str, str, str], Schema] = {}

    def schema(self, resource: ApiResource) -> Schema:
        """The schema of a resource; a CRD's is compiled once per change of the CRD."""
        if resource.definition is None:
            return builtin(Kind(resource.group, resource.version, resource.kind, resource.plural))
        key = (resource.group, resource.version, resource.plural, resource.uid)
        found = self._schemas.get(key)
        if found is None:
            self._schemas = {kept: each for kept, each in self._schemas.items() if kept[:3] != key[:3]}
            found = self._schemas[key] = crd(_schema_of(resource), status="status" in resource.subresources)
        return found

    def entry(self, resource: ApiResource, namespace: str, name: str) -> Entry | None:
        """A stored object, at its stored version, or None."""
        return self.store.shelf(resource.storage).get(namespace, name)


def _schema_of(resource: ApiResource) -> dict[str, object] | None:
    versions = (resource.definition or {})["versions"]
    version = next(each for each in versions if each["name"] == resource.version)
    schema = version.get("schema") or {}
    found: dict[str, object] | None = schema.get("openAPIV3Schema")
    return found


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """RFC 3339, UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
