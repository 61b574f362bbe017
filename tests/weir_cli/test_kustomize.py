"""`weir kustomize` as a stand-in for `kustomize build`."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.binaries import need
from weir_cli.kustomize import kustomize

CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}, namespace: {}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / ".git").mkdir()
    objects = [CM.format("one", "x"), CM.format("one", "y"), CM.format("two", "x").replace("v1", "x.io/v1", 1)]
    (tmp_path / "a" / "r.yaml").write_text("---\n".join(objects))
    (tmp_path / "a" / "kustomization.yaml").write_text("resources: [r.yaml]\nbases: []\n")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(kustomize, [str(argument) for argument in arguments])


def test_prints_what_the_oracle_prints(folder: Path) -> None:
    oracle = subprocess.run(
        [need("kubectl"), "kustomize", "a"], cwd=folder, capture_output=True, text=True, check=True, timeout=30
    )
    done = run(folder / "a")
    assert (done.exit_code, done.stdout, done.stderr) == (0, oracle.stdout, oracle.stderr)


def test_writes_the_files_that_the_oracle_writes(folder: Path) -> None:
    written = []
    for name in ("oracle", "ours"):
        place = folder / name
        place.mkdir()
        if name == "ours":
            assert run(folder / "a", "--output", place).exit_code == 0
        else:
            subprocess.run([need("kubectl"), "kustomize", "a", "-o", place], cwd=folder, check=True, timeout=30)
        written.append({file.name: file.read_text() for file in place.iterdir()})
    assert written[0] == written[1]
    assert run(folder / "a", "-o", folder / "all.yaml").exit_code == 0
    assert (folder / "all.yaml").read_text() == run(folder / "a").stdout


@pytest.mark.parametrize(
    "entry",
    [
        "../link/r.yaml",
        "link.yaml",
        "../.git/r.yaml",
        "../link",
        "../empty",
        "/r.yaml",
        "a/" * 2000,
        "\ud800",
    ],
)
def test_links_and_what_is_no_file_are_not_there(folder: Path, entry: str) -> None:
    (folder / "link").symlink_to(folder / "a")
    (folder / "a" / "link.yaml").symlink_to(folder / "a" / "r.yaml")
    (folder / ".git" / "r.yaml").write_text(CM.format("one", "x"))
    (folder / "empty").mkdir()
    (folder / "a" / "kustomization.yaml").write_text(json.dumps({"resources": [entry]}))
    done = run(folder / "a", "--load-restrictor", "LoadRestrictionsNone")
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert "kustomization.yaml" in done.stderr


def test_files_outside_need_the_wider_restrictor(folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "kustomization.yaml").write_text("resources: [../a/r.yaml]\n")
    refused = run(folder / "b")
    assert (refused.exit_code, "not in or below b" in refused.stderr) == (1, True)
    assert run(folder / "b", "--load-restrictor", "LoadRestrictionsNone").stdout == run(folder / "a").stdout


def test_order_is_as_asked(folder: Path) -> None:
    (folder / "a" / "n.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n")
    (folder / "a" / "kustomization.yaml").write_text("resources: [r.yaml, n.yaml]\n")
    firsts = [run(folder / "a", "--reorder", order).stdout.splitlines()[1] for order in ("legacy", "none")]
    assert firsts == ["kind: Namespace", "kind: ConfigMap"]


def test_remote_bases_are_named(folder: Path) -> None:
    (folder / "a" / "kustomization.yaml").write_text("resources: ['https://example.com/x.yaml']\n")
    done = run(folder / "a")
    assert (done.exit_code, "not fetched here" in done.stderr, "https://example.com/x.yaml" in done.stderr) == (
        1,
        True,
        True,
    )


CHART = "helmCharts: [{name: web, releaseName: one, valuesInline: {a: b}, namespace: z, includeCRDs: true}]\n"
PROGRAM = """#!/bin/sh
echo 'apiVersion: v1'
echo 'kind: ConfigMap'
echo 'metadata: {name: web}'
echo 'data:'
echo "  arguments: '$1 $2 $(basename $3) $4 $6 $7 $8'"
echo "  values: '$(cat $5)'"
"""


def test_charts_are_rendered_by_the_program_that_is_named(folder: Path) -> None:
    """The program is a shell script that prints how it was called: what helm makes of a chart is helm's."""
    (folder / "a" / "kustomization.yaml").write_text(CHART + "namePrefix: p-\n")
    (folder / "a" / "charts" / "web").mkdir(parents=True)
    (folder / "a" / "charts" / "web" / "values.yaml").write_text("a: c\n")
    program = folder / "helm"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    refused, missing = run(folder / "a"), run(folder / "a", "--enable-helm", "--helm-command", folder / "none")
    assert ("not inflated here" in refused.stderr, "install helm" in missing.stderr) == (True, True)
    done = run(folder / "a", "--enable-helm", "--helm-command", program)
    assert done.stdout == (
        "apiVersion: v1\ndata:\n  arguments: template one web -f --namespace z --include-crds\n  values: 'a: b'\n"
        "kind: ConfigMap\nmetadata:\n  name: p-web\n"
    )


@pytest.mark.parametrize("entry", ["name: --post-renderer=x", "name: ../../x", "name: x, releaseName: -q"])
def test_a_chart_cannot_pass_options(folder: Path, entry: str) -> None:
    (folder / "a" / "kustomization.yaml").write_text(f"helmCharts: [{{{entry}}}]\n")
    assert "may not begin with - or lead upwards" in run(folder / "a", "--enable-helm").stderr
