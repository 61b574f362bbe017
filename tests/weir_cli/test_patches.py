"""Documented kustomize patches do on what `weir install --export` prints what they are for."""

import json
import re
from pathlib import Path

import pytest

from tests.charts.documented import CASES, Found, args, resources
from weir import overlay
from weir_cli.installation.options import Options
from weir_cli.installation.render import export

PAGE = Path(__file__).parents[2] / "docs/guide/install.md"
PATCHED = re.findall(r"^```yml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def build(kustomization: str, options: Options) -> Found:
    tree = {"gotk-components.yaml": export(options).encode(), "kustomization.yaml": kustomization.encode()}
    return {(body["kind"], body["metadata"]["name"]): body for body in overlay.build(tree, ".").objects}


@pytest.mark.parametrize("case", CASES)
def test_documented_patches_do_what_they_are_for(case: str) -> None:
    it = CASES[case]
    kustomization = {"resources": ["gotk-components.yaml"], "patches": it.patches, **it.more}
    assert it.look(build(json.dumps(kustomization), Options(locked=False))) == it.wanted


def test_the_patches_of_the_guide_do_what_it_says() -> None:
    more, volumeless = (build(text, Options()) for text in PATCHED)
    assert args(more, "kustomize-controller")[-1] == "--concurrent=20"
    assert "serviceaccounts/token" not in resources(more)
    spec = volumeless["StatefulSet", "nats"]["spec"]
    assert "volumeClaimTemplates" not in spec
    (mount,) = (it for it in spec["template"]["spec"]["containers"][0]["volumeMounts"] if it["mountPath"] == "/data")
    assert {"name": mount["name"], "emptyDir": {}} in spec["template"]["spec"]["volumes"]
