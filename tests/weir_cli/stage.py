"""The suite as people run it, with a Git server beside it, and the `weir` command as people type it."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from local_cluster.git_server.http import GitHttpServer
from tests.servers.git_repository import Repository
from weir import yaml

BIN = Path(sys.executable).parent
WEIR = str(BIN / "weir")


class Shown(NamedTuple):
    """What a command ended with."""

    code: int
    out: str
    err: str


def weir(*arguments: str, kubeconfig: Path | None = None, env: Mapping[str, str] | None = None) -> Shown:
    """Run `weir`."""
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": "/nonexistent", "KUBECONFIG": str(kubeconfig or "")}
    done = subprocess.run(
        [WEIR, *arguments], capture_output=True, text=True, timeout=40, check=False, env={**environment, **(env or {})}
    )
    return Shown(done.returncode, done.stdout, done.stderr)


class Local:
    """`weir local up` in a process of its own."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.kubeconfig = directory / "kubeconfig"
        self.directory = directory
        self._printed = directory / "printed"
        self._command = [WEIR, "local", "up", "--kubeconfig", str(self.kubeconfig), *arguments]
        self.process: subprocess.Popen[bytes]

    def start(self, *, until: str = "✔ ready") -> None:
        """Start it and wait until it has said that."""
        with self._printed.open("wb") as output:
            self.process = subprocess.Popen(self._command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 50
        while until not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < end, self.printed
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(40)

    @property
    def printed(self) -> str:
        """Everything that it has said."""
        return self._printed.read_text()

    def children(self) -> list[int]:
        """Process ids of what it has started."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]


class Stage:
    """The whole suite, and a repository that it reads."""

    def __init__(self, local: Local, repository: Repository, git: str) -> None:
        self.local = local
        self.repository = repository
        self.url = f"{git}/{repository.name}"

    def weir(self, *arguments: str, env: Mapping[str, str] | None = None) -> Shown:
        """Run `weir` against the suite."""
        return weir(*arguments, kubeconfig=self.local.kubeconfig, env=env)

    def apply(self, *bodies: Mapping[str, Any]) -> None:
        """`kubectl apply`."""
        self.kubectl("apply", "-f", "-", stdin="---\n".join(yaml.dump(dict(body)) for body in bodies))

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """Run kubectl; what it printed."""
        done = subprocess.run(
            [str(BIN / "kubectl"), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env={"KUBECONFIG": str(self.local.kubeconfig), "HOME": "/nonexistent", "PATH": os.environ["PATH"]},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """A Git server in a thread of its own; its address."""
    loop = asyncio.new_event_loop()
    started: dict[str, str] = {}
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        async with GitHttpServer(root) as server:
            started["url"] = server.url
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    yield started["url"]
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def git_repository(name: str, url: str, namespace: str, **spec: Any) -> dict[str, Any]:
    """A GitRepository."""
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": name, "namespace": namespace, "labels": {"team": "a"}},
        "spec": {"interval": "10m", "url": url, "ref": {"branch": "main"}, **spec},
    }


def kustomization(name: str, namespace: str, source: str = "app", **spec: Any) -> dict[str, Any]:
    """A Kustomization of the folder of its own name."""
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "interval": "10m",
            "path": f"./{name}",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": source},
            **spec,
        },
    }


def notification(kind: str, name: str, namespace: str, **spec: Any) -> dict[str, Any]:
    """A Provider or an Alert."""
    return {
        "apiVersion": "notification.toolkit.fluxcd.io/v1beta3",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def cause(stage: Stage) -> str:
    """What the controller says of `bad`; whatever its words, they name the file."""
    path = '{.status.conditions[?(@.type=="Ready")].message}'
    text = stage.kubectl("get", "kustomization", "bad", "-n", "flux-system", "-o", f"jsonpath={path}")
    assert "missing.yaml" in text
    return text


def short(stage: Stage) -> str:
    """The revision as tables show it."""
    return full(stage)[: len("main@sha1:") + 8]


def full(stage: Stage) -> str:
    """The revision."""
    return f"main@sha1:{stage.repository.head()}"


def lines(text: str) -> list[list[str]]:
    """The cells of a table."""
    return [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]


class watching:  # noqa: N801  reads as a statement
    """A command that goes on until it is interrupted, and then ends with 130."""

    def __init__(self, stage: Stage, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "KUBECONFIG": str(stage.local.kubeconfig)},
        )

    def __enter__(self) -> subprocess.Popen[str]:
        return self.process

    def __exit__(self, *error: object) -> None:
        self.process.send_signal(signal.SIGINT)
        _out, err = self.process.communicate(timeout=20)
        assert self.process.returncode == 130, err
        assert "Traceback" not in err
