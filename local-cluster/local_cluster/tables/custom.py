"""Columns of custom resources: `additionalPrinterColumns`, or the age. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local_cluster.api.resources import ApiResource
from local_cluster.tables import jsonpath
from local_cluster.tables.cells import Body, since

Cells = Callable[[Body, datetime], list[Any]]
_AGE = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
_NAME = {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0}


def _declared(resource: ApiResource) -> list[Body]:
    versions = (resource.definition or {})["versions"]
    version = next(each for each in versions if each["name"] == resource.version)
    return version.get("additionalPrinterColumns") or [_AGE]


def custom_columns(resource: ApiResource) -> list[Body]:
    """The column definitions."""
    return [
        _NAME,
        *(
            {
                "name": each["name"],
                "type": each["type"],
                "format": each.get("format", ""),
                "description": each.get("description", ""),
                "priority": each.get("priority", 0),
            }
            for each in _declared(resource)
        ),
    ]


def custom_cells(resource: ApiResource) -> Cells:
    """What fills them."""
    columns = [(each["type"], jsonpath.parse(each["jsonPath"])) for each in _declared(resource)]

    def cells(body: Body, now: datetime) -> list[Any]:
        name: str = body["metadata"]["name"]
        return [name, *(_cell(kind, next(jsonpath.find(body, steps), None), now) for kind, steps in columns)]

    return cells


def _cell(kind: str, value: Any, now: datetime) -> Any:
    """A value in its column's type; null when it is absent or of another type."""
    if value is None:
        return None
    match kind:
        case "string":
            return jsonpath.text(value)
        case "integer":
            return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "number":
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "date":
            return _age(value, now)
    return None


def _age(value: Any, now: datetime) -> str:
    try:
        return since(value, now)
    except (TypeError, ValueError):
        return "<invalid>"
