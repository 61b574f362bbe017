"""Names follow the objects they name (`spec/overlays.md` 13): once, at the end of a build.

The rows of the table are joined into one tree of fields per type, so each object is walked once; objects are found by
the names they had.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

from weir.overlay.errors import BuildError
from weir.overlay.ids import CLUSTER, Type
from weir.overlay.mentions import Fields, Found, Mention, Target, fields_of, is_name, rewrite, walk
from weir.overlay.meter import tick
from weir.overlay.references import Row
from weir.overlay.resource import Resource
from weir.overlay.values import Steps
from weir.yaml.nodes import Scalar, is_null, text_of

_BINDINGS = frozenset(("RoleBinding", "ClusterRoleBinding"))
Filter = Callable[[Sequence[Resource]], list[Resource]]


def resolve(resources: Sequence[Resource], rows: tuple[Row, ...]) -> None:
    """Rewrite every name of an object that has another one now.

    Raises:
        BuildError: a name means several objects, or a subject has a bad namespace.

    """
    index = _Index(resources)
    trees: dict[Type, tuple[Fields, object]] = {}
    for resource in resources:
        tick()
        type_ = resource.original_type
        if type_ not in trees:
            trees[type_] = (fields_of(rows, type_), _key(rows, type_))
        tree, key = trees[type_]
        if not tree:
            continue
        referrer = _Referrer(resource, index)
        mentions = _mentions(resource, referrer, tree, key)
        found = tuple(map(referrer.find, mentions))
        if any(found):
            resource.change((key, found), partial(rewrite, mentions=mentions, found=found))


@lru_cache(maxsize=1024)
def _key(rows: tuple[Row, ...], type_: Type) -> object:
    """What stands for rows and type among the keys of forms."""
    del rows, type_
    return object()


def _mentions(resource: Resource, referrer: "_Referrer", tree: Fields, key: object) -> Sequence[Mention]:
    """The names in an object, looked up once for each form."""
    form = resource.form
    if form is not None and form.mentions is not None and form.mentions[0] is key:
        known: Sequence[Mention] = form.mentions[1]
        return known
    mentions: list[Mention] = []
    try:
        walk(resource.body, tree, partial(referrer.note, mentions))
    except BuildError as error:
        raise error.at(resource.origin.file, resource.origin.line) from None
    if form is not None:
        form.mentions = (key, mentions)
    return mentions


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

    def note(self, mentions: list[Mention], path: Steps, value: Any, targets: tuple[Target, ...]) -> None:
        """Add what a place says. Raises `BuildError` for a map without a name."""
        if type(value) is dict:
            name, wanted = value.get("name"), value.get("namespace")
            if not isinstance(name, str | Scalar) or is_null(name):
                raise self._error("a reference has no name", targets[0][2])
            namespace = text_of(wanted) if isinstance(wanted, str | Scalar) else None
            mentions.append(Mention(path, text_of(name), namespace, whole=True, targets=targets))
        elif is_name(value):
            mentions.append(Mention(path, text_of(value), None, whole=False, targets=targets))

    def find(self, mention: Mention) -> Found | None:
        """What the mention says now, None for the same as before. Raises `BuildError`."""
        if mention.whole:
            return self._map(mention)
        name = mention.name
        for target in mention.targets:
            found = self._find(name, target, self._here)
            if found is not None:
                name = found.name
        return Found(name) if name != mention.name else None

    def _map(self, mention: Mention) -> Found | None:
        """A reference with a name and perhaps a namespace (13.6)."""
        now: Found | None = None
        for target in mention.targets:
            name = now.name if now else mention.name
            namespace = now.namespace if now and now.namespace is not None else mention.namespace
            found = self._find(name, target, partial(self._there, namespace=namespace), full=True)
            if found is not None:
                own = found.metadata.get("namespace")
                changed = str(own) if isinstance(own, str) and own else None
                now = Found(found.name, changed if changed is not None or now is None else now.namespace)
        return now

    def _there(self, candidates: Sequence[Resource], namespace: str | None) -> list[Resource]:
        """Those of the namespace as it was, if anything was there; else as it is."""
        if namespace is None:
            return list(candidates)
        if any(map(self._is_near, self.index.moved.get(namespace, ()))):
            return [one for one in candidates if one.original.namespace == namespace]
        return [one for one in candidates if one.namespace == namespace]

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
