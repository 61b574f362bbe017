"""Names follow the objects they name (`spec/overlays.md` 13): once, at the end of a build.

The rows of the table are joined into one tree of fields per type, so each object is walked once; objects are found by
the names they had.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.fieldspec import split
from weir.overlay.ids import CLUSTER, Type
from weir.overlay.references import Row
from weir.overlay.resource import Resource
from weir.overlay.values import set_text, set_typed
from weir.yaml.nodes import Scalar, is_null, text_of

Target = tuple[str, str, str, bool]
"""Group, version and kind of what is named, and whether the path is that of a role."""
Fields = dict[str, Any]
"""A tree of field names; `""` holds the targets named here."""
_BINDINGS = frozenset(("RoleBinding", "ClusterRoleBinding"))
Filter = Callable[[Sequence[Resource]], list[Resource]]


@lru_cache(maxsize=1024)
def fields_of(rows: tuple[Row, ...], type_: Type) -> Fields:
    """The fields of a type that hold names. Shared: not to be changed."""
    tree: Fields = {}
    for row in rows:
        spec = row.field
        if not type_.selected_by(spec.group, spec.version, spec.kind):
            continue
        node = tree
        for part in split(spec.path):
            node = node.setdefault(part.removesuffix("[]"), {})
        target = (row.group, row.version, row.kind, spec.path.endswith("roleRef/name"))
        if target not in node.setdefault("", []):
            node[""].append(target)
    return tree


def resolve(resources: Sequence[Resource], rows: tuple[Row, ...]) -> None:
    """Rewrite every name of an object that has another one now.

    Raises:
        BuildError: a name means several objects, or a subject has a bad namespace.

    """
    index = _Index(resources)
    for resource in resources:
        referrer = _Referrer(resource, index)
        tree = fields_of(rows, resource.original.type)
        if tree:
            referrer.walk(resource.body, tree)


class _Index:
    """All objects: by the names they had, and where those of a namespace have gone."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self.by_name: dict[str, list[Resource]] = {}
        self.moved: dict[str, set[str]] = {}
        """Original namespace -> current namespaces of what was in it."""
        for resource in resources:
            now = resource.namespace
            formers = resource.formers
            self.moved.setdefault(formers[0].namespace if formers else now, set()).add(now)
            for name in {former.name for former in formers}:
                self.by_name.setdefault(name, []).append(resource)


