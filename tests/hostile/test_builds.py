# ruff: noqa: E501  a table of hostile input reads best with one case a line
"""YAML, kustomizations and variables that were made to crash, to loop, to read or to reach out (CVE-2022-24877, -24878).

Everything is a source of its own in the running suite: each ends in a message that names the file, quickly, and the
neighbours go on.
"""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.city import City, ready
from tests.kustomize_controller.world import World
from tests.servers.sink import Sink

Files = Mapping[str, str | bytes]
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {0}}}\n"


def of(*entries: str, **files: str | bytes) -> dict[str, str | bytes]:
    """A kustomization of these resources; files by name, `__` is a slash."""
    named = {name.replace("__", "/") + ".yaml": text for name, text in files.items()}
    return {"kustomization.yaml": "".join(("resources:\n", *(f"- {it}\n" for it in entries))), **named}


def laughs(levels: int, width: int) -> str:
    """The billion laughs."""
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return MAP.format("a") + "\n".join(lines) + "\n"


def merges(levels: int) -> str:
    """Merge keys that double at each level."""
    lines = ["m0: &m0 {k0: v}"]
    lines += [f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}], k{n}: v}}" for n in range(1, levels)]
    return MAP.format("a") + "\n".join(lines) + "\n"


def quadratic() -> str:
    """One large value, named very often."""
    return MAP.format("a") + "big: &big " + "x" * 100_000 + "\nall: [" + ", ".join(["*big"] * 20_000) + "]\n"


YAML: dict[str, tuple[Files, str]] = {
    "CVE-2019-11253: a billion laughs": (of("a.yaml", a=laughs(12, 10)), "a.yaml"),
    "CVE-2019-11253: a billion laughs in a kustomization": ({"kustomization.yaml": laughs(12, 10)}, "kustomization.yaml"),
    "quadratic growth by aliases": (of("a.yaml", a=quadratic()), "a.yaml"),
    "merge keys that double": (of("a.yaml", a=merges(40)), "a.yaml"),
    "an alias of itself": (of("a.yaml", a=MAP.format("a") + "x: &x [*x]\n"), "a.yaml"),
    "CVE-2022-28948: a document that ends in the middle": (of("a.yaml", a="0: [:!00 \xef"), "a.yaml"),
    "deep nesting in brackets": (of("a.yaml", a=MAP.format("a") + "x: " + "[" * 100_000), "a.yaml"),
    "deep nesting in blocks": (of("a.yaml", a=MAP.format("a") + "x:\n" + "".join(f"{' ' * n}-\n" for n in range(3000))), ""),
    "deep nesting in maps": (of("a.yaml", a=MAP.format("a") + "x: " + "{a: " * 20_000), "a.yaml"),
    "CVE-2020-14343: a Python object": (of("a.yaml", a=MAP.format("a") + "x: !!python/object/apply:os.system ['touch /tmp/x']\n"), ""),
    "a key twice": (of("a.yaml", a="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: b}\n"), "a.yaml"),
    "an integer of a million digits": (of("a.yaml", a=MAP.format("a") + "data: {x: " + "9" * 1_000_000 + "}\n"), ""),
    "a float out of range": (of("a.yaml", a=MAP.format("a") + "data: {x: 1e999999999}\n"), ""),
    "hexadecimal without end": (of("a.yaml", a=MAP.format("a") + "data: {x: 0x" + "f" * 500_000 + "}\n"), ""),
    "a map as a key": (of("a.yaml", a=MAP.format("a") + "? {a: b}\n: c\n"), "a.yaml"),
    "bytes that are no text": (of("a.yaml", a=b"\xff\xfe\x00\xd8"), "a.yaml"),
    "NUL": (of("a.yaml", a=MAP.format("a") + "x: 'a\0b'\n"), "a.yaml"),
    "a tab": (of("a.yaml", a="apiVersion: v1\nkind: ConfigMap\n\tmetadata:\n"), "a.yaml:3"),
    "no closing quote": (of("a.yaml", a=MAP.format("a") + 'x: "' + "y" * 1_000_000), "a.yaml"),
    "a list as an object": (of("a.yaml", a="- a\n- b\n"), "a.yaml"),
    "text as an object": (of("a.yaml", a="just text\n"), "a.yaml"),
    "a kind that is a list": (of("a.yaml", a="apiVersion: v1\nkind: [ConfigMap]\nmetadata: {name: a}\n"), "a.yaml"),
    "a name that is a map": (of("a.yaml", a="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {a: b}}\n"), "a.yaml"),
    "metadata that is a list": (of("a.yaml", a="apiVersion: v1\nkind: ConfigMap\nmetadata: [name]\n"), "a.yaml"),
    "labels that are a list": (of("a.yaml", a="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [x]}\n"), "a.yaml"),
    "a List of Lists": (of("a.yaml", a="apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{x: y}]}]\n"), "a.yaml"),
}  # fmt: skip

