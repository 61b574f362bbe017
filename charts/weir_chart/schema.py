"""The JSON Schema that Helm holds values to. Pure."""

from typing import Any

import msgspec

from weir.manifests import descriptions
from weir_chart.base import Values
from weir_chart.values import Absent, Chart

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema of all values: every key is known, and described."""
    found = msgspec.json.schema(Chart)
    groups: list[type[msgspec.Struct]] = [*_all(Values), Absent]
    texts = {each.__name__: descriptions(each) for each in groups}
    for name, group in found["$defs"].items():
        for part, text in zip(group["properties"].values(), texts[name].values(), strict=True):
            part["description"] = text
        _bare(group)
    return {"$schema": DIALECT, **found}


def _all(group: type[Values]) -> list[type[Values]]:
    return [group, *(it for each in group.__subclasses__() for it in _all(each))]


def _bare(node: Any) -> None:
    """Take out what `values.yaml` says (defaults) and what says nothing."""
    if isinstance(node, dict):
        properties = node.pop("properties", None)
        for key in ("title", "default"):
            node.pop(key, None)
        if node.get("required") == []:
            del node["required"]
        for each in (*node.values(), *(properties or {}).values()):
            _bare(each)
        if properties is not None:
            node["properties"] = properties
    elif isinstance(node, list):
        for each in node:
            _bare(each)
