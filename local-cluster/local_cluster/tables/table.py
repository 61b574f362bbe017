"""The Table form (meta/v1) of objects: column definitions and a row each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from local_cluster.api.resources import ApiResource
from local_cluster.schema.facts import facts
from local_cluster.state import now
from local_cluster.tables.columns import CELLS, generic
from local_cluster.tables.custom import custom_cells, custom_columns

Cells = Callable[[dict[str, Any], datetime], list[Any]]


class _Meta(msgspec.Struct):
    metadata: msgspec.Raw


_META = msgspec.json.Decoder(_Meta)


class Tables:
    """Makes tables; the columns of built-ins are a real server's."""

    def table(
        self,
        resource: ApiResource,
        raws: list[bytes],
        include: str,
        version: str,
        metadata: dict[str, Any],
        *,
        headed: bool = True,
    ) -> bytes:
        """A Table of encoded objects. `include`: `None`, `Metadata` or `Object`; `headed`: with its columns."""
        columns, cells = _layout(resource)
        moment = now()
        rows = [_row(cells(msgspec.json.decode(raw), moment), raw, include, version) for raw in raws]
        if len(raws) == 1 and not metadata:
            version_ = msgspec.json.decode(raws[0])["metadata"].get("resourceVersion")
            metadata = {"resourceVersion": version_} if version_ else {}
        body = {
            "kind": "Table",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": metadata,
            "columnDefinitions": columns if headed else None,
            "rows": rows,
        }
        return msgspec.json.encode(body)

    def bookmark(self, resource: ApiResource, body: dict[str, Any], version: str, *, headed: bool) -> bytes:
        """A bookmark in a watch of tables: one row without cells."""
        columns, _ = _layout(resource)
        partial = {
            "kind": "PartialObjectMetadata",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": body["metadata"],
        }
        metadata = {"resourceVersion": body["metadata"]["resourceVersion"]}
        table = {
            "kind": "Table",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": metadata,
            "columnDefinitions": columns if headed else None,
            "rows": [{"cells": [None for _ in columns], "object": partial}],
        }
        return msgspec.json.encode(table)


def _layout(resource: ApiResource) -> tuple[list[dict[str, Any]], Cells]:
    if resource.definition is not None:
        return custom_columns(resource), custom_cells(resource)
    columns = facts().table_columns.get(f"{resource.api_version}/{resource.plural}")
    cells = CELLS.get(resource.storage)
    if columns is None or cells is None:
        return _PLAIN, generic
    return [{**column, "description": ""} for column in columns], cells


_PLAIN = [
    {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0},
    {"name": "Created At", "type": "date", "format": "", "description": "", "priority": 0},
]


def _row(cells: list[Any], raw: bytes, include: str, version: str) -> dict[str, Any]:
    row: dict[str, Any] = {"cells": cells, "object": None}
    if include == "Object":
        row["object"] = msgspec.Raw(raw)
    elif include != "None":
        metadata = _META.decode(raw).metadata
        row["object"] = {
            "kind": "PartialObjectMetadata",
            "apiVersion": f"meta.k8s.io/{version}",
            "metadata": metadata,
        }
    return row
