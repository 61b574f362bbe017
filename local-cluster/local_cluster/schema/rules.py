"""What the API server checks in built-in objects beyond their types (`pkg/apis/*/validation`), where users meet it."""

from collections.abc import Iterator, Mapping
from typing import Any

from .compare import same
from .creation import creation_causes
from .errors import Cause
from .immutable import transition_causes
from .metadata import finalizer_causes, metadata_causes
from .node import Node
from .rules_core import CORE_RULES, Rule
from .rules_data import DATA_RULES
from .rules_definitions import DEFINITION_RULES
from .rules_pods import POD_RULES
from .rules_rest import REST_RULES
from .rules_workloads import WORKLOAD_RULES
from .values import fits, value_causes


def _metadata(value: Any, path: str) -> Iterator[Cause]:
    yield from metadata_causes(value, path)
    yield from finalizer_causes(value, path)


_TABLES = (CORE_RULES, WORKLOAD_RULES, REST_RULES, POD_RULES, DATA_RULES, DEFINITION_RULES)
_RULES: dict[str, tuple[Rule, ...]] = {
    name: tuple(table[name] for table in _TABLES if name in table) for table in _TABLES for name in table
} | {"meta.v1.ObjectMeta": (_metadata,)}
_TYPED_ELSEWHERE = ("metadata.managedFields",)


def builtin_causes(obj: Mapping[str, Any], old: Mapping[str, Any] | None, root: Node) -> list[Cause]:
    """What is wrong with an object of a built-in kind; parts that an update leaves as they were pass."""
    first = creation_causes(obj) if old is None else transition_causes(obj, old)
    return [*first, *_place(obj, old, root, "")]


def _with_claims(spec: Any) -> Any:
    """A StatefulSet's spec whose claims are among the volumes that containers may mount."""
    match spec:
        case {"volumeClaimTemplates": [*claims], "template": {"spec": {**pod}} as template}:
            known = pod.get("volumes") or []
            if not isinstance(known, list):
                return spec
            taken = {it.get("name") for it in known if isinstance(it, dict)}
            mounted = [{"name": it} for claim in claims for it in _named(claim) if it not in taken]
            return {**spec, "template": {**template, "spec": {**pod, "volumes": [*known, *mounted]}}}
    return spec


def _named(claim: Any) -> list[Any]:
    match claim:
        case {"metadata": {"name": str() as name}}:
            return [name]
    return []


def _place(value: Any, old: Any, node: Node, path: str) -> Iterator[Cause]:
    if value is None or value == "" or path in _TYPED_ELSEWHERE or (old is not None and same(value, old)):
        return
    if not fits(value, node):
        return
    yield from value_causes(value, node, path)
    if node.component == "apps.v1.StatefulSetSpec":
        value = _with_claims(value)
    for rule in _RULES.get(node.component, ()):
        yield from rule(value, path)
    if isinstance(value, dict):  # quicker than asking for a Mapping, here and in the other walks
        before = old if isinstance(old, dict) else {}
        for name, part in value.items():
            place = f"{path}[{name}]" if node.additional else f"{path}.{name}" if path else name
            yield from _place(part, before.get(name), node.field(name), place)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _place(item, None, node.items, f"{path}[{i}]")