OVERLAYS: dict[str, tuple[Files, str]] = {
    "CVE-2022-24878: a circle": (of("b") | {"b/kustomization.yaml": "resources: [../c]\n", "c/kustomization.yaml": "resources: [../b]\n"}, "cycle"),
    "CVE-2022-24878: a circle out of the root": (of("../b") | {"b/kustomization.yaml": "resources: [..]\n"}, "kustomization.yaml"),
    "CVE-2022-24878: itself": (of("."), "kustomization.yaml"),
    "CVE-2022-24878: itself by another path": (of("b/..", b__x="x"), "kustomization.yaml"),
    "CVE-2022-24878: a circle of components": (
        {"kustomization.yaml": "components: [c]\n", "c/kustomization.yaml": "kind: Component\ncomponents: [../c]\n"},
        "kustomization.yaml",
    ),
    "CVE-2022-24878: sixty-five floors": (
        {"kustomization.yaml": "resources: [d]\n"}
        | {"d/" * n + "kustomization.yaml": "resources: [d]\n" for n in range(1, 100)}
        | {"d/" * 100 + "kustomization.yaml": ""},
        "kustomization.yaml",
    ),
    "CVE-2022-24878: two to the power of thirty": (
        {"kustomization.yaml": "resources: [l0/a, l0/b]\n"}
        | {
            f"l{n}/{side}/kustomization.yaml": f"namePrefix: {side}{n}-\nresources: [../../l{n + 1}/a, ../../l{n + 1}/b]\n"
            for n in range(30)
            for side in "ab"
        }
        | {f"l30/{side}/kustomization.yaml": f"namePrefix: {side}-\nresources: [../../a.yaml]\n" for side in "ab"}
        | {"a.yaml": MAP.format("a")},
        "",
    ),
    "CVE-2022-24877: a file by ..": (of("../../../../etc/passwd"), "etc/passwd"),
    "CVE-2022-24877: a file by its absolute path": (of("/etc/passwd"), "/etc/passwd"),
    "CVE-2022-24877: the token of the account": (
        {"kustomization.yaml": "secretGenerator: [{name: t, files: [/var/run/secrets/kubernetes.io/serviceaccount/token]}]\n"},
        "serviceaccount/token",
    ),
    "CVE-2022-24877: the environment of a process": (
        {"kustomization.yaml": "configMapGenerator: [{name: t, envs: [../../../proc/self/environ]}]\n"},
        "proc/self/environ",
    ),
    "CVE-2022-24877: a patch from outside": (
        of("a.yaml", a=MAP.format("a")) | {"kustomization.yaml": "resources: [a.yaml]\npatches: [{path: ../../etc/hostname}]\n"},
        "etc/hostname",
    ),
    "CVE-2022-24877: a schema from outside": (
        of("a.yaml", a=MAP.format("a")) | {"kustomization.yaml": "resources: [a.yaml]\nopenapi: {path: /etc/hostname}\n"},
        "etc/hostname",
    ),
    "CVE-2022-24877: a NUL in a path": ({"kustomization.yaml": 'resources: ["a.yaml\\0/../../etc/passwd"]\n'}, "kustomization.yaml"),
    "CVE-2022-24877: a path in a generator's key": (
        {"kustomization.yaml": "configMapGenerator: [{name: t, files: ['../../x=a.txt']}]\n", "a.txt": "x"},
        "",
    ),
    "CVE-2021-41254: a program as a generator": (
        of("a.yaml", a=MAP.format("a"))
        | {"kustomization.yaml": "generators: [g.yaml]\n", "g.yaml": "apiVersion: x/v1\nkind: X\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/function: 'exec: {path: ./run.sh}'}\n", "run.sh": "#!/bin/sh\ntouch /tmp/pwned\n"},
        "would run a program",
    ),
    "CVE-2021-41254: a container as a transformer": (
        {"kustomization.yaml": "transformers: [t.yaml]\n", "t.yaml": "apiVersion: x/v1\nkind: X\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/function: 'container: {image: evil}'}\n"},
        "would run a container",
    ),
    "CVE-2021-41254: a validator": ({"kustomization.yaml": "validators: [v.yaml]\n", "v.yaml": "apiVersion: x/v1\nkind: X\nmetadata: {name: x}\n"}, "would run a program"),
    "CVE-2022-36035: a chart": ({"kustomization.yaml": "helmCharts: [{name: x, repo: 'http://127.0.0.1:1/', version: 1.0.0}]\n"}, "helmCharts"),
    "CVE-2022-36035: a chart in the old words": ({"kustomization.yaml": "helmChartInflationGenerator: [{chartName: x, chartRepoUrl: 'http://127.0.0.1:1/'}]\n"}, "helmChartInflationGenerator"),
    "a patch that explodes": (
        of("a.yaml", a=MAP.format("a")) | {"kustomization.yaml": "resources: [a.yaml]\npatches:\n" + "- patch: |\n    - {op: copy, from: '', path: /x}\n  target: {kind: ConfigMap}\n" * 40},
        "",
    ),
    "a target whose expression explodes: ReDoS": (
        of("a.yaml", a=MAP.format("a" * 200)) | {"kustomization.yaml": "resources: [a.yaml]\npatches: [{patch: '[]', target: {name: '(a+)+$|(a|aa)+b'}}]\n"},
        "",
    ),
    "ten thousand fields in a replacement": (
        of("a.yaml", a=MAP.format("a")) | {"kustomization.yaml": "resources: [a.yaml]\nreplacements: [{source: {kind: ConfigMap, name: a, fieldPath: metadata.name}, targets: [{select: {kind: ConfigMap}, options: {create: true}, fieldPaths: ['data.x.100000000']}]}]\n"},
        "",
    ),
    "a list extended to a hundred million": (
        of("a.yaml", a=MAP.format("a")) | {"kustomization.yaml": "resources: [a.yaml]\npatches:\n- patch: |\n    - {op: add, path: /x, value: []}\n    - {op: add, path: /x/99999999, value: 1}\n  target: {kind: ConfigMap}\n"},
        "no place 99999999",
    ),
    "replicas beyond everything": (
        of("a.yaml", a="apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 1}\n") | {"kustomization.yaml": "resources: [a.yaml]\nreplicas: [{name: a, count: 99999999999999999999}]\n"},
        "",
    ),
}  # fmt: skip


