"""`weir why` against the running suite, and origins as annotations have them."""

from typing import Any

import pytest

from tests.weir_cli.stage import Stage, cause, full, kustomization
from weir_cli.why import origin

_SOURCE = {"kind": "GitRepository", "name": "app", "namespace": "flux-system"}
_ORIGINS = {
    "a file below the path of the Kustomization": ("path: web/map.yaml\n", "apps/web/map.yaml"),
    "a file beside it": ("path: ../base/map.yaml\n", "base/map.yaml"),
    "a generator's own file": (
        "configuredIn: kustomization.yaml\nconfiguredBy:\n  kind: X\n",
        "apps/kustomization.yaml",
    ),
    "a file of another repository": (
        "path: a.yaml\nrepo: https://git.example.com/x\nref: v1\n",
        "a.yaml in https://git.example.com/x at v1",
    ),
    "no origin": ("", ""),
    "no YAML": ("{", ""),
    "another shape": ("[1]", ""),
}


@pytest.mark.parametrize(("written", "expected"), _ORIGINS.values(), ids=_ORIGINS.keys())
def test_origins(written: str, expected: str) -> None:
    body = {"metadata": {"annotations": {"config.kubernetes.io/origin": written}}}
    assert origin(body, {"spec": {"path": "./apps"}}) == expected


def test_an_object_that_is_well(stage: Stage) -> None:
    shown = stage.weir("why", "cm/hello", "-n", "default")
    assert shown == (
        0,
        (
            "Object:          ConfigMap/default/hello\n"
            "Health:          Current (exists)\n"
            "Owner:           Kustomization/flux-system/good\n"
            f"Source:          GitRepository/flux-system/app ({stage.url})\n"
            f"Revision:        {full(stage)}\n"
            "Commit:          stored artifact for commit 'First commit'\n"
        ),
        "",
    )


def test_the_file_is_known_where_builds_add_origins(stage: Stage) -> None:
    added: dict[str, Any] = {"buildMetadata": ["originAnnotations"], "namePrefix": "told-", "path": "./good"}
    stage.apply(kustomization("told", "default", sourceRef=_SOURCE, **added))
    stage.kubectl("wait", "--for=condition=Ready", "ks/told", "-n", "default", "--timeout=20s")
    shown = stage.weir("why", "cm/told-hello", "-n", "default").out
    stage.kubectl("delete", "kustomization", "told", "-n", "default")
    assert "\nFile:            good/map.yaml\n" in shown


def test_what_its_owner_waits_for(stage: Stage) -> None:
    stage.kubectl("wait", "--for=create", "deployment/web", "-n", "default", "--timeout=20s")
    shown = stage.weir("why", "deployment/web", "-n", "default").out
    assert "\nOwner:           Kustomization/flux-system/slow\n" in shown
    assert "\nWaits:           Kustomization slow is not ready: " in shown
    assert "\nWaits:           Deployment/default/web InProgress (" in shown


def test_dependencies_are_waited_for(stage: Stage) -> None:
    stage.apply(kustomization("blocked", "default", sourceRef=_SOURCE, dependsOn=[{"name": "never"}]))
    stage.kubectl("wait", "--for=condition=Ready=False", "ks/blocked", "-n", "default", "--timeout=20s")
    shown = stage.weir("why", "ks/blocked", "-n", "default").out
    stage.kubectl("delete", "kustomization", "blocked", "-n", "default")
    assert "\nOwner:           nobody here: no Kustomization or HelmRelease applied it\n" in shown
    assert "\nWaits:           Kustomization default/never is missing\n" in shown


def test_a_failure_is_told(stage: Stage) -> None:
    assert f"\nWaits:           Kustomization bad is not ready: {cause(stage)}\n" in stage.weir("why", "ks/bad").out
