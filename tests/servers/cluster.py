"""The local cluster as a process of its own, shared by a session; each test gets its own namespace."""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.binaries import need
from weir.kube.client import Client
from weir.kube.identity import connect


def soon(holds: Callable[[], bool], within: float = 10.0) -> None:
    """Wait until something holds; `within` seconds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)


class Reply(NamedTuple):
    """An answer of the API."""

    code: int
    body: Any
    headers: Mapping[str, str]


class RunningCluster:
    """One process; `stop`, `kill` and `start` keep directory and port."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = ""
        self.port = 0
        self.kubeconfig = directory / "kubeconfig"
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: HTTPSConnection | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "local_cluster.serve", "--dir", str(self.directory), "--port", str(self.port)]
        with (self.directory / "cluster.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self.directory / "cluster.log").read_text()
        ready = json.loads(line)
        self.url, self.kubeconfig = ready["url"], Path(ready["kubeconfig"])
        self.port = int(self.url.rpartition(":")[2])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            assert self._process.stdout is not None
            self._process.send_signal(how)
            self._process.wait(20)
            self._process.stdout.close()
            self._process = None

    def kill(self) -> None:
        """Kill -9."""
        self.stop(signal.SIGKILL)

    @property
    def token(self) -> str:
        """The administrator's."""
        token: str = self._config()["users"][0]["user"]["token"]
        return token

    @property
    def authority(self) -> str:
        """The certificate of the CA, PEM."""
        return base64.b64decode(self._config()["clusters"][0]["cluster"]["certificate-authority-data"]).decode()

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = yaml.safe_load(self.kubeconfig.read_text())
        return config

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request, as the administrator unless a token is given (`""`: nobody)."""
        if self._connection is None:
            context = ssl.create_default_context(cadata=self.authority)
            self._connection = HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        token = self.token if token is None else token
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        encoded = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if encoded is not None else {}
        self._connection.request(method, path, encoded, {"User-Agent": "tests/1", **sent, **kind, **(headers or {})})
        answer = self._connection.getresponse()
        raw = answer.read()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return Reply(answer.status, json.loads(raw) if is_json and raw else raw.decode(), answer.headers)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Run kubectl; its standard output, and its standard error after it."""
        environment = {"KUBECONFIG": str(self.kubeconfig), "HOME": str(self.directory), "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [need("kubectl"), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            timeout=50,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """A running local cluster."""
    running = RunningCluster(tmp_path_factory.mktemp("cluster"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def namespace(cluster: RunningCluster) -> Iterator[str]:
    """A namespace of the test's own, deleted after it."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert cluster.call("POST", "/api/v1/namespaces", body).code == 201
    yield name
    cluster.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
async def kube(cluster: RunningCluster) -> AsyncIterator[Client]:
    """The administrator, through our own client."""
    client = await connect(str(cluster.kubeconfig), user_agent="tests/1")
    yield client
    await client.close()
