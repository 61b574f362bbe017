"""Dashboards for Grafana, from their panels. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from weir_chart.panels import CLUSTER, CONTROL_PLANE, Panel

WIDTH = 24
"""Columns of a dashboard."""
SIZES = {"stat": (6, 4), "table": (12, 8), "timeseries": (12, 8)}
"""Width and height of each kind of panel."""
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def dashboards() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and content of each."""
    yield "cluster", _dashboard("weir-cluster", "Weir / Cluster", CLUSTER)
    yield "control-plane", _dashboard("weir-control-plane", "Weir / Control Plane", CONTROL_PLANE)


def _dashboard(uid: str, title: str, panels: tuple[Panel, ...]) -> dict[str, Any]:
    return {
        "uid": uid,
        "title": title,
        "tags": ["weir", "flux"],
        "editable": True,
        "refresh": "30s",
        "schemaVersion": 39,
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": list(_variables(panels))},
        "panels": list(_placed(panels)),
    }


def _variables(panels: tuple[Panel, ...]) -> Iterator[dict[str, Any]]:
    """What can be chosen above: where the metrics are, and namespaces if a panel asks."""
    yield {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
    if any("$namespace" in query for panel in panels for query in panel.queries.values()):
        query = "label_values(gotk_resource_info, exported_namespace)"
        yield {
            "name": "namespace",
            "label": "Namespace",
            "type": "query",
            "datasource": PROMETHEUS,
            "definition": query,
            "query": {"query": query, "refId": "namespace"},
            "includeAll": True,
            "multi": True,
            "allValue": ".*",
            "current": {"text": ["All"], "value": ["$__all"]},
            "refresh": 2,
            "sort": 1,
        }


def _placed(panels: Iterable[Panel]) -> Iterator[dict[str, Any]]:
    """The panels, row by row."""
    x = y = height = 0
    for number, panel in enumerate(panels, 1):
        width, tall = SIZES[panel.kind]
        if x + width > WIDTH:
            x, y, height = 0, y + height, 0
        yield _panel(number, panel) | {"gridPos": {"x": x, "y": y, "w": width, "h": tall}}
        x, height = x + width, max(height, tall)


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    table = panel.kind == "table"
    return {
        "id": number,
        "title": panel.title,
        "description": f"Empty {panel.empty}." if panel.empty else "",
        "type": panel.kind,
        "datasource": PROMETHEUS,
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": PROMETHEUS,
                "expr": query,
                "legendFormat": legend or "__auto",
                "instant": panel.kind != "timeseries",
                "range": panel.kind == "timeseries",
                **({"format": "table"} if table else {}),
            }
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
        **({"transformations": [_WITHOUT_TIME]} if table else {}),
    }


_WITHOUT_TIME = {"id": "organize", "options": {"excludeByName": {"Time": True, "Value": True}}}
