"""`helmCharts` beside `kubectl kustomize --enable-helm`, both with the helm that `go.mod` pins: equal bytes, or both refuse."""
# ruff: noqa: E501  a case is one row

import functools
import http.server
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.binaries import need
from weir_cli.kustomize import kustomize

Files = Mapping[str, str]
K = "kustomization.yaml"
VALUES = "image: nginx\nreplicas: 1\nlist: [a, b]\nnested: {x: 1, w: {z: true}}\nempty: ''\n"
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-cm
  namespace: {{ .Release.Namespace }}
  labels: {chart: '{{ .Chart.Name }}-{{ .Chart.Version }}'}
data:
  values: |
{{ toYaml .Values | indent 4 }}
  kube: '{{ .Capabilities.KubeVersion.Version }}'
  has: '{{ .Capabilities.APIVersions.Has "x.io/v1" }}'
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - {name: c, image: {{ .Values.image }}, envFrom: [{configMapRef: {name: {{ .Release.Name }}-cm}}]}
"""
BINDING = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\nsubjects: [{kind: ServiceAccount, name: default}]\nroleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}\n"
DEFINITION = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: foos.x.io}\nspec: {group: x.io, names: {kind: Foo, plural: foos}, scope: Namespaced}\n"
HOOK = (
    "apiVersion: {1}\nkind: {2}\nmetadata:\n  name: {{{{ .Release.Name }}}}-{0}\n  annotations: {{helm.sh/hook: {0}}}\n"
)
APP = {
    "Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.2.3\nappVersion: '9'\n",
    "values.yaml": VALUES,
    "crds/crd.yaml": DEFINITION,
    "templates/cm.yaml": CONFIG_MAP,
    "templates/dep.yaml": DEPLOYMENT,
    "templates/hook.yaml": HOOK.format("pre-install", "batch/v1", "Job"),
    "templates/tests/t.yaml": HOOK.format("test", "v1", "Pod"),
    "templates/NOTES.txt": "notes of {{ .Release.Name }}\n",
}
BARE = {"Chart.yaml": APP["Chart.yaml"], "templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}
PLUGIN = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: g}\nname: app\nreleaseName: one\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: o}\n"


def below(folder: str, files: Files) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in files.items()}


def chart(
    entry: str = "releaseName: one", more: str = "", files: Files | None = None, app: Files = APP
) -> dict[str, str]:
    """A kustomization with the chart; `files` beside it."""
    return {K: f"helmCharts:\n- {{name: app, {entry}}}\n{more}", **below("charts/app", app), **(files or {})}


def inline(values: str, file: str | None = None, merge: str = "") -> dict[str, str]:
    """Inline values over a file's, or over the chart's own."""
    how = (f"valuesMerge: {merge}, " if merge else "") + ("valuesFile: v.yaml, " if file is not None else "")
    return chart(f"releaseName: one, {how}valuesInline: {values}", files={} if file is None else {"v.yaml": file})


FILE = "image: file\nempty: full\nnested: {x: 2, q: w}\n"
ODD = "a: yes\nb: 0777\nc: 1e3\nd: 2001-01-01\ne: 12345678901234567890\nf: 1.50\n5: x\ny: z\ng: 0x10\nh: 1_000\n"
DEEP = "a: {b: {d: 2}, e: 3}\nl: [y, z]\ne: {k: v}\ns: full\nz: 5\nf: true\nn: full\nm: {q: {r: 1}}\n"
DEEPER = "{a: {b: {c: 1}}, l: [x], e: {}, s: '', z: 0, f: false, 'n': null, m: {q: {}}, new: {a: b}}"
BASE = chart()
CASES: dict[str, Files] = {
    "no release": chart("version: ''"),
    "a release": chart(),
    "a namespace": chart("releaseName: one, namespace: ns"),
    "the kustomization's namespace": chart(more="namespace: kns\n"),
    "a namespace beside the kustomization's": chart("releaseName: one, namespace: ns", "namespace: kns\n"),
    "a role binding keeps its subjects": chart(more="namespace: kns\n", files={"charts/app/templates/rb.yaml": BINDING}),
    "the namespace above": {**below("b", BASE), K: "resources: [b]\nnamespace: top\nnameSuffix: -s\n"},
    "a namespace below another": {**below("b", chart(more="namespace: low\n")), K: "resources: [b]\nnamespace: top\n"},
    "the nearest namespace": {**below("a/b", BASE), f"a/{K}": "resources: [b]\nnamespace: mid\n", K: "resources: [a]\nnamespace: top\n"},
    "a namespace two floors above": {**below("a/b", BASE), f"a/{K}": "resources: [b]\n", K: "resources: [a]\nnamespace: top\n"},
    "a component": {**below("c", {**BASE, K: COMPONENT + BASE[K]}), K: "components: [c]\nresources: [r.yaml]\nnamespace: top\n", "r.yaml": OTHER},
    "a component's namespace": {**below("c", {**BASE, K: COMPONENT + BASE[K] + "namespace: cns\n"}), K: "components: [c]\nresources: [r.yaml]\nnamespace: top\n", "r.yaml": OTHER},
    "a version": chart("releaseName: one, version: 1.2.3"),
    "another version, which nobody looks at": chart("releaseName: one, version: 9.9.9"),
    "the directory of a version needs a repository": {**{name.replace("/app/", "/app-1.2.3/app/"): text for name, text in chart("version: 1.2.3").items()}},
    "the directory of a version": {**{name.replace("/app/", "/app-1.2.3/app/"): text for name, text in chart("releaseName: one, version: 1.2.3, repo: 'http://127.0.0.1:1/'").items()}},
    "a values file": chart("releaseName: one, valuesFile: v.yaml", files={"v.yaml": "image: other\nnew: 1\n"}),
    "additional values files": chart("releaseName: one, additionalValuesFiles: [v.yaml, w.yaml]", files={"v.yaml": "image: other\nreplicas: 3\n", "w.yaml": "image: third\n"}),
    "all values files": chart("releaseName: one, valuesFile: u.yaml, additionalValuesFiles: [v.yaml, w.yaml]", files={"u.yaml": "image: u\nempty: e\n", "v.yaml": "image: other\nreplicas: 3\n", "w.yaml": "image: third\n"}),
    "a values file with odd scalars": chart("releaseName: one, valuesFile: v.yaml", files={"v.yaml": ODD}),
    "a values file that is missing": chart("valuesFile: nope.yaml"),
    "a values file outside": {**below("k", chart("valuesFile: ../v.yaml")), "v.yaml": "image: x\n", "@": "k"},
    "inline values": inline("{image: in, nested: {x: 5}, list: [c]}"),
    "no inline values": inline("{}"),
    "inline values that are nothing": inline("{nested: {w: {z: false}}, replicas: 0, image: null}"),
    "inline values over a file": inline("{image: in, nested: {x: 5}, empty: ''}", FILE),
    "inline values over a file with odd scalars": inline("{i: 1}", ODD),
    "inline values deep in a file": inline(DEEPER, DEEP),
    "inline values under a file": inline("{image: in, nested: {x: 5, r: s}, empty: in}", FILE, "merge"),
    "inline values under a file, deep": inline(DEEPER, DEEP, "merge"),
    "inline values under the chart's": inline("{nested: {w: {z: false}}, replicas: 0, image: null, more: 1}", None, "merge"),
    "inline values alone": inline("{image: in, nested: {x: 5, r: s}}", FILE, "replace"),
    "inline values alone, with odd scalars": inline("{a: yes, b: 0777, c: 1e3, d: 2001-01-01, e: 12345678901234567890, f: 1.50, 5: x, y: z}", None, "replace"),
    "inline values with additional files": chart("releaseName: one, additionalValuesFiles: [v.yaml], valuesInline: {image: in}", files={"v.yaml": "image: other\n"}),
    "inline values of other types": inline("{a: x, b: {c: 1}}", "a: {b: 1}\nb: text\n"),
    "inline values of other types under a file": inline("{a: x, b: {c: 1}}", "a: {b: 1}\nb: text\n", "merge"),
    "inline values over an empty file": inline("{image: q}", ""),
    "inline values over a list": inline("{image: q}", "[a]\n"),
    "inline values over what is no YAML": inline("{image: q}", "a: b: c\n"),
    "another way to merge": inline("{image: q}", None, "zap"),
    "definitions": chart("releaseName: one, includeCRDs: true"),
    "no hooks": chart("releaseName: one, skipHooks: true"),
    "no tests": chart("releaseName: one, skipTests: true"),
    "no tests, no hooks, definitions": chart("releaseName: one, skipTests: true, skipHooks: true, includeCRDs: true"),
    "a template for the name": chart("nameTemplate: 'x-{{ 5 }}'"),
    "a template and a release": chart("releaseName: one, nameTemplate: 'x-{{ 5 }}'"),
    "versions of the API": chart("releaseName: one, apiVersions: [x.io/v1, y.io/v1]"),
    "a version of Kubernetes": chart("releaseName: one, kubeVersion: 1.20.0"),
    "debug and devel": chart("releaseName: one, debug: true, devel: true"),
    "another home": {**below("my/app", APP), K: f"helmGlobals: {{chartHome: my}}\n{BASE[K]}"},
    "a home above": {**below("charts/app", APP), f"k/{K}": f"helmGlobals: {{chartHome: ../charts}}\n{BASE[K]}", "@": "k"},
    "a home above, values here": {**below("charts/app", APP), f"k/{K}": "helmGlobals: {chartHome: ../charts}\nhelmCharts: [{name: app, releaseName: one, valuesFile: v.yaml}]\n", "k/v.yaml": VALUES, "@": "k"},
    "a home alone": {K: "helmGlobals: {chartHome: my}\nresources: [r.yaml]\n", "r.yaml": OTHER},
    "a chart that is not there": {K: BASE[K]},
    "a chart without a name": {K: "helmCharts: [{releaseName: one}]\n"},
    "a chart that fails": chart(files={"charts/app/templates/bad.yaml": '{{ fail "boom" }}\n'}),
    "a chart that renders no YAML": chart(files={"charts/app/templates/bad.yaml": "a: b: c\n"}),
    "a chart that renders no object": chart(files={"charts/app/templates/bad.yaml": "just: text\n"}),
    "a chart without Chart.yaml": chart(app={"values.yaml": VALUES}),
    "a chart without values": chart(app=BARE),
    "a chart without values, inline ones": chart("releaseName: one, valuesInline: {a: b}", app=BARE),
    "a chart without values, inline ones alone": chart("releaseName: one, valuesMerge: replace, valuesInline: {a: b}", app=BARE),
    "a chart that renders nothing": chart(app={"Chart.yaml": APP["Chart.yaml"], "values.yaml": ""}),
    "a chart with a chart": chart("releaseName: one, valuesInline: {sub: {v: 5}}", files={"charts/app/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n", "charts/app/charts/sub/templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sub}\ndata: {v: '{{ .Values.v }}'}\n"}),
    "a chart twice": chart("releaseName: one}\n- {name: app, releaseName: two"),
    "a release twice": chart("releaseName: one}\n- {name: app, releaseName: one"),
    "transformers": chart(more="namePrefix: p-\ncommonLabels: {a: b}\nimages: [{name: nginx, newTag: '1'}]\nreplicas: [{name: one, count: 5}]\n"),
    "an annotation by a JSON patch": chart(more="patches: [{target: {kind: Deployment}, patch: '- {op: add, path: /metadata/annotations/x, value: y}'}]\n"),
    "what a JSON patch sees": chart(more="patches: [{target: {kind: Deployment}, patch: '- {op: copy, from: /metadata, path: /x}'}]\n"),
    "a patch that deletes": chart(more="patches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: one}, $patch: delete}'}]\n"),
    "origins": chart(more="buildMetadata: [originAnnotations]\n"),
    "transformations": chart(more="buildMetadata: [transformerAnnotations]\nnamespace: x\nnamePrefix: p-\n"),
    "a generated object of its name": chart(more="configMapGenerator: [{name: one-cm, literals: [a=b]}]\n"),
    "the old words": {**BASE, K: "helmChartInflationGenerator: [{chartName: app, releaseName: one, values: v.yaml, valuesLocal: {image: q}, valuesMerge: merge}]\n", "v.yaml": "image: file\n"},
    "a generator": {**BASE, K: "generators: [g.yaml]\nnamespace: x\n", "g.yaml": PLUGIN + "valuesInline: {image: q}\n"},
    "a generator with a home": {**below("my/app", APP), K: "generators: [g.yaml]\nbuildMetadata: [originAnnotations]\n", "g.yaml": PLUGIN + "chartHome: my\n"},
    "a generator does not look at the home beside it": {**below("my/app", APP), K: "generators: [g.yaml]\nhelmGlobals: {chartHome: my}\n", "g.yaml": PLUGIN},
    "a generator's own namespace": {**BASE, K: "generators: [g.yaml]\n", "g.yaml": PLUGIN.replace("name: g}", "name: g, namespace: mns}")},
}  # fmt: skip


def written(files: Files, folder: Path) -> Path:
    """The tree on disk; what is built of it."""
    for name, text in files.items():
        if name != "@":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    return folder / files.get("@", "")


def beside(files: Files, folder: Path) -> tuple[str | None, str | None]:
    """What both print, None for a refusal. Each has a tree of its own: helm writes into it."""
    helm = ("--enable-helm", "--helm-command", need("helm"))
    target = written(files, folder / "theirs")
    theirs = subprocess.run(
        [need("kubectl"), "kustomize", str(target), *helm], capture_output=True, text=True, check=False, timeout=60
    )
    target = written(files, folder / "ours")
    ours = CliRunner().invoke(kustomize, [str(target), *helm, "--root", str(folder / "ours")])
    print(theirs.stderr, ours.stderr, sep="\n")  # noqa: T201  shown on failure
    assert ours.exit_code in {0, 1}
    return None if theirs.returncode else theirs.stdout, None if ours.exit_code else ours.stdout


@pytest.mark.parametrize("case", CASES)
def test_a_chart_comes_out_alike(case: str, tmp_path: Path) -> None:
    theirs, ours = beside(CASES[case], tmp_path)
    if case == "no release":  # helm makes up a name
        assert (theirs is None) == (ours is None)
    else:
        assert ours == theirs


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A repository with the chart, on the loopback."""
    helm, place = need("helm"), tmp_path / "repository"
    source = written(below("app", APP), tmp_path / "source")
    for arguments in (("package", source / "app", "-d", place), ("repo", "index", place)):
        subprocess.run([helm, *arguments], capture_output=True, check=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(place))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    "more", ["", ", version: 1.2.3", ", valuesInline: {image: in, nested: {x: 5}}, valuesMerge: merge"]
)
def test_a_chart_is_pulled_first(more: str, repository: str, tmp_path: Path) -> None:
    theirs, ours = beside({K: f"helmCharts: [{{name: app, releaseName: one, repo: '{repository}'{more}}}]\n"}, tmp_path)
    assert theirs
    assert ours == theirs


def test_a_version_that_is_not_there_is_refused(repository: str, tmp_path: Path) -> None:
    files = {K: f"helmCharts: [{{name: app, releaseName: one, version: 7.7.7, repo: '{repository}'}}]\n"}
    assert beside(files, tmp_path) == (None, None)
