"""One object while it is being built."""

from typing import Any, NamedTuple

from weir.overlay.ids import CLUSTER, DEFAULT, Former, Id, Type, of_parts, type_of
from weir.overlay.values import Linked
from weir.yaml.nodes import Scalar, is_null, text_of


class Origin(NamedTuple):
    """Where an object was written: a path in the tree and a line from 1; `remote` is the entry it came by."""

    file: str
    line: int
    remote: str = ""


class Generated(NamedTuple):
    """What a generator wants for its object."""

    behavior: str
    hashed: bool


class Resource:
    """An object's nodes, where it came from, and what it was called before."""

    __slots__ = (
        "body",
        "formers",
        "generated",
        "hashed",
        "origin",
        "prefixes",
        "provenance",
        "suffixes",
        "transformations",
    )

    def __init__(self, body: dict[str, Any], origin: Origin) -> None:
        self.body = body
        self.origin = origin
        self.formers: list[Former] = []
        self.prefixes: tuple[str, ...] = ()
        self.suffixes: tuple[str, ...] = ()
        self.hashed = False
        self.generated: Generated | None = None
        self.provenance = ""
        self.transformations: list[str] = []

    @property
    def type(self) -> Type:
        """The current type."""
        api_version, kind = self.body.get("apiVersion"), self.body.get("kind")
        if type(api_version) is str and type(kind) is str:
            return type_of(api_version, kind)
        return type_of(_text(api_version), _text(kind))

    @property
    def name(self) -> str:
        """The current name."""
        return _text(self.metadata.get("name"))

    @property
    def metadata(self) -> dict[str, Any]:
        """`metadata`, made if missing."""
        found = self.body.get("metadata")
        if type(found) is not dict:
            found = self.body["metadata"] = {}
        return found

    @property
    def namespace(self) -> str:
        """The effective namespace."""
        return effective(self.type, _text(self.metadata.get("namespace")))

    @property
    def id(self) -> Id:
        """Who it is now."""
        type_ = self.type
        metadata = self.metadata
        return Id(type_, _text(metadata.get("name")), effective(type_, _text(metadata.get("namespace"))))

    @property
    def original(self) -> Id:
        """Who it was at first."""
        return self.former(self.formers[0]) if self.formers else self.id

    def former(self, former: Former) -> Id:
        """An earlier id; group and version are always the current ones."""
        type_ = self.type
        if former.kind != type_.kind:
            type_ = of_parts(type_.group, type_.version, former.kind)
        return Id(type_, former.name, former.namespace)

    def ids(self) -> list[Id]:
        """Every id it had, oldest first, the current one last."""
        return [*map(self.former, self.formers), self.id]

    def record(self) -> None:
        """Remember the current id as a former one."""
        current = self.id
        self._unlink()
        self.formers.append(Former(current.namespace, current.name, current.type.kind))

    def _unlink(self) -> None:
        """The annotations are written anew each time: no value is linked any more."""
        annotations = self.metadata.get("annotations")
        if type(annotations) is dict:
            for key, value in annotations.items():
                if type(value) is Linked:
                    annotations[key] = str(value)


def effective(type_: Type, namespace: str) -> str:
    """The namespace that counts for a type."""
    if type_.cluster_scoped:
        return CLUSTER
    return namespace or DEFAULT


def _text(node: Any) -> str:
    if type(node) is str:
        return node
    if isinstance(node, str):
        return str(node)
    return text_of(node) if type(node) is Scalar and not is_null(node) else ""