_STUMBLED = re.compile(r"unexpected \w+Error|left with -")
"""Words of an input that was not foreseen."""


@pytest.fixture
def untouched() -> Iterator[Path]:
    """The file that programs in these trees would make."""
    file = Path("/tmp/pwned")
    yield file
    assert not file.exists(), "somebody else's code ran"


async def attack(city: City, cases: Mapping[str, tuple[Files, str]], within: float, **spec: Any) -> None:
    """Apply every tree; each must fail with its text, or build something harmless when its text is empty."""
    started = time.monotonic()
    for number, (files, _) in enumerate(cases.values()):
        await city.tree(f"t{number}", files, **spec)
    wrong = {}
    for number, (case, (_, text)) in enumerate(cases.items()):
        try:
            body = await city.until("Kustomization", f"t{number}", _ended, within)
        except AssertionError as error:
            wrong[case] = str(error)
            continue
        status, message = ready(body)["status"], ready(body)["message"]
        if (text and status != "False") or text not in message or "root:x" in message or _STUMBLED.search(message):
            wrong[case] = f"{status}: {message}"
    assert wrong == {}
    assert time.monotonic() - started < within
    assert city.suite.memory("kustomize-controller") < 2000 << 20
    await city.goes_on()


def _ended(body: dict[str, Any]) -> bool:
    return ready(body)["status"] in {"True", "False"}


