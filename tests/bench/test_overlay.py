"""Overlay builds beside `kubectl kustomize` in the same run: as a library call and as a whole process."""
# ruff: noqa: E501  texts are shown as they are printed

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.binaries import need
from weir import overlay
from weir.overlay.documents import CACHE

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      serviceAccountName: {name}
      containers:
      - name: main
        image: nginx:1.25
        args: ["--port", "8080", "--verbose"]
        envFrom:
        - configMapRef:
            name: {name}-config
        env:
        - name: LEVEL
          value: info
        ports:
        - containerPort: 8080
          name: http
        resources:
          limits: {{cpu: 500m, memory: 128Mi}}
          requests: {{cpu: 100m, memory: 64Mi}}
        livenessProbe:
          httpGet: {{path: /healthz, port: 8080}}
      - name: side
        image: busybox:1.36
"""
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app: {name}
  ports:
  - port: 80
    targetPort: 8080
"""
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n"
PATCH = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: 5
  template:
    spec:
      containers:
      - name: main
        env:
        - name: LEVEL
          value: debug
"""
TOP = """resources: [../base]
namespace: prod
namePrefix: prod-
labels:
- pairs: {env: prod}
  includeSelectors: true
commonAnnotations: {team: web}
images:
- {name: nginx, newTag: '1.27'}
- {name: busybox, newName: registry.example.com/busybox}
patches:
- target: {kind: Deployment}
  patch: |-
    - {op: add, path: /spec/template/spec/priorityClassName, value: high}
"""


def overlays(size: int, lead: str = "app") -> dict[str, bytes]:
    """About `size` objects: four of each app, one file each, every fifth app patched."""
    files: dict[str, str] = {}
    names = [f"{lead}{number}" for number in range(max(size // 4, 1))]
    for name in names:
        for kind, text in (("d", DEPLOYMENT), ("s", SERVICE), ("a", ACCOUNT)):
            files[f"base/{name}-{kind}.yaml"] = text.format(name=name)
    listed = "".join(f"- {path.removeprefix('base/')}\n" for path in files)
    generators = "".join(
        f"- name: {name}-config\n  literals: [LEVEL=debug, NAME={name}, URL=http://{name}.example.com]\n"
        for name in names
    )
    files["base/kustomization.yaml"] = f"resources:\n{listed}configMapGenerator:\n{generators}"
    top = TOP
    for name in names[::5]:
        files[f"top/{name}.yaml"] = PATCH.format(name=name)
        top += f"- path: {name}.yaml\n"
    files["top/kustomization.yaml"] = top
    return {path: text.encode() for path, text in files.items()}


def write(tree: dict[str, bytes], folder: Path) -> None:
    for path, data in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def seconds(act: Callable[[], object], rounds: int) -> float:
    """The median of some rounds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def cold(act: Callable[[dict[str, bytes]], object], size: int, rounds: int) -> float:
    """The median of some rounds, each with other names and without what the ones before left in the cache."""
    found = []
    for round_ in range(rounds):
        tree = overlays(size, f"r{round_}-")
        CACHE.clear()
        found.append(seconds(partial(act, tree), 1))
    return statistics.median(found)


def touched(tree: dict[str, bytes], round_: int) -> dict[str, bytes]:
    """The tree with one file changed."""
    path = next(path for path in tree if path.endswith("-d.yaml"))
    return {**tree, path: tree[path].replace(b"replicas: 2", b"replicas: %d" % (round_ + 3))}


def printed(tree: dict[str, bytes]) -> str:
    return overlay.yaml_text(overlay.build(tree, "top"))


def peak(*command: str, folder: Path) -> float:
    """The most memory that a process held, in MiB."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=folder, capture_output=True, text=True, check=True, timeout=300
    )
    return int(done.stdout) / 1024


@pytest.mark.parametrize(("size", "rounds"), [(10, 5), (100, 5), (500, 3), (2000, 1)])
def test_builds(size: int, rounds: int, tmp_path: Path) -> None:
    tree = overlays(size)
    write(tree, tmp_path)

    # As pip installs it: the modules are compiled, here by the first run.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path / ".compiled")}

    def run(*command: str) -> str:
        return subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=300
        ).stdout

    oracle = (need("kubectl"), "kustomize", "top")
    ours = (need("weir"), "kustomize", "--root", str(tmp_path), "top")
    start = time.perf_counter()
    expected = run(*oracle)
    reference = time.perf_counter() - start
    assert printed(tree) == expected == run(*ours)
    if rounds > 1:
        reference = seconds(lambda: run(*oracle), rounds)
    call = cold(printed, size, 5)
    whole = seconds(lambda: run(*ours), 3)
    first = cold(lambda tree: overlay.build(tree, "top"), size, 5)
    overlay.build(tree, "top")
    changed = iter([touched(tree, round_) for round_ in range(5)])
    warm = seconds(lambda: overlay.build(next(changed), "top"), 5)
    memory = (peak(*oracle, folder=tmp_path), peak(*ours, folder=tmp_path)) if size == 2000 else None
    print(  # noqa: T201  a benchmark's purpose
        f"  {size:5} objects: kubectl {reference * 1000:8.1f} ms"
        f" | library call {call * 1000:7.1f} ms ({reference / call:5.1f}x)"
        f" | whole process {whole * 1000:7.1f} ms ({reference / whole:5.1f}x)"
        f" | built again with one file changed {warm * 1000:6.1f} of {first * 1000:6.1f} ms ({warm / first:.2f})"
        + (f" | peak memory {memory[1]:.0f} MiB, kubectl {memory[0]:.0f} MiB" if memory else "")
    )


def test_large_builds() -> None:
    small, large = (cold(printed, size, 3) for size in (2000, 10_000))
    print(f"  2,000 objects {small * 1000:.0f} ms, 10,000 objects {large * 1000:.0f} ms ({large / small:.1f} times)")  # noqa: T201  a benchmark's purpose
