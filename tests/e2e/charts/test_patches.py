"""Documented kustomize patches do on what the chart makes what they are for."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.binaries import need
from tests.charts.documented import CASES, Body, Found
from tests.e2e.charts.helm import render


def patched(folder: Path, patches: list[Body], **more: Any) -> Found:
    """The objects of an open installation, patched as one writes it into a kustomization.yaml."""
    bodies = [*render({"multitenancy": {"enabled": False}}).values()]
    (folder / "all.yaml").write_text(yaml.dump_all(bodies, Dumper=yaml.CSafeDumper))
    whole = {"resources": ["all.yaml"], "patches": patches, **more}
    (folder / "kustomization.yaml").write_text(json.dumps(whole))
    done = subprocess.run(
        [need("kubectl"), "kustomize", folder], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return {(body["kind"], body["metadata"]["name"]): body for body in yaml.load_all(done.stdout, yaml.CSafeLoader)}


@pytest.mark.parametrize("case", CASES)
def test_documented_patches_do_what_they_are_for(case: str, tmp_path: Path) -> None:
    it = CASES[case]
    assert it.look(patched(tmp_path, it.patches, **it.more)) == it.wanted
