"""Which object a verb is about, and how it is to be done."""

import msgspec

from local_cluster.api.errors import ApiError, not_found
from local_cluster.api.resources import ApiResource
from local_cluster.auth.user import SERVER, User
from local_cluster.state import State
from local_cluster.storage.entry import Entry


class Target(msgspec.Struct, frozen=True):
    """A resource, and in it a namespace, a name, a subresource as far as they are known."""

    resource: ApiResource
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    def missing(self) -> ApiError:
        """404 of this object."""
        return not_found(self.resource.group, self.resource.plural, self.name)

    def find(self, state: State) -> Entry:
        """The stored object. Raises 404."""
        found = state.entry(self.resource, self.namespace, self.name)
        if found is None:
            raise self.missing()
        return found


class Options(msgspec.Struct, frozen=True):
    """How a write is to be done."""

    manager: str = "local-cluster"
    dry_run: bool = False
    validation: str = "Ignore"
    """`Strict`, `Warn`, `Ignore`: what unknown and repeated fields do."""
    sent: bytes = b""
    """The body as it came, when it is JSON or YAML."""
    force: bool = False
    user: User = SERVER
    warnings: list[str] = []
    """Collects the texts of Warning headers."""

    @property
    def strict(self) -> bool:
        """Whether anyone wants to know of unknown and repeated fields."""
        return self.validation != "Ignore"


class Written(msgspec.Struct, frozen=True):
    """The outcome of a write: the object as it is stored (or would be), and whether it is new."""

    raw: bytes
    created: bool = False