class _Referrer:
    """One object whose names are rewritten."""

    def __init__(self, resource: Resource, index: _Index) -> None:
        self.resource = resource
        self.index = index
        self.type = resource.type
        self.namespace = resource.namespace
        self.cluster = self.type.cluster_scoped
        self.role: tuple[str, str] | None = None
        self.namespaces = self._namespaces()

    def _namespaces(self) -> frozenset[str]:
        """Where what it names may live, besides the cluster."""
        found = {self.namespace}
        subjects = self.resource.body.get("subjects")
        if self.type.kind != "RoleBinding" or type(subjects) is not list:
            return frozenset(found)
        for subject in subjects:
            if type(subject) is dict and subject.get("kind") == "ServiceAccount" and "namespace" in subject:
                namespace = subject["namespace"]
                if not isinstance(namespace, str) or not namespace:
                    raise self._error("the namespace of a subject is no string", "subjects")
                found.add(str(namespace))
        return frozenset(found)

    def _error(self, text: str, field: str) -> BuildError:
        origin = self.resource.origin
        return BuildError(f"{self.resource.id}: {text}", file=origin.file, line=origin.line, field=field)

    def walk(self, node: Any, tree: Fields) -> None:
        """Through the object along the fields that hold names."""
        for name, below in tree.items():
            if name == "" or name not in node:
                continue
            child = node[name]
            targets = below.get("")
            if targets:
                for target in targets:
                    self._name(node, name, target)
                child = node[name]
            if len(below) > (1 if targets else 0):
                self._below(child, below)

    def _below(self, child: Any, tree: Fields) -> None:
        if type(child) is dict:
            self.walk(child, tree)
        elif type(child) is list:
            for item in child:
                self._below(item, tree)

    def _name(self, container: Any, key: Any, target: Target) -> None:
        value = container[key]
        if type(value) is list:
            for place in range(len(value)):
                self._name(value, place, target)
        elif type(value) is dict:
            self._map(value, target)
        elif isinstance(value, str) or (type(value) is Scalar and not is_null(value)):
            found = self._find(text_of(value), target, self._here)
            if found is not None and found.name != text_of(value):
                set_typed(container, key, found.name)

    def _map(self, value: dict[str, Any], target: Target) -> None:
        """A reference with a name and perhaps a namespace (13.6)."""
        name = value.get("name")
        if not isinstance(name, str | Scalar) or is_null(name):
            raise self._error("a reference has no name", target[2])
        wanted = value.get("namespace")
        namespace = text_of(wanted) if isinstance(wanted, str | Scalar) else None

        def there(candidates: Sequence[Resource]) -> list[Resource]:
            """Those of the namespace as it was, if anything was there; else as it is."""
            if namespace is None:
                return list(candidates)
            if any(map(self._is_near, self.index.moved.get(namespace, ()))):
                return [one for one in candidates if one.original.namespace == namespace]
            return [one for one in candidates if one.namespace == namespace]

        found = self._find(text_of(name), target, there, full=True)
        if found is None:
            return
        set_typed(value, "name", found.name)
        own = found.metadata.get("namespace")
        if isinstance(own, str) and own:
            set_text(value, "namespace", str(own))

    def _here(self, candidates: Sequence[Resource]) -> list[Resource]:
        """Those of our own namespace, of the cluster, or service accounts (13.3 iv)."""
        if self.cluster:
            return list(candidates)
        return [
            one for one in candidates if one.namespace in {self.namespace, CLUSTER} or one.type.kind == "ServiceAccount"
        ]

    def _find(self, text: str, target: Target, narrow: Filter, *, full: bool = False) -> Resource | None:
        named = self.index.by_name.get(text)
        if not named:
            return None
        candidates = [one for one in named if self._reachable(one) and _was(one, text, target)]
        if target[3]:
            candidates = [one for one in candidates if self._is_role(one)]
        candidates = narrow(candidates)
        if len(candidates) > 1:
            candidates = self._related(candidates)
        if len(candidates) > 1:
            names = {(one.name, one.namespace if full else "") for one in candidates}
            if len(names) > 1:
                ids = ", ".join(sorted(str(one.id) for one in candidates))
                raise self._error(f"{text} may mean several objects: {ids}", target[2])
        return candidates[0] if candidates else None

    def _reachable(self, candidate: Resource) -> bool:
        return self._is_near(candidate.namespace)

    def _is_near(self, namespace: str) -> bool:
        return self.cluster or namespace == CLUSTER or namespace in self.namespaces

    def _is_role(self, candidate: Resource) -> bool:
        role = self.resource.body.get("roleRef")
        if type(role) is not dict:
            return False
        kind, group = role.get("kind", ""), role.get("apiGroup", "")
        kinds = {candidate.type.kind, *(former.kind for former in candidate.formers)}
        return text_of(kind) in kinds and text_of(group) == candidate.type.group

    def _related(self, candidates: list[Resource]) -> list[Resource]:
        """Those that got the same prefixes and suffixes (13.4)."""
        mine = self.resource
        loose = [
            one for one in candidates if _loosely(mine.prefixes, one.prefixes) and _loosely(mine.suffixes, one.suffixes)
        ]
        if len(loose) <= 1:
            return loose
        return [
            one for one in loose if _strictly(mine.prefixes, one.prefixes) and _strictly(mine.suffixes, one.suffixes)
        ]


def _was(candidate: Resource, text: str, target: Target) -> bool:
    """A former name is the text, and a former type the target's."""
    group, version, kind, _ = target
    type_ = candidate.type
    if (group and group != type_.group) or (version and version != type_.version):
        return False
    formers = candidate.formers
    return any(one.name == text for one in formers) and (not kind or any(one.kind == kind for one in formers))


def _loosely(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return not left or not right or _strictly(left, right)


def _strictly(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if not left or not right:
        return not left and not right
    length = min(len(left), len(right))
    return left[-length:] == right[-length:]
