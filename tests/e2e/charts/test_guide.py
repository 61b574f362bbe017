"""The values that the guide shows are taken by the chart, and its patch by kustomize."""

import re
from pathlib import Path

import pytest
import yaml

from tests.charts.documented import resources
from tests.e2e.charts.helm import ROOT, render
from tests.e2e.charts.test_patches import patched

PAGE = (ROOT / "docs/guide/install-helm.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", blocks("values"), ids=lambda text: text.partition(":")[0])
def test_values_are_taken(text: str) -> None:
    assert any(kind == "Deployment" for kind, _ in render(yaml.safe_load(text)))


def test_the_patch_removes_what_it_says(tmp_path: Path) -> None:
    (text,) = blocks("yml")
    found = patched(tmp_path, yaml.safe_load(text)["patches"])
    assert "serviceaccounts/token" not in resources(found)
    assert "leases" in resources(found)


def test_every_alert_is_named(tmp_path: Path) -> None:
    rules = render({"prometheus": {"rules": {"create": True}}})["PrometheusRule", "weir"]["spec"]
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    named = set(re.findall(r"`(Weir\w+)`", PAGE))
    assert {alert for alert in alerts if not alert.endswith("ControllerAbsent")} == named
