"""`python -m tests.servers.controlplane.build [PROGRAM...]`: the control plane's programs, as `go.mod` pins them.

They are kept outside the tree, in a directory named for all that goes into them; what is there is not built again.
Module and build caches, parallelism (`GOFLAGS=-p=1`) and the module proxy are Go's own affair.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kwok": "sigs.k8s.io/kwok/cmd/kwok",
    "helm": "helm.sh/helm/v4/cmd/helm",
}
"""The package of each program."""
_STAGES = (
    "node/fast/node-initialize.yaml",
    "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "pod/fast/pod-ready.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
)
_FLAGS = ("-mod=readonly", "-trimpath", "-buildvcs=false")
_ENVIRONMENT = {"CGO_ENABLED": "0"}


class NotBuilt(Exception):
    """A program is not there; the message says what to do."""


def program(name: str) -> Path:
    """Where a program is. One of `KUBEBUILDER_ASSETS` comes first. Raises `NotBuilt`."""
    found = _found(name)
    if not found.exists():
        raise NotBuilt(f"{name} is not built: run `make controlplane`")
    return found


def stages() -> Path:
    """What kwok does to nodes and pods: its own fast stages in one file. It is there when kwok is."""
    return _kept() / "stages.yaml"


def build(names: Collection[str]) -> None:
    """Build what is missing. Raises `NotBuilt`."""
    if unknown := sorted(set(names) - set(PROGRAMS)):
        raise NotBuilt(f"no such program: {', '.join(unknown)}; there are {', '.join(PROGRAMS)}")
    directory = _kept()
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory):
        for name in names:
            if not _found(name).exists():
                print(f"building {name} (minutes, the first time)", flush=True)  # noqa: T201  a command
                _go("build", *_FLAGS, "-ldflags", _linker_flags(), "-o", str(directory / ".new"), PROGRAMS[name])
                (directory / ".new").rename(directory / name)
        if not (directory / "stages.yaml").exists():
            module = Path(_go("list", *_FLAGS[:1], "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"), "kustomize/stage")
            (directory / ".new").write_text("---\n".join((module / path).read_text() for path in _STAGES))
            (directory / ".new").rename(directory / "stages.yaml")


def _found(name: str) -> Path:
    """Where a program is, or will be."""
    given = os.environ.get("KUBEBUILDER_ASSETS")
    return Path(given, name) if given and Path(given, name).exists() else _kept() / name


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One build at a time."""
    with (directory / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@cache
def _kept() -> Path:
    """The directory of the programs."""
    parts = (
        (HERE / "go.mod").read_text(),
        (HERE / "go.sum").read_text(),
        *_FLAGS,
        _linker_flags(),
        *_STAGES,
        _go("env", "GOVERSION"),
    )
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "weir" / "controlplane" / digest[:16]


def _linker_flags() -> str:
    """No symbols; and the versions, without which Helm refuses charts that ask for one of Kubernetes."""
    versions = dict(re.findall(r"^\t(\S+) v(\S+)", (HERE / "go.mod").read_text(), re.MULTILINE))
    kubernetes = versions["k8s.io/kubernetes"]
    major, minor, _patch = kubernetes.split(".")
    facts = {
        "gitVersion": f"v{kubernetes}",
        "gitMajor": major,
        "gitMinor": minor,
        "gitTreeState": "clean",
        "gitCommit": "unknown",
        "buildDate": "1970-01-01T00:00:00Z",
    }
    told = [
        f"{package}.{key}={value}"
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for key, value in facts.items()
    ]
    told.append(f"helm.sh/helm/v4/internal/version.version=v{versions['helm.sh/helm/v4']}")
    return " ".join(["-s -w", *(f"-X {it}" for it in told)])


def _go(*arguments: str) -> str:
    """What Go prints; what it has to complain about goes to our standard error. Raises `NotBuilt`."""
    go = shutil.which("go")
    if go is None:
        raise NotBuilt("Go is not installed: put Go 1.26 or newer on the PATH, it builds the control plane")
    done = subprocess.run(
        [go, *arguments], cwd=HERE, env={**os.environ, **_ENVIRONMENT}, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise NotBuilt(f"go {arguments[0]} failed with {done.returncode}")
    return done.stdout.strip()


if __name__ == "__main__":
    try:
        build(sys.argv[1:] or [*PROGRAMS])
    except NotBuilt as error:
        sys.exit(str(error))
