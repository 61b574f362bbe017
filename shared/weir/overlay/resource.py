"""One object while it is being built, and the forms it takes."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from weir.overlay.ids import CLUSTER, DEFAULT, Former, Id, Type, of_parts, type_of
from weir.overlay.meter import spend, tick
from weir.overlay.notes import Notes
from weir.overlay.values import Linked, Steps, duplicate, parted
from weir.yaml.nodes import Scalar, copy, is_null, text_of

_MOST = 4
"""What is kept of one form: the last few things made of it."""
_NAME: tuple[Steps, ...] = (("metadata", "name"), ("metadata", "annotations", ""))
"""The ways to what another name changes."""


class Origin(NamedTuple):
    """Where an object was written: a path in the tree and a line from 1; `remote` is the entry it came by."""

    file: str
    line: int
    remote: str = ""


class Generated(NamedTuple):
    """What a generator wants for its object."""

    behavior: str
    hashed: bool


class Form:
    """An object between two changes. Builds share it, so nobody changes it; what was made of it hangs on it.

    A later build that makes the same change to the same form finds the result here: that is how a tree in which one
    file changed is built again in a fraction of the time. Forms hang on the parse cache's entries and go with them.
    """

    __slots__ = ("body", "finished", "formers", "hashed", "id", "linked", "mentions", "prefixes", "suffixes", "then")

    def __init__(self, resource: "Resource") -> None:
        self.body = resource.body
        self.formers = resource.formers
        self.prefixes = resource.prefixes
        self.suffixes = resource.suffixes
        self.hashed = resource.hashed
        self.linked = resource.linked
        self.id = resource.id
        self.then: dict[Any, Form] = {}
        self.mentions: Any = None
        self.finished: dict[str, Any] | None = None


class Resource:
    """An object's nodes, where it came from, and what it was called before.

    Until it is `owned` the body is shared with others: `own` it before it is changed.
    """

    __slots__ = (
        "_type",
        "body",
        "charted",
        "form",
        "formers",
        "generated",
        "hashed",
        "linked",
        "notes",
        "origin",
        "owned",
        "prefixes",
        "suffixes",
    )

    def __init__(self, body: dict[str, Any], origin: Origin) -> None:
        self.body = body
        self.origin = origin
        self.form: Form | None = None
        """What the body is, if builds share it."""
        self.owned = True
        self._type: tuple[Any, Any, Type] | None = None
        """The type that was asked for last, and the texts that said so."""
        self.formers: tuple[Former, ...] = ()
        self.prefixes: tuple[str, ...] = ()
        self.suffixes: tuple[str, ...] = ()
        self.hashed = False
        self.linked = False
        """Whether one string stands in several places of the body."""
        self.generated: Generated | None = None
        self.charted = False
        """Whether a chart rendered it: its namespace stays."""
        self.notes: Notes | None = None
        """What comments say about merging."""

    def own(self) -> None:
        """Make the body one's own, to change it."""
        if not self.owned:
            self.body = duplicate(self.body) if self.linked else copy(self.body)
            self.owned, self.form = True, None

    def own_along(self, ways: Iterable[Steps]) -> None:
        """Make the maps and lists on the ways to some places one's own, to change those places."""
        if not self.owned:
            body = parted(self.body, ways)
            if body is None:
                self.own()
            else:
                self.body, self.form = body, None

    def share(self) -> Form:
        """Let others have the body from now on."""
        if self.form is None:
            self.form, self.owned = Form(self), False
        return self.form

    def become(self, form: Form) -> None:
        """Take a form that is known."""
        self.form, self.owned = form, False
        self.body = form.body
        self.formers = form.formers
        self.prefixes = form.prefixes
        self.suffixes = form.suffixes
        self.hashed = form.hashed
        self.linked = form.linked

    def change(self, key: object, act: Callable[["Resource"], None]) -> None:
        """Do something whose result `key` and the present form determine; without a key nothing is kept.

        `act` owns what it changes of the body, or puts another in its place.
        """
        tick()
        form = self.form
        if form is None or key is None:
            act(self)
            return
        found = form.then.get(key)
        if found is not None:
            self.become(found)
            return
        act(self)
        if not self.body:
            return
        if len(form.then) >= _MOST:
            form.then.clear()
        form.then[key] = self.share()

    @property
    def type(self) -> Type:
        """The current type."""
        if self.form is not None:
            return self.form.id.type
        api_version, kind = self.body.get("apiVersion"), self.body.get("kind")
        known = self._type
        if known is None or known[0] is not api_version or known[1] is not kind:
            known = self._type = api_version, kind, type_of(_text(api_version), _text(kind))
        return known[2]

    @property
    def name(self) -> str:
        """The current name."""
        return self.form.id.name if self.form is not None else _text(self.metadata.get("name"))

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
        return self.id.namespace

    @property
    def id(self) -> Id:
        """Who it is now."""
        if self.form is not None:
            return self.form.id
        type_, metadata = self.type, self.metadata
        name, namespace = metadata.get("name"), metadata.get("namespace")
        return Id(
            type_,
            name if type(name) is str else _text(name),
            effective(type_, _text(namespace) if namespace is not None else ""),
        )

    @property
    def original(self) -> Id:
        """Who it was at first."""
        return self.former(self.formers[0]) if self.formers else self.id

    @property
    def original_type(self) -> Type:
        """Its type at first."""
        return self._former_type(self.formers[0]) if self.formers else self.type

    def former(self, former: Former) -> Id:
        """An earlier id; group and version are always the current ones."""
        return Id(self._former_type(former), former.name, former.namespace)

    def _former_type(self, former: Former) -> Type:
        type_ = self.type
        return type_ if former.kind == type_.kind else of_parts(type_.group, type_.version, former.kind)

    def ids(self) -> list[Id]:
        """Every id it had, oldest first, the current one last."""
        return [*map(self.former, self.formers), self.id]

    def history(self) -> dict[str, str]:
        """What is remembered, as the annotations in which kustomize keeps it (5.3)."""
        found = {
            "previousKinds": [former.kind for former in self.formers],
            "previousNames": [former.name for former in self.formers],
            "previousNamespaces": [former.namespace for former in self.formers],
            "prefixes": self.prefixes,
            "suffixes": self.suffixes,
            "generatorBehavior": (self.generated.behavior or "unspecified",) if self.generated else (),
            "needsHashSuffix": ("enabled",) if self.hashed else (),
            "helm-generated": ("true",) if self.charted else (),
        }
        return {f"internal.config.kubernetes.io/{name}": ",".join(texts) for name, texts in found.items() if texts}

    def record(self) -> None:
        """Remember the current id as a former one."""
        self.remember()
        self.own()
        self._unlink()

    def rename(self, name: str) -> None:
        """Give it another name, and remember the id it had."""
        self.remember()
        self.own_along(_NAME)
        self._unlink()
        self.metadata["name"] = name

    def remember(self) -> None:
        """The same when the body is to be replaced whole."""
        current = self.id
        if self.formers:
            spend(64 * len(self.formers))
        self.formers += (Former(current.namespace, current.name, current.type.kind),)

    def _unlink(self) -> None:
        """The annotations are written anew each time: no value is linked any more."""
        annotations = self.metadata.get("annotations")
        if type(annotations) is dict:
            for key, value in annotations.items():
                if type(value) is Linked:
                    annotations[key] = str(value)


Change = Callable[[Resource], None]
"""What a transformer does to one object that owns its body."""


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
