"""`python -m weir_chart CHART`: write everything of the chart that is generated."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from weir import rights, yaml
from weir.manifests import crds
from weir_chart.dashboards import dashboards
from weir_chart.schema import schema
from weir_chart.written import defaults, table

MARK = "<!-- values: written by `make manifests` from charts/weir_chart/values.py -->\n"


def main() -> None:
    """Write CRDs, rights, values, schema, dashboards, and the README from its mark on."""
    chart = Path(sys.argv[1])
    for definition in crds():
        _write(chart / "files/crds" / f"{definition['metadata']['name']}.yaml", yaml.dump(definition))
    _write(chart / "files/rights.yaml", yaml.dump(_rights()))
    _write(chart / "values.yaml", defaults())
    _write(chart / "values.schema.json", _json(schema()))
    for name, dashboard in dashboards():
        _write(chart / "files/dashboards" / f"{name}.json", _json(dashboard))
    readme = chart / "README.md"
    _write(readme, readme.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "\n" + table())


def _rights() -> dict[str, object]:
    """What the templates of roles read."""
    return {
        "controllers": {name: {"role": it.role, "rules": it.rules} for name, it in rights.CONTROLLERS.items()},
        "leases": rights.LEASES,
        "impersonate": rights.IMPERSONATE,
        "people": {role: {"rules": rights.people(role), "aggregateTo": to} for role, (_, to) in rights.PEOPLE.items()},
    }


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