@pytest.mark.timeout(90)
async def test_cve_2019_11253_hostile_yaml_ends_in_an_error_that_names_its_file(city: City) -> None:
    await attack(city, YAML, within=60)


@pytest.mark.timeout(120)
async def test_cve_2022_24878_hostile_kustomizations_end_in_an_error_and_open_nothing(
    city: City, untouched: Path
) -> None:
    await attack(city, OVERLAYS, within=90)


PATHS = ("../../../../etc", "/etc", "./../..", "a/../../../etc", "/proc/self", "\\..\\..", "$HOME", "~root", "." * 1000)


async def test_argo_cve_2022_24348_a_path_never_leaves_the_artifact(city: City) -> None:
    for number, path in enumerate(PATHS):
        await city.tree(f"p{number}", {"only/here.txt": "x"}, path=path)
    for number, path in enumerate(PATHS):
        body = await city.until("Kustomization", f"p{number}", _ended)
        assert "root:x" not in ready(body)["message"], path


REMOTES = (
    "{url}/base?ref=main",
    "{url}/base.git//deploy?ref=v1",
    "git::{url}/base",
    "{url}/a.yaml",
    "ssh://git@127.0.0.1:{port}/base",
    "git@127.0.0.1:base",
    "file:///etc",
    "127.0.0.1:{port}/base",
    "https://127.0.0.1:{port}/base",
)


async def test_fleet_cve_2026_44936_remote_bases_are_refused_before_any_packet(locked: World, sink: Sink) -> None:
    for number, remote in enumerate(REMOTES):
        entry = remote.format(url=sink.url, port=sink.port)
        fields = ("resources", "components", "bases") if number == 0 else ("resources",)
        for field in fields:
            name = f"r{number}-{field}"
            files = {"kustomization.yaml": f"{field}: ['{entry}']\n"}
            await locked.push(files, f"main@sha1:{number}", name)
            await locked.apply(name, sourceRef={"kind": "GitRepository", "name": name})
            assert await locked.failed("BuildFailed", name), entry
    posted = [request for request in sink.requests if request.method != "POST"]
    assert posted == []


def nested(levels: int) -> str:
    return "${a:-" * levels + "x" + "}" * levels


SUBSTITUTIONS: dict[str, tuple[str, str]] = {
    "one mebibyte, named four thousand times": ("data: {x: '" + "${big}" * 4000 + "'}", ""),
    "one mebibyte, named two hundred times": ("data: {x: '" + "${big}" * 200 + "'}", "is larger than"),
    "defaults within defaults": (f"data: {{x: '{nested(3000)}'}}", "nest too deeply"),
    "a value that names itself is not expanded again": ("data: {x: '${self}'}", ""),
    "an expression without an end": ("data: {x: '" + "${a:-" + "y" * 1_000_000 + "'}", "cannot parse"),
    "half a million beginnings": ("data: {x: '" + "${" * 500_000 + "'}", "variable name"),
    "a replacement that multiplies": ("data: {x: '${big//x/${big}}'}", ""),
    "a glob that explodes": ("data: {x: '${long##*x*x*x*x*x*x*x*x*x*x*x*x*x*x*y}'}", ""),
}


@pytest.mark.timeout(150)
async def test_kc_1694_and_expansion_bombs_in_variables_are_bounded(city: City) -> None:
    big = "x" * 900_000
    await city.config("vars", {"big": big, "self": "${self}${self}", "a": "", "long": "x" * 50_000})
    from_config = {"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]}
    trees = {
        case: (of("a.yaml", a=MAP.format(f"s{n}") + text + "\n"), wanted)
        for n, (case, (text, wanted)) in enumerate(SUBSTITUTIONS.items())
    }
    await attack(city, trees, within=120, postBuild=from_config)
    assert city.suite.memory("kustomize-controller") < 2000 << 20
